"""What is told about tools beyond the samples: verifiers of every make, transports, and what lies behind a tool."""

import textwrap

import pytest

from transforms.access import Answer
from transforms.app import App
from transforms.concepts import Route, ToolReach
from transforms.facts import Facts
from transforms.scanning import read_facts
from transforms.source import SourceFile


def app_of(**files: str) -> App:
    """Modules by name."""
    found = (read_facts(SourceFile(f"{name}.py", textwrap.dedent(text).encode())) for name, text in files.items())
    return App(each for each in found if isinstance(each, Facts))


def only_tool(app: App) -> Route:
    (tool,) = app.tools
    return tool


def server(argument: str, above: str = "") -> App:
    """A server whose call has this argument."""
    text = f"from fastmcp import FastMCP\n{textwrap.dedent(above)}\nmcp = FastMCP('x', {argument})\n"
    return app_of(server=f"{text}@mcp.tool\ndef wipe():\n    session.commit()\n")


CLASS = """
    import jwt
    from mcp.server.auth.provider import AccessToken

    class Tokens:
        async def verify_token(self, token):
            {body}
"""


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("return AccessToken(**jwt.decode(token, KEY, algorithms=['RS256']))", Answer.YES),
        ("return AccessToken(token=token) if known(token) else None", Answer.UNKNOWN),
        ("if not await ask(token): return None\n            return AccessToken(token=token)", Answer.YES),
        ("return AccessToken(token=token)", Answer.UNKNOWN),
        ("return jwt.decode(token, options={'verify_signature': False})", Answer.UNKNOWN),
    ],
)
def test_a_verifier_of_the_app_s_own_is_judged_by_its_body(body: str, answer: Answer) -> None:
    above = CLASS.format(body=body) + "\n    async def ask(token): ...\n"
    app = server("auth=Tokens()", above)
    assert app.access(only_tool(app)).answer is answer


@pytest.mark.parametrize(
    ("above", "argument", "answer"),
    [
        ("", "auth=None", Answer.NO),
        ("", "", Answer.NO),
        ("from fastmcp.server.auth.providers.github import GitHubProvider", "auth=GitHubProvider(client_id='x')", Answer.YES),
        ("from fastmcp.server.auth.providers.debug import DebugTokenVerifier", "auth=DebugTokenVerifier()", Answer.NO),
        (
            "from fastmcp.server.auth.providers.debug import DebugTokenVerifier",
            "auth=DebugTokenVerifier(validate=known)",
            Answer.UNKNOWN,
        ),
        ("from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider", "auth=InMemoryOAuthProvider()", Answer.UNKNOWN),
        ("from elsewhere import provider", "auth=provider", Answer.UNKNOWN),
        ("from fastmcp.server.auth import OAuthProxy", "auth=OAuthProxy() if ON else None", Answer.UNKNOWN),
        (
            "from fastmcp.server.auth import JWTVerifier\ndef made():\n    return JWTVerifier(jwks_uri='x')",
            "auth=made()",
            Answer.YES,
        ),
        (
            "from fastmcp.server.auth import JWTVerifier\ndef made():\n    if not ON:\n        return None\n    return JWTVerifier(jwks_uri='x')",
            "auth=made()",
            Answer.UNKNOWN,
        ),
        (
            "from fastmcp.server.auth.providers.jwt import JWTVerifier\nclass Ours(JWTVerifier):\n    pass",
            "auth=Ours()",
            Answer.YES,
        ),
    ],
)  # fmt: skip
def test_a_verifier_is_known_by_where_it_comes_from(above: str, argument: str, answer: Answer) -> None:
    app = server(argument, above)
    assert app.access(only_tool(app)).answer is answer


