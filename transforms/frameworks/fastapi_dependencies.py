"""What FastAPI runs before a handler: sub-dependencies, aliases of them, security schemes, middleware."""

import re

import libcst as cst

from transforms.concepts import Alias, ErrorHandler, Guarded, GuardUse, How, Place, Scheme, Signal
from transforms.frameworks.fastapi_guards import annotation_guard, depends, is_depends, listed
from transforms.frameworks.python_guards import Draft, drafts_at
from transforms.frameworks.python_references import annotated_type, reference
from transforms.frameworks.starlette_guards import of_middleware
from transforms.walk import Handlers, Walk, all_parameters, argument, dotted_name, string_value

NAME = "fastapi-dependencies"
TOKENS = (b"fastapi", b"starlette", b"Depends(", b"add_middleware(", b".middleware(")

# What reads a credential from the request and, unless `auto_error=False`, answers 401 or 403 without one.
SCHEMES = frozenset({
    "OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer", "OAuth2", "HTTPBearer", "HTTPBasic", "HTTPDigest",
    "APIKeyHeader", "APIKeyCookie", "APIKeyQuery", "OpenIdConnect", "HTTPBase",
})  # fmt: skip
_REQUEST_VALUES = frozenset({"Header", "Cookie", "Query"})
_CREDENTIAL_NAME = re.compile(r"auth|token|api_?key|secret|session|signature|cookie|jwt|x_.*key", re.IGNORECASE)
_ONLY_CREDENTIAL_IN_QUERY = re.compile(r"^(?:access_)?token$|api_?key|secret|signature", re.IGNORECASE)


def is_scheme(reference_: str) -> bool:
    """Whether a reference is one of FastAPI's security scheme classes."""
    return reference_.startswith("fastapi.security.") and reference_.rpartition(".")[2].rstrip("()") in SCHEMES


def refuses_by_itself(call: cst.Call) -> bool | None:
    """Whether a scheme answers 401 or 403 when the credential is missing; None when that is computed."""
    value = argument(call, "auto_error")
    if value is None:
        return True
    if isinstance(value, cst.Name) and value.value in ("True", "False"):
        return value.value == "True"
    return None


def header_read(call: cst.Call) -> str:
    """The header that a scheme reads, in lower case; "" for none, and where it is computed."""
    scheme = dotted_name(call.func) or ""
    if scheme.endswith("APIKeyHeader"):
        name = argument(call, "name", 0)
        return (string_value(name) or "").lower() if name is not None else ""
    return "" if scheme.endswith(("APIKeyCookie", "APIKeyQuery")) else "authorization"


