"""What of a deployment leads to a function of the cloud: templates name functions, and say what a gateway asks."""

import re
from dataclasses import replace
from posixpath import dirname
from typing import TYPE_CHECKING

from transforms.concepts import CloudFunction, Entrance, GuardUse, How, Route

if TYPE_CHECKING:
    from transforms.app import App

GATEWAY = "<gateway>"  # what stands in front of a function, by the name of a router
_PROXY = re.compile(r"\{\w+\+\}$")
_NAMED = re.compile(r"\{\w+\}")


def lets_in(app: "App", route: Route, function: str) -> tuple[Route, ...]:
    """A route that a function tells apart by itself, behind the entrance that its requests come in by."""
    found = entrances_of(app, function)
    fitting = [each for each in found if _fits(each, route)]
    if not fitting:
        return (unseen(route),)
    nearest = max(fitting, key=lambda each: (each.method != "ANY", len(each.path or "")))
    return (replace(under(route, nearest, route.methods), path=route.path, own_path=route.own_path),)


def _fits(entrance: Entrance, route: Route) -> bool:
    if entrance.method not in ("ANY", *route.methods):
        return False
    if entrance.path in (None, "/") and entrance.method == "ANY":  # an address of the function's own
        return True
    path, entered = _NAMED.sub("{}", route.path or ""), entrance.path or ""
    if _PROXY.search(entered):
        return path.startswith(_PROXY.sub("", entered).rstrip("/"))
    return path.rstrip("/") == _NAMED.sub("{}", entered).rstrip("/")


def unseen(route: Route) -> Route:
    """A route of which no template says who may call it."""
    return replace(route, guards=(*route.guards, GuardUse("", How.GATEWAY, route.entry, file=route.file)))


def under(route: Route, entrance: Entrance, methods: tuple[str, ...]) -> Route:
    """The route under one entrance, and behind what is asked there."""
    guards = tuple(replace(each, file=entrance.file, symbol=each.target) for each in entrance.guards)
    path = entrance.path if entrance.path is not None and entrance.method != "EVENT" else route.path
    return replace(
        route, methods=methods, path=path, own_path=path, guards=(*guards, *route.guards), entry=entrance.place,
        registered_in=entrance.file,
    )  # fmt: skip


def entrances_of(app: "App", function: str) -> list[Entrance]:
    """What leads to a function, by its symbol; nothing where no template declares it."""
    declared = [each for facts in app.files.values() for each in facts.cloud_functions]
    named = [each for each in declared if _in_folder(each) == function]
    named = named or [each for each in declared if _only(app, each, function)]
    every = [each for facts in app.files.values() for each in facts.entrances]
    keys = {(each.name, dirname(each.file)) for each in named}
    return [each for each in every if (each.function, dirname(each.file)) in keys]


def _in_folder(function: CloudFunction) -> str:
    folder = dirname(function.file).replace("/", ".")
    return f"{folder}.{function.handler}" if folder else function.handler


def _only(app: "App", function: CloudFunction, handler: str) -> bool:
    """Whether one function of the app ends like that, and it is this one: code may lie in any folder."""
    ending = f".{function.handler}"
    return handler.endswith(ending) and sum(symbol.endswith(ending) for symbol in app.functions) == 1
