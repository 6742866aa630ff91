"""What stands around a literal, where a question for the secret cannot simply take the literal's place.

Bytes stay bytes, the default of a field becomes a factory, an address that is filled in gets one more value. What is
left of the code has ASKED where the question goes; it never holds the secret itself.
"""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import ASKED
from transforms.frameworks.secret_values import Literal, String, called, text_of
from transforms.secrets.vocabulary import words
from transforms.walk import Walk, descendants

LONGEST = 2_000  # characters of code that are kept around a question
_FIELDS = ("Field", "field")
_GAP = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z%]|\{[^{}]*\}")
_MAY_BE_NONE = ("Optional[str]", "Union[str,None]", "str|None", "None|str")
_PIPE = re.compile(r"\|\s*None\b|^from __future__ import annotations$|^\s*match\b[^=\n]*:$", re.MULTILINE)


def around(walk: Walk, literal: Literal) -> str:
    """The code for the place of `literal.whole`, if a question alone would not mean the same."""
    inner = walk.code(literal.inner, LONGEST) if literal.inner is not None else ""
    asked = f"{ASKED}.encode()" if _is_bytes(literal.node) and literal.environment_name is None else ASKED
    if not inner:
        return asked if asked != ASKED and literal.whole is literal.node else ""
    code = walk.code(literal.whole, LONGEST)
    return code.replace(inner, asked) if code.count(inner) == 1 and len(code) < LONGEST else ""


def as_written(code: str, text: str, place: Place) -> str:
    """Code of several lines with the indentation that they have at their place; "" where the lines are others."""
    if "\n" not in code:
        return code
    there, lines = text.split("\n")[place.line - 1 : place.end_line], code.split("\n")
    if len(there) != len(lines):
        return ""
    behind = zip(lines[1:], there[1:], strict=True)
    return "\n".join((lines[0], *(old[: len(old) - len(old.lstrip())] + new.lstrip() for new, old in behind)))


def _is_bytes(node: String) -> bool:
    """Whether a literal is one of bytes, or made of such."""
    first = next((each for each in descendants(node) if isinstance(each, cst.SimpleString)), None)
    return first is not None and "b" in first.prefix.lower()


def is_read_again(class_: cst.ClassDef, field: cst.AnnAssign) -> bool:
    """Whether the body of a class makes something of a field: `URL: str = f"postgres://{PASSWORD}@db"`."""
    name = field.target.value if isinstance(field.target, cst.Name) else None
    lines = (each for each in class_.body.body if not isinstance(each, cst.FunctionDef | cst.ClassDef))
    named = (each for line in lines for each in descendants(line, cst.Name))
    return any(each.value == name and each is not field.target for each in named)


def as_factory(walk: Walk, call: cst.BaseExpression, literal: Literal) -> str:
    """`Field(default="...", min_length=8)` as a call whose default is made when it is needed; "" for anything else."""
    if not isinstance(call, cst.Call) or called(call) not in _FIELDS:
        return ""
    code = walk.code(call, LONGEST)
    for index, arg in enumerate(call.args):
        if _is_default(arg, index, literal):
            written = walk.code(arg, LONGEST).rstrip(", \n")
            left = code.replace(written, f"default_factory=lambda: {ASKED}")
            return left if code.count(written) == 1 and literal.text not in left and len(code) < LONGEST else ""
    return ""


def _is_default(arg: cst.Arg, index: int, literal: Literal) -> bool:
    """Whether an argument of `Field` is nothing but the literal, or a factory of it."""
    match arg:
        case cst.Arg(keyword=cst.Name(value="default"), value=value):
            return value is literal.whole
        case cst.Arg(keyword=cst.Name(value="default_factory"), value=cst.Lambda(body=body)):
            return body is literal.whole
        case cst.Arg(keyword=None, value=value, star=""):
            return index == 0 and value is literal.whole
    return False


def one_more_value(walk: Walk, node: cst.BaseExpression, template: cst.SimpleString, secret: str, name: str) -> str:
    """An address that `format` or `%` fills in, with the secret in it as one more value; "" where that is not safe."""
    raw = template.value
    if raw.count(secret) != 1 or "\\" in raw:
        return ""
    before = len(_GAP.findall(raw, 0, raw.index(secret)))
    match node:
        case cst.Call(args=args) if all(arg.star == "" for arg in args):
            if any(arg.keyword is not None and arg.keyword.value == name for arg in args):
                return ""
            given = [walk.code(arg, LONGEST).rstrip(", \n") for arg in args]
            return f"{raw.replace(secret, f'{{{name}}}')}.format({', '.join((*given, f'{name}={ASKED}'))})"
        case cst.BinaryOperation(right=cst.Tuple(elements=elements)):
            if all(isinstance(each, cst.Element) for each in elements) and "%(" not in raw:
                given = [walk.code(each.value, LONGEST) for each in elements]
                given.insert(before, ASKED)
                return f"{raw.replace(secret, '%s')} % ({', '.join(given)})"
        case cst.BinaryOperation(right=cst.Dict(elements=elements)):
            given = [walk.code(each, LONGEST).rstrip(", \n") for each in elements]
            more = ", ".join((*given, f'"{name}": {ASKED}'))
            return f"{raw.replace(secret, f'%({name})s')} % {{{more}}}"
        case cst.BinaryOperation(right=right) if len(_GAP.findall(raw)) == 1 and "%(" not in raw:
            given = [walk.code(right, LONGEST)]
            given.insert(before, ASKED)
            return f"{raw.replace(secret, '%s')} % ({', '.join(given)})"
    return ""


