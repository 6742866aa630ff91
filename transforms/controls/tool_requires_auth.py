"""Every server of agent tools knows who is calling them.

An MCP server hands an agent the account that its own program runs under: its database, its keys, its files. Served
over HTTP without a check of tokens, it hands them to whoever finds its address. On stdio only the program that started
it can call, but all who start it act through one account, and nothing says for whom.

**Fix.** The server gets `controls/auth.py`, a token verifier for OpenID Connect in the SDK's own argument, so that a
request without a valid token is answered 401 before any tool is looked up. There is no patch on stdio, where no token
can arrive (give each person an account of their own behind it, or serve it over HTTP), and none for the low-level
server and for protocols spoken by hand: there the check belongs in front of the app that carries them.

**Limits.** Tools that only compute are meant for everybody. A tool that an agent inside the app calls is as open as the
routes that lead to the agent, which are judged themselves. How a server is served may be said outside of its code.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Bad,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    Maturity,
    Route,
    Severity,
    Standard,
    Todo,
    ToolReach,
    Verdict,
)
from transforms.edits import Patch, Proof, guard_for, guard_route
from transforms.proof_verbs import proof_of_tools

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="tool-requires-auth",
    family=Family.IDENTITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-306"),
        Standard("NIST-CSF-2.0:PR.AA-03"),
    ),
    since="0.2",
    order=21,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    public_tools: tuple[str, ...] = ()  # names of tools that are open on purpose, beside the policy's public_routes
    local_is_trusted: bool = False  # accept servers on stdio: whoever starts one is known by other means


control.options = Options

PROVISION = "Set OIDC_ISSUER, OIDC_AUDIENCE and MCP_SERVER_URL where the server runs: until then it answers 401."
CALLERS = "Clients of this server must sign in from now on; on stdio nothing changes for them."


@control.check
def servers_know_their_callers(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each tool, resource and prompt."""
    for tool in app.tools:
        use, access = app.tool_use(tool), app.access(tool)
        evidence = [Evidence(each.path or tool.file, each.line, each.note) for each in access.traces]
        if use.reach in (ToolReach.ROUTE, ToolReach.AGENT):
            yield behind_routes(app, tool, use.routes)
        elif access.is_checked:
            yield control.passes(tool, "Its server checks who is calling.", evidence)
        elif use.lists:
            yield control.exempts(tool, "It says what tools there are, to whoever may connect.")
        elif is_declared(app, tool, options):
            yield control.exempts(tool, "Declared open on purpose.")
        elif use.only_computes:
            yield control.exempts(tool, "It only computes: nothing of the app lies behind it.")
        elif access.unset:
            said = f"Its server lets everybody in while {access.unset} is not set."
            yield control.unknown(tool, said, evidence, until_set=access.unset)
        elif not access.is_open:
            yield control.unknown(tool, "Something may check who is calling, but it could not be read.", evidence)
        elif use.reach is ToolReach.LOCAL and use.only_asks:
            yield control.unknown(tool, "It asks other services for the program that started it.", evidence)
        elif use.reach is ToolReach.LOCAL and options.local_is_trusted:
            yield control.exempts(tool, "Only the program that started it can call it, which is accepted.")
        else:
            yield open_to_callers(app, tool, evidence)


