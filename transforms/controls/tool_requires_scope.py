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
    Confidence,
    Control,
    Evidence,
    Family,
    Maturity,
    Route,
    Severity,
    Standard,
    ToolReach,
    Verdict,
)
from transforms.edits import Patch, require_scope

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


control.examples = ()
