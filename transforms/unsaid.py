"""How a secret leaves a text that nothing runs: a remark, a message, code that was commented out.

Its name stands there from then on. Nothing has to be provided for it: no program asks.
"""

from typing import TYPE_CHECKING

from transforms.concepts_secrets import SecretUse, Unsaid
from transforms.edit_kinds import Edit, ReplaceWords
from transforms.frameworks.secret_moves import question
from transforms.frameworks.secret_naming import name_of

if TYPE_CHECKING:
    from transforms.app import App


def unsaid(app: "App", use: SecretUse) -> tuple[str, tuple[Edit, ...]] | None:
    """The name of a secret, and what puts it in the place of the value; None where a program may read the text."""
    if use.unsaid is None or use.test_only or not use.file.endswith(".py"):
        return None
    name = name_of(app, use)
    if use.unsaid is Unsaid.QUESTION and use.expression is not None:
        code, place = question(app, use, name)[0], use.expression
    else:
        code, place = f"<{name}>", use.place
    return name, (ReplaceWords(use.file, place, code),)
