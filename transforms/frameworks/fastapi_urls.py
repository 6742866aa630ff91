"""What FastAPI takes from the query string: each plain parameter of a handler or dependency that is not in its path."""

import re
from typing import TYPE_CHECKING

from transforms.concepts import Function, Parameter, Route, Scheme
from transforms.edit_kinds import Edit, ImportOf, SetDefault
from transforms.frameworks.fastapi_edits import spelling
from transforms.frameworks.python_effects import is_credential_in_url
from transforms.reuse import Guard, in_one_program

if TYPE_CHECKING:
    from transforms.app import App

_PLAIN = re.compile(r"(?:Optional\[)?(?:str|SecretStr)\]?(?:\s*\|\s*None)?|Annotated\[.*\bQuery\(.*")
_NOT_IN_URL = re.compile(r"\b(?:Depends|Security|Header|Cookie|Body|Form|File|Path)\(")
# Schemes whose dependency gives the credential as plain text.
_GIVES_TEXT = ("OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer")


def url_parameters(_app: "App", route: Route, function: Function) -> tuple[str, ...]:
    """The parameters that hold a credential and come from the query string."""
    in_path = set(re.findall(r"\{(\w+)", route.path or route.own_path or ""))
    handed = {guard.bound_to for guard in function.guards}
    return tuple(
        each.name
        for each in function.parameters
        if each.name not in handed | in_path and is_credential_in_url(each.name) and _is_query(each)
    )


def _is_query(parameter: Parameter) -> bool:
    default, annotation = parameter.default or "", parameter.annotation or ""
    if _NOT_IN_URL.search(default) or _NOT_IN_URL.search(annotation):
        return False
    if default.startswith("Query("):
        return True
    return default.partition("(")[0] in ("", "None", "''", '""') and (
        not annotation or bool(_PLAIN.fullmatch(annotation))
    )


def read_from_header(app: "App", route: Route, function: Function, parameter: str) -> tuple[Edit, ...] | None:
    """`token: str = Depends(oauth2_scheme)` by a scheme of the app; None where it has none that gives text."""
    known = next((each for each in function.parameters if each.name == parameter), None)
    scheme = _scheme(app, route)
    if known is None or known.place is None or scheme is None or "Annotated" in (known.annotation or ""):
        return None
    module = app.module_of(scheme.symbol)
    if module is None:
        return None
    guard = Guard(module, scheme.symbol.removeprefix(f"{module}."), own=True)
    spelled = _spelled_here(app, function, scheme) or spelling(app, function.file, function.place, guard)
    if spelled is None:
        return None
    code, imports = spelled
    return (SetDefault(function.file, known.place, code, imports),)


def _spelled_here(app: "App", function: Function, scheme: Scheme) -> tuple[str, tuple[ImportOf, ...]] | None:
    """In the module that makes the scheme, above the function."""
    if app.file_of(scheme.symbol) != function.file or scheme.place.line >= function.place.line:
        return None
    return f"Depends({scheme.symbol.rpartition('.')[2]})", (ImportOf("fastapi", "Depends"),)


def _scheme(app: "App", route: Route) -> Scheme | None:
    schemes = [each for facts in app.files.values() for each in facts.schemes]
    return next(
        (
            each
            for each in schemes
            if each.reference.endswith(_GIVES_TEXT) and each.refuses and in_one_program(app, each.symbol, route)
        ),
        None,
    )
