"""Make the app's own settings, and see what they lack."""

from typing import Any

from transforms.proofs.parts.load import load


def lacking(settings: str) -> "set[Any]":
    """The fields that a class of settings asks for in vain, in an environment without a `.env`."""
    try:
        load(settings)(_env_file=None)
    except ValueError as error:
        said: Any = error  # pydantic's own, which has a list of what is wrong
        return {part for each in said.errors() for part in each["loc"]}
    return set()
