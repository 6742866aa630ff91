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

ABOUT = """Proof that clients of a cloud sign in with the identity of what runs the app, and are handed no key.

The calls that make them are taken out of the code and made here, beside a platform of the test's own that has such an
identity. No other code of the app runs, and nothing here needs a network. What the identity may do is not shown."""


def render_clouds(cases: Iterable[CloudCase], root_parents: int = 1) -> str:
    """The test file for clients that were handed a key."""
    names, tests, platforms = Names(), [], []
    for case in cases:
        tests += list(cloud_tests(case, names))
        if case.maker:
            platforms.append(PLATFORMS[case.cloud][0])
    parts = dict.fromkeys(platforms)
    served = ("platform",) if parts.keys() - {"cloud_google"} else ()
    told = tell("", "controls", root_parents)
    return weave(ABOUT, ("load", "taken_out", "cloud_calls", *served, *parts), told, tests)


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
