"""Functions of a Django site that signals tell of changes: of the rows of which class, where that is said."""

from collections.abc import Iterator

import libcst as cst

from transforms.concepts import SIGNAL_SENDER, Place, Setting
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, argument, string_value

_RECEIVER = "django.dispatch.receiver"


def senders_of(walk: Walk, node: cst.FunctionDef) -> None:
    """Leave a Setting for each class in `@receiver(post_save, sender=Order)`."""
    symbol, path = f"{walk.symbol}.{node.name.value}", walk.path
    for decorator in node.decorators:
        call = decorator.decorator
        if not isinstance(call, cst.Call) or walk.resolve(call.func) != _RECEIVER:
            continue
        for sender in _named(walk, call):

            def build(place: Place, told: str = sender) -> Setting:
                return Setting(SIGNAL_SENDER, told, place, symbol, path)

            walk.emit(build, call)


def _named(walk: Walk, call: cst.Call) -> Iterator[str]:
    """The class of the sender; of a signal that is about no rows, the signal itself."""
    signal, sender = argument(call, "signal", 0), argument(call, "sender")
    told = reference(walk, signal) if signal is not None else None
    if told is not None and not told.startswith("django.db.models.signals."):
        yield told
        return
    found = (string_value(sender) or reference(walk, sender)) if sender is not None else None
    if found is not None:  # a class, or `"shop.Order"`, which is known by its last part as well
        yield found
