"""Modules that are taken as a whole: by a star import, as Django's settings, as Flask's `config`."""

from typing import TYPE_CHECKING

from transforms.frameworks.secret_uses import DJANGO, TAKEN
from transforms.once import per_app

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.facts import Facts


@per_app
def is_django(app: "App", module: str) -> bool:
    """Whether Django loads a module as its settings: one that is named to it, or that such a one takes as a whole."""
    named = (each.reference for facts in app.files.values() for each in facts.name_uses)
    settings = [name.removeprefix(DJANGO) for name in named if name.startswith(DJANGO)]
    # `shop.settings` may be a package: `shop.settings.production` is a part of it, and so is what it imports
    if any(_ends_alike(name, module) or _ends_alike(name, module.rpartition(".")[0]) for name in settings):
        return True
    takers = (facts.module for facts in app.files.values() if facts.module != module and _takes(app, facts, module))
    return any(_ends_alike(name, taker) for taker in takers for name in settings)


def _takes(app: "App", facts: "Facts", module: str) -> bool:
    """Whether a file says `from <module> import *`."""
    stars = (reference for local, reference in facts.imports if local == "*")
    return any(app.resolve(star) in (module, star) and _ends_alike(star, module) for star in stars)


def is_taken_as_a_whole(app: "App", module: str) -> bool:
    """Whether somebody reads a module's names without naming them: a star import, Django's or Flask's settings."""
    return any(
        _takes(app, facts, module) or any(each.reference == TAKEN for each in facts.name_uses)
        for facts in app.files.values()
    )


def _ends_alike(reference: str, module: str) -> bool:
    return module == reference or module.endswith(f".{reference}")
