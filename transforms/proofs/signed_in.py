"""The fixture by which an app's own tests stay what they are when its routes begin to ask who is calling."""

# What the inserted module is told to answer, by framework: its own function for that is replaced.
_IDENTIFIES = """
    async def identify(*_):
        return caller

    monkeypatch.setattr(auth, "identify", identify)
"""
_STANDS_IN = {
    "fastapi": _IDENTIFIES,
    "starlette": _IDENTIFIES,
    "flask": """    monkeypatch.setattr(auth, "sign_in", lambda: setattr(flask.g, "principal", caller))
""",
}
_IMPORTS = {"flask": "    import flask\n\n"}
# The packages by which tests ask such an app; where none is named, every test of the app may.
_ASGI_CLIENTS = ("fastapi.testclient", "starlette.testclient", "httpx", "async_asgi_testclient")
CLIENTS: dict[str, tuple[str, ...]] = {
    "fastapi": _ASGI_CLIENTS,
    "starlette": _ASGI_CLIENTS,
    "flask": (),
}

_FIXTURE = '''@pytest.fixture(autouse=True)
def signed_in_caller(monkeypatch):
    """Somebody is signed in wherever these tests call the app; tests of the guard itself replace this fixture."""
{imports}    from {package} import {name}

    caller = auth.Principal("tester", tenant="tests", roles=frozenset({{"admin"}}){kind})
{stands_in}'''


def signed_in_fixture(auth_module: str, framework: str, kind: str = "human") -> str:
    """The source of the fixture, for a caller of some kind; raises KeyError for a framework without inserted guard.

    `auth_module` is the one with the guard: "shop.controls.auth".
    """
    stands_in, imports = _STANDS_IN[framework], _IMPORTS.get(framework, "")
    said = "" if kind == "human" else f', kind="{kind}"'
    package, _, name = auth_module.rpartition(".")
    name += "" if name == "auth" else " as auth"
    return _FIXTURE.format(package=package, name=name, stands_in=stands_in, imports=imports, kind=said)
