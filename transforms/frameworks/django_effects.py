"""What the views of a library change by themselves, and which functions of the app they call on their way.

`ModelViewSet.create` saves a row, and asks `perform_create()` of the app to do so where there is one.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.frameworks.django_library import ACTIONS_OF, METHODS_OF, tail

if TYPE_CHECKING:
    from transforms.app import App

# What writes in a view of REST framework, by action, and by the method of a generic view.
_ACTION_OF = {"POST": "create", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"}
# What the library calls of the class for that action: all of it runs, the last one does the writing.
_CALLS = {
    "create": ("perform_create",),
    "update": ("perform_update",),
    "partial_update": ("update", "perform_update"),
    "destroy": ("perform_destroy",),
}
# Django's own generic views that save or delete a row, and what they call.
_SAVES = frozenset({"CreateView", "UpdateView", "DeleteView"})
_HANDLES_FORMS = _SAVES | {"FormView"}
_OF_FORMS = ("form_valid",)


@dataclass(frozen=True, slots=True)
class _Run:
    """What of a library runs for a route."""

    calls: tuple[str, ...]
    writes: bool


def with_effects(app: "App", route: Route, owner: str, action: str) -> Route:
    """The route with what the library does for it; `action` is the method of the class that would answer."""
    function = app.functions.get(route.handler)
    if function is not None and f"super().{action}" not in function.calls:
        return route
    run = _run(app, owner, action, route.methods[0])
    if run is None:
        return route
    called = [found.symbol for name in run.calls if (found := app.method(owner, name)) is not None]
    writing = called[-1] if called and tail(called[-1]) == run.calls[-1] else None
    handed_on = writing is None or f"super().{tail(writing)}" in app.functions[writing].calls
    return replace(route, hooks=tuple(called), library_writes=run.writes and handed_on)


def _run(app: "App", owner: str, action: str, method: str) -> _Run | None:
    library = {tail(each) for each in app.ancestors(owner) if each not in app.classes}
    done = action if action in _CALLS else _ACTION_OF.get(method, "")
    of_viewset = any(done in ACTIONS_OF.get(name, ()) for name in library)
    of_generic = any(name.endswith("APIView") and method in METHODS_OF.get(name, ()) for name in library)
    if done in _CALLS and (of_viewset or of_generic):
        return _Run((*((done,) if action != done else ()), *_CALLS[done]), writes=True)
    if method == "POST" and not _HANDLES_FORMS.isdisjoint(library):
        return _Run(_OF_FORMS, writes=not _SAVES.isdisjoint(library))
    return None
