"""Ask as the services did before: with one key in a header that all of them shared."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

KEY = "the-key-that-all-services-shared"


def bringing(app: Any, header: str, value: str) -> "Callable[..., Any]":
    """The same app, asked by somebody who brings this header along."""

    def asked(environ: "dict[str, Any]", start_response: Any) -> Any:
        return app({**environ, f"HTTP_{header.upper().replace('-', '_')}": value}, start_response)

    return asked


def agreed(environment: pytest.MonkeyPatch, holder: Any, name: str) -> str:
    """The key that the app compares with under this name; it is set first, where that is possible."""
    if isinstance(getattr(holder, name), (str, type(None))):
        with suppress(Exception):  # settings that cannot be changed stay what they are
            environment.setattr(holder, name, KEY)
    found = getattr(holder, name)
    return str(getattr(found, "get_secret_value", lambda: found)() or KEY)
