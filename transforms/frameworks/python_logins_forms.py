"""Logins that leave the comparing to a form of Django: `AuthenticationForm`, and who it found in `form.get_user()`."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.concepts import PasswordCheck, Place
from transforms.frameworks.python_conditions import leaves
from transforms.frameworks.python_logins_shapes import assigned, is_posting, valid_form
from transforms.walk import Walk, all_parameters, descendants, dotted_name

FORM = "django.contrib.auth.forms.AuthenticationForm"
_LIBRARY = "django.contrib.auth.authenticate"
_HARMLESS = frozenset({"session", "META", "user"})
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class FormLogin:
    """A view that asks such a form: the conditions around what it does for whoever is right."""

    walk: Walk
    node: cst.FunctionDef
    posting: cst.If
    valid: cst.If
    found: cst.Call
    left_out: tuple[cst.CSTNode, ...]

    @classmethod
    def of(cls, walk: Walk, node: cst.FunctionDef) -> "FormLogin | None":
        """`if request.method == "POST": form = AuthenticationForm(...)`, `if form.is_valid(): ... return`."""
        if b"AuthenticationForm" not in walk.content or not isinstance(node.body, cst.IndentedBlock):
            return None
        for at, posting in enumerate(node.body.body):
            if not isinstance(posting, cst.If) or not is_posting(posting.test):
                continue
            made = [each for each in posting.body.body if any(_makes(walk, value) for _, value in assigned(each))]
            names = {name for each in made for name, _ in assigned(each)}
            for index, valid in enumerate(posting.body.body):
                if isinstance(valid, cst.If) and valid_form(valid.test) in names and leaves(valid.body):
                    found = list(_found(valid, valid_form(valid.test)))
                    gone = (*made, *posting.body.body[index + 1 :], *node.body.body[at + 1 :])
                    return cls(walk, node, posting, valid, found[0], gone) if len(found) == 1 else None
        return None

    def emit(self) -> None:
        """Leave the fact."""
        walk, node = self.walk, self.node
        parameters = tuple((each.name.value, walk.code(each, _LONGEST)) for each in all_parameters(node))
        decorators = tuple(walk.code(each.decorator, _LONGEST) for each in node.decorators)
        returns = walk.code(node.returns.annotation, _LONGEST) if node.returns is not None else ""
        function, is_async, more = f"{walk.symbol}.{node.name.value}", node.asynchronous is not None, self._asks_more()

        def build(place: Place, posting: Place, valid: Place, found: Place, *left_out: Place) -> PasswordCheck:
            return PasswordCheck(
                function, _LIBRARY, place, "form.get_user()", (f"{_LIBRARY}#username()",), False, "form", (), (),
                left_out, (), ((posting, ""), (valid, "")), (), more, parameters, returns, decorators, is_async, found,
                ("authenticate", "username=email"),
            )  # fmt: skip

        walk.emit(build, node, self.posting, self.valid, self.found, *self.left_out)

    def _asks_more(self) -> str:
        """What else of the request or its form is used: a box to tick, where to go next."""
        form = valid_form(self.valid.test)
        gone = {id(each) for whole in (self.found, *self.left_out) for each in descendants(whole)}
        for each in (inner for statement in self._kept() for inner in descendants(statement)):
            match each:
                case cst.Attribute(value=cst.Name(value=name)) if id(each) not in gone:
                    of_request = name == "request" and each.attr.value not in _HARMLESS
                    if name == form or of_request:
                        return self.walk.code(each, 80)
                case cst.Name(value=name) if name == form and id(each) not in gone:
                    return name
        return ""

    def _kept(self) -> Iterator[cst.CSTNode]:
        body = [each for each in self.node.body.body if each is not self.posting]
        inside = [each for each in self.posting.body.body if each is not self.valid]
        yield from (each for each in (*body, *inside, *self.valid.body.body) if each not in self.left_out)


def _makes(walk: Walk, value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Call) and walk.resolve(value.func) == FORM


def _found(valid: cst.If, form: str) -> Iterator[cst.Call]:
    for each in descendants(valid.body):
        if isinstance(each, cst.Call) and dotted_name(each.func) == f"{form}.get_user" and not each.args:
            yield each