@pytest.mark.parametrize(
    ("runs", "reach"),
    [
        ("mcp.run()", ToolReach.LOCAL),
        ("mcp.run('stdio')", ToolReach.LOCAL),
        ("mcp.run(transport='sse')", ToolReach.NETWORK),
        ("mcp.run(transport=chosen)", ToolReach.NETWORK),
        ("asyncio.run(mcp.run_stdio_async())", ToolReach.LOCAL),
        ("asyncio.run(mcp.run_http_async(port=1))", ToolReach.NETWORK),
        (
            "from mcp.server.sse import SseServerTransport\nasync def serve(request):\n"
            "    async with SseServerTransport('/m').connect_sse(request) as (a, b):\n        await mcp._mcp_server.run(a, b)\n"
            "mcp.run()",
            ToolReach.NETWORK,
        ),
        ("mcp.run() if LOCAL else mcp.run(transport='http')", ToolReach.NETWORK),
        ("", ToolReach.UNSEEN),
    ],
)
def test_how_a_server_is_served_says_who_can_call(runs: str, reach: ToolReach) -> None:
    app = app_of(
        server="from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef wipe():\n    session.commit()\n",
        main=f"import asyncio\nfrom server import mcp\n{runs}\n",
    )
    assert app.tool_use(only_tool(app)).reach is reach


def test_only_a_run_outside_of_the_main_block_starts_a_server_when_it_is_imported() -> None:
    text = "from fastmcp import FastMCP\nmcp = FastMCP('x')\n"
    assert app_of(server=f"{text}mcp.run()\n").runs_when_imported("server.mcp")
    assert not app_of(server=f"{text}if __name__ == '__main__':\n    mcp.run()\n").runs_when_imported("server.mcp")


@pytest.mark.parametrize(
    ("body", "computes", "asks"),
    [
        ("return json.dumps({'a': math.sqrt(a)})", True, False),
        ("logging.info('x')\n    return str(a).upper()", True, False),
        ("return httpx.get('https://weather.example').text", False, True),
        ("return KEPT[a]", False, False),
        ("return open('notes.txt').read()", False, False),
        ("return pathlib.Path('notes.txt').read_text()", False, False),
        ("return below(a)", False, False),
        ("return elsewhere.find(a)", False, False),
    ],
)
def test_what_lies_behind_a_tool_is_read_from_what_it_calls(body: str, computes: bool, asks: bool) -> None:
    app = app_of(
        server=f"""
import json, logging, math, pathlib
import httpx
import elsewhere
from fastmcp import FastMCP
mcp = FastMCP("x")
KEPT = {{}}
def below(a):
    return KEPT.get(a)
@mcp.tool
def ask(a: float):
    {body}
"""
    )
    use = app.tool_use(only_tool(app))
    assert (use.only_computes, use.only_asks) == (computes, asks)


@pytest.mark.parametrize(
    ("name", "body", "doubtful"),
    [
        ("delete_order", "return elsewhere.orders.drop_one(a)", True),
        ("delete_order", "return str(a)", False),
        ("find_order", "return elsewhere.orders.drop_one(a)", False),
    ],
)
def test_a_name_that_says_more_than_can_be_followed_is_a_doubt(name: str, body: str, doubtful: bool) -> None:
    head = "import elsewhere\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\n"
    app = app_of(server=f"{head}def {name}(a: int):\n    {body}\n")
    assert app.tool_use(only_tool(app)).may_change is doubtful


def test_a_tool_that_runs_what_it_is_sent_writes() -> None:
    app = app_of(
        server="from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef query(sql: str):\n    return conn.execute(sql)\n"
    )
    use = app.tool_use(only_tool(app))
    assert (use.runs_given, use.writes) == (True, "in query")


def test_a_table_that_is_made_where_it_is_missing_is_no_change() -> None:
    app = app_of(
        server="""
from fastmcp import FastMCP
mcp = FastMCP("x")
def connect():
    conn = sqlite3.connect("x.db")
    conn.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER)")
    return conn
@mcp.tool
def read(number: int):
    return connect().execute("SELECT * FROM orders")
"""
    )
    assert app.tool_use(only_tool(app)).writes is None


def test_what_a_part_of_a_dispatcher_calls_is_called_by_the_dispatcher() -> None:
    app = app_of(
        main="""
import openai
from fastapi import FastAPI
app = FastAPI()
class Desk:
    def work(self, answer, user_id):
        call = answer.tool_calls[0]
        name = call.function.name
        if name == "open":
            self.save(user_id)
        elif name == "close":
            self.drop(user_id)
    def save(self, user_id):
        session.commit()
    def drop(self, user_id):
        session.commit()
@app.post("/chat")
def chat(message: str):
    desk = Desk()
    return desk.work(answer(message), 1)
"""
    )
    assert {tool.path for tool in app.tools} == {"open", "close"}
    assert app.reaching.callers("main.Desk.save") == ("main.Desk.work",)
