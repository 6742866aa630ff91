"""The proof of a client that signs in with the identity of its workload: no key is handed to it any more."""

from collections.abc import Iterable, Iterator

from transforms.proofs.cases import CloudCase
from transforms.proofs.naming import Names, quoted, slug
from transforms.proofs.weave import tell, weave

# By cloud: the part with the platform's identity, its fixture, and what a test says of all that was made.
PLATFORMS = {
    "aws": ("cloud_aws", "aws: str", "{access_key(each) for each in made} == {aws}"),
    "gcp": ("cloud_google", 'found: "list[Any]"', "made and all(looked(each, found) for each in made)"),
    "azure": ("cloud_azure", "azure: str", "{token_of(each) for each in made} == {azure}"),
}

DATABASE = "database"
LENT = """def test_each_new_connection_to_the_database_signs_in_with_what_it_is_lent(lent: "list[str]") -> None:
    assert accounts_of(connections=2) == [("app-of-the-test", password) for password in lent[-2:]]
    assert len(set(lent)) == len(lent) >= 2


def test_without_a_role_nothing_connects_to_the_database(lent: "list[str]", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_ROLE")
    with pytest.raises(control("secrets").SecretUnavailable, match="DATABASE_ROLE"):
        accounts_of(connections=1)
    assert lent == []
"""

ABOUT = """Proof that clients of a cloud sign in with the identity of what runs the app, and are handed no key.

The calls that make them are taken out of the code and made here, beside a platform of the test's own that has such an
identity. No other code of the app runs, and nothing here needs a network. What the identity may do is not shown."""


def render_clouds(cases: Iterable[CloudCase], root_parents: int = 1, controls_package: str = "controls") -> str:
    """The test file for clients that were handed a key."""
    names, tests, platforms, known = Names(), list[str](), list[str](), tuple(cases)
    for case in known:
        tests += cloud_tests(case, names) if case.cloud != DATABASE else [database_test(case, names)]
        if case.maker:
            platforms.append(PLATFORMS[case.cloud][0])
    parts = dict.fromkeys(platforms)
    served = ("platform",) if parts.keys() - {"cloud_google"} else ()
    if any(case.cloud == DATABASE for case in known):
        tests.append(LENT)
        parts["cloud_database"] = None
    told = tell("", controls_package, root_parents)
    return weave(ABOUT, ("load", "taken_out", "cloud_calls", *served, *parts), told, tests)


def database_test(case: CloudCase, names: Names) -> str:
    """No account in the address of an engine, and new connections that sign in anew."""
    about = slug(case.path.removesuffix(".py"), case.function)
    return (
        f"def {names(f'{about}_signs_in_to_the_database_with_no_password_for_keeps')}() -> None:\n"
        f"    assert signed_in_for_keeps({quoted(case.path)}, {quoted(case.function)}) == []\n"
    )


def cloud_tests(case: CloudCase, names: Names) -> Iterator[str]:
    """No key in the code, and the platform's identity at hand."""
    about = slug(case.path.removesuffix(".py"), case.function)
    where = f"{quoted(case.path)}, {quoted(case.function)}"
    yield f"def {names(f'{about}_hands_no_key_to_{case.cloud}')}() -> None:\n    assert keys_handed({where}) == []\n"
    if case.maker:
        _, fixture, holds = PLATFORMS[case.cloud]
        yield (
            f"def {names(f'{about}_signs_in_to_{case.cloud}_with_the_identity_of_the_workload')}({fixture}) -> None:\n"
            f"    made = made_in({where}, {quoted(case.maker)})\n"
            f"    assert {holds}\n"
        )
