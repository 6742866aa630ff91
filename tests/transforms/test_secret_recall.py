"""Recall on generated samples: every kind of every vendor is found by its name, in every call that takes it, and in a file."""

import pytest

from transforms import textfiles
from transforms.concepts_secrets import SecretUse
from transforms.frameworks import secret_literals
from transforms.secrets import Call, SecretKind, kinds, sample
from transforms.secrets.kinds import Issuer
from transforms.source import SourceFile
from transforms.walk import read

SEEDS = range(8)
CALLS = [(each, call) for each in kinds() for call in each.calls]
# Known only by a shape or by a name that stands for several of them.
UNNAMED = {"password-hash", "capability-url", "basic-auth-url", "database-url", "private-key"}


def found(code: str) -> tuple[SecretUse, ...]:
    source = SourceFile("app/settings.py", code.encode())
    return read(source, [secret_literals]).secrets if secret_literals.matters(source.content) else ()


def in_a_file(path: str, text: str) -> tuple[SecretUse, ...]:
    return textfiles.read(SourceFile(path, text.encode())).secrets


def written(value: str) -> str:
    return repr(value.replace("\\n", "\n"))


def taken_by(call: Call, value: str, *, by_name: bool) -> str:
    """A program that gives the value to a call: a method is called on an object that its class made."""
    owner, _, last = call.reference.rpartition(".")
    module, _, maker = owner.rpartition(".") if "." in owner else (owner, "", "")
    before = [f"import {owner}"] if not maker[:1].isupper() else [f"from {module} import {maker}"]
    target = call.reference if not maker[:1].isupper() else f"{maker}.{last}"
    if maker[:1].isupper() and not by_name:
        before.append(f"made = {maker}(settings)")
        target = f"made.{last}"
    given = f"{call.argument}=" if by_name else "one, " * (call.position or 0)
    return "\n".join((*before, f"client = {target}({given}{written(value)})", ""))


@pytest.mark.parametrize("each", kinds(), ids=lambda each: each.id)
def test_it_is_found_by_its_name_or_its_shape(each: SecretKind) -> None:
    missed = [seed for seed in SEEDS if not found(f"{each.secret_name} = {written(sample(each.id, seed))}\n")]
    assert missed == []


@pytest.mark.parametrize("each", kinds(), ids=lambda each: each.id)
def test_it_is_attributed_to_its_kind(each: SecretKind) -> None:
    """By its shape, else by its name; the generic kinds share theirs."""
    if each.pattern is None and (each.issuer is Issuer.SELF or not (each.names or each.calls)):
        return
    uses = [found(f"{each.secret_name} = {written(sample(each.id, seed))}\n") for seed in SEEDS]
    assert {use.kind for some in uses for use in some} == {each.id}


@pytest.mark.parametrize(
    ("each", "call"), CALLS, ids=[f"{each.id}-{call.reference}-{call.argument}" for each, call in CALLS]
)
def test_it_is_found_where_a_client_takes_it(each: SecretKind, call: Call) -> None:
    ways = [by_name for by_name in (True, False) if by_name or call.position is not None]
    for by_name in ways:
        for seed in SEEDS:
            uses = found(taken_by(call, sample(each.id, seed), by_name=by_name))
            assert len(uses) == 1, (by_name, seed)
            assert uses[0].confidence in ("high", "medium")


@pytest.mark.parametrize("each", [each for each in kinds() if each.id not in UNNAMED], ids=lambda each: each.id)
@pytest.mark.parametrize(
    ("path", "line"), [(".env", "{}={}"), ("compose.yaml", "      {}: {}"), ("app.toml", '{} = "{}"')]
)
def test_it_is_found_in_settings(each: SecretKind, path: str, line: str) -> None:
    missed = [
        seed for seed in SEEDS if not in_a_file(path, line.format(each.secret_name, sample(each.id, seed)) + "\n")
    ]
    assert missed == []
