"""What a middleware does by the path, read from its tests; what cannot be read gives no rules."""

import libcst as cst
import pytest

from transforms.concepts import PathRule
from transforms.frameworks.python_paths import path_rules

LISTS = 'OPEN = ["/health", "/docs"]\nPREFIXES = ("/static",)\n'
ELSE = "    if not request.headers.get('authorization'):\n        return JSONResponse({}, 401)\n"
PASS = "return await call_next(request)"


def rules(test: str, body: str = PASS, before: str = "") -> tuple[PathRule, ...]:
    text = f"{LISTS}async def m(request, call_next):\n{before}    if {test}:\n        {body}\n{ELSE}    {PASS}\n"
    module = cst.parse_module(text)
    function = next(each for each in module.body if isinstance(each, cst.FunctionDef))
    return path_rules(module, function)


@pytest.mark.parametrize(
    ("test", "rule"),
    [
        ("request.url.path == '/health'", PathRule(("/health",), spares=True)),
        ("request.url.path in OPEN", PathRule(("/health", "/docs"), spares=True)),
        ("request.url.path in {'/a', '/b'}", PathRule(("/a", "/b"), spares=True)),
        ("request.url.path.startswith('/static')", PathRule(prefixes=("/static",), spares=True)),
        ("request.url.path.startswith(PREFIXES)", PathRule(prefixes=("/static",), spares=True)),
        ("any(request.url.path.startswith(p) for p in OPEN)", PathRule(prefixes=("/health", "/docs"), spares=True)),
        ("not request.url.path.startswith('/api')", PathRule(prefixes=("/api",), negated=True, spares=True)),
        (
            "request.method == 'OPTIONS' or request.url.path in OPEN or request.url.path.startswith('/x')",
            PathRule(("/health", "/docs"), ("/x",), spares=True),
        ),
        ("request.scope['path'] == '/x'", PathRule(("/x",), spares=True)),
    ],
)
def test_paths_that_are_let_through(test: str, rule: PathRule) -> None:
    assert rules(test) == (rule,)


def test_a_local_name_may_hold_the_path() -> None:
    assert rules("path in OPEN", before="    path = request.url.path\n") == (
        PathRule(("/health", "/docs"), spares=True),
    )


@pytest.mark.parametrize("listed", ["['/auth', '/docs']", "('/auth', '/docs')", "frozenset({'/auth', '/docs'})"])
def test_a_local_name_may_hold_the_paths(listed: str) -> None:
    found = rules("any(request.url.path.startswith(p) for p in public)", before=f"    public = {listed}\n")
    assert [sorted(rule.prefixes) for rule in found] == [["/auth", "/docs"]]


@pytest.mark.parametrize("more", ["    public = settings.public\n", "    public += settings.public\n"])
def test_a_local_name_that_is_bound_twice_is_not_readable(more: str) -> None:
    assert rules("request.url.path in public", before=f"    public = ['/docs']\n{more}") == ()


def test_an_object_may_hold_the_paths_from_its_beginning() -> None:
    text = (
        "class Gate:\n    def __init__(self, app):\n        self.app = app\n        self.public = ['/docs']\n"
        f"    async def dispatch(self, request, call_next):\n        if request.url.path in self.public:\n            {PASS}\n"
        f"        if not known(request):\n            return JSONResponse({{}}, 401)\n        {PASS}\n"
    )
    module = cst.parse_module(text)
    gate = module.body[0]
    assert isinstance(gate, cst.ClassDef)
    dispatch = gate.body.body[1]
    assert isinstance(dispatch, cst.FunctionDef)
    assert path_rules(module, dispatch) == (PathRule(("/docs",), spares=True),)


def test_paths_that_are_guarded() -> None:
    found = rules("request.url.path.startswith('/admin') and not token", "raise HTTPException(401)")
    assert found == (PathRule(prefixes=("/admin",)),)


@pytest.mark.parametrize(
    "test",
    [
        "is_open(request.url.path)",
        "request.url.path in settings.OPEN",
        "request.url.path in OPEN and request.client.host == '127.0.0.1'",
        "PATTERN.match(request.url.path)",
        "request.url.path.endswith('.css')",
        "request.url.path > '/a'",
    ],
)
def test_what_cannot_be_read_gives_no_rules(test: str) -> None:
    assert rules(test) == ()


@pytest.mark.parametrize(
    ("rule", "path", "met"),
    [
        (PathRule(("/a",)), "/a", True),
        (PathRule(("/a",)), "/b", False),
        (PathRule(("/a",), negated=True), "/b", True),
        (PathRule(prefixes=("/a",)), "/a/{id}", True),
        (PathRule(prefixes=("/a/b",)), "/a/{id}", None),
        (PathRule(prefixes=("/b",)), "/a/{id}", False),
        (PathRule(("/a",)), "/{page}", None),
    ],
)
def test_a_path_with_parameters_may_be_met(rule: PathRule, path: str, met: bool | None) -> None:
    assert rule.meets(path) is met
