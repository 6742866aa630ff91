"""Where a file reads names that are written like settings: what has to follow when a secret moves out of the code."""

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import NameUse
from transforms.frameworks.secret_values import called, text_of
from transforms.walk import Walk, descendants, dotted_name, is_for_programs

TAKEN = "(all settings)"  # the reference of a use that reads every name of a module without naming it
DJANGO = "(django settings) "  # the reference of a use begins so that names the module with Django's settings
FLASK = "(flask settings) "  # the same for a class or module that an app's `config` takes
_TAKERS = (b"from_object", b"from_pyfile", b"DJANGO_SETTINGS_MODULE")


def takes_settings(content: bytes) -> bool:
    """Whether a file may hand a whole module of settings to its framework."""
    return any(taker in content for taker in _TAKERS)


class Taken:
    """The handler that tells of modules which are taken as a whole."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def call(self, node: cst.Call) -> None:
        """`app.config.from_object(config)`, `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")`."""
        texts = [text for arg in node.args if (text := text_of(arg.value)) is not None]
        if called(node) in ("from_object", "from_pyfile") or "DJANGO_SETTINGS_MODULE" in texts:
            path = self.walk.path
            self.walk.emit(lambda place: NameUse(TAKEN, place, deferred=False, file=path), node)
        if called(node) == "from_object" and len(node.args) == 1:
            reference = FLASK + (text_of(node.args[0].value) or self.walk.resolve(node.args[0].value) or "?")
            self.walk.emit(lambda place: NameUse(reference, place, deferred=False, file=path), node)
        if texts[:1] == ["DJANGO_SETTINGS_MODULE"] and len(texts) == 2:
            module = DJANGO + texts[1]
            self.walk.emit(lambda place: NameUse(module, place, deferred=False, file=path), node)


class Uses:
    """The handlers that leave NameUse facts for the given names."""

    def __init__(self, walk: Walk, names: set[str]) -> None:
        self.walk, self.names = walk, names
        self.not_read: set[int] = set()  # names that are bound, or say which argument
        self.eager: set[int] = set()  # read when the module is imported although they stand inside a function
        self.deferred: set[int] = set()  # the other way round: below `if __name__ == "__main__"`

    def name(self, node: cst.Name) -> None:
        """A plain name, if it is read."""
        if node.value in self.names and id(node) not in self.not_read:
            self._leave(node, self.walk.resolve(node))

    def attribute(self, node: cst.Attribute) -> None:
        """`config.NAME` of an imported module."""
        self.not_read.add(id(node.attr))
        if node.attr.value in self.names and id(node) not in self.not_read:
            dotted = dotted_name(node)
            if dotted is not None and dotted.partition(".")[0] in self.walk.imports:
                self._leave(node, self.walk.resolve(dotted))

    def argument(self, node: cst.Arg) -> None:
        """The keyword of an argument is no use."""
        if node.keyword is not None:
            self.not_read.add(id(node.keyword))

    def target(self, node: cst.AssignTarget | cst.AnnAssign) -> None:
        """What is assigned to is no use."""
        self.not_read.add(id(node.target))

    def bound(self, node: cst.Param | cst.ImportAlias) -> None:
        """Parameters and imports bind names."""
        self.not_read.add(id(node.name))
        if isinstance(node, cst.ImportAlias) and node.asname is not None:
            self.not_read.add(id(node.asname.name))

    def function(self, node: cst.FunctionDef) -> None:
        """Decorators, annotations and defaults are evaluated when the function is defined."""
        for part in (*node.decorators, node.params, node.returns):
            if part is not None:
                self._mark(part, self.eager)

    def condition(self, node: cst.If) -> None:
        """The body of `if __name__ == "__main__":` does not run on import."""
        if is_for_programs(node):
            self._mark(node.body, self.deferred)

    def _mark(self, node: cst.CSTNode, into: set[int]) -> None:
        into.update(id(each) for each in descendants(node, cst.Name, cst.Attribute))

    def _leave(self, node: cst.Name | cst.Attribute, reference: str | None) -> None:
        if reference is None:
            return
        inside = self.walk.function is not None and id(node) not in self.eager
        deferred, path = inside or id(node) in self.deferred, self.walk.path

        def build(place: Place) -> NameUse:
            return NameUse(reference, place, deferred, path)

        self.walk.emit(build, node)
