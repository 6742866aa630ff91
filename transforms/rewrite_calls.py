"""New arguments of calls and new parameters of functions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from transforms.edit_kinds import AddFirstParameter
from transforms.rewrite_code import in_style
from transforms.rewrite_lists import Bracketed, bracketed, insert, is_too_long, item_text, spread
from transforms.rewrite_tree import CannotEdit, Splice, Tree


@dataclass(slots=True)
class CallAsk:
    """All that the edits of one file want of one call."""

    call: cst.Call
    items: dict[str, list[str]] = field(default_factory=dict)  # keyword -> elements of its list
    values: dict[str, str] = field(default_factory=dict)  # keyword -> value

    def add_item(self, keyword: str, item: str) -> None:
        """Ask for one more element of a list argument."""
        self._refuse(keyword)
        wanted = self.items.setdefault(keyword, [])
        if item not in wanted:
            wanted.append(item)

    def add_value(self, keyword: str, code: str) -> None:
        """Ask for a keyword argument."""
        self._refuse(keyword)
        if self.values.setdefault(keyword, code) != code:
            raise CannotEdit(f"two edits want different values of {keyword}")

    def _refuse(self, keyword: str) -> None:
        if self.argument(keyword) is not None:
            return
        if any(arg.star == "**" for arg in self.call.args):
            raise CannotEdit(f"the call passes **arguments, and {keyword} may be among them")
        if any(isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar for arg in self.call.args):
            raise CannotEdit("the call takes a bare generator")

    def argument(self, keyword: str) -> cst.Arg | None:
        """The keyword argument that is there."""
        return next((arg for arg in self.call.args if arg.keyword and arg.keyword.value == keyword), None)

    def splices(self, tree: Tree, others: Iterable[Splice] = ()) -> list[Splice]:
        """What to put where; a line that grows too long is spread over several, where no others change it as well."""
        new: list[str] = []
        inside = list(self._changed(tree, new))
        where = bracketed(tree, _opened(tree, self.call), self.call.args)
        plain = [*inside, *(insert(tree, where, len(self.call.args), new) if new else ())]
        alone = all(tree.line_start(each.start) != tree.line_start(where.opened) for each in others)
        return [*inside, *spread(tree, where, new)] if alone and is_too_long(tree, where, plain) else plain

    def _changed(self, tree: Tree, new: list[str]) -> Iterator[Splice]:
        """What changes inside the arguments that are there; the code of others goes into `new`."""
        for keyword, items in self.items.items():
            arg = self.argument(keyword)
            if arg is None:
                new.append(f"{keyword}=[{', '.join(in_style(tree, item) for item in items)}]")
            else:
                yield from _more_elements(tree, arg.value, items)
        for keyword, code in self.values.items():
            arg = self.argument(keyword)
            if arg is None:
                new.append(f"{keyword}={in_style(tree, code)}")
            elif _text(tree, arg.value) != in_style(tree, code):
                yield Splice(*tree.span(arg.value), in_style(tree, code))


def _opened(tree: Tree, call: cst.Call) -> int:
    """Just behind the call's bracket; the called name may stand in brackets of its own."""
    offset = tree.skip_layout(tree.span(call.func)[1])
    while tree.text.startswith(")", offset):
        offset = tree.skip_layout(offset + 1)
    return offset + 1


def _more_elements(tree: Tree, value: cst.BaseExpression, items: list[str]) -> list[Splice]:
    """One more element in a list or tuple; around any other value a list that unpacks it."""
    if isinstance(value, cst.List | cst.Tuple):
        there = {_normal(_text(tree, element.value)) for element in value.elements}
        missing = [in_style(tree, item) for item in items if _normal(item) not in there]
        if not missing:
            return []
        start = tree.span(value)[0]
        opened = start + 1 if isinstance(value, cst.List) else start
        found = insert(tree, bracketed(tree, opened, value.elements), len(value.elements), missing)
        return found if value.elements or isinstance(value, cst.List) else _whole(tree, value, missing)
    missing = [in_style(tree, item) for item in items]
    if isinstance(value, cst.Name) and value.value == "None":
        return _whole(tree, value, missing)
    start, end = tree.span(value)
    if not isinstance(value, cst.Name | cst.Attribute | cst.Call | cst.Subscript) or value.lpar:
        raise CannotEdit("the argument is neither a list nor a name")
    return [Splice(start, start, "[*"), Splice(end, end, f", {', '.join(missing)}]")]


def _whole(tree: Tree, value: cst.BaseExpression, items: list[str]) -> list[Splice]:
    return [Splice(*tree.span(value), f"[{', '.join(items)}]")]


def _text(tree: Tree, node: cst.CSTNode) -> str:
    start, end = tree.span(node)
    return tree.text[start:end]


