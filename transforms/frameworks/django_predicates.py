"""Predicates of Django and its REST framework: what `has_permission`, `test_func` and the like answer to a stranger."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import libcst as cst

from transforms.concepts import Permission, Place, Predicate, Said, Says
from transforms.frameworks.python_known import METHODS, Asked, Thing, Written, groups_of, says
from transforms.frameworks.python_references import reference
from transforms.frameworks.python_strangers import Stranger
from transforms.walk import Walk, descendants, string_value

PREDICATES = frozenset({"has_permission", "has_object_permission", "test_func"})
_USERS = frozenset({"user", "u", "usr", "current_user"})
_WORD = re.compile(r"[a-z_]\w*")

T = TypeVar("T")
_KNOWS = frozenset({"user", "session", "COOKIES"})  # what of a request tells who is calling
_LEADS_AWAY = frozenset({
    "redirect", "HttpResponseRedirect", "redirect_to_login", "HttpResponseForbidden", "HttpResponseNotFound",
    "handle_no_permission", "redirect_login",
})  # fmt: skip
_SAYS_NO = re.compile(r"status(?:_code)?\s*=\s*(?:\w+\.)*(?:HTTP_)?40[134]|^render\(.*(?:log|sign)_?in", re.DOTALL)

Groups = tuple[tuple[str, ...], ...]
Given = tuple[str, str, Groups | None, bool, cst.BaseExpression | None]  # method, action, groups, inherited, list
_Option = tuple[Groups | None, bool, cst.BaseExpression | None]


def is_predicate(node: cst.FunctionDef) -> bool:
    """Whether a function is one that answers by True or False who may pass."""
    names = [each.name.value for each in node.params.params]
    return node.name.value in PREDICATES or (len(names) == 1 and names[0] in _USERS)


def predicate(walk: Walk, symbol: str, node: cst.FunctionDef) -> Predicate:
    """What it says to a stranger, for each method and action that it tells apart."""
    found = {key: _said(followed(walk, node, Asked(*key))) for key in _asked(node)}
    return Predicate(symbol, tuple(_told_apart(found)))


def turned_away(walk: Walk, node: cst.FunctionDef, methods: tuple[str, ...]) -> tuple[str, ...]:
    """The methods for which a view turns strangers away: where others may go on, they are refused or led elsewhere."""
    if not any(each.attr.value in _KNOWS for each in descendants(node.body, cst.Attribute)):
        return ()
    return tuple(method for method in methods if _turns_away(walk, node, method))


def authenticator(walk: Walk, symbol: str, node: cst.FunctionDef) -> Predicate:
    """What `authenticate(request)` of REST framework says to a stranger: no by an error alone, None leaves it open."""
    endings = _endings(walk, node, Asked())
    refuses = all(value is False and (where is None or _raises(where)) for value, where in endings)
    return Predicate(symbol, (("*", "*", Says.NO if refuses and endings else Says.YES),))


def _raises(statement: cst.CSTNode) -> bool:
    parts = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
    return any(isinstance(each, cst.Raise) for each in parts)


def _turns_away(walk: Walk, node: cst.FunctionDef, method: str) -> bool:
    strangers = _endings(walk, node, Asked(method))
    others = _endings(walk, node, Asked(method, signed_in=True))
    more = {id(statement) for _, statement in others} - {id(statement) for _, statement in strangers}
    return bool(more) and all(_is_refusal(walk, value, statement) for value, statement in strangers)


def _endings(walk: Walk, node: cst.FunctionDef, asked: Asked) -> list[tuple[object, cst.CSTNode | None]]:
    return Stranger(asked, lambda each: reference(walk, each), functions_around(walk)).endings(node)


def _is_refusal(walk: Walk, value: object, statement: cst.CSTNode | None) -> bool:
    """An error, a way to another page, a status that says no, or the sign-in page itself."""
    if value is False:
        return True
    match statement:
        case cst.SimpleStatementLine(body=[cst.Return(value=cst.Call() as call)]):
            name = _tail(call.func) if isinstance(call.func, cst.Name | cst.Attribute) else ""
            code = walk.code(call)
            return name in _LEADS_AWAY or _SAYS_NO.search(code) is not None
    return False


def lambda_predicate(walk: Walk, symbol: str, node: cst.Lambda) -> Predicate:
    """`user_passes_test(lambda user: user.is_staff)`."""
    function = cst.FunctionDef(
        cst.Name("test"),
        cst.Parameters([cst.Param(cst.Name("user"))]),
        cst.IndentedBlock([cst.SimpleStatementLine([cst.Return(node.body)])]),
    )
    name = node.params.params[0].name.value if node.params.params else "user"
    stranger = Stranger(Asked(), lambda each: reference(walk, each), {})
    return Predicate(symbol, (("*", "*", _said(stranger.outcomes(function, {name: Thing.USER}))),))


def permissions_given(walk: Walk, node: cst.FunctionDef) -> tuple[list[Given], tuple[str, ...]]:
    """What `get_permissions` gives for each method and action that it tells apart, and the attributes that it reads."""
    found: dict[tuple[str, str], list[_Option]] = {}
    tables, read = _tables(walk), set[str]()
    keys = {word for table in tables.values() for word in _words(table)}
    for key in _asked(node, keys):
        options: dict[tuple[Groups | None, bool], cst.BaseExpression | None] = {}
        stranger = Stranger(Asked(*key), lambda each: reference(walk, each), functions_around(walk), tables)
        outcomes = stranger.outcomes(node)
        read |= stranger.read
        for value in outcomes:
            inherited = value is Thing.INHERITED
            option = () if inherited else groups_of(value), inherited
            where = value.node if isinstance(value, Written) else None
            options[option] = where if options.get(option, where) is where else None  # one list, or none that decides
        found[key] = [(*option, where) for option, where in options.items()]
    given = [(method, action, *each) for method, action, options_ in _told_apart(found) for each in options_]
    return given, tuple(sorted(read))


def permission(
    owner: str, said: Said, place: Place, given: Given, code: str, path: str, reads: tuple[str, ...] = ()
) -> Permission:
    """The fact of one choice."""
    method, action, groups, inherited, _ = given
    return Permission(owner, said, place, groups, method, action, inherited, code, path, reads)


def _tables(walk: Walk) -> dict[str, cst.BaseExpression]:
    """The dictionaries of the class around, by name."""
    inside = walk.scopes[-1].node
    lines = inside.body.body if isinstance(inside, cst.ClassDef) else ()
    found: dict[str, cst.BaseExpression] = {}
    for line in lines:
        match line:
            case (
                cst.SimpleStatementLine(
                    body=[
                        cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=cst.Dict() as table)
                    ]
                )
                | cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name), value=cst.Dict() as table)])
            ):
                found[name] = table
    return found


def followed(walk: Walk, node: cst.FunctionDef, asked: Asked) -> list[object]:
    """What a function of the file may return to one request of a stranger."""
    return Stranger(asked, lambda each: reference(walk, each), functions_around(walk)).outcomes(node)


def functions_around(walk: Walk) -> Mapping[str, cst.FunctionDef]:
    """The functions of the module and of the class around, by name."""
    inside = walk.scopes[-1].node
    own = inside.body.body if isinstance(inside, cst.ClassDef) else ()
    return {each.name.value: each for each in (*walk.tree.body, *own) if isinstance(each, cst.FunctionDef)}


def _words(node: cst.CSTNode) -> set[str]:
    return {string_value(each) or "" for each in descendants(node, cst.SimpleString)}


def _asked(node: cst.FunctionDef, more: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Every method, with every word that may be the name of an action, and one that is not named."""
    words = _words(node).union(more)
    by_action = any(
        isinstance(each, cst.Attribute | cst.Name) and _tail(each) == "action" for each in descendants(node)
    )
    named = sorted(word for word in words if _WORD.fullmatch(word)) if by_action else []
    for action in ("<another>", *named):
        for method in METHODS:
            yield method, action


def _tail(node: cst.Attribute | cst.Name) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else node.value


def _said(values: list[object]) -> str:
    found = {says(each) for each in values}
    if len(found) == 1:
        return found.pop()
    handed_on = found - {Says.NO, Says.YES, Says.UNKNOWN}
    if len(handed_on) == 1 and found <= handed_on | {Says.NO}:
        return f"?{handed_on.pop()}"  # at most what that says
    return Says.UNKNOWN


def _told_apart(found: Mapping[tuple[str, str], T]) -> Iterator[tuple[str, str, T]]:
    """The same with `*` where neither method nor action makes a difference."""
    usual = {method: answer for (method, action), answer in found.items() if action == "<another>"}
    same = list(usual.values())
    if all(each == same[0] for each in same):
        yield "*", "*", same[0]
    else:
        yield from ((method, "*", answer) for method, answer in usual.items())
    for (method, action), answer in found.items():
        if action != "<another>" and answer != usual[method]:
            yield method, action, answer
