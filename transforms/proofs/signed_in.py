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
{imports}    from {controls} import auth

    caller = auth.Principal("tester", tenant="tests", roles=frozenset({{"admin"}}){kind})
{stands_in}'''


def signed_in_fixture(controls_package: str, framework: str, kind: str = "human") -> str:
    """The source of the fixture; raises KeyError for a framework without an inserted guard. `kind` of the caller."""
    stands_in, imports = _STANDS_IN[framework], _IMPORTS.get(framework, "")
    said = "" if kind == "human" else f', kind="{kind}"'
    return _FIXTURE.format(controls=controls_package, stands_in=stands_in, imports=imports, kind=said)
