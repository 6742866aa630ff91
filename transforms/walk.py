"""One walk over one tree, in which every reader of facts takes part.

libcst's metadata providers cost several parses each, so this module does without: its own stack walk dispatches nodes
by type, names are resolved by the file's own imports and scopes, and one print of the tree yields the positions of just
those nodes that a fact needs.
"""

import dataclasses
import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TypeVar, overload

import libcst as cst
from libcst._nodes.internal import CodegenState

from transforms.concepts import Place, Signal
from transforms.facts import Fact, Facts, collect
from transforms.source import SkipReason, SourceFile, Unreadable, module_name, parse

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
Handler = Callable[[Any], None]
Handlers = Mapping[type[cst.CSTNode], Handler]

_ACCEPTED = re.compile(r"#\s*tenon:\s*accept-risk\[([\w-]+)\]\s*(.*)")
# Nothing that a fact is made of hangs below these fields; leaving them out saves half of the walk.
_LAYOUT = re.compile(
    r"whitespace|lpar|rpar|lbracket|rbracket|lbrace|rbrace|comma|semicolon|leading_lines|header|footer|"
    r"trailing|equal|colon|indent|encoding|newline|dot|star_token|asynchronous|lines_after"
)


class Reader(Protocol):
    """The read half of a framework: a module with the bytes that announce it and the handlers it wants called.

    One that can tell more closely which files are for it also has `matters(content) -> bool`, which then decides; one
    that can tell which functions of a file are has `wanted(content)`, which gives the question to ask of each.
    """

    TOKENS: tuple[bytes, ...]

    def read(self, walk: "Walk") -> Handlers:
        """Handlers by node type, called when the walk enters such a node; they call `walk.emit` and `walk.signal`."""


@dataclasses.dataclass(slots=True)
class Scope:
    """A module, class or function around the node being visited."""

    symbol: str
    node: cst.Module | cst.ClassDef | cst.FunctionDef
    names: set[str]
    signals: set[Signal] = dataclasses.field(default_factory=set)

    @property
    def is_function(self) -> bool:
        return type(self.node) is cst.FunctionDef


class Walk:
    """What a handler may ask while the tree of one file is walked, and where it leaves its facts."""

    def __init__(self, source: SourceFile, module: cst.Module) -> None:
        self.path = source.path
        self.content = source.content
        self.tree = module
        self.module = module_name(source.path)
        self.imports: dict[str, str] = {}
        self.relative_imports: list[str] = []
        self.assigned: dict[str, str] = {}
        self.scopes = [Scope(self.module, module, set(_module_names(module)))]
        self.signals: dict[str, set[Signal]] = {}  # of every function left so far, by symbol
        self._said: dict[str, set[Signal]] = {}
        self._pending: list[tuple[Sequence[cst.CSTNode], Callable[..., Fact]]] = []
        self._endings: list[Callable[[], None]] = []

    @property
    def symbol(self) -> str:
        """The symbol of the innermost class or function, or the module."""
        return self.scopes[-1].symbol

    @property
    def function(self) -> Scope | None:
        """The innermost function around the node, if any."""
        return next((scope for scope in reversed(self.scopes) if scope.is_function), None)

    @functools.cached_property
    def text(self) -> str:
        """The whole file."""
        return self.content.removeprefix(b"\xef\xbb\xbf").decode()

    def emit(self, build: Callable[..., Fact], *nodes: cst.CSTNode) -> None:
        """Leave a fact: after the walk `build` is called with the `Place` of each of `nodes`."""
        self._pending.append((nodes, build))

    def at_end(self, action: Callable[[], None]) -> None:
        """Call `action` once the whole file was walked: every import is known then, and facts may still be left."""
        self._endings.append(action)

    def signal(self, signal: Signal) -> None:
        """Say something about the body of every function around the node."""
        for scope in self.scopes:
            if scope.is_function:
                scope.signals.add(signal)

    def signal_of(self, symbol: str, signal: Signal) -> None:
        """Say something about the body of one function, before or while the walk is inside."""
        self._said.setdefault(symbol, set()).add(signal)

    def code(self, node: cst.CSTNode, limit: int = 400) -> str:
        """The source text of a node without the white space around it, cut at `limit` characters."""
        if type(node) is cst.Name and not node.lpar:
            return node.value[:limit]
        return self.tree.code_for_node(node).strip()[:limit]

    def resolve(self, node: cst.BaseExpression | str) -> str | None:
        """The reference of a name or a dotted name; None for any other expression."""
        dotted = node if isinstance(node, str) else dotted_name(node)
        if dotted is None:
            return None
        head, _, rest = dotted.partition(".")
        base = self._resolve_name(head)
        return f"{base}.{rest}" if rest else base

    def _resolve_name(self, name: str) -> str:
        for scope in reversed(self.scopes[1:]):
            if name in scope.names and (scope.is_function or scope is self.scopes[-1]):
                return f"{scope.symbol}.{name}"
        if name in self.imports:
            return self.imports[name]
        return f"{self.module}.{name}" if name in self.scopes[0].names else name

    def enter(self, node: cst.ClassDef | cst.FunctionDef) -> None:
        """Begin a scope; its name is known in the scope around it."""
        name = node.name.value
        self.scopes[-1].names.add(name)
        names = (
            {parameter.name.value for parameter in all_parameters(node)} if isinstance(node, cst.FunctionDef) else set()
        )
        self.scopes.append(Scope(f"{self.symbol}.{name}", node, names))

    def leave(self) -> None:
        """End the innermost scope."""
        scope = self.scopes.pop()
        if scope.is_function:
            self.signals[scope.symbol] = scope.signals | self._said.get(scope.symbol, set())

    @contextmanager
    def inside(self, scopes: Sequence[Scope]) -> Iterator[None]:
        """As if the walk were in these scopes again: for what turned out only at the end."""
        kept, self.scopes = self.scopes, list(scopes)
        yield
        self.scopes = kept

    def finish(self) -> Facts:
        """All facts, their places filled in."""
        for action in self._endings:
            action()
        places = positions(self.tree, [node for nodes, _ in self._pending for node in nodes])
        found = [build(*(places[id(node)] for node in nodes)) for nodes, build in self._pending]
        facts = Facts(
            path=self.path,
            module=self.module,
            imports=tuple(self.imports.items()),
            assigned=tuple(self.assigned.items()),
            accepted_risks=tuple(accepted_risks(self.content)),
            relative_imports=tuple(self.relative_imports),
            is_program=any(map(is_for_programs, self.tree.body)),
        )
        return collect(facts, found)


