"""One secret for everybody: a guard that compares what the request brings with a value of the app's settings.

Such a key says that the caller knows it, and nothing about who they are. It cannot be taken from one caller without
taking it from all.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.callers import Source
from transforms.concepts import Function, GuardUse, Route
from transforms.concepts_data import Condition, Pair
from transforms.setting_words import is_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.app import App

_CREDENTIAL = re.compile(r"authorization|token|key|secret|signature|cookie|session", re.IGNORECASE)
_CREDENTIAL_HEADER = re.compile(
    r"(?:^|\.)(?:headers|META)(?:\.get\(\))?\.(?=\w*(?:authorization|token|key|secret))\w+", re.IGNORECASE
)
_FROM_HEADER = re.compile(r"(?:Header|Cookie|Security|Depends)\(")
# What strings are put through before they are compared.
_TRIMMED = re.compile(r"(?:\.(?:partition|split|replace|removeprefix|strip|encode|lower|credentials)(?:\(\))?)+$")
_UNWRAPPED = re.compile(r"(?:\.(?:get_secret_value|encode|strip|lower)\(\))+$|\(\)$")
_OF_SERVICES = re.compile(r"internal|service|worker|machine|m2m|cron|scheduler|gateway|backend|system", re.IGNORECASE)
_TELLS_PEOPLE_APART = re.compile(r"user|subject|account|member", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """Where a request's key is compared with a setting."""

    condition: Condition
    pair: Pair
    sent: str  # origins of what the request brings
    setting: str  # origins of the setting; "" for a literal
    names_nobody: bool  # nothing else in the function says who is calling
    header: str  # the header it is brought in, in lower case; "" where that is not known

    @property
    def name(self) -> str:
        """What the setting is called, in upper case; "" for a literal."""
        return setting_name(self.setting)


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A function that keeps out callers without one key for all, and the routes that it stands before."""

    secret: SharedSecret
    routes: tuple[Route, ...]
    uses: tuple[GuardUse, ...]  # how it stands there; none where a handler compares by itself
    between_services: bool  # its names say that programs bring it

    @property
    def function(self) -> str:
        """The name of what stands before the routes and compares: a function, or a class by one of its methods."""
        standing = next((use.symbol for use in self.uses), self.secret.condition.function)
        return standing.removesuffix("()").removesuffix(".dispatch").rpartition(".")[2]


def shared_keys(app: "App") -> tuple[SharedKey, ...]:
    """Every comparison by which a route of the app lets in whoever brings the one key."""
    found: dict[Condition, list[tuple[SharedSecret, Route, GuardUse | None]]] = {}
    if not any(True for symbol in app.conditions for _ in _asked_by(app, symbol)):
        return ()  # the usual case, and what each route comes to call need not be gone through for it
    for route in app.routes:
        candidates = [(symbol, use) for use in route.guards for symbol in (use.target, *_answering(app, use))]
        for symbol, use in (*candidates, (route.handler, None)):
            secret = shared_secret(app, symbol)
            if secret is not None and (use is not None or app.roles.refuses(secret.condition)):
                found.setdefault(secret.condition, []).append((secret, route, use))
    return tuple(_key(each) for each in found.values())


def _answering(app: "App", use: GuardUse) -> "Iterator[str]":
    """The methods by which the predicates of a guard answer."""
    for predicate in use.predicates:
        method = app.method(predicate, "has_permission") if predicate in app.classes else None
        if method is not None:
            yield method.symbol


def _key(found: "list[tuple[SharedSecret, Route, GuardUse | None]]") -> SharedKey:
    secret = found[0][0]
    names = f"{secret.sent} {secret.setting} {secret.condition.function.rpartition('.')[2]}"
    routes = dict.fromkeys(route for _, route, _ in found)
    uses = {(use.file, use.place): use for _, _, use in found if use is not None}
    return SharedKey(secret, tuple(routes), tuple(uses.values()), speaks_of_services(names))


def shared_secret(app: "App", symbol: str) -> SharedSecret | None:
    """The comparison by which a function, one inside it, or one that it calls lets callers with the key pass."""
    return next(_found(app, symbol, 0), None)


def _found(app: "App", symbol: str, depth: int) -> "Iterator[SharedSecret]":
    function = app.functions.get(symbol.removesuffix("()"))
    if function is None or depth > 2:
        return
    yield from _asked_by(app, function.symbol)
    called = [app.meaning(call, function.file) for call in function.calls]
    for each in (*app.inner.get(function.symbol, ()), *called):
        if each != function.symbol:
            yield from _found(app, each, depth + 1)


def _asked_by(app: "App", symbol: str) -> "Iterator[SharedSecret]":
    """The comparisons that a function itself makes."""
    function = app.functions.get(symbol)
    if function is None:
        return
    for condition in app.conditions.get(symbol, ()):
        for pair in condition.pairs:
            for sent, setting in _compared(app, function, pair):
                names_nobody = _TELLS_PEOPLE_APART.search(condition.asked) is None
                yield SharedSecret(condition, pair, sent, setting, names_nobody, _header(app, function, sent))


def compares_key(app: "App", symbol: str, pair: Pair) -> bool:
    """Whether a function compares the app's one key with what a request brings."""
    function = app.functions.get(symbol)
    return function is not None and any(_compared(app, function, pair))


