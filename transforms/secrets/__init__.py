"""One file for each vendor: what its key looks like, which call takes it, how it is rotated and revoked.

The folder is the list: a module with `KINDS` is one. Beside them live the pure judgements that decide whether a literal
is a secret: `names`, `values`, `files` and `judgement`.
"""

import functools
import importlib
import pkgutil
from random import Random

from transforms.secrets.kinds import Call, Harm, Issuer, SecretKind

__all__ = ["Call", "Harm", "Issuer", "SecretKind", "kind", "kinds", "sample"]


@functools.cache
def kinds() -> tuple[SecretKind, ...]:
    """Every secret kind, by module and in the order of each."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return tuple(each for module in modules for each in getattr(module, "KINDS", ()))


@functools.cache
def _by_id() -> dict[str, SecretKind]:
    return {each.id: each for each in kinds()}


def kind(kind_id: str) -> SecretKind:
    """The kind with that id; raises KeyError."""
    return _by_id()[kind_id]


def sample(kind_id: str, seed: int = 0) -> str:
    """A generated value of a kind, always the same for a seed; raises KeyError for an unknown kind."""
    return kind(kind_id).generate(Random(f"{kind_id}:{seed}"))  # noqa: S311  a sample is no secret
