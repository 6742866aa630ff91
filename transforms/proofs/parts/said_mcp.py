"""What the verifier of an MCP server says of tokens."""

import asyncio
from typing import Any

from transforms.proofs.parts.load import control
from transforms.proofs.parts.told import AUTH


def said_of(token: str) -> Any:
    """What the verifier says of a token; None: it opens no door."""
    return asyncio.run(control(AUTH).OidcVerifier().verify_token(token))
