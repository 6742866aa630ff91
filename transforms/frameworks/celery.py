"""Celery tasks: a queue of the app's own calls them, so that nobody outside has to be kept out."""

import re

import libcst as cst

from transforms.concepts import Kind, Place, Route, Router
from transforms.frameworks.python_references import reference
from transforms.walk import Handlers, Walk, argument, string_value

NAME = "celery"
TOKENS = (b"celery", b"Celery", b"shared_task")
PACKAGES = frozenset({"celery"})

_APP = re.compile(r"(?:^|\.)Celery$")
_SHARED = re.compile(r"(?:^|\.)(?:shared_task|periodic_task)$")


def read(walk: Walk) -> Handlers:
    """Leave Router and Route facts."""
    reader = _Reader(walk)
    return {cst.Assign: reader.assigned, cst.FunctionDef: reader.function}


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def assigned(self, node: cst.Assign) -> None:
        """`app = Celery("shop")`."""
        if not isinstance(node.value, cst.Call) or not _APP.search(self.walk.resolve(node.value.func) or ""):
            return
        symbol, path = reference(self.walk, node.targets[0].target), self.walk.path
        if symbol is not None:
            self.walk.emit(lambda place: Router(symbol, NAME, is_app=True, place=place, file=path), node.value)

    def function(self, node: cst.FunctionDef) -> None:
        """`@app.task`, `@app.task(name="mail")`, `@shared_task`."""
        for decorator in node.decorators:
            call = decorator.decorator if isinstance(decorator.decorator, cst.Call) else None
            called = call.func if call is not None else decorator.decorator
            router = self._router(called)
            if router is not None:
                self._task(node, decorator.decorator, router, argument(call, "name") if call is not None else None)
                return

    def _router(self, called: cst.BaseExpression) -> str | None:
        """The app that a decorator registers with; None for a decorator that makes no task."""
        if _SHARED.search(self.walk.resolve(called) or ""):
            return "celery.current_app"
        if isinstance(called, cst.Attribute) and called.attr.value == "task":
            return reference(self.walk, called.value)
        return None

    def _task(
        self, node: cst.FunctionDef, entry: cst.BaseExpression, router: str, name: cst.BaseExpression | None
    ) -> None:
        symbol, path = f"{self.walk.symbol}.{node.name.value}", self.walk.path
        called = (string_value(name) if name is not None else None) or node.name.value

        def build(place: Place, registered: Place) -> Route:
            return Route(NAME, ("TASK",), called, symbol, router, place, registered, file=path, kind=Kind.TASK)

        self.walk.emit(build, node, entry)