def is_for_programs(node: cst.CSTNode) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    match node:
        case cst.If(test=cst.Comparison(left=cst.Name(value="__name__"))):
            return True
    return False


def read(source: SourceFile, readers: Iterable[Reader]) -> Facts:
    """The facts of one Python file; raises Unreadable."""
    tree = parse(source.content)
    walk = Walk(source, tree)
    try:
        _visit_all(tree, walk, _dispatch(walk, readers))
        return walk.finish()
    except RecursionError:
        raise Unreadable(SkipReason.TOO_DEEP) from None


def takes_part(reader: Reader, content: bytes) -> bool:
    """Whether a file is for this reader, by its bytes."""
    matters: Callable[[bytes], bool] | None = getattr(reader, "matters", None)
    return _asked(matters, content) if matters is not None else any(token in content for token in reader.TOKENS)


@functools.lru_cache(maxsize=64)  # of the last few files: it is asked before one is read, and when it is
def _asked(matters: Callable[[bytes], bool], content: bytes) -> bool:
    return matters(content)


def accepted_risks(content: bytes) -> Iterator[tuple[int, str, str]]:
    """Line, control id and reason of every `# tenon: accept-risk[control] reason`."""
    if b"accept-risk" not in content:
        return
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        if match := _ACCEPTED.search(line):
            yield number, match[1], match[2].strip()


def dotted_name(node: cst.CSTNode) -> str | None:
    """`a.b.c` of a Name or of Attributes over a Name; None for anything else."""
    # `type` where it is asked often: libcst's types are abstract, which makes a "no" of `isinstance` dear
    if type(node) is cst.Name:
        return node.value
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is not cst.Name:
        return None
    return ".".join([node.value, *reversed(parts)])


def all_parameters(node: cst.FunctionDef | cst.Lambda) -> tuple[cst.Param, ...]:
    """Every parameter of a function, star parameters included, in order."""
    params = node.params
    stars = [star for star in (params.star_arg, params.star_kwarg) if isinstance(star, cst.Param)]
    return (*params.posonly_params, *params.params, *params.kwonly_params, *stars)


