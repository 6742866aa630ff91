"""What a cloud function does for requests that it does not tell apart: `if method == "POST": ...`, and then the rest.

The rest is a route of its own where it does something. An answer that says "not found" or nothing at all is none.
"""

from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.frameworks.python_dispatch import Key, conditions_of
from transforms.walk import descendants, dotted_name

OTHERS = "<others>"
_SHAPES = frozenset({"dumps", "dict", "str", "list", "len", "print", "isoformat", "now", "utcnow"})


def for_others(function: cst.FunctionDef, key: Key) -> list[cst.CSTNode]:
    """Every node that runs for a request of none of the known kinds; empty where such a request is turned down."""
    statements = list(_beside(_statements(function.body), key))
    asked = next((index for index, (_, known) in enumerate(statements) if known), None)
    after = [each for each, known in statements[asked or 0 :] if not known]
    if asked is None or not after or not _answers(after[-1]) or not any(map(_does_something, after)):
        return []
    return [node for each, known in statements if not known for node in descendants(each)]


def _beside(statements: Sequence[cst.CSTNode], key: Key) -> Iterator[tuple[cst.CSTNode, bool]]:
    """The statements of a body, those of blocks among them; True for the test of one that runs for a known kind."""
    for each in statements:
        match each:
            case cst.If(test=test, orelse=orelse) if any(conditions_of(test, key)):
                yield test, True
                if isinstance(orelse, cst.Else):
                    yield from _beside(_statements(orelse.body), key)
                elif orelse is not None:
                    yield from _beside([orelse], key)
            case cst.Match(subject=subject) if key(subject) is not None:
                yield subject, True
            case cst.Try(body=body):
                yield from _beside(_statements(body), key)
            case cst.With(body=body):
                yield from ((item, False) for item in each.items)
                yield from _beside(_statements(body), key)
            case cst.SimpleStatementLine(body=body):
                yield from ((small, False) for small in body)
            case _:
                yield each, False


def _answers(node: cst.CSTNode) -> bool:
    """Whether a body that ends like this gives an answer, and not one that something is missing or forbidden."""
    if isinstance(node, cst.Raise):
        return False
    return not any(len(each.value) == 3 and each.value[0] in "45" for each in descendants(node, cst.Integer))


def _does_something(node: cst.CSTNode) -> bool:
    """Whether there is more in it than the making of a fixed answer."""
    for call in descendants(node, cst.Call):
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else dotted_name(call.func)
        varies = any(True for arg in call.args for _ in descendants(arg.value, cst.Call, cst.Name, cst.Subscript))
        if name not in _SHAPES and (varies or not call.args):
            return True
    return False


def _statements(body: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return body.body
