"""Ask as the services did before: with one key in a header that all of them shared."""

from collections.abc import Callable
from typing import Any

KEY = "the-key-that-all-services-shared"


def bringing(app: Any, header: str, value: str) -> "Callable[..., Any]":
    """The same app, asked by somebody who brings this header along."""

    def asked(environ: "dict[str, Any]", start_response: Any) -> Any:
        return app({**environ, f"HTTP_{header.upper().replace('-', '_')}": value}, start_response)

    return asked
