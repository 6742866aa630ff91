"""Take the calls that make clients of a cloud out of the app's code, and make them. Nothing else of the app runs."""

import ast
from collections.abc import Iterator
from typing import Any

from transforms.proofs.parts.load import ROOT
from transforms.proofs.parts.taken_out import function_in

CLOUDS = ("boto3", "google", "azure", "firebase_admin")
KEYS = {"aws_access_key_id", "aws_secret_access_key"}
MAKERS_WITH_KEYS = {
    "from_service_account_file",
    "from_service_account_json",
    "from_service_account_info",
    "Certificate",
    "ClientSecretCredential",
}
OTHER_STORES = {"endpoint_url", "aws_session_token"}  # no key of the cloud: another store, or a key for a while
SOME_TEXT = "proof"


def own(node: ast.AST) -> "Iterator[ast.AST]":
    """A node and what lies below it, without the functions and classes in it."""
    yield node
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from own(each)


def calls_in(path: str, function: str) -> "list[ast.Call]":
    """The calls of a function; of what a file does by itself where there is none."""
    return [each for each in own(function_in(path, function)) if isinstance(each, ast.Call)]


def name_of(call: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def keys_handed(path: str, function: str) -> "list[str]":
    """Where a client is still handed a key that was made for keeps."""
    return [f"{path}:{call.lineno}" for call in calls_in(path, function) if is_handed_key(call)]


def is_handed_key(call: ast.Call) -> bool:
    """Whether a call carries such a key."""
    given = {each.arg: each.value for each in call.keywords}
    text = given.get("credential")
    written = isinstance(text, ast.Constant) and isinstance(text.value, str)
    if not OTHER_STORES.isdisjoint(given):
        return False
    return name_of(call) in MAKERS_WITH_KEYS or not KEYS.isdisjoint(given) or written


def made_in(path: str, function: str, maker: str) -> "list[Any]":
    """What the calls of this name give, with some text for each argument that the rest of the app would say."""
    names = names_of(path)
    calls = (each for each in calls_in(path, function) if name_of(each) == maker)
    wanted = (each for each in calls if OTHER_STORES.isdisjoint({given.arg for given in each.keywords}))
    found = [(value_of(each.func, names), each) for each in wanted]
    return [make(known, call, names) for known, call in found if known is not None]


def make(maker: Any, call: ast.Call, names: "dict[str, Any]") -> Any:
    """Make one call."""
    placed = [value_of(each, names) for each in call.args if not isinstance(each, ast.Starred)]
    named = {each.arg: value_of(each.value, names) for each in call.keywords if each.arg}
    return maker(
        *(SOME_TEXT if each is None else each for each in placed),
        **{name: SOME_TEXT if each is None else each for name, each in named.items()},
    )


def value_of(node: ast.expr, names: "dict[str, Any]") -> Any:
    """The value of an expression; None where the rest of the app would say it."""
    try:
        return eval(ast.unparse(node), {"__builtins__": {}}, names)  # noqa: S307 - the app's own call
    except (NameError, AttributeError, TypeError):
        return None


def names_of(path: str) -> "dict[str, Any]":
    """What a file imports of the libraries of clouds, and its constants."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for each in ast.walk(tree):
        if isinstance(each, ast.Import):
            each.names = [name for name in each.names if name.name.partition(".")[0] in CLOUDS]
            known = bool(each.names)
        else:
            known = isinstance(each, ast.ImportFrom) and (each.module or "").partition(".")[0] in CLOUDS
        if known:
            exec(ast.unparse(each), names)  # noqa: S102 - the app's own import
    for each in tree.body:
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant):
            names.update({target.id: each.value.value for target in each.targets if isinstance(target, ast.Name)})
    return names
