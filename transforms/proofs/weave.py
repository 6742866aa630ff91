"""Weave parts into one test file: one docstring, one block of imports, then the parts' code in order."""

from collections.abc import Iterable
from importlib.resources import files

from transforms.proofs.naming import quoted
from transforms.proofs.needed import needed, pieces, words
from transforms.weaving import Imports, spaced

PARTS = "transforms.proofs.parts"
Told = dict[str, str | int]
# The issuer of tokens, and what it stands on.
ISSUER = ("loopback", "issuer")


def weave(docstring: str, parts: tuple[str, ...], told: Told, tests: Iterable[str]) -> str:
    """The text of a test file: what `tests` come to, and they go last. `told` has the values of `parts/told.py`."""
    imports = Imports(PARTS)
    bodies = [imports.take_apart(text) for text in (*map(read, parts), *tests)]
    kept = needed(list(pieces(spaced(bodies))))
    asked = words(kept)
    values = "\n".join(f"{name} = {shown(value)}" for name, value in told.items() if name in asked)
    about = "\n".join(quoted(line)[1:-1] for line in docstring.split("\n"))
    head = [f'"""{about}\n"""', imports.text(asked), values]
    return "\n\n".join(filter(None, head)) + "\n\n\n" + "".join(piece.text + "\n" for piece in kept).lstrip("\n")


def shown(value: str | int) -> str:
    """A value that a proof is told, as Python."""
    return quoted(value) if isinstance(value, str) else str(value)


def tell(app_import: str, controls_package: str, root_parents: int) -> Told:
    """The values that every proof is told."""
    return {"APP": app_import, "CONTROLS": controls_package, "ROOT_PARENTS": root_parents}


def read(part: str) -> str:
    """The text of a part."""
    return files(PARTS).joinpath(f"{part}.py").read_text(encoding="utf-8")
