"""A tool that writes or spends asks for a scope, not only for a signed-in caller.

An agent calls whatever tool the text in front of it asks for. Where every token opens every tool, a prompt that was
slipped into a document can delete what its reader was only meant to look up. A scope for tools that change something
lets people hand their agents less than they may do themselves.

**Fix.** `require_scope("tools:write")` becomes the first statement of the tool, from the same inserted module that
verifies the server's tokens. Where a server has a verifier of its own the finding is advice: which scopes its tokens
carry only its owner knows.

**Limits.** A scope that the server asks of every token counts for all of its tools. A tool of a server that knows
nobody is shown as unknown, for `tool-requires-auth` comes first; so is one that an agent inside the app calls: what its
users may do is decided where they sign in.
"""

from collections.abc import Iterator
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
    ToolReach,
    Verdict,
)
from transforms.edits import Patch, Proof, require_scope
from transforms.proof_verbs import proof_of_scopes

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="tool-requires-scope",
    family=Family.AUTHORIZATION,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-862"),
        Standard("NIST-CSF-2.0:PR.AA-05"),
    ),
    since="0.2",
    order=22,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    scope: str = "tools:write"  # what the patch asks for


control.options = Options


@control.check
def writing_tools_ask_for_a_scope(app: "App", _options: Options) -> Iterator[Verdict]:
    """One verdict for each tool; what lists, prompts and resources do is to read."""
    for tool in app.tools:
        if "TOOL" not in tool.methods:
            continue
        use = app.tool_use(tool)
        doing = use.writes or use.external
        if use.scope is not None:
            yield control.passes(tool, f"Its callers need more than a token: {use.scope}.")
        elif doing is None and use.may_change:
            yield control.unknown(
                tool, "Its name says that it changes something, and what it does could not be followed."
            )
        elif doing is None:
            yield control.exempts(tool, "It only reads.")
        elif use.reach in (ToolReach.AGENT, ToolReach.ROUTE):
            yield control.unknown(tool, "What its callers may do is decided where they sign in.")
        elif not app.access(tool).is_checked:
            yield control.unknown(tool, "Nobody's rights are known: nothing checks who is calling.")
        elif use.writes is None:
            yield control.unknown(tool, "It asks other services; whether that costs anything cannot be told.")
        else:
            yield control.fails(
                tool,
                f"Every signed-in caller can change data through {tool.path}: it asks for no scope.",
                (Evidence(tool.file, tool.place.line, f"it changes data {use.writes}"),),
            )


@control.remedy
def ask_for_the_scope(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """One statement, first in the body of the tool."""
    tool: Route = finding.concept
    edits = require_scope(app, tool, options.scope)
    if not edits:
        return None
    grant = f"Let the issuer grant the scope {options.scope} to those whose agents may change data."
    return Patch(f"Let {tool.path} ask for the scope {options.scope}", edits, todo=(grant,))


@control.proof
def callers_without_the_scope_are_refused(app: "App", findings: tuple[Verdict, ...], options: Options) -> Proof | None:
    """A caller whose token lacks the scope gets no further than the tool's first statement."""
    return proof_of_scopes(app, [finding.concept for finding in findings], options.scope)


SERVER = """from fastmcp import FastMCP
from fastmcp.server.auth import require_scopes
from fastmcp.server.auth.providers.jwt import JWTVerifier

mcp = FastMCP("orders", auth=JWTVerifier(jwks_uri="https://id.example/keys"{scopes}))


@mcp.tool{asks}
def cancel_order(order_id: int) -> str:
    session.delete(order_id)
    session.commit()
"""

OPEN = """from mcp.server.mcpserver import MCPServer

mcp = MCPServer("orders"{auth})


@mcp.tool()
def read_order(order_id: int) -> str:
    return session.get(Order, order_id)


@mcp.tool()
async def cancel_order(order_id: int) -> str:
    \"\"\"Cancel an order.\"\"\"
{asks}    session.delete(order_id)
    session.commit()


mcp.run(transport="streamable-http")
"""

VERIFIED = OPEN.format(auth=", auth=auth_settings(), token_verifier=OidcVerifier()", asks="{asks}").replace(
    "import MCPServer\n", "import MCPServer\n\nfrom controls.auth import OidcVerifier, auth_settings{more}\n", 1
)
# What an earlier patch left there, shortened: the header line says whose it is.
INSERTED = f"""# tenon: auth v1 sha256:{"0" * 64}
import jwt
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver.exceptions import ToolError


class OidcVerifier:
    async def verify_token(self, token):
        return read(jwt.decode(token, keys(), algorithms=["RS256"]))


def require_scope(scope):
    token = get_access_token()
    if token is None or scope not in token.scopes:
        raise ToolError("not allowed")
"""
PATCHED = VERIFIED.format(asks='    require_scope("tools:write")\n', more=", require_scope")

OWN_CHECK = """from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError

from tokens import CompanyTokens

mcp = FastMCP("orders", auth=settings, token_verifier=CompanyTokens())


def only_clerks():
    token = get_access_token()
    if token is None or "clerk" not in token.scopes:
        raise ToolError("Not allowed")


@mcp.tool()
def cancel_order(order_id: int) -> str:
    only_clerks()
    session.commit()
"""

TOKENS = """from mcp.server.auth.provider import AccessToken


class CompanyTokens:
    async def verify_token(self, token):
        known = ask_the_company(token)
        return AccessToken(**known) if known else None
"""

control.examples = (
    Good("the server asks every caller for a scope", SERVER.format(scopes=', required_scopes=["orders"]', asks="")),
    Good("the tool asks for one", SERVER.format(scopes="", asks='(auth=require_scopes("orders:write"))')),
    Good("a check of the app's own in the body", {"server.py": OWN_CHECK, "tokens.py": TOKENS}),
    Good("nobody is known: that comes first", OPEN.format(auth="", asks="")),
    Good(
        "tools that only read, and one that asks another service",
        """import httpx
from fastmcp import FastMCP
from fastmcp.server.auth.providers.jwt import JWTVerifier

mcp = FastMCP("orders", auth=JWTVerifier(jwks_uri="https://id.example/keys"))


@mcp.tool
def read_order(order_id: int) -> str:
    return session.get(Order, order_id)


@mcp.tool
def forecast(city: str) -> str:
    return httpx.get("https://weather.example/" + city).text
""",
    ),
    Good(
        "a tool of an agent inside the app",
        """from langchain_core.tools import tool


@tool
def cancel_order(order_id: int) -> str:
    session.commit()
""",
    ),
    Bad("a token of any kind opens it", SERVER.format(scopes="", asks="")),
    Bad(
        "the inserted verifier is there, and its scope is not asked for",
        {"server.py": VERIFIED.format(asks="", more=""), "controls/__init__.py": "", "controls/auth.py": INSERTED},
        after={"server.py": PATCHED},
        adds=("tests/test_controls_scopes.py",),
    ),
    Bad(
        "what it writes to is opened later",
        SERVER.format(scopes="", asks="").partition("@mcp.tool")[0]
        + """class Store:
    def cancel(self, order_id):
        session.commit()


class Desk:
    def __init__(self):
        self.store = None

    def open(self):
        self.store = Store()
        @mcp.tool
        def cancel(order_id: int) -> str:
            return self.store.cancel(order_id)

    def close(self):
        self.store = None
""",
    ),
    Bad(
        "one that runs what it is sent",
        SERVER.format(scopes="", asks="").partition("@mcp.tool")[0]
        + "@mcp.tool\ndef query(sql: str) -> str:\n    return session.execute(sql).all()\n",
    ),
)
