"""What Django's settings say of every request: where its URLs are, which middleware it passes, who may pass by default.

Each settings module stands for the site that it configures: an app by the name `<module>.<site>`.
"""

import libcst as cst

from transforms.concepts import Guarded, How, Include, Permission, Place, Router, Said, Setting
from transforms.frameworks.django_guards import Draft
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, string_value

SITE = "<site>"
DEFAULTS = "DEFAULT_PERMISSION_CLASSES"
AUTHENTICATION = "DEFAULT_AUTHENTICATION_CLASSES"
SILK_SETTING = "SILKY_AUTHENTICATION"


def assigned(walk: Walk, name: str, value: cst.BaseExpression, framework: str) -> None:
    """Leave what one setting says."""
    match name:
        case "ROOT_URLCONF" | "PUBLIC_SCHEMA_URLCONF" if urls := string_value(value):
            _site(walk, value, urls, framework, root=name == "ROOT_URLCONF")
        case "MIDDLEWARE" | "MIDDLEWARE_CLASSES":
            for draft in _middleware(walk, value):
                _passed(walk, draft)
        case "REST_FRAMEWORK":
            _defaults(walk, value)
        case "AUTHENTICATION_BACKENDS":
            _backends(walk, name, value)
        case "LOGIN_URL" | "SILKY_AUTHENTICATION":
            told = string_value(value) or (value.value if isinstance(value, cst.Name) else "")
            symbol, path = f"{walk.module}.{name}", walk.path
            walk.emit(lambda place: Setting(name, told, place, symbol, path), value)


def _backends(walk: Walk, name: str, value: cst.BaseExpression) -> None:
    """Who is asked whether a login is right."""
    listed = value.elements if isinstance(value, cst.List | cst.Tuple) else ()
    told = ",".join(text for each in listed if (text := string_value(each.value)))
    symbol, path = f"{walk.module}.{name}", walk.path
    walk.emit(lambda place: Setting(name, told, place, symbol, path), value)


def _site(walk: Walk, node: cst.BaseExpression, urls: str, framework: str, *, root: bool) -> None:
    symbol, path = f"{walk.module}.{SITE}", walk.path
    if root:
        walk.emit(lambda place: Router(symbol, framework, True, place, "/", (), path, False), node)
    walk.emit(lambda place: Include(symbol, f"{urls}.urlpatterns", place, "", (), False, path), node)


def _passed(walk: Walk, draft: Draft) -> None:
    owner = f"{walk.module}.{SITE}"
    walk.emit(lambda place: Guarded(owner, draft.at(place)), draft.node)


def _middleware(walk: Walk, value: cst.BaseExpression) -> list[Draft]:
    match value:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            texts = [(each.value, string_value(each.value)) for each in elements]
            return [Draft(node, text, How.MIDDLEWARE, text.rpartition(".")[2]) for node, text in texts if text]
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            return [*_middleware(walk, left), *_middleware(walk, right)]
    return []


def _defaults(walk: Walk, value: cst.BaseExpression) -> None:
    """`REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": [...]}`; without that entry everybody may do everything."""
    if not isinstance(value, cst.Dict):
        return
    taken_over = said = False
    for element in value.elements:
        if isinstance(element, cst.StarredDictElement):
            taken_over = True  # what it unpacks says it, unless it is said here
        elif isinstance(element, cst.DictElement) and string_value(element.key) == AUTHENTICATION:
            groups, owner, path = classes(walk, element.value), f"{walk.module}.{SITE}", walk.path
            _authenticated_by(walk, element.value, owner, groups, path)
        elif isinstance(element, cst.DictElement) and string_value(element.key) == DEFAULTS:
            default(walk, element.value)
            said = True
    if not (taken_over or said):
        _say(walk, value, (), "")


def _authenticated_by(
    walk: Walk, node: cst.BaseExpression, owner: str, groups: tuple[tuple[str, ...], ...] | None, path: str
) -> None:
    walk.emit(lambda place: Permission(owner, Said.AUTHENTICATION, place, groups, file=path), node)


def default(walk: Walk, value: cst.BaseExpression) -> None:
    """The value of that entry."""
    _say(walk, value, classes(walk, value), walk.code(value, 300))


def _say(walk: Walk, node: cst.BaseExpression, groups: tuple[tuple[str, ...], ...] | None, code: str) -> None:
    owner, path = f"{walk.module}.{SITE}", walk.path
    walk.emit(lambda place: _default(owner, place, groups, code, path), node)


def _default(owner: str, place: Place, groups: tuple[tuple[str, ...], ...] | None, code: str, path: str) -> Permission:
    return Permission(owner, Said.SETTINGS, place, groups, code=code, file=path)


def classes(walk: Walk, value: cst.BaseExpression) -> tuple[tuple[str, ...], ...] | None:
    """The classes that settings name by strings, now and then by reference."""
    if not isinstance(value, cst.List | cst.Tuple):
        return None
    found = [string_value(each.value) or reference(walk, each.value) for each in value.elements]
    return tuple((each,) for each in found if each) if all(found) else None
