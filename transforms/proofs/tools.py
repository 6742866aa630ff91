"""The proof of a server of tools: without a valid token it answers 401, and a scope is told apart from none."""

from transforms.proofs.weave import ISSUER, tell, weave

ABOUT = """Proof that {server} serves its tools to nobody it does not know.

The issuer and its keys are the test's own. Nothing here needs a network: a refused request reaches no tool."""


def render_tools(server_import: str, controls_package: str, root_parents: int = 1, auth: str = "auth") -> str:
    """The test file for one server of tools behind the inserted verifier."""
    told = tell(server_import, controls_package, root_parents) | {"AUTH": auth}
    return weave(
        ABOUT.format(server=server_import), ("load", "ask", *ISSUER, "forged", "said_mcp", "guard_mcp"), told, ()
    )
