"""Take a check of an owner out of the app's code, and ask it about two people. Nothing else of the app runs."""

import ast
import builtins
from typing import Any

from transforms.proofs.parts.caller import Caller, Nothing
from transforms.proofs.parts.taken_out import function_in

MINE, THEIRS = 1, 2
REFUSALS = {401, 403, 404}


class Names(dict[str, Any]):
    """What a check may name: what the test gives, what Python has, and nothing for all else."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, Nothing())

    def put(self, code: str, value: Any) -> None:
        """Let `order.user_id` be the value."""
        head, *rest = code.split(".")
        if not rest:
            self[head] = value
            return
        holder = self.setdefault(head, Caller())
        for name in rest[:-1]:
            holder = holder.__dict__.setdefault(name, Caller())
        setattr(holder, rest[-1], value)


def checks_of(path: str, function: str, owner: str) -> "list[ast.If]":
    """The checks in a function that compare the owner with something."""
    ifs = (each for each in ast.walk(function_in(path, function)) if isinstance(each, ast.If))
    return [each for each in ifs if any(compares(part, owner) for part in ast.walk(each.test))]


def compares(node: ast.AST, owner: str) -> bool:
    """Whether the owner is a side of a comparison."""
    sides = (node.left, *node.comparators) if isinstance(node, ast.Compare) else ()
    return owner in map(ast.unparse, sides)


def tells_apart(check: ast.If, owner: str, caller: str) -> bool:
    """Whether a check lets the owner go on and turns somebody else away."""
    mine, theirs = (branch(check, owner, caller, who) for who in (MINE, THEIRS))
    return mine is not theirs and not refuses(mine) and (refuses(theirs) or not theirs)


def branch(check: ast.If, owner: str, caller: str, who: int) -> "list[ast.stmt]":
    """What is done about something of MINE when this one calls."""
    names = Names()
    names.put(owner, MINE)
    names.put(caller, who)
    code = compile(ast.Expression(check.test), "<check>", "eval")
    passes = eval(code, {"__builtins__": {}}, names)  # noqa: S307 - the app's own comparison
    return check.body if passes else check.orelse


def refuses(statements: "list[ast.stmt]") -> bool:
    """Whether statements end in a refusal."""
    parts = [part for each in statements for part in ast.walk(each)]
    return any(isinstance(part, ast.Raise) or getattr(part, "value", None) in REFUSALS for part in parts)
