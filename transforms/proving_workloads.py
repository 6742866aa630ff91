"""The test that shows routes for programs: their own tokens open them, and the key that all shared no longer does."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.frameworks import verb
from transforms.inserted_names import name_of
from transforms.placement import controls_home, start_folder
from transforms.proofs import KeyedCase, RouteCase, render_workloads
from transforms.proofs.workloads import WORKLOADS
from transforms.proving import Reach, asked_routes, cases_of, free_name
from transforms.shared_secrets import SharedSecret

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.shared_secrets import SharedKey

_TURNED = re.compile(r"(?:\.(?:encode|strip|get_secret_value)\(\))+$")
_VARIABLE = re.compile(r"@os\.(?:environ|environ\.get\(\)|getenv\(\))\.(\w+)")


def prove_workloads(app: "App", keys: Iterable["SharedKey"], family: str) -> tuple[str, str] | None:
    """Path and text of the test; None where no test can import the app or ask by full paths."""
    secrets: dict[Route, SharedSecret] = {route: key.secret for key in keys for route in key.routes}
    asked = asked_routes(app, secrets)
    if asked is None or asked[0].framework not in WORKLOADS:
        return None
    where, mine, opened = asked
    cases = [_keyed(app, secrets[route], case, where) for route in mine for case in cases_of([route])]
    package = controls_home(app, where.file).import_name
    auth = name_of(app, "auth", where.framework, where.file)
    text = render_workloads(
        where.app_import, package, dict.fromkeys(cases), opened, where.root_parents, where.framework, auth
    )
    return free_name(app, where.tests, family), text


def _keyed(app: "App", secret: SharedSecret, route: RouteCase, where: Reach) -> KeyedCase:
    variable = _VARIABLE.fullmatch(secret.setting)
    if variable is not None:
        return KeyedCase(route, secret.header, variable[1])
    library: tuple[str, str] | None = verb(where.framework, "setting_held")(secret.setting)
    return KeyedCase(route, secret.header, "", *(library or _held(app, secret.setting, where)))


def _held(app: "App", setting: str, where: Reach) -> tuple[str, str]:
    """How a test gets at what holds a setting, and its name there; empty texts where that cannot be told."""
    head, call, rest = _TURNED.sub("", setting.removeprefix("@")).partition("()")
    facts, names = app.lookup.split(app.resolve(head))
    first, _, inner = names.partition(".")
    path = f"{inner}{rest}".strip(".").split(".")
    if (
        facts is None
        or " " in setting
        or (call and inner)
        or not all(map(str.isidentifier, (first, *filter(None, path))))
    ):
        return "", ""
    root = start_folder(app, where.file)
    dotted = facts.path.removesuffix(".py").removesuffix("/__init__").removeprefix(f"{root}/" if root else "")
    if not all(part.isidentifier() for part in dotted.split("/")):
        return "", ""
    module = dotted.replace("/", ".")
    if not path[0]:
        return ("", "") if call else (f'importlib.import_module("{module}")', first)
    return ".".join((f'load("{module}:{first}{call}")', *path[:-1])), path[-1]
