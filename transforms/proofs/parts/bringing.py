"""Ask as the services did before: with one key in a header that all of them shared."""

from collections.abc import Callable
from typing import Any

KEY = "the-key-that-all-services-shared"


def bringing(app: Any, header: str, value: str) -> "Callable[..., Any]":
    """The same app, asked by somebody who brings this header along."""

    async def asked(scope: "dict[str, Any]", receive: Any, send: Any) -> None:
        headers = [*scope["headers"], (header.encode(), value.encode())]
        await app({**scope, "headers": headers}, receive, send)

    return asked
