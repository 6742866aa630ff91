"""Ask for a route without running its handler."""

from typing import Any

from fastapi import FastAPI, routing


def without_handler(app: Any, method: str, path: str) -> FastAPI:
    """An app with the same route and the same dependencies in front of it, but a handler that does nothing."""
    route = found(app, method, path)
    bare = FastAPI()
    bare.dependency_overrides = app.dependency_overrides
    bare.add_api_route(path, lambda: None, methods=[method], dependencies=route.dependencies)
    return bare


def found(app: Any, method: str, path: str) -> Any:
    """The route that answers: the first one that fits, those of mounted apps included."""
    contexts = getattr(routing, "iter_route_contexts", iter)  # newer FastAPI keeps included routers as a tree
    for route in contexts(app.routes):
        inner, own = getattr(route, "app", None), getattr(route, "path", None)
        methods = getattr(route, "methods", None) or (["WEBSOCKET"] if hasattr(route, "dependant") else [])
        if own == path and method in methods:
            return route
        if own and hasattr(inner, "routes") and path.startswith(f"{own}/"):
            return found(inner, method, path[len(own) :])
    raise LookupError(f"no route answers {method} {path}")
