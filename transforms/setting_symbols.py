"""Which symbol the origins of a setting mean: of the module, of its class of settings, of the object that keeps it."""

from typing import TYPE_CHECKING

from transforms.concepts import Function
from transforms.reuse import inside_module

if TYPE_CHECKING:
    from transforms.app import App


def setting_symbol(app: "App", symbol: str, origin: str) -> str:
    """The symbol of a setting; the origin itself where there is none."""
    function = app.functions.get(symbol)
    near = function.file if function is not None else ""
    head, _, rest = origin.removeprefix("@").partition(".")
    if origin.startswith("@"):
        made_by, called, attribute = origin.removeprefix("@").partition("()")
        getter = app.functions.get(app.meaning(made_by, near)) if called and attribute else None
        if getter is not None and len(getter.gives) == 1:
            return app.meaning(f"{getter.gives[0]}{attribute}", getter.file)
        symbol = app.resolve(origin.removeprefix("@"), near)
        return symbol if app.is_own(symbol) and "." not in inside_module(app, symbol) else _of_held(app, symbol, near)
    if head == "self":
        return _of_object(app, symbol, rest)
    handed = _class_handed(app, function, head)
    return f"{handed}.{rest}" if handed else origin


def _of_held(app: "App", symbol: str, near: str) -> str:
    """The field of the class whose object a name holds: `Settings.api_key` of `settings.api_key`."""
    owner, _, attribute = symbol.rpartition(".")
    class_ = app.classes.get(app.meaning(owner, near).removesuffix("()"))
    of_class = class_ is not None and attribute in (*class_.fields, *class_.members)
    return f"{class_.symbol}.{attribute}" if class_ is not None and of_class else app.meaning(symbol, near)


def _of_object(app: "App", symbol: str, attribute: str) -> str:
    owner = symbol.rpartition(".")[0]
    return app.meaning(f"{owner}.{attribute}") if owner in app.classes else f"self.{attribute}"


def _class_handed(app: "App", function: Function | None, name: str) -> str:
    """The class of a parameter: `settings: Settings = Depends(get_settings)`."""
    known = next((each for each in function.parameters if each.name == name), None) if function is not None else None
    if function is None or known is None or known.reference is None:
        return ""
    return app.meaning(known.reference, function.file)