def _normal(code: str) -> str:
    return "".join(code.split()).replace("'", '"')


def new_parameters(tree: Tree, function: cst.FunctionDef, codes: list[str]) -> list[Splice]:
    """Splices that give a function these parameters; a parameter that is there is left alone."""
    wanted = [in_style(tree, code) for code in codes if not _is_there(tree, function, code)]
    needed = [code for code in wanted if _parse(code).default is None]
    optional = [code for code in wanted if code not in needed]
    params = function.params
    items = _in_order(params)
    where = bracketed(tree, _params_opened(tree, function), items)
    end = len(items) - (params.star_kwarg is not None)
    if isinstance(params.star_arg, cst.Param | cst.ParamStar):
        return _insert(tree, where, {end: [*needed, *optional]})
    first_default = next((index for index, item in enumerate(items) if getattr(item, "default", None) is not None), end)
    if needed and first_default < len(params.posonly_params):
        raise CannotEdit("the function has positional-only parameters with defaults")
    return _insert(tree, where, {first_default: needed} if first_default != end else {end: [*needed, *optional]}) + (
        _insert(tree, where, {end: optional}) if first_default != end else []
    )


def first_parameter(tree: Tree, edit: AddFirstParameter) -> list[Splice]:
    """Splices that give a function one more parameter in front of all others."""
    function = tree.find(edit.place, cst.FunctionDef)
    if not isinstance(function, cst.FunctionDef):
        raise CannotEdit("there is no function at the place")
    items = _in_order(function.params)
    if items and isinstance(items[0], cst.Param) and item_text(tree, items[0]) == edit.code:
        return []
    return insert(tree, bracketed(tree, _params_opened(tree, function), items), 0, [edit.code])


def new_default(tree: Tree, parameter: cst.Param, code: str) -> list[Splice]:
    """Splices that give a parameter this default; none if it has it."""
    code = in_style(tree, code)
    if parameter.default is not None:
        if _normal(_text(tree, parameter.default)) == _normal(code):
            return []
        return [Splice(*tree.span(parameter.default), code)]
    function = next(tree.around(parameter, cst.FunctionDef), None)
    if not isinstance(function, cst.FunctionDef) or parameter.star not in ("", cst.MaybeSentinel.DEFAULT):
        raise CannotEdit("the parameter can have no default")
    ordered = [*function.params.posonly_params, *function.params.params]
    behind = ordered[ordered.index(parameter) + 1 :] if parameter in ordered else []
    if any(each.default is None for each in behind):
        raise CannotEdit("parameters without defaults stand behind it")
    last = parameter.annotation.annotation if parameter.annotation is not None else parameter.name
    end = tree.span(last)[1] + len(getattr(last, "rpar", ()))
    return [Splice(end, end, f" = {code}" if parameter.annotation is not None else f"={code}")]


def _insert(tree: Tree, where: Bracketed, wanted: dict[int, list[str]]) -> list[Splice]:
    return [splice for index, codes in wanted.items() if codes for splice in insert(tree, where, index, codes)]


def _is_there(tree: Tree, function: cst.FunctionDef, code: str) -> bool:
    """Whether the parameter is there as wanted; raises CannotEdit where its name is taken."""
    name = _parse(code).name.value
    for item in _in_order(function.params):
        if isinstance(item, cst.Param) and item.name.value == name:
            if _normal(item_text(tree, item)) != _normal(code):
                raise CannotEdit(f"the function has another parameter named {name}")
            return True
    return False


def _in_order(params: cst.Parameters) -> list[cst.Param | cst.ParamSlash | cst.ParamStar]:
    found: list[cst.Param | cst.ParamSlash | cst.ParamStar] = [*params.posonly_params]
    if isinstance(params.posonly_ind, cst.ParamSlash):
        found.append(params.posonly_ind)
    found += params.params
    if isinstance(params.star_arg, cst.Param | cst.ParamStar):
        found.append(params.star_arg)
    found += params.kwonly_params
    return [*found, params.star_kwarg] if params.star_kwarg is not None else found


def _parse(code: str) -> cst.Param:
    try:
        statement = cst.parse_statement(f"def f(*, {code}): ...")
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        raise CannotEdit("the new code is no parameter") from None
    if isinstance(statement, cst.FunctionDef) and len(statement.params.kwonly_params) == 1:
        return statement.params.kwonly_params[0]
    raise CannotEdit("the new code is no parameter")


def _params_opened(tree: Tree, function: cst.FunctionDef) -> int:
    """Just behind the bracket of the parameters; type parameters (`def f[T](x)`) may come first."""
    offset = tree.skip_layout(tree.span(function.name)[1])
    depth = 0
    while depth or not tree.text.startswith("(", offset):
        depth += {"[": 1, "]": -1}.get(tree.text[offset], 0)
        offset += 1
    return offset + 1
