"""The test that shows that calls bring a token along: which functions make them, in one part of a repository."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from transforms.concepts_secrets import SentHeader
from transforms.placement import controls_home, start_folder
from transforms.proofs.cases import SentCase
from transforms.proofs.senders import render_senders
from transforms.proving import inside, without_app

if TYPE_CHECKING:
    from transforms.app import App


def prove_senders(app: "App", sent: Mapping[SentHeader, str], family: str) -> tuple[str, str] | None:
    """Path and text of the test, for the part with most of these calls; `sent` has the audience of each, or ""."""
    known = [each for each in sent if app.module_of(each.symbol) is not None]
    counted = Counter(start_folder(app, each.file) for each in known)
    if not counted:
        return None
    root = min(counted, key=lambda each: (-counted[each], each))
    mine = [each for each in known if start_folder(app, each.file) == root]
    path, depth = without_app(app, mine[0].file, family)
    package = controls_home(app, mine[0].file).import_name
    cases = (SentCase(inside(app, each.file), _function(app, each), each.name, sent[each]) for each in mine)
    return path, render_senders(package, dict.fromkeys(cases), depth)


def _function(app: "App", sent: SentHeader) -> str:
    return sent.symbol.removeprefix(app.module_of(sent.symbol) or "").removeprefix(".")