def _compared(app: "App", function: Function, pair: Pair) -> "Iterator[tuple[str, str]]":
    """What is sent, and the setting that it is compared with."""
    if any(code.endswith((".lower()", ".upper()")) for code in (pair.left_code, pair.right_code)):
        return  # the scheme of a header is compared like this, and no key is
    for sent, setting in ((pair.left, pair.right), (pair.right, pair.left)):
        if is_sent(app, function, sent) and _is_setting(setting, pair):
            yield sent, setting


def is_sent(app: "App", function: Function, origins: str) -> bool:
    """Whether all that a side is made of is a credential in a header of the request."""
    return bool(origins) and all(_is_header(app, function, _TRIMMED.sub("", each)) for each in origins.split())


def _is_header(app: "App", function: Function, origin: str) -> bool:
    if _CREDENTIAL_HEADER.search(origin):
        return True
    known = next((each for each in function.parameters if each.name == origin), None)
    if known is None:
        return False
    default, annotation = known.default or "", known.annotation or ""
    from_header = _FROM_HEADER.match(default) is not None or _FROM_HEADER.search(annotation) is not None
    return _CREDENTIAL.search(origin) is not None and (
        from_header or app.callers.source(function.symbol, origin) is Source.CALLER
    )


def setting_name(origins: str) -> str:
    """The last name of a setting's origins, in upper case: `INTERNAL_TOKEN` of `@config.settings.internal_token`."""
    named = _UNWRAPPED.sub("", origins).rpartition(".")[2]
    return named.upper() if named.isidentifier() and " " not in origins else ""


def _header(app: "App", function: Function, sent: str) -> str:
    """The header in which a side of the comparison is brought; "" where that is not known."""
    origin = _TRIMMED.sub("", sent)
    if _CREDENTIAL_HEADER.search(origin):
        name = origin.rpartition(".")[2]
        return (name.removeprefix("HTTP_") if ".META." in origin else name).replace("_", "-").lower()
    known = next((each for each in function.parameters if each.name == origin), None)
    written = f"{known.default or ''} {known.annotation or ''}" if known is not None else ""
    if "Header(" in written and "alias" not in written and "convert_underscores" not in written:
        return origin.replace("_", "-").lower()
    scheme = next((use.symbol for use in function.guards if use.bound_to == origin), "")
    return app.scheme_headers.get(scheme, "")


def _is_setting(origins: str, pair: Pair) -> bool:
    if not origins:
        return '""' in (pair.left_code, pair.right_code) or "''" in (pair.left_code, pair.right_code)
    return is_setting(origins)


def speaks_of_services(names: str) -> bool:
    """Whether names say that programs bring a key."""
    return _OF_SERVICES.search(names) is not None
