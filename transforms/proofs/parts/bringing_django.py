"""Ask as the services did before: with one key in a header that all of them shared."""

from types import SimpleNamespace
from typing import Any

import pytest

from transforms.proofs.parts.load import the_app

KEY = "the-key-that-all-services-shared"


def bringing(_app: Any, header: str, value: str) -> Any:
    """The same app, asked by somebody who brings this header along."""
    return SimpleNamespace(brought={f"HTTP_{header.upper().replace('-', '_')}": value})


def agreed(environment: pytest.MonkeyPatch, holder: Any, name: str) -> str:
    """The key that the app compares with under this name; it is set first."""
    the_app()  # reads the settings
    environment.setattr(holder, name, KEY, raising=False)
    return str(getattr(holder, name))