def string_value(node: cst.CSTNode) -> str | None:
    """The value of a plain or implicitly concatenated string literal; None for bytes, f-strings and the rest."""
    if not isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        return None
    try:
        value = node.evaluated_value
    except (SyntaxError, ValueError):
        return None  # libcst lets escapes pass that Python does not know
    if not isinstance(value, str) or value.isascii():
        return value if isinstance(value, str) else None
    return value.encode(errors="replace").decode()  # half a surrogate pair can be neither kept nor shown


def argument(call: cst.Call, keyword: str, position: int | None = None) -> cst.BaseExpression | None:
    """The value of a keyword argument, or of the positional one at `position`."""
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == keyword:
            return arg.value
        if arg.keyword is None and not arg.star and index == position:
            return arg.value
    return None


def _dispatch(walk: Walk, readers: Iterable[Reader]) -> dict[type, list[Handler]]:
    table: dict[type, list[Handler]] = {}
    own: tuple[Handlers, ...] = ({cst.Import: _Imports(walk).plain, cst.ImportFrom: _Imports(walk).from_}, _names(walk))
    for handlers in own:
        for kind, handler in handlers.items():
            table.setdefault(kind, []).append(handler)
    for reader in readers:
        if takes_part(reader, walk.content):
            for kind, handler in reader.read(walk).items():
                table.setdefault(kind, []).append(handler)
    return table


def _visit_all(tree: cst.Module, walk: Walk, table: Mapping[type, list[Handler]]) -> None:
    """Every node in document order; handlers of a class or function run before its scope begins."""
    stack: list[Any] = [tree]
    pop, push, handlers_of = stack.pop, stack.extend, table.get
    passed_over = _PLAIN | (_leaves() - table.keys())
    while stack:
        node = pop()
        if node is None:
            walk.leave()
            continue
        kind = type(node)
        for handler in handlers_of(kind, ()):
            handler(node)
        if kind is cst.FunctionDef or kind is cst.ClassDef:
            walk.enter(node)
            stack.append(None)
        push(_below(node, kind, passed_over))


@overload
def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]: ...


@overload
def descendants(node: cst.CSTNode, *kinds: type[NodeT]) -> Iterator[NodeT]: ...


