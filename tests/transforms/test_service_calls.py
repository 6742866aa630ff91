"""What is read of calls to other services, and which of them are surely calls to the organisation's own."""

import textwrap

import pytest

from transforms.app import App
from transforms.concepts_secrets import Sends, SentHeader
from transforms.facts import dump, load
from transforms.frameworks import fastapi, fastapi_dependencies, python, python_conditions, service_calls
from transforms.outgoing import exchange, sendings
from transforms.source import SourceFile
from transforms.walk import read

READERS = (python, python_conditions, fastapi, fastapi_dependencies, service_calls)
KEY = '"X-Internal-Token": os.environ["INTERNAL_TOKEN"]'
HEAD = "import aiohttp, httpx, os, requests, urllib.request\nfrom config import settings\n"


def app_of(**files: str) -> App:
    sources = [SourceFile(f"{name}.py", textwrap.dedent(text).encode()) for name, text in files.items()]
    return App([load(dump(read(each, READERS))) for each in sources])


def sent(source: str) -> list[SentHeader]:
    return list(app_of(main=HEAD + textwrap.dedent(source)).sent_headers)


def only(source: str) -> SentHeader:
    (found,) = sent(source)
    return found


CALLS = {
    "requests": f"def f():\n    requests.get(URL, headers={{{KEY}}})",
    "a session": f"def f(session):\n    session.post(URL, headers={{{KEY}}})",
    "httpx": f'async def f(client):\n    await client.request("GET", URL, headers={{{KEY}}})',
    "a stream": f'def f(client):\n    client.stream("GET", url=URL, headers={{{KEY}}})',
    "urllib": f"def f():\n    urllib.request.Request(URL, headers={{{KEY}}})",
    "a name": f"def f():\n    sent = {{{KEY}}}\n    requests.get(URL, headers=sent)",
    "a client": f'def f():\n    with httpx.Client(base_url=URL, headers={{{KEY}}}) as client:\n        client.get("/x")',
    "aiohttp": f'async def f():\n    async with aiohttp.ClientSession(URL, headers={{{KEY}}}) as s:\n        s.get("/x")',
}


@pytest.mark.parametrize("how", CALLS)
def test_a_header_is_seen_however_it_is_sent(how: str) -> None:
    found = only(CALLS[how].replace("URL", '"http://orders:8000/x"'))
    assert (found.name, found.value, found.hosts) == ("x-internal-token", "@os.environ.INTERNAL_TOKEN", ("orders",))
    assert found.alone
    assert found.awaits is ("async" in CALLS[how])


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("settings.internal_token", "@config.settings.internal_token"),
        ('os.getenv("INTERNAL_TOKEN")', "@os.getenv().INTERNAL_TOKEN"),
        ('f"Bearer {settings.token}"', "@config.settings.token"),
        ('"Bearer " + settings.token', "@config.settings.token"),
        ("TOKEN", "@main.TOKEN"),
    ],
)
def test_the_value_comes_from_a_setting(value: str, origins: str) -> None:
    source = f'TOKEN = os.environ["TOKEN"]\ndef f():\n    requests.get("http://a/", headers={{"X-Token": {value}}})'
    assert only(source).value == origins


@pytest.mark.parametrize(
    "headers",
    [
        '{"Accept": settings.accept}',
        '{"X-Token": token}',
        '{"X-Token": request.headers["X-Token"]}',
        '{"X-Token": "literal"}',
        "given",
        "{name: settings.token}",
    ],
)
def test_what_is_no_credential_of_the_settings_is_not_told(headers: str) -> None:
    assert sent(f"def f(token, request, given, name):\n    requests.get('http://a/', headers={headers})") == []


def test_tests_and_examples_send_what_they_like() -> None:
    text = HEAD + CALLS["requests"].replace("URL", '"http://a/"')
    for path in ("tests/test_main.py", "examples/client.py"):
        assert read(SourceFile(path, text.encode()), READERS).sent_headers == ()


