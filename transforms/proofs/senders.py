"""The proof of a call to another service: the key that all shared is not sent, a token of the calling program is."""

from collections.abc import Iterable, Iterator

from transforms.proofs.cases import SentCase
from transforms.proofs.naming import Names, quoted, slug
from transforms.proofs.weave import tell, weave

ABOUT = """Proof that calls to other services bring a token of this program along, and no key that all share.

What a call says of its caller is taken out of the code and asked for, from a provider of the test's own. The call
itself is not made, no other code of the app runs, and nothing here needs a network. That the called service accepts the
token is for its own tests."""


def render_senders(controls_package: str, cases: Iterable[SentCase], root_parents: int = 1) -> str:
    """The test file for functions that sent a key."""
    names = Names()
    tests = [test for case in cases for test in sender_tests(case, names)]
    parts = ("load", "taken_out", "loopback", "token_endpoint", "sent")
    return weave(ABOUT, parts, tell("", controls_package, root_parents), tests)


def sender_tests(case: SentCase, names: Names) -> Iterator[str]:
    """The key is gone, and a token came from the provider for the service that is called."""
    about, where = slug(case.function), f"{quoted(case.path)}, {quoted(case.function)}"
    yield (
        f"def {names(f'{about}_sends_no_key_in_{slug(case.header)}')}() -> None:\n"
        f"    assert asks_in({where})\n"
        f"    assert keys_sent({where}, {quoted(case.header)}) == []\n"
    )
    audience = quoted(case.audience) if case.audience else "AUDIENCE"
    yield (
        f"def {names(f'{about}_sends_a_token_of_this_program')}(endpoint: TokenEndpoint) -> None:\n"
        f'    assert set(tokens_sent({where})) == {{f"Bearer {{endpoint.token}}"}}\n'
        f'    assert {{asked["grant_type"][0] for asked in endpoint.asked}} == {{"client_credentials"}}\n'
        f'    assert {{asked["resource"][0] for asked in endpoint.asked}} == {{{audience}}}\n'
    )
