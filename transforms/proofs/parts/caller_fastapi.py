"""Let somebody of the test's own call the app: whoever its guard would have let in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transforms.proofs.parts.load import load, the_app


class Nothing:
    """Stands for every attribute of a caller who may do nothing: false, empty, and equal to nothing else."""

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __getitem__(self, key: object) -> "Nothing":
        return Nothing()

    def __call__(self, *_: object, **__: object) -> "Nothing":
        return Nothing()

    def __bool__(self) -> bool:
        return False

    def __contains__(self, item: object) -> bool:
        return False

    def __iter__(self) -> "Iterator[Any]":
        return iter(())


class Caller(Nothing):
    """Somebody who is signed in, with what the test gives them."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)

    def __bool__(self) -> bool:
        return True


@contextmanager
def called_by(caller: Caller, guard: str) -> "Iterator[Any]":
    """The app under test, with `caller` in the place of whom its guard would find, for as long as this lasts."""
    app, dependency = the_app(), load(guard)
    app.dependency_overrides[dependency] = lambda: caller
    try:
        yield app
    finally:
        del app.dependency_overrides[dependency]
