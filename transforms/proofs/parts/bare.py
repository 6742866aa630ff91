"""Ask for a route without running its handler."""

from typing import Any

from fastapi import FastAPI, routing


def without_handler(app: Any, method: str, path: str) -> FastAPI:
    """An app with the same route and the same dependencies in front of it, but a handler that does nothing."""
    contexts = getattr(routing, "iter_route_contexts", iter)  # newer FastAPI keeps included routers as a tree
    (route,) = [
        route
        for route in contexts(app.routes)
        if getattr(route, "path", None) == path and method in (getattr(route, "methods", None) or ())
    ]
    bare = FastAPI()
    bare.dependency_overrides = app.dependency_overrides
    bare.add_api_route(path, lambda: None, methods=[method], dependencies=route.dependencies)
    return bare
