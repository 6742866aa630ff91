"""Django: settings, URL lists, function and class views, and what stands in front of them."""

import libcst as cst

from transforms.concepts import Guarded, GuardUse, Handles, Include, Place, Predicate, Route, Router, Says, Signal
from transforms.frameworks import django_settings
from transforms.frameworks.django_edits import guard_route, guarded_together
from transforms.frameworks.django_guards import Draft, class_drafts, drafts_at, function_drafts
from transforms.frameworks.django_methods import VERBS, in_order, listed, of_function, told_by_method
from transforms.frameworks.django_models import user_model
from transforms.frameworks.django_nobody import tell_nobody_apart
from transforms.frameworks.django_predicates import is_predicate, predicate, turned_away
from transforms.frameworks.django_reuse import entry_point, has_own_guard, known_to, own_guard, reuse_steps
from transforms.frameworks.django_roles import own_role_guard, require_role, role_guard_like_own
from transforms.frameworks.django_serving import serve
from transforms.frameworks.django_sign_in import sign_in_at_provider
from transforms.frameworks.django_signals import senders_of
from transforms.frameworks.django_urls import Entry, entries, is_list_of_entries
from transforms.frameworks.django_workloads import replace_guards, setting_held
from transforms.frameworks.python_announced import takes_requests
from transforms.frameworks.python_guards import SAYS_PUBLIC, said_about
from transforms.walk import Handlers, Walk

__all__ = [
    "NAME", "PACKAGES", "TOKENS", "entry_point", "guard_route", "guarded_together", "has_own_guard", "known_to",
    "matters", "own_guard", "own_role_guard", "read", "replace_guards", "require_role",
    "reuse_steps", "role_guard_like_own", "serve", "setting_held",
    "sign_in_at_provider",
]  # fmt: skip

NAME = "django"
TOKENS = (
    b"django", b"rest_framework", b"urlpatterns", b"MIDDLEWARE", b"ROOT_URLCONF", b"has_permission", b"REST_FRAMEWORK",
)  # fmt: skip
PACKAGES = frozenset({"django", "rest_framework"})


def matters(content: bytes) -> bool:
    """Whether a file is for this reader: views and what guards them need not import anything of Django."""
    return any(token in content for token in TOKENS) or takes_requests(content)


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Route, Guarded, Handles, Predicate and Entity facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.ClassDef: reader.class_,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.AugAssign: reader.added,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def function(self, node: cst.FunctionDef) -> None:
        """Decorators and methods of whatever may be a view; what a predicate answers."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        senders_of(self.walk, node)
        for draft in function_drafts(self.walk, node):
            self._guarded(symbol, draft)
        if _takes_request(node):
            if SAYS_PUBLIC.search(said_about(node)) is not None:
                self.walk.signal_of(symbol, Signal.CALLED_PUBLIC)
            handled = Handles(symbol, of_function(self.walk, node))
            self.walk.emit(lambda: handled)
            if not is_predicate(node):
                told_by_method(self.walk, node, symbol, handled.methods)
                self._turns_away(symbol, node, handled.methods)
                tell_nobody_apart(self.walk, node, symbol)
        if is_predicate(node):
            found = predicate(self.walk, symbol, node)
            self.walk.emit(lambda: found)

    def _turns_away(self, symbol: str, node: cst.FunctionDef, methods: tuple[str, ...]) -> None:
        """What a view that asks for the caller itself says to strangers, if that is no."""
        if node.name.value.upper() in VERBS:
            methods = (node.name.value.upper(),)
        if away := turned_away(self.walk, node, methods):
            found = Predicate(symbol, tuple((method, "*", Says.NO.value) for method in away))
            self.walk.emit(lambda: found)

    def class_(self, node: cst.ClassDef) -> None:
        user_model(self.walk, node)
        symbol = f"{self.walk.symbol}.{node.name.value}"
        for method, draft in class_drafts(self.walk, node):
            self._guarded(symbol if method == "dispatch" else f"{symbol}.{method}", draft)

    def assigned(self, node: cst.Assign) -> None:
        target = node.targets[0].target
        match target:
            case cst.Name(value=name):
                self._named(name, node.value)
            case cst.Subscript(value=cst.Name(value="REST_FRAMEWORK"), slice=[only]):
                if isinstance(only.slice, cst.Index) and django_settings.DEFAULTS in self.walk.code(only.slice):
                    django_settings.default(self.walk, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if isinstance(node.target, cst.Name) and node.value is not None:
            self._named(node.target.value, node.value)

    def added(self, node: cst.AugAssign) -> None:
        """`urlpatterns += [...]`, `MIDDLEWARE += [...]`."""
        if not isinstance(node.target, cst.Name) or self.walk.function is not None:
            return
        name = node.target.value
        if name == "urlpatterns" or is_list_of_entries(node.value):
            self._entries(f"{self.walk.module}.{name}", node.value)
        elif name.isupper():
            django_settings.assigned(self.walk, name, node.value, NAME)

    def _named(self, name: str, value: cst.BaseExpression) -> None:
        if self.walk.function is not None:
            return
        if self.walk.symbol != self.walk.module:
            if name == "http_method_names":
                handled = Handles(self.walk.symbol, in_order(listed(value)))
                self.walk.emit(lambda: handled)
        elif name == "urlpatterns" or is_list_of_entries(value):
            self._list(name, value)
        elif name.isupper():
            django_settings.assigned(self.walk, name, value, NAME)

    def _list(self, name: str, value: cst.BaseExpression) -> None:
        symbol, path = f"{self.walk.module}.{name}", self.walk.path
        self.walk.emit(lambda place: Router(symbol, NAME, False, place, "", (), path, False), value)
        self._entries(symbol, value)

    def _entries(self, symbol: str, value: cst.BaseExpression) -> None:
        for entry in entries(self.walk, value):
            if entry.includes:
                self._include(symbol, entry)
            else:
                self._route(symbol, entry)

    def _include(self, symbol: str, entry: Entry) -> None:
        path = self.walk.path
        for child in entry.includes:

            def build(place: Place, *places: Place, child: str = child) -> Include:
                return Include(symbol, child, place, entry.path, drafts_at(entry.guards, places), False, path)

            self.walk.emit(build, entry.call, *(draft.node for draft in entry.guards))

    def _route(self, symbol: str, entry: Entry) -> None:
        path = self.walk.path

        def build(place: Place, *places: Place) -> Route:
            guards: tuple[GuardUse, ...] = drafts_at(entry.guards, places)
            return Route(
                NAME, entry.methods, entry.path, entry.handler, symbol, place, place, guards, path, takes_guards=False
            )

        self.walk.emit(build, entry.call, *(draft.node for draft in entry.guards))

    def _guarded(self, owner: str, draft: Draft) -> None:
        self.walk.emit(lambda place: Guarded(owner, draft.at(place)), draft.node)


def _takes_request(node: cst.FunctionDef) -> bool:
    names = [each.name.value for each in node.params.params[:2]]
    return "request" in names