def descendants(node: cst.CSTNode, *kinds: type[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """A node and everything below it that a reader could look at, or what of it is of these types.

    libcst's own `children` rebuilds each node.
    """
    stack: list[cst.CSTNode] = [node]
    while stack:
        found = stack.pop()
        if not kinds or type(found) in kinds:
            yield found
        stack.extend(below(found))


def below(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The nodes right below a node, in order, layout left out."""
    return _below(node, type(node), _PLAIN)[::-1]


_SEVERAL: frozenset[type] = frozenset({list, tuple})
_PLAIN: frozenset[type] = frozenset({str, bool, type(None), cst.MaybeSentinel})  # what a field holds beside nodes


def _below(node: Any, kind: type, passed_over: frozenset[type]) -> list[Any]:
    """The children of a node, the last one first: so they lie right on a stack."""
    below: list[Any] = []
    for value in _children_of(kind)(node):
        if type(value) in _SEVERAL:
            below.extend(value[::-1])
        elif type(value) not in passed_over:
            below.append(value)
    return below


@functools.cache
def _leaves() -> frozenset[type]:
    """The types of nodes that have nothing below them."""
    kinds = (each for each in vars(cst).values() if isinstance(each, type) and dataclasses.is_dataclass(each))
    return frozenset(kind for kind in kinds if issubclass(kind, cst.CSTNode) and not _child_fields(kind))


@functools.cache
def _children_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """Takes the values of a node's child fields, the last one first."""
    names = _child_fields(kind)[::-1]
    if len(names) > 1:
        return operator.attrgetter(*names)
    return (lambda node: (getattr(node, names[0]),)) if names else (lambda _: ())


@functools.cache
def _child_fields(kind: type) -> tuple[str, ...]:
    """The fields in which other nodes may stand, by the types that they are declared with."""
    names = [
        field.name
        for field in dataclasses.fields(kind)
        if not _LAYOUT.search(field.name) and field.type not in ("str", str)
    ]
    # decorators stand before the name they decorate, and a condition's test before its body
    return tuple(sorted(names, key=lambda name: name != "decorators")) if "decorators" in names else tuple(names)


class _Imports:
    """Keeps the file's import table: local names to references."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def plain(self, node: cst.Import) -> None:
        """`import a.b` binds `a`; `import a.b as c` binds `c`."""
        for name in node.names:
            dotted = dotted_name(name.name) or ""
            if name.asname is not None and isinstance(name.asname.name, cst.Name):
                self.walk.imports[name.asname.name.value] = dotted
            else:
                head = dotted.partition(".")[0]
                self.walk.imports[head] = head

    def from_(self, node: cst.ImportFrom) -> None:
        """`from .a import b as c` binds `c` to the absolute reference of `b`."""
        base = self._base(node)
        if isinstance(node.names, cst.ImportStar):
            self.walk.imports["*" * (1 + sum(local.startswith("*") for local in self.walk.imports))] = base
            return
        for name in node.names:
            target = dotted_name(name.name) or ""
            local = name.asname.name.value if name.asname and isinstance(name.asname.name, cst.Name) else target
            self.walk.imports[local] = f"{base}.{target}" if base else target
            if node.relative:
                self.walk.relative_imports.append(local)

    def _base(self, node: cst.ImportFrom) -> str:
        named = dotted_name(node.module) or "" if node.module is not None else ""
        if not node.relative:
            return named
        parts = self.walk.module.split(".")
        drop = len(node.relative) - self.walk.path.endswith("__init__.py")
        parent = ".".join(parts[: len(parts) - drop])
        return ".".join(filter(None, (parent, named)))


def _names(walk: Walk) -> Handlers:
    """Keep the names that a scope binds, and module-level aliases such as `router = orders.router`."""

    def assign(node: cst.Assign) -> None:
        for target in node.targets:
            _bind(target.target, node.value)

    def annotated(node: cst.AnnAssign) -> None:
        _bind(node.target, node.value)

    def _bind(target: cst.BaseExpression, value: cst.BaseExpression | None) -> None:
        if not isinstance(target, cst.Name):
            return
        if value is not None and isinstance(value, cst.Name | cst.Attribute) and (reference := walk.resolve(value)):
            walk.assigned[f"{walk.symbol}.{target.value}"] = reference
        walk.scopes[-1].names.add(target.value)

    return {cst.Assign: assign, cst.AnnAssign: annotated}


def _module_names(tree: cst.Module) -> Iterator[str]:
    """Names that the module's top level defines, so that a use above the definition resolves too."""
    for statement in tree.body:
        match statement:
            case cst.FunctionDef() | cst.ClassDef():
                yield statement.name.value
            case cst.SimpleStatementLine(body=[cst.Assign(targets=targets), *_]):
                yield from (t.target.value for t in targets if isinstance(t.target, cst.Name))
            case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name)), *_]):
                yield name


def positions(tree: cst.Module, nodes: Iterable[cst.CSTNode]) -> dict[int, Place]:
    """The places of the given nodes of `tree` by their `id`, white space and parentheses around them not included."""
    wanted = {id(node) for node in nodes}
    if not wanted:
        return {}
    state = _Positions(tree, wanted)
    tree._codegen(state)
    return state.places


class _Positions(CodegenState):
    """Prints a tree to nowhere and notes where the wanted nodes begin and end (libcst's PositionProvider notes all)."""

    def __init__(self, tree: cst.Module, wanted: set[int]) -> None:
        super().__init__(default_indent=tree.default_indent, default_newline=tree.default_newline)
        self.wanted = wanted
        self.places: dict[int, Place] = {}
        self.line, self.column = 1, 0
        self.end = (1, 0)  # after the last token that is no white space and no comment

    def add_indent_tokens(self) -> None:
        self.column += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        if "\n" in value or value == "\r":
            self.line += value.count("\n") or 1
            self.column = len(value) - value.rfind("\n") - 1
        else:
            self.column += len(value)
        if value and not value.isspace() and value[0] != "#":
            self.end = (self.line, self.column)

    def pop_trailing_newline(self) -> None:
        """There is no token list to pop from."""

    def record_syntactic_position(  # type: ignore[override]  # a context manager too, without a generator for each node
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,  # noqa: ARG002
        end_node: cst.CSTNode | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        """Called by every node around its own tokens."""
        return _Mark(self, id(node)) if id(node) in self.wanted else _NOTHING


_NOTHING: AbstractContextManager[None] = nullcontext()


class _Mark:
    """Notes the place of one node between its first and its last token."""

    def __init__(self, state: _Positions, node: int) -> None:
        self.state, self.node = state, node

    def __enter__(self) -> None:
        self.start = (self.state.line, self.state.column)

    def __exit__(self, *exc: object) -> None:
        self.state.places[self.node] = Place(*self.start, *self.state.end)