def read(walk: Walk) -> Handlers:
    """Leave Guarded, Alias and Scheme facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.Param: reader.parameter,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.TypeAlias: reader.type_alias,
        cst.Call: reader.call,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def function(self, node: cst.FunctionDef) -> None:
        """Its parameters' dependencies; the app that it is a middleware of; the errors that it answers."""
        owner = f"{self.walk.symbol}.{node.name.value}"
        for parameter in all_parameters(node):
            if (draft := self._of_parameter(parameter)) is not None:
                self._guarded(owner, draft)
        for decorator in node.decorators:
            match decorator.decorator:
                case cst.Call(func=cst.Attribute(value=app, attr=cst.Name(value="middleware"))):
                    if target := reference(self.walk, app):
                        self._guarded(target, Draft(decorator.decorator, owner, How.MIDDLEWARE, code=node.name.value))
                case cst.Call(func=cst.Attribute(attr=cst.Name(value="exception_handler")), args=[error, *_]):
                    self._answered(error.value, owner)

    def parameter(self, node: cst.Param) -> None:
        """`authorization: str = Header(...)` reads a credential."""
        call = node.default
        if node.annotation is not None and isinstance(node.annotation.annotation, cst.Subscript):
            values = [e.slice.value for e in node.annotation.annotation.slice if isinstance(e.slice, cst.Index)]
            call = next((value for value in values if isinstance(value, cst.Call)), call)
        if not isinstance(call, cst.Call):
            return
        kind = (dotted_name(call.func) or "").rpartition(".")[2]
        if kind not in _REQUEST_VALUES:
            return
        alias = argument(call, "alias")
        name = (string_value(alias) if alias is not None else None) or node.name.value
        words = _ONLY_CREDENTIAL_IN_QUERY if kind == "Query" else _CREDENTIAL_NAME
        if words.search(name):
            self.walk.signal(Signal.READS_CREDENTIAL)

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                self._bound(f"{self.walk.symbol}.{target.target.value}", node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        """`scheme: HTTPBearer = HTTPBearer()`; in a class-based view, `user: User = Depends(get_user)`."""
        if not isinstance(node.target, cst.Name):
            return
        name = node.target.value
        if node.value is not None and not is_depends(self.walk, node.value):
            self._bound(f"{self.walk.symbol}.{name}", node.value)
            return
        annotation = node.annotation.annotation
        draft = annotation_guard(self.walk, annotation, How.PARAMETER, name) or depends(
            self.walk, node.value, How.PARAMETER, name, annotated_type(self.walk, annotation)
        )
        if draft is not None and isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            self._guarded(self.walk.symbol, draft)

    def type_alias(self, node: cst.TypeAlias) -> None:
        """`type CurrentUser = Annotated[User, Depends(get_user)]`."""
        self._bound(f"{self.walk.symbol}.{node.name.value}", node.value)

    def call(self, node: cst.Call) -> None:
        """`app.add_middleware(X)`, `app.add_exception_handler(Error, handler)`."""
        match node.func:
            case cst.Attribute(attr=cst.Name(value="add_exception_handler")) if len(node.args) > 1:
                if handler := reference(self.walk, node.args[1].value):
                    self._answered(node.args[0].value, handler)
            case cst.Attribute(value=app, attr=cst.Name(value="add_middleware")):
                middleware = argument(node, "dispatch") or argument(node, "middleware_class", 0)
                owner = reference(self.walk, app)
                target = reference(self.walk, middleware) if middleware is not None else None
                if owner and target:
                    self._guarded(owner, of_middleware(self.walk, node, target))

    def _answered(self, error: cst.BaseExpression, handler: str) -> None:
        if exception := reference(self.walk, error):
            self.walk.emit(lambda: ErrorHandler(exception, handler))

    def _bound(self, symbol: str, value: cst.BaseExpression) -> None:
        """A name that stands for a guard, a list of guards, or a scheme."""
        if isinstance(value, cst.Call) and is_scheme(found := self.walk.resolve(value.func) or ""):
            refuses, header = refuses_by_itself(value), header_read(value)
            self.walk.emit(lambda place: Scheme(symbol, found, refuses, place, header), value)
            return
        draft = annotation_guard(self.walk, value, How.PARAMETER) or depends(self.walk, value, How.PARAMETER)
        drafts = [draft] if draft is not None else []
        if isinstance(value, cst.List | cst.Tuple) and any(is_depends(self.walk, e.value) for e in value.elements):
            drafts = list(listed(self.walk, value, How.ROUTER))
        for each in drafts:
            self._alias(symbol, each, _first_argument(value))

    def _alias(self, symbol: str, draft: Draft, annotated: cst.BaseExpression | None) -> None:
        type_ = annotated_type(self.walk, annotated) if annotated is not None else None
        self.walk.emit(lambda place: Alias(symbol, draft.at(place), type_), draft.node)

    def _of_parameter(self, node: cst.Param) -> Draft | None:
        name = node.name.value
        annotation = node.annotation.annotation if node.annotation is not None else None
        type_ = annotated_type(self.walk, annotation) if annotation is not None else None
        found = depends(self.walk, node.default, How.PARAMETER, name, type_)
        if found is None and annotation is not None:
            found = annotation_guard(self.walk, annotation, How.PARAMETER, name)
        if found is None and isinstance(node.default, cst.Name | cst.Attribute):
            # `user=RequireUser`, where `RequireUser = Depends(get_user)` may stand in another file
            target = reference(self.walk, node.default)
            if target is not None and target != "None":
                found = Draft(node.default, target, How.PARAMETER, (), name, self.walk.code(node.default, 200))
        return found

    def _guarded(self, owner: str, draft: Draft) -> None:
        def build(place: Place) -> Guarded:
            guard: GuardUse = drafts_at([draft], [place])[0]
            return Guarded(owner, guard)

        self.walk.emit(build, draft.node)


def _first_argument(value: cst.BaseExpression) -> cst.BaseExpression | None:
    """`User` of `Annotated[User, ...]`."""
    match value:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=first)), *_]):
            return first
    return None