def type_of(walk: Walk, parameter: cst.Param) -> cst.BaseExpression | None:
    """What the annotation of a parameter says of its type: `str` of `Annotated[str, Form()]`."""
    said = parameter.annotation.annotation if parameter.annotation is not None else None
    match said:
        case cst.Subscript(value=outer, slice=[cst.SubscriptElement(slice=cst.Index(value=inner)), _, *_]):
            return inner if (walk.resolve(outer) or "").endswith(".Annotated") else said
    return said


def widened(walk: Walk, parameter: cst.Param) -> str | None:
    """The type of a parameter that may be None; "" where it may be already, None where that is not to be said."""
    match type_of(walk, parameter):
        case None:
            return ""
        case cst.Name(value="str"):
            has_optional = walk.imports.get("Optional") == "typing.Optional"
            return "str | None" if not has_optional and _PIPE.search(walk.text) else "Optional[str]"
        case cst.Subscript() | cst.BinaryOperation() as said:
            return "" if walk.code(said).replace(" ", "").replace("typing.", "") in _MAY_BE_NONE else None
    return None


def can_ask_inside(function: cst.FunctionDef, name: str) -> bool:
    """Whether a function may find out for itself that nothing was given: it does not do so yet, in its own way."""
    if not isinstance(function.body, cst.IndentedBlock):
        return False
    return not any(_looks_for_none(each, name) for each in descendants(function.body))


def _looks_for_none(node: cst.CSTNode, name: str) -> bool:
    match node:
        case cst.Comparison(
            left=cst.Name(value=left),
            comparisons=[
                cst.ComparisonTarget(operator=cst.Is() | cst.IsNot(), comparator=cst.Name(value="None")),
                *_,
            ],
        ):
            return left == name
        case cst.UnaryOperation(operator=cst.Not(), expression=cst.Name(value=tested)):
            return tested == name
    return False


_SETTINGS = words(
    "settings setting config conf cfg configuration environ getenv env os app current_app secrets defaults"
)
_VERIFIES = re.compile(r"(?:^|_)(?:verify|authenticate|checkpw|compare)(?:_|$)|check_password", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?:^|_)(?:user|username|user_?name|name|email|e_?mail|login|account)$", re.IGNORECASE)


def is_given(node: cst.BaseExpression) -> bool:
    """Whether one side of a comparison is what somebody typed, and not a setting that is looked at."""
    names = [each.value for each in descendants(node) if isinstance(each, cst.Name)]
    return bool(names) and not any(name.isupper() or name.lower().strip("_") in _SETTINGS for name in names)


def comes_from_outside(node: cst.BaseExpression, function: cst.CSTNode | None) -> bool:
    """Whether it is read from a parameter of the function around it, or asked for right there."""
    if not isinstance(node, cst.Name):
        return True
    parameters = function.params if isinstance(function, cst.FunctionDef) else None
    given = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params) if parameters else ()
    return any(each.name.value == node.value for each in given)


def built_in_accounts(node: cst.BooleanOperation, function: cst.CSTNode | None) -> Iterator[cst.CSTNode]:
    """The comparisons of `email == "..." and password == "..."` in a function that can also verify: a way around it."""
    if not isinstance(node.operator, cst.And) or not isinstance(function, cst.FunctionDef):
        return
    parts = [each for each in descendants(node) if isinstance(each, cst.Comparison)]
    if any(_is_account(each) for each in parts):
        calls = (each for each in descendants(function.body) if isinstance(each, cst.Call))
        if any(_VERIFIES.search(called(each)) for each in calls):
            yield from parts


def _is_account(node: cst.Comparison) -> bool:
    sides = (node.left, *(each.comparator for each in node.comparisons))
    names = [each.value for side in sides for each in descendants(side) if isinstance(each, cst.Name)]
    return any(map(_ACCOUNT.search, names)) and any(text_of(side) is not None for side in sides)
