"""An app's own reader of settings: `config = Config(".env")` and the like, which asks the environment and a file.

Such a reader stops where there is nothing, so a secret that has a default there only loses it, with whatever else the
call says (`cast=Secret`), and a literal beside one is asked of it. An app that is fed by its `.env` goes on as before.
"""

from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts_secrets import ASKED, SettingsReader
from transforms.frameworks.secret_values import Literal, called, text_of
from transforms.walk import Walk

if TYPE_CHECKING:
    from transforms.app import App

_FUNCTION = "decouple.config"
_MAKERS = frozenset(
    (
        "starlette.config.Config",
        *(f"decouple.{name}" for name in ("Config", "AutoConfig")),
        *(f"{library}.{name}" for library in ("environ", "environs") for name in ("Env", "FileAwareEnv")),
    )
)
_TEXTS = ("str", "starlette.datastructures.Secret")  # what a broker gives is such a text already
_LONGEST = 500  # characters of a call that is kept


class Readers:
    """The handler that remembers the readers of one file, and what a secret there would ask."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._names: list[str] = []

    def assign(self, node: cst.Assign) -> None:
        """`config = Config(".env")`, on the top level."""
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=cst.Call(func=made)):
                if len(self.walk.scopes) == 1 and self.walk.resolve(made) in _MAKERS:
                    self._names.append(name)

    def asked_for(self, literal: Literal) -> SettingsReader | None:
        """How the file's own reader would be asked for a secret; None where it has none."""
        call = literal.whole
        if literal.environment_name is not None:
            return self._without_default(call) if isinstance(call, cst.Call) else None
        if (name := self._here()) is not None:
            return SettingsReader(f"{name}({ASKED})")
        return None

    def _here(self) -> str | None:
        """The name of a reader that was made or imported above, and that means the same in the function around."""
        imported = [name for name, reference in self.walk.imports.items() if reference == _FUNCTION]
        for name in (*self._names, *imported):
            if self.walk.resolve(name) in (f"{self.walk.module}.{name}", _FUNCTION):
                return name
        return None

    def _without_default(self, call: cst.Call) -> SettingsReader | None:
        """`config("X", cast=Secret, default="...")` as a call that stops where there is nothing."""
        reference = self.walk.resolve(call.func)
        left = [arg for index, arg in enumerate(call.args) if not _is_default(arg, index, len(call.args))]
        if reference is None or len(left) != len(call.args) - 1 or text_of(call.args[0].value) is None:
            return None
        owner = reference.removesuffix(f".{called(call)}") if called(call) == "str" else reference
        known = owner == _FUNCTION or owner in [f"{self.walk.module}.{name}" for name in self._names]
        others = [self.walk.code(arg, _LONGEST).rstrip(", \n") for arg in left[1:]]
        code = f"{self.walk.code(call.func)}({', '.join((ASKED, *others))})"
        if "\n" in code or len(code) >= _LONGEST:
            return None
        return SettingsReader(code, self._cast(left), "" if known else owner)

    def _cast(self, args: list[cst.Arg]) -> str:
        """What makes something of the text that was found."""
        casts = [arg.value for arg in args if arg.keyword is not None and arg.keyword.value == "cast"]
        named = (each for each in casts if isinstance(each, cst.Name | cst.Attribute))
        return next((self.walk.code(each) for each in named if self.walk.resolve(each) not in _TEXTS), "")


def _is_default(arg: cst.Arg, index: int, number: int) -> bool:
    if arg.keyword is not None:
        return arg.keyword.value == "default"
    return index == 1 and number == 2 and arg.star == ""


def is_reader(app: "App", asked: str) -> bool:
    """Whether a reference means a reader of the app, or its `env.str`."""
    owner, _, method = asked.rpartition(".")
    made = app.instances.get(asked) or (app.instances.get(owner) if method == "str" else None)
    return made is not None and made.removesuffix("()") in _MAKERS
