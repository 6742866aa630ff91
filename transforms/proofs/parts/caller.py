"""Somebody of the test's own who calls the app."""

from collections.abc import Iterator
from typing import Any


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

    is_authenticated = True
    is_active = True

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)

    def __bool__(self) -> bool:
        return True