ADDRESSES = {
    'f"http://orders:8000/{number}"': "orders",
    '"https://api.vendor.example/v1?x=" + number': "api.vendor.example",
    'os.getenv("ORDERS_URL", "http://orders")': "orders",
    'os.environ.get("ORDERS_URL", "http://orders").rstrip("/")': "orders",
    'f"{BASE}/x"': "default.internal",
    'BASE + "/x"': "default.internal",
    'settings.orders_url': "",
    'f"{settings.orders_url}/x"': "",
    'os.environ["ORDERS_URL"]': "",
    '"ftp://orders/x"': "",
    '"http://[broken/x"': "",
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_host_is_what_an_address_begins_with(address: str) -> None:
    source = f"""
        BASE = os.getenv("BASE_URL") or "http://default.internal:80"

        def f(number):
            requests.get({address}, headers={{{KEY}}})
    """
    assert only(source).hosts == (ADDRESSES[address],)


def test_one_dict_for_several_calls_goes_to_several_hosts() -> None:
    source = f"""
        def f(client):
            headers = {{{KEY}}}
            client.get("http://orders/x", headers=headers)
            client.get("https://api.vendor.example/x", headers=headers)
    """
    assert only(source).hosts == ("orders", "api.vendor.example")


def test_a_client_that_is_asked_for_another_address_takes_its_headers_there() -> None:
    source = f"""
        async def f():
            async with httpx.AsyncClient(base_url="http://orders", headers={{{KEY}}}) as client:
                await client.get("/x")
                await client.get("https://api.vendor.example/x")
    """
    assert only(source).hosts == ("orders", "api.vendor.example")


SENDS = {
    "asked for by each call": (f"def f():\n    requests.get('http://a/', headers={{{KEY}}})", Sends.EACH_TIME),
    "in a loop, asked for by each call": (
        f"def f():\n    while True:\n        requests.get('http://a/', headers={{{KEY}}})", Sends.EACH_TIME
    ),
    "a name": (f"def f():\n    h = {{{KEY}}}\n    requests.get('http://a/', headers=h)", Sends.EACH_TIME),
    "a name before a loop": (
        f"def f():\n    h = {{{KEY}}}\n    while True:\n        requests.get('http://a/', headers=h)", Sends.FIXED
    ),
    "at import": (f"requests.get('http://a/', headers={{{KEY}}})", Sends.FIXED),
    "a client of the module": (f"client = httpx.Client(headers={{{KEY}}})", Sends.BY_AUTH),
    "a client with further headers": (f"client = httpx.Client(headers={{{KEY}, 'Accept': 'x'}})", Sends.FIXED),
    "a client with a sign-in": (f"client = httpx.Client(headers={{{KEY}}}, auth=given)", Sends.FIXED),
    "a call with a sign-in": (f"def f():\n    requests.get('http://a/', headers={{{KEY}}}, auth=1)", Sends.FIXED),
    "a session for a while": (
        f"async def f():\n    async with aiohttp.ClientSession(headers={{{KEY}}}) as s:\n        await s.get('http://a/')",
        Sends.EACH_TIME,
    ),
    "a session in a loop": (
        f"async def f():\n    async with aiohttp.ClientSession(headers={{{KEY}}}) as s:\n        while 1:\n            await s.get('http://a/')",
        Sends.FIXED,
    ),
    "a session that is kept": (f"async def f(self):\n    self.s = aiohttp.ClientSession(headers={{{KEY}}})", Sends.FIXED),
    "in a generator": (
        f"async def f(c, urls):\n    await gather(*(c.get(u, headers={{{KEY}}}) for u in urls))", Sends.FIXED
    ),
    "beside a token of somebody": (
        f"def f(token):\n    requests.get('http://a/', headers={{{KEY}, 'Authorization': token}})", Sends.FIXED
    ),
    "beside who knows what": (f"def f(more):\n    requests.get('http://a/', headers={{{KEY}, **more}})", Sends.FIXED),
}  # fmt: skip


IN_SESSION = "class C:\n    def __init__(self):\n        self.s = requests.{made}\n        {told}\n    def f(self):\n        self.s.get({url})"
TOLD = f"self.s.headers.update({{{KEY}}})"


def in_session(told: str = TOLD, made: str = "Session()", url: str = "'http://a/'") -> SentHeader:
    """What is read of a class that keeps a session of requests."""
    return only(IN_SESSION.format(made=made, told=told, url=url))


@pytest.mark.parametrize("made", ["Session()", "session()", "sessions.Session()"])
def test_a_session_of_requests_can_ask_for_a_token_by_each_request(made: str) -> None:
    assert in_session(made=made).sends is Sends.BY_SESSION


@pytest.mark.parametrize(
    "told",
    [
        f"self.s.headers.update({{{KEY}, 'Accept': 'x'}})",  # the other header would be lost
        f"self.s.auth = given\n        {TOLD}",
        f"{TOLD}\n        self.s.auth = given",
        f"self.s.headers = given\n        {TOLD}",
        f"{TOLD}\n        self.s = requests.Session()",
    ],
)
def test_a_session_that_is_told_more_is_left_alone(told: str) -> None:
    assert in_session(told).sends is Sends.FIXED


def test_a_session_takes_its_headers_wherever_it_is_asked_for() -> None:
    assert in_session().hosts == ("a",)
    assert in_session(url="'https://api.vendor.example/x'").hosts == ("api.vendor.example",)


def test_the_headers_of_something_else_are_not_read() -> None:
    assert not list(app_of(a=f"{HEAD}def f(s):\n    s.headers.update({{{KEY}}})\n").sent_headers)


@pytest.mark.parametrize("how", SENDS)
def test_a_token_must_not_end_before_it_is_sent(how: str) -> None:
    source, sends = SENDS[how]
    assert only(source).sends is sends


# --- whose service it is

RECEIVER = """
    import os
    from fastapi import Depends, FastAPI, Header, HTTPException

    app = FastAPI()

    def internal_only(x_internal_token: str = Header(None)):
        if x_internal_token != os.environ["INTERNAL_TOKEN"]:
            raise HTTPException(401)

    @app.post("/sync", dependencies=[Depends(internal_only)])
    def sync(): ...
"""
CALLER = 'def f():\n    requests.post({url}, headers={{"{header}": {value}}})\n'


def both(
    url: str = "settings.orders_url", header: str = "X-Internal-Token", value: str = 'os.environ["INTERNAL_TOKEN"]'
) -> App:
    return app_of(receiver=RECEIVER, caller=HEAD + CALLER.format(url=url, header=header, value=value))


@pytest.mark.parametrize(
    "url", ["settings.orders_url", '"http://orders/x"', '"http://10.1.2.3/x"', '"http://o.svc.cluster.local/"']
)
@pytest.mark.parametrize(
    "value", ['os.environ["INTERNAL_TOKEN"]', "settings.internal_token", 'os.getenv("INTERNAL_TOKEN")']
)
def test_both_sides_of_one_key_are_seen(url: str, value: str) -> None:
    app = both(url, value=value)
    (found,) = sendings(app, ())
    assert [key.function for key in found.keys] == ["internal_only"]
    of_guard, of_call = exchange(app, app.shared_keys[0], ()), exchange(app, found.header, ())
    assert of_guard == of_call
    assert (len(of_call.keys), of_call.senders, of_call.can_change) == (1, (found.header,), True)


@pytest.mark.parametrize(
    "other",
    [
        {"url": '"https://api.vendor.example/x"'},
        {"url": '"http://8.8.8.8/x"'},
        {"header": "X-Other-Token"},
        {"value": 'os.environ["OTHER_TOKEN"]'},
        {"value": "settings.internal_token or settings.other"},
        {"value": "client.internal_token"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_call_that_may_be_for_somebody_else_is_none(other: dict[str, str]) -> None:
    app = both(**other)
    assert all(found.keys == () for found in sendings(app, ()))
    assert exchange(app, app.shared_keys[0], ()).senders == ()


def test_a_public_host_is_ours_where_the_policy_names_it() -> None:
    app = both('"https://orders.acme.example/x"')
    (found,) = sendings(app, ("orders.acme.example=urn:orders",))
    assert (found.audience, len(found.keys)) == ("urn:orders", 1)
    (found,) = sendings(app, ("billing.acme.example",))
    assert (found.audience, found.keys) == (None, ())


@pytest.mark.parametrize("name", ["API_KEY", "APIKEY", "TOKEN", "SECRET_KEY", "AUTH_TOKEN", "X_API_KEY", "KEY"])
def test_a_name_that_any_service_may_have_needs_a_host(name: str) -> None:
    receiver = RECEIVER.replace("INTERNAL_TOKEN", name)
    for url, ours in (("settings.orders_url", False), ('"http://orders/x"', True)):
        call = CALLER.format(url=url, header="X-Internal-Token", value=f'os.environ["{name}"]')
        (found,) = sendings(app_of(receiver=receiver, caller=HEAD + call), ())
        assert bool(found.keys) is ours
