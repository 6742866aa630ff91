"""An app of one route behind the guard."""

from fastapi import Depends, FastAPI

from transforms.proofs.parts.load import control
from transforms.proofs.parts.told import AUTH


def behind(guard: str, *roles: str) -> FastAPI:
    """An app of one route behind a guard of the added module, or behind what it makes for roles."""
    found = getattr(control(AUTH), guard)
    app = FastAPI()
    dependency = Depends(found(*roles) if roles else found)
    app.add_api_route("/", lambda: "in", methods=["GET"], dependencies=[dependency])
    return app
