"""The proof of a token that left the URL: there it opens nothing any more, in the header it is taken."""

from collections.abc import Iterable, Iterator

from transforms.proofs.auth import ASKING, stays_open
from transforms.proofs.cases import RouteCase, TokenCase
from transforms.proofs.naming import Names, filled, quoted, route_slug
from transforms.proofs.weave import tell, weave

# How a test sees what a function takes from a request: parts by framework.
TAKING = {"fastapi": ("bare", "in_front", "taken")}

ABOUT = """Proof that routes of {app} take no token from their URL, and take it from the header.

What a token is good for is not asked: the function that would check it is left out, and no handler of the app runs.
Nothing here needs a network."""


def render_tokens(
    app_import: str,
    cases: Iterable[TokenCase],
    public: Iterable[RouteCase] = (),
    root_parents: int = 1,
    framework: str = "fastapi",
) -> str:
    """The test file for routes that took a token from the query string."""
    names = Names()
    tests = [test for case in cases for test in token_tests(case, names)]
    tests += [stays_open(route, names) for route in public]
    told = tell(app_import, "controls", root_parents)
    return weave(ABOUT.format(app=app_import), ("load", ASKING[framework], *TAKING[framework]), told, tests)


def token_tests(case: TokenCase, names: Names) -> Iterator[str]:
    """Refused in the URL, taken in the header."""
    method, path = case.route.method, case.route.path
    about, url = route_slug(method, path), filled(path)
    told = ", ".join(map(quoted, (method, path, case.function, case.parameter)))

    def test(name: str, *lines: str) -> str:
        return f"def {names(f'{about}_{name}')}() -> None:\n    with tokens_taken({told}) as taken:\n" + "".join(
            f"    {line}\n" for line in lines
        )

    in_url = quoted(f"{url}?{case.parameter}=in-the-url")
    yield test(
        "refuses_a_token_in_its_url",
        f"    assert ask(the_app(), {quoted(method)}, {in_url})[0] in {{401, 403}}",
        "assert taken == []",
    )
    yield test(
        "takes_a_token_from_its_header",
        f'    ask(the_app(), {quoted(method)}, {quoted(url)}, "in-the-header")',
        'assert taken == ["in-the-header"]',
    )
