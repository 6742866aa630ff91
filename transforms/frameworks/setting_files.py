"""Settings that code loads from a file: `config = tomllib.load(f)`, and where it reads which of them.

What was loaded decides, and not what the name says: a name of a module, or of one function, which nothing outside can
see. A name is followed as far as it can be: a use that is no lookup by fixed keys is left as a fact without keys, so
that nobody believes to have seen every read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import SettingsFile, SettingsFileRead
from transforms.imported import imported
from transforms.walk import Handlers, Walk, below, descendants, dotted_name, string_value

NAME = "setting_files"
TOKENS: tuple[bytes, ...] = ()  # `matters` decides

_LIBRARIES = frozenset({b"tomllib", b"tomli", b"toml", b"yaml", b"configparser", b"ruamel"})
_LOADS = (b".load(", b".loads(", b".safe_load(", b".full_load(", b"ConfigParser(")
# Names under which such settings are kept: every file that says one is read, so that uses elsewhere are seen.
_NAMES = "config|cfg|conf|settings|secrets|configuration|credentials|creds"
_PARTS = (b"conf", b"cfg", b"settings", b"secrets", b"cred")  # of these names
_IS_ONE = re.compile(rf"_?(?:{_NAMES})", re.IGNORECASE)
_SAYS_ONE = re.compile(
    rb"^[ \t]*(?:from[^\n]*)?\bimport\b(?:[^\n(]*|[^\n(]*\([^)]*)\b_?(?:"
    + _NAMES.encode()
    + rb")\b|\._?(?:"
    + _NAMES.encode()
    + rb")(?:\[|\.get\()",
    re.MULTILINE | re.IGNORECASE,
)
_FILE = re.compile(r"^[\w./ -]*?([\w.-]+\.(?:toml|ya?ml|ini|cfg|json))$")
_LOADERS = frozenset(
    f"{module}.{name}"
    for module, names in {
        "tomllib": ("load", "loads"), "tomli": ("load", "loads"), "toml": ("load", "loads"),
        "yaml": ("safe_load", "load", "full_load"), "json": ("load", "loads"),
    }.items()
    for name in names
)  # fmt: skip
_CHOSEN = ("environ", "getenv", "argv", "args", "options")
_PARSERS = frozenset(("configparser.ConfigParser", "configparser.RawConfigParser"))


def matters(content: bytes) -> bool:
    """Whether a file may load settings from another one, or use those that are loaded elsewhere."""
    return not _LIBRARIES.isdisjoint(imported(content)) or _loads_json(content) or _says_one(content)


def wanted(_content: bytes) -> Callable[[bytes], bool]:
    """Whether a function may use such settings, or load some of its own."""
    return lambda function: _says_one(function) or any(each in function for each in _LOADS)


def _loads_json(content: bytes) -> bool:
    """Whether a file loads a document that it names: nearly every file imports `json` for something else."""
    return b"json.load" in content and (b'.json"' in content or b".json'" in content)


def is_like_settings(name: str) -> bool:
    """Whether every file that says such a name is read."""
    return _IS_ONE.fullmatch(name) is not None


def _says_one(content: bytes) -> bool:
    lower = content.lower()
    return any(part in lower for part in _PARTS) and _SAYS_ONE.search(content) is not None


def read(walk: Walk) -> Handlers:
    """Leave SettingsFile and SettingsFileRead facts, once the whole file was walked."""
    walk.at_end(lambda: _leave_all(walk))
    return {}


def _leave_all(walk: Walk) -> None:
    makers = dict(_Reading(walk, walk.module, {}, set()).makers(walk.tree.body))
    followed: set[int] = set()
    _Reading(walk, walk.module, makers, followed).leave(walk.tree, walk.tree.body)
    if not any(each in walk.content for each in _LOADS):
        return
    for number, node in enumerate(descendants(walk.tree)):
        if isinstance(node, cst.FunctionDef) and isinstance(node.body, cst.IndentedBlock):
            scope = f"{walk.module}.{node.name.value}.{number}"
            _Reading(walk, scope, makers, followed, inside=True).leave(node.body, node.body.body)
    _Unfollowed(walk, makers, followed).leave(walk.tree, "")


class _Unfollowed:
    """Loads of a file whose result goes where nobody follows it: each counts as a read of everything in the file."""

    def __init__(self, walk: Walk, makers: dict[str, str], followed: set[int]) -> None:
        self.walk, self.makers, self.followed = walk, makers, followed

    def leave(self, node: cst.CSTNode, opened: str) -> None:
        """A fact for each below a node; `opened` is the file of the `with` around it."""
        match node:
            case cst.With(items=items):
                opened = next((file for item in items if (file := _file_in(item.item))), opened)
            case cst.Call(func=func) if id(node) not in self.followed:
                loads = (self.walk.resolve(func) or "") in _LOADERS
                file = (_file_in(node) or opened) if loads else ""
                if isinstance(func, cst.Name) and func.value in self.makers:
                    file = self.makers[func.value]
                if file:
                    self._everything(node, file)
            case cst.FunctionDef(name=cst.Name(value=name)) if name in self.makers:
                self._maker(node, name)
                return  # what it loads is what its callers get
        for child in below(node):
            self.leave(child, opened)

    def _everything(self, node: cst.Call, file: str) -> None:
        path, symbol = self.walk.path, f"{self.walk.module}.(load of {file})"
        self.walk.emit(lambda place: SettingsFile(symbol, file, place, path, True), node)
        self.walk.emit(lambda place: SettingsFileRead(symbol, (), place, True, path), node)

    def _maker(self, node: cst.FunctionDef, name: str) -> None:
        """Another file may call it, as it may take a name of the module."""
        path, symbol, file = self.walk.path, f"{self.walk.module}.{name}", self.makers[name]
        self.walk.emit(lambda place: SettingsFile(symbol, file, place, path), node)


class _Reading:
    """The body of a module or of a function that may load settings; `makers` are functions that do."""

    def __init__(
        self, walk: Walk, scope: str, makers: dict[str, str], followed: set[int], *, inside: bool = False
    ) -> None:
        self.walk, self.scope, self.known, self.inside = walk, scope, makers, inside
        self.followed = followed  # calls whose result a name holds that is followed
        self.loaded: dict[str, tuple[str, cst.CSTNode]] = {}  # name of the module -> file, and the statement
        self.parsers: set[str] = set()  # names that hold a ConfigParser
        self.passed_over: set[int] = set()  # names that are no uses

    def leave(self, node: cst.CSTNode, body: Sequence[cst.CSTNode]) -> None:
        """Every fact of the body."""
        self._loads(body)
        if not self.loaded:
            return
        for name, (file, statement) in self.loaded.items():
            self._file(name, file, statement)
        self._uses(node, deferred=self.inside, hidden=frozenset())

    # what is loaded ---------------------------------------------------------------------------------------------------

    def _loads(self, body: Sequence[cst.CSTNode]) -> None:
        for statement in body:
            match statement:
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name() as target)])]
                ):
                    self._assigned(statement.body[0], target)  # type: ignore[arg-type]
                case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() as call)]):
                    self._parsed(call, statement)
                case cst.With(items=[cst.WithItem(item=opened)], body=cst.IndentedBlock(body=inner)):
                    for each in inner:
                        self._opened(opened, each)

    def _opened(self, opened: cst.BaseExpression, statement: cst.CSTNode) -> None:
        """`settings = yaml.safe_load(file)` below `with open("settings.yaml") as file:`."""
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name() as target)], value=cst.Call() as value)]
            ) if self._is_loader(value) and (file := _file_in(opened)):
                self.followed.add(id(value))
                self._keep(target, file, statement)

    def _assigned(self, small: cst.Assign, target: cst.Name) -> None:
        if not isinstance(small.value, cst.Call):
            return
        reference = self.walk.resolve(small.value.func) or ""
        if reference in _PARSERS:
            self.parsers.add(target.value)
            self.passed_over.add(id(target))
        elif self._is_loader(small.value) and (file := _file_in(small.value)):
            self.followed.add(id(small.value))
            self._keep(target, file, small)
        elif isinstance(small.value.func, cst.Name) and not small.value.args and small.value.func.value in self.known:
            self.followed.add(id(small.value))
            self._keep(target, self.known[small.value.func.value], small)

    def _parsed(self, call: cst.Call, statement: cst.CSTNode) -> None:
        """`config.read("app.ini")`."""
        match call.func:
            case cst.Attribute(value=cst.Name(value=name) as target, attr=cst.Name(value="read")) if (
                name in self.parsers
            ):
                if file := _file_in(call):
                    self._keep(target, file, statement)

    def _keep(self, target: cst.Name, file: str, statement: cst.CSTNode) -> None:
        if target.value in self.loaded:
            file = ""  # loaded twice: who knows which one is read
        self.loaded[target.value] = (file, statement)
        self.passed_over.add(id(target))

    def makers(self, body: Sequence[cst.CSTNode]) -> Iterator[tuple[str, str]]:
        """Functions that need nothing and return what they load from one file."""
        for each in body:
            match each:
                case cst.FunctionDef(params=cst.Parameters(params=[], kwonly_params=[]), name=cst.Name(value=name)):
                    returned = list(descendants(each.body, cst.Return))
                    values = [part.value for part in returned]
                    loads = len(values) == 1 and isinstance(values[0], cst.Call) and self._is_loader(values[0])
                    if loads and (file := _file_in(each.body)):
                        yield name, file

    def _is_loader(self, call: cst.Call) -> bool:
        return (self.walk.resolve(call.func) or "") in _LOADERS

    def _file(self, name: str, file: str, statement: cst.CSTNode) -> None:
        symbol, path = f"{self.scope}.{name}", self.walk.path
        self.walk.emit(lambda place: SettingsFile(symbol, file, place, path, self.inside), statement)

    # where it is read -------------------------------------------------------------------------------------------------

    def _uses(self, node: cst.CSTNode, *, deferred: bool, hidden: frozenset[str]) -> None:
        """Every use of the names below a node; `hidden` are names that mean something else there."""
        if isinstance(node, cst.FunctionDef | cst.Lambda):
            deferred = True
            hidden |= frozenset(_bound_in(node)) & self.loaded.keys()
        looked_up = _looked_up(node)
        if looked_up is not None and looked_up.root.value in self.loaded:
            name = looked_up.root.value
            if name not in hidden:
                self._read(name, looked_up.keys(of_parser=name in self.parsers), node, deferred)
            for part in looked_up.beside:
                self._uses(part, deferred=deferred, hidden=hidden)
            return
        if isinstance(node, cst.Name):
            if node.value in self.loaded and node.value not in hidden and id(node) not in self.passed_over:
                self._read(node.value, (), node, deferred)
            return
        for child in below(node):
            if isinstance(node, cst.Attribute) and child is node.attr:
                continue
            if isinstance(node, cst.Arg) and child is node.keyword:
                continue
            self._uses(child, deferred=deferred, hidden=hidden)

    def _read(self, name: str, keys: tuple[str, ...], node: cst.CSTNode, deferred: bool) -> None:
        symbol, path = f"{self.scope}.{name}", self.walk.path

        def build(place: Place) -> SettingsFileRead:
            return SettingsFileRead(symbol, keys, place, deferred, path)

        self.walk.emit(build, node)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """`config["a"].get("b", default)`: the name, what each step asks for, and what else is evaluated."""

    root: cst.Name
    steps: tuple[tuple[str, ...], ...] = ()
    beside: tuple[cst.CSTNode, ...] = ()

    def keys(self, *, of_parser: bool) -> tuple[str, ...]:
        """The keys in order: a parser's `get` takes section and option, a dict's the key and what it falls back to."""
        return tuple(key for step in self.steps for key in (step if of_parser else step[:1]))


def _looked_up(node: cst.CSTNode) -> _Lookup | None:
    match node:
        case cst.Subscript(value=inner, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            found, text = _below_lookup(inner), string_value(key)
            if found is None or text is None:
                return None
            return replace(found, steps=(*found.steps, (text,)))
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="get")), args=args):
            found, plain = _below_lookup(inner), [arg.value for arg in args if arg.keyword is None and not arg.star]
            texts = tuple(text for each in plain if (text := string_value(each)) is not None)
            if found is None or not plain or string_value(plain[0]) is None:
                return None
            return replace(found, steps=(*found.steps, texts), beside=(*found.beside, *(arg.value for arg in args[1:])))
    return None


def _below_lookup(node: cst.BaseExpression) -> _Lookup | None:
    return _Lookup(node) if isinstance(node, cst.Name) else _looked_up(node)


def _file_in(node: cst.CSTNode) -> str:
    """The only file of settings that is named in an expression; its name without folders."""
    if any(each.value in _CHOSEN for each in descendants(node, cst.Name)):
        return ""  # whoever starts the app may name another one
    texts = [string_value(each) for each in descendants(node, cst.SimpleString)]
    files = {match[1] for text in texts if text and (match := _FILE.match(text))}
    return files.pop() if len(files) == 1 else ""


def _bound_in(function: cst.FunctionDef | cst.Lambda) -> Iterator[str]:
    """The names that a function binds itself."""
    for each in descendants(function):
        match each:
            case cst.Param(name=cst.Name(value=name)):
                yield name
            case cst.AssignTarget(target=target) | cst.AnnAssign(target=target) | cst.For(target=target):
                yield from (dotted_name(part) or "" for part in descendants(target, cst.Name))
            case cst.AsName(name=cst.Name(value=name)):
                yield name
