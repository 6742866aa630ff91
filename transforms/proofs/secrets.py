"""The proof of a secret read: the literal is gone, the name is asked for, and without a value the app stops."""

from collections.abc import Iterable, Iterator

from transforms.proofs.cases import FieldCase, SecretCase
from transforms.proofs.naming import Names, quoted, slug
from transforms.proofs.weave import tell, weave

ABOUT = """Proof that secrets of this app are read when they are needed and stand nowhere in its code.

No value of a real secret appears here, nor a hash of one."""


def render_secrets(
    app_import: str, controls_package: str, cases: Iterable[SecretCase | FieldCase], root_parents: int = 1
) -> str:
    """The test file for secrets that left the code."""
    names, tests, parts = Names(), list[str](), set[str]()
    for case in cases:
        is_field = isinstance(case, FieldCase)
        tests += field_tests(case, names) if isinstance(case, FieldCase) else secret_tests(case, names)
        parts.add("own_settings" if is_field else "broker")
    told = tell(app_import, controls_package, root_parents)
    return weave(ABOUT, ("load", *sorted(parts)), told, tests)


def field_tests(case: FieldCase, names: Names) -> Iterator[str]:
    """The tests of a secret that is a field of the app's own settings."""
    about, where = slug(case.name), f"{quoted(case.settings)}"
    yield (
        f"def {names(f'without_{about}_no_settings_are_made')}(monkeypatch: pytest.MonkeyPatch) -> None:\n"
        f"    monkeypatch.delenv({quoted(case.name)}, raising=False)\n"
        f"    assert {quoted(case.field)} in lacking({where})\n"
    )
    yield (
        f"def {names(f'{about}_comes_from_the_environment')}(monkeypatch: pytest.MonkeyPatch) -> None:\n"
        f'    monkeypatch.setenv({quoted(case.name)}, "of-the-test-and-never-the-real-secret")\n'
        f"    assert {quoted(case.field)} not in lacking({where})\n"
    )


def secret_tests(case: SecretCase, names: Names) -> Iterator[str]:
    """The tests of one secret."""
    about, file = slug(case.name), slug(case.path.removesuffix(".py"))
    fixture = "(no_secrets: pytest.MonkeyPatch) -> None:\n"
    yield (
        f"def {names(f'{about}_is_asked_for_in_{file}')}() -> None:\n"
        f"    assert asks_for(ast.parse(text_of({quoted(case.path)})), {quoted(case.name)})\n"
        + (f"    assert literals_at({quoted(case.path)}, {quoted(case.symbol)}) == []\n" if case.symbol else "")
    )
    if case.module:
        yield (
            f"def {names(f'{slug(case.module)}_is_imported_without_{about}')}() -> None:\n"
            f'    assert control("secrets").get_secret\n'
            f"    status, error = imports_without({quoted(case.module)}, {quoted(case.name)})\n"
            f"    assert status == 0, error\n"
        )
    value = f"value_of({quoted(case.read)})" if case.read else f'control("secrets").get_secret({quoted(case.name)})'
    yield (
        f"def {names(f'without_{about}_the_app_stops_and_names_it')}{fixture}"
        f"    no_secrets.delenv({quoted(case.name)}, raising=False)\n"
        f'    with pytest.raises(control("secrets").SecretUnavailable, match={quoted(case.name)}):\n'
        f"        {value}\n"
    )
    yield (
        f"def {names(f'{about}_comes_from_the_environment')}{fixture}"
        f"    no_secrets.setenv({quoted(case.name)}, expected := invented())\n"
        f"    assert {value} == expected\n"
    )
