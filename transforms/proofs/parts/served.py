"""Let the app read its rows from the test's own database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transforms.proofs.parts.load import load, the_app
from transforms.proofs.parts.rows import session_of


@contextmanager
def served_from(engine: Any, session_dependency: str) -> "Iterator[Any]":
    """The app under test, with its session dependency replaced for as long as this lasts."""
    app, dependency = the_app(), load(session_dependency)

    def session() -> "Iterator[Any]":
        with session_of(engine) as opened:
            yield opened

    app.dependency_overrides[dependency] = session
    try:
        yield app
    finally:
        del app.dependency_overrides[dependency]
