"""Passwords by position: `create_user("bob", "...")`, and calls of functions whose parameters this file names.

What a function of the file calls its parameters is what the arguments are. Of others the name says that an account is
made or opened; the password then is the first argument behind the account that looks like one.
"""

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.concepts_secrets import SecretRole
from transforms.frameworks.secret_reading import Reading
from transforms.frameworks.secret_values import called, text_of
from transforms.secrets.names import read_name
from transforms.secrets.values import Shape, shape_of

_OPENS = re.compile(
    r"(?:create|add|register|make|insert|new|ensure|seed)_(?:super_?user|user|admin(?:_user)?|account|member|staff)"
    r"|create_?superuser|register|sign_?up|sign_?in|log_?in|authenticate(?:_user)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_CHOSEN = re.compile(r"(?=.*[a-zA-Z])(?=.*[\d@#$!%&*])[^\s.,:;/\\-]{6,40}")  # as people choose passwords


class Accounts:
    """The handlers for functions of the file and for calls."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._parameters: dict[str, Sequence[str]] = {}  # of functions that take a secret; none for a name used twice

    def module(self, node: cst.Module) -> None:
        """The parameters of the functions and methods of the file, where one of them takes a secret."""
        for function in _functions(node.body):
            names = [each.name.value for each in (*function.params.posonly_params, *function.params.params)]
            names = names[1:] if names[:1] in (["self"], ["cls"]) else names
            takes_one = any((reading := read_name(each)) is not None and reading.strong for each in names)
            name = function.name.value
            self._parameters[name] = names if takes_one and name not in self._parameters else ()

    def call(self, node: cst.Call) -> None:
        """Arguments without a keyword."""
        given = [arg.value for arg in node.args if arg.keyword is None and arg.star == ""]
        if len(given) != sum(arg.keyword is None for arg in node.args) or not given:
            return
        name = called(node)
        if names := self._parameters.get(name):
            for parameter, value in zip(names, given, strict=False):
                reading = read_name(parameter)
                if reading is not None and reading.strong and text_of(value) is not None:
                    self.reading.named(parameter, SecretRole.ARGUMENT, value, partner=len(given) > 1)
        elif _OPENS.fullmatch(name):
            self._opened(given[1:])

    def _opened(self, behind: Sequence[cst.BaseExpression]) -> None:
        for value in behind:
            text = text_of(value) or ""
            if _CHOSEN.fullmatch(text) and not _MAIL.fullmatch(text) and shape_of(text) in (Shape.MIXED, Shape.RANDOM):
                self.reading.named("password", SecretRole.ARGUMENT, value, partner=True)
                return


def _functions(body: Sequence[cst.CSTNode]) -> Iterator[cst.FunctionDef]:
    for each in body:
        match each:
            case cst.FunctionDef():
                yield each
            case cst.ClassDef(body=cst.IndentedBlock(body=inner)):
                yield from (method for method in inner if isinstance(method, cst.FunctionDef))
