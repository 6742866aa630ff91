"""What a file's names mean, so that code put into it means what its author thought."""

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from transforms.concepts import Place
from transforms.edit_kinds import ImportOf
from transforms.rewrite_modules import Modules
from transforms.rewrite_tree import CannotEdit, Tree
from transforms.walk import all_parameters, dotted_name

HERE = ""  # bound by the file itself, not by an import


_BINDING = (
    cst.FunctionDef, cst.ClassDef, cst.Import, cst.ImportFrom, cst.AssignTarget, cst.AnnAssign, cst.For, cst.NamedExpr,
    cst.AsName,
)  # fmt: skip


class Bindings:
    """The names of the module's top level and what each is: `module:name` of an import, or HERE."""

    def __init__(self, tree: Tree, modules: Modules) -> None:
        self.tree, self.modules = tree, modules
        self.names: dict[str, set[str]] = {}
        self._locals: dict[int, set[str]] = {}  # names that functions bind
        for node in tree.nodes:
            scope = tree.scopes[id(node)]
            if scope is None and isinstance(node, _BINDING) and not _for_types_only(tree, node):
                for name, origin in _bound(tree, modules, node):
                    self.names.setdefault(name, set()).add(origin)
            elif isinstance(scope, cst.FunctionDef):
                self._locals.setdefault(id(scope), set()).update(_assigned(node))

    def has(self, wanted: ImportOf) -> bool:
        """Whether the import is there already; raises CannotEdit where its name means something else."""
        local = wanted.name or wanted.module.partition(".")[0]
        origins = self.names.get(local, set()) - {origin_of(self.modules, self.tree.path, wanted)}
        if origins:
            raise CannotEdit(f"the name {local} means something else in this file")
        return local in self.names and (wanted.name is not None or self._imports_whole(wanted.module))

    def refuse_shadowed(self, place: Place, imports: tuple[ImportOf, ...]) -> None:
        """Raise CannotEdit where a function around the place has a name of its own like one of the imports."""
        node = self.tree.find(place, cst.CSTNode) or self.tree.smallest(place, cst.CSTNode)
        if node is None or not imports:
            return
        wanted = {each.name or each.module.partition(".")[0] for each in imports}
        around = [node, *self.tree.around(node, cst.FunctionDef, cst.Decorator)]
        for inner, outer in pairwise(around):
            if not isinstance(outer, cst.FunctionDef) or isinstance(inner, cst.Decorator):
                continue
            own = {parameter.name.value for parameter in all_parameters(outer)} | self._locals.get(id(outer), set())
            if taken := wanted & own:
                raise CannotEdit(f"the name {min(taken)} means something else in this function")

    def _imports_whole(self, module: str) -> bool:
        imports = (node for node in self.tree.nodes if isinstance(node, cst.Import))
        return any(dotted_name(alias.name) == module and not alias.asname for node in imports for alias in node.names)


def origin_of(modules: Modules, path: str, wanted: ImportOf) -> str:
    """The identity of what an ImportOf brings."""
    if wanted.name is None:
        return f"{wanted.module.partition('.')[0]}:"
    return f"{modules.stem(path, wanted.module) or wanted.module}:{wanted.name}"


def _bound(tree: Tree, modules: Modules, node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    match node:
        case cst.FunctionDef() | cst.ClassDef():
            yield node.name.value, HERE
        case cst.Import():
            for alias in node.names:
                dotted = dotted_name(alias.name) or ""
                head = dotted.partition(".")[0]
                yield (_as_name(alias) or head), f"{dotted if alias.asname else head}:"
        case cst.ImportFrom(names=names) if not isinstance(names, cst.ImportStar):
            module = modules.imported(tree.path, node)
            for alias in names:
                name = dotted_name(alias.name) or ""
                yield (_as_name(alias) or name), f"{module}:{name}"
        case _:
            yield from ((name, HERE) for name in _assigned(node))


def _for_types_only(tree: Tree, node: cst.CSTNode) -> bool:
    """Whether a node is in `if TYPE_CHECKING:`, where names are bound for type checkers alone."""
    tests = (around.test for around in tree.around(node, cst.If) if isinstance(around, cst.If))
    return any((dotted_name(test) or "").endswith("TYPE_CHECKING") for test in tests)


def _as_name(alias: cst.ImportAlias) -> str | None:
    if alias.asname is None or not isinstance(alias.asname.name, cst.Name):
        return None
    return alias.asname.name.value


def _assigned(node: cst.CSTNode) -> Iterator[str]:
    """The names that a statement of another kind binds."""
    match node:
        case cst.AssignTarget(target=target) | cst.AnnAssign(target=target) | cst.For(target=target):
            yield from _target_names(target)
        case cst.NamedExpr(target=target) | cst.AsName(name=target):
            yield from _target_names(target)


def _target_names(target: cst.CSTNode) -> Iterator[str]:
    match target:
        case cst.Name(value=name):
            yield name
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from _target_names(element.value)
