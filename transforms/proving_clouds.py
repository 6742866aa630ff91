"""The test that shows that clients of clouds are handed no key: where they are made, and by which call."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.concepts_secrets import Client, KeySource
from transforms.placement import controls_home, start_folder
from transforms.proofs.cases import CloudCase
from transforms.proofs.clouds import DATABASE, PLATFORMS, render_clouds
from transforms.proving import inside, without_app

if TYPE_CHECKING:
    from transforms.app import App

_CALLED = re.compile(r"[\w.]*?(\w+)\(")
_BY_NAME = ("boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session")
_NO_KEY = frozenset({KeySource.NONE, KeySource.UNKNOWN})


def prove_clouds(app: "App", clients: Iterable[Client], family: str) -> tuple[str, str] | None:
    """Path and text of the test, for the part of the repository with most of these clients; None without any.

    Functions where another client keeps its key are left out: a test would have to tell one from the other.
    """
    patched = [client for client in clients if client.cloud in PLATFORMS or client.cloud == DATABASE]
    kept = {
        (each.file, each.symbol)
        for facts in app.files.values()
        for each in facts.clients
        if each.key not in _NO_KEY and each not in patched
    }
    mine = [client for client in patched if (client.file, client.symbol) not in kept]
    counted = Counter(start_folder(app, client.file) for client in mine)
    if not counted:
        return None
    root = min(counted, key=lambda each: (-counted[each], each))
    mine = [client for client in mine if start_folder(app, client.file) == root]
    path, depth = without_app(app, mine[0].file, family)
    package = controls_home(app, mine[0].file).import_name
    return path, render_clouds(dict.fromkeys(_case(app, client) for client in mine), depth, package)


def _case(app: "App", client: Client) -> CloudCase:
    module = app.files[client.file].module
    function = client.symbol.removeprefix(module or "").removeprefix(".")
    return CloudCase(inside(app, client.file), function, client.cloud, _maker(client))


def _maker(client: Client) -> str:
    """The last name of what is called once no key is handed over."""
    if client.cloud == DATABASE:
        return ""
    if client.cloud == "azure":
        return "DefaultAzureCredential" if ("azure.identity", "DefaultAzureCredential") in client.needs else ""
    if client.cloud == "aws":
        return client.reference.rpartition(".")[2] if client.reference in _BY_NAME else ""
    called = _CALLED.match(client.instead)
    return called[1] if called is not None else ""