@control.remedy
def let_the_server_verify_tokens(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """One verifier for the server; findings on one server ask for the same patch."""
    tool: Route = finding.concept
    guard = guard_for(app, tool) if app.tool_use(tool).reach is ToolReach.NETWORK else None
    if guard is None:
        return None
    edits = guard_route(app, tool, guard, lambda other: is_declared(app, other, options))
    if edits is None:
        return None
    name = tool.router.rpartition(".")[2]
    return Patch(f"Require a valid token from callers of {name} in {tool.file}", edits, todo=(PROVISION, CALLERS))


@control.proof
def strangers_reach_no_tool(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """The server refuses whoever brings no valid token."""
    tools: list[Route] = [finding.concept for finding in findings]
    guard = guard_for(app, tools[0])
    return proof_of_tools(app, tools, guard) if guard is not None else None


def behind_routes(app: "App", tool: Route, routes: Iterable[Route]) -> Verdict:
    """The verdict on a tool that only routes of the app lead to."""
    known = list(routes)
    evidence = [Evidence(each.file, each.place.line, f"{each.name} leads to it") for each in known[:3]]
    if known and all(app.access(each).is_checked for each in known):
        return control.passes(tool, "Every route that leads to it checks who is calling.", evidence)
    if known:
        return control.unknown(tool, f"It is as open as {known[0].name}, which is judged itself.", evidence)
    return control.unknown(tool, "Who can let the agent call it was not seen.")


def open_to_callers(app: "App", tool: Route, evidence: Iterable[Evidence]) -> Verdict:
    """The finding, as severe as what a stranger can do from where the tool can be called."""
    use = app.tool_use(tool)
    harm = "have it run what they send" if use.runs_given else harm_of(tool, use.writes, use.external)
    made = Evidence(tool.registered_in or tool.file, tool.entry.line, "its server checks no token")
    if use.reach is ToolReach.LOCAL:
        return control.fails(
            tool,
            f"On stdio nobody calls {tool.path} over a network, but whoever starts its server can {harm},"
            " all through one account: nothing says who calls.",
            (made, *evidence),
            severity=Severity.MEDIUM if use.writes else Severity.LOW,
            confidence=Confidence.MEDIUM,
        )
    serious = use.writes or use.external
    return control.fails(
        tool,
        f"Anybody who reaches the server can call {tool.path} and {harm}: nothing checks who is calling.",
        (made, *evidence),
        severity=Severity.HIGH if serious else Severity.MEDIUM,
        confidence=Confidence.HIGH if use.reach is ToolReach.NETWORK else Confidence.MEDIUM,
    )


def harm_of(tool: Route, writes: str | None, external: str | None) -> str:
    """What a caller can do."""
    if writes is not None:
        direct = writes == f"in {tool.handler.rpartition('.')[2]}"
        return "change data" if direct else f"get to what changes data ({writes})"
    return "let it ask other services" if external is not None else "read what it holds"


def is_declared(app: "App", tool: Route, options: Options) -> bool:
    """Whether a policy or an option says that the tool is open on purpose."""
    return tool.path in options.public_tools or app.publicity(tool).is_public


SERVER = """from mcp.server.mcpserver import MCPServer

mcp = MCPServer("orders"{auth})
ORDERS = {{}}


@mcp.tool()
def read_order(order_id: int) -> str:
    return ORDERS[order_id]


mcp.run(transport={transport})
"""

VERIFIER = """import jwt
from mcp.server.auth.provider import AccessToken


class CompanyTokens:
    async def verify_token(self, token):
        try:
            claims = jwt.decode(token, public_key(), algorithms=["RS256"], audience="orders")
        except jwt.PyJWTError:
            return None
        return AccessToken(token=token, client_id=claims["sub"], scopes=[])
"""

BY_NAME = """from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

server = Server("orders")


@server.list_tools()
async def list_tools():
    return TOOLS


@server.call_tool()
async def call_tool(name: str, arguments: dict):
    if name == "read_order":
        return session.get(Order, arguments["id"])
    if name == "add":
        return arguments["a"] + arguments["b"]


async def main():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
"""

AGENT = """from fastapi import Depends, FastAPI
from langchain_core.tools import tool

from security import require_user

app = FastAPI()


def build_agent(db):
    @tool
    def cancel_order(order_id: int) -> str:
        db.delete(order_id)
        db.commit()
        return "gone"

    return create_agent(model, [cancel_order])


@app.post("/chat"{guard})
def chat(message: str):
    return build_agent(db).invoke(message)
"""

SECURITY = """from fastapi import HTTPException, Request


def require_user(request: Request):
    if find(request.headers.get("Authorization")) is None:
        raise HTTPException(status_code=401)
"""

AUTH = ", auth=settings, token_verifier=CompanyTokens()"
HTTP = '"streamable-http"'
PATCHED = SERVER.format(auth=", auth=auth_settings(), token_verifier=OidcVerifier()", transport=HTTP).replace(
    "import MCPServer\n", "import MCPServer\n\nfrom controls.auth import OidcVerifier, auth_settings\n", 1
)
ADDED = (".env.example", ".gitignore", "controls/__init__.py", "controls/auth.py")

control.examples = (
    Good(
        "a verifier of the app's own refuses what it does not know",
        {
            "tokens.py": VERIFIER,
            "server.py": SERVER.format(auth=AUTH, transport=HTTP).replace(
                "import MCPServer\n", "import MCPServer\n\nfrom tokens import CompanyTokens\n", 1
            ),
        },
    ),
    Good(
        "a provider of the library",
        """from fastmcp import FastMCP
from fastmcp.server.auth.providers.jwt import JWTVerifier

mcp = FastMCP("orders", auth=JWTVerifier(jwks_uri="https://id.example/keys", audience="orders"))


@mcp.tool
def cancel_order(order_id: int) -> str:
    session.commit()
""",
    ),
    Good(
        "tools that only compute, and a prompt",
        """from datetime import datetime

from fastmcp import FastMCP

mcp = FastMCP("clock")


@mcp.tool
def now() -> str:
    return datetime.now().isoformat()


@mcp.tool
def add(a: int, b: int) -> int:
    return a + b


@mcp.prompt
def greet(name: str) -> str:
    return f"Greet {name}."


mcp.run(transport="http")
""",
    ),
    Good(
        "the app that the server is mounted in keeps strangers out",
        """from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orders")
app = FastAPI()


@app.middleware("http")
async def gate(request: Request, call_next):
    if find(request.headers.get("Authorization")) is None:
        return JSONResponse({}, status_code=401)
    return await call_next(request)


@mcp.tool()
def cancel_order(order_id: int) -> str:
    session.commit()


app.mount("/mcp", mcp.streamable_http_app())
""",
    ),
    Good(
        "middleware of the server refuses",
        """from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.server.dependencies import get_http_headers
from fastmcp.server.middleware import Middleware


class Keys(Middleware):
    async def on_call_tool(self, context, call_next):
        if not known(get_http_headers().get("authorization")):
            raise ToolError("Unauthorized")
        return await call_next(context)


mcp = FastMCP("orders", middleware=[Keys()])


@mcp.tool
def cancel_order(order_id: int) -> str:
    session.commit()


mcp.run(transport="http")
""",
    ),
    Good(
        "an agent behind a guarded route",
        {"security.py": SECURITY, "app.py": AGENT.format(guard=", dependencies=[Depends(require_user)]")},
    ),
    Good(
        "an agent behind an open route: the route is the finding",
        {"security.py": SECURITY, "app.py": AGENT.format(guard="")},
    ),
    Good("declared open", SERVER.format(auth="", transport=HTTP), options={"public_tools": ("read_order",)}),
    Good(
        "a server on stdio where that is accepted",
        SERVER.format(auth="", transport='"stdio"'),
        options={"local_is_trusted": True},
    ),
    Good(
        "a verifier that cannot be read",
        "from elsewhere import tokens\n\n"
        + SERVER.format(auth=", auth=settings, token_verifier=tokens", transport=HTTP),
    ),
    Good(
        "a tool that only fetches, for whoever started it",
        """import httpx
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("weather")


@mcp.tool()
def forecast(city: str) -> str:
    return httpx.get("https://weather.example/" + city).text


mcp.run()
""",
    ),
    Bad("served over HTTP", SERVER.format(auth="", transport=HTTP), after=PATCHED, adds=ADDED),
    Bad(
        "of the fastmcp package",
        """from fastmcp import FastMCP

mcp = FastMCP("orders")


@mcp.tool
def cancel_order(order_id: int) -> str:
    session.commit()


if __name__ == "__main__":
    mcp.run(transport="http", port=9000)
""",
        after="""from fastmcp import FastMCP

from controls.auth import auth_provider

mcp = FastMCP("orders", auth=auth_provider())


@mcp.tool
def cancel_order(order_id: int) -> str:
    session.commit()


if __name__ == "__main__":
    mcp.run(transport="http", port=9000)
""",
        adds=(*ADDED, "tests/test_controls_tools.py"),
    ),
    Bad("on stdio no token can arrive", SERVER.format(auth="", transport='"stdio"')),
    Bad(
        "nothing says how it is served", SERVER.format(auth="", transport='"stdio"').partition("\n\nmcp.run")[0] + "\n"
    ),
    Bad("dispatched by name: one tool reads data, the other only adds", BY_NAME),
    Bad(
        "a provider for tests lets everybody in",
        """from fastmcp import FastMCP
from fastmcp.server.auth.providers.debug import DebugTokenVerifier

mcp = FastMCP("orders", auth=DebugTokenVerifier())


@mcp.tool
def cancel_order(order_id: int) -> str:
    session.commit()
""",
    ),
    Todo(
        "a verifier of the app's own lets every token pass",
        {
            "tokens.py": VERIFIER.replace("return None", 'claims = {"sub": token}'),
            "server.py": SERVER.format(auth=AUTH, transport=HTTP).replace(
                "import MCPServer\n", "import MCPServer\n\nfrom tokens import CompanyTokens\n", 1
            ),
        },
    ),
)
