"""What the words of a route say: its path in segments, the name of its handler, and what its function does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms import public_words as words
from transforms.concepts import Function, Route
from transforms.frozen import cheap_to_make
from transforms.path_words import segments_of, squeezed, words_of
from transforms.reading import only_reads

if TYPE_CHECKING:
    from transforms.app import App

BY_PATH_ALONE = frozenset({"django"})  # frameworks whose handlers get nothing of the caller's but parts of the path
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_PASSED_IN = frozenset({"request", "response", "background_tasks", "self"})


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Shape:
    """What the rules look at."""

    route: Route
    segments: tuple[str, ...]  # without api and version prefixes, lower case; path parameters as {…}
    squeezed: tuple[str, ...]  # without - and _
    handler: frozenset[str]  # words of the handler's name
    reads_only: bool  # by its method, or by what it does with a form
    writes: bool  # in its body
    admin: bool
    function: Function | None

    @classmethod
    def of(cls, app: "App", route: Route) -> "Shape":
        """The shape of a route."""
        segments = segments_of(route.path if route.path is not None else route.own_path or "?")
        return cls(
            route=route,
            segments=segments,
            squeezed=tuple(segment if "{" in segment else squeezed(segment) for segment in segments),
            handler=frozenset(words_of(last_name(route.handler))),
            reads_only=_READS.issuperset(route.methods) or only_reads(app, route),
            writes=app.judge.bodies.of(route.does).writes is not None,
            admin=is_admin_like(route),
            function=app.functions.get(route.handler),
        )

    @property
    def last(self) -> str:
        """The last segment that is no path parameter."""
        return next((each for each in reversed(self.squeezed) if "{" not in each), "")

    @property
    def last_written(self) -> str:
        """The same as it is written."""
        return next((each for each in reversed(self.segments) if "{" not in each), "")

    @property
    def has_parameters(self) -> bool:
        """Whether the path has parameters (tokens of links that were sent to somebody do not count)."""
        return any("{" in each and not words.TOKENS_IN_PATHS.fullmatch(each) for each in self.segments)

    @property
    def own_parameters(self) -> tuple[str, ...]:
        """What the handler takes from the caller."""
        if self.function is None:
            return ()
        handed = {guard.bound_to for guard in self.function.guards} | _PASSED_IN
        if self.route.framework in BY_PATH_ALONE:
            handed |= {each.name for each in self.function.parameters if f"{{{each.name}" not in self.route.name}
        return tuple(
            each.name
            for each in self.function.parameters
            if each.name not in handed and not (each.default or "").startswith(("Depends(", "Security("))
        )


def is_admin_like(route: Route) -> bool:
    """Whether path or handler say that the route is for administrators."""
    in_path = {word for segment in segments_of(route.path or route.own_path or "") for word in words_of(segment)}
    of_admins = words.ADMIN_PATHS if words.SIGN_IN_STEPS.isdisjoint(in_path) else words.ADMIN_PATHS - words.BEGINS
    return not (of_admins.isdisjoint(in_path) and words.ADMIN.isdisjoint(words_of(last_name(route.handler))))


def is_personal(route: Route) -> bool:
    """Whether a route is about people or what belongs to them."""
    return not words.PERSONAL.isdisjoint(segments_of(route.path or route.own_path or ""))


def last_name(symbol: str) -> str:
    """The name behind the last dot."""
    return symbol.rpartition(".")[2]
