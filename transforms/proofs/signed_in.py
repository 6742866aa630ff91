"""The fixture by which an app's own tests stay what they are when its routes begin to ask who is calling."""

# How the inserted module's `identify` is defined, by framework; and the packages by which tests ask such an app.
DEFINED = {"fastapi": "async def"}
CLIENTS = {"fastapi": ("fastapi.testclient", "starlette.testclient", "httpx", "async_asgi_testclient")}

_FIXTURE = '''@pytest.fixture(autouse=True)
def signed_in_caller(monkeypatch):
    """Somebody is signed in wherever these tests call the app; tests of the guard itself replace this fixture."""
    from {controls} import auth

    {defined} identify(*_):
        return auth.Principal("tester", tenant="tests", roles=frozenset({{"admin"}}))

    monkeypatch.setattr(auth, "identify", identify)
'''


def signed_in_fixture(controls_package: str, framework: str) -> str:
    """The source of the fixture; raises KeyError for a framework without an inserted guard."""
    return _FIXTURE.format(controls=controls_package, defined=DEFINED[framework])
