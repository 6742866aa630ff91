"""How a Django login gets a sign-in at an identity provider beside it: URLs of the inserted module, below the login's.

Where the framework's own `LoginView` signs people in, the module's callback does the same by `login()`, and goes where
a class below it says. A view of the app's own may do more before and after: then a copy of it, which finds the account
by the address, is the callback; of a class, a class below it whose `get` is a copy of its `post`.
"""

import re
from typing import TYPE_CHECKING

from transforms.concepts import Class, PasswordCheck, Route, Router
from transforms.edit_kinds import CopyFunction, Edit, ImportOf, InsertStatements, Position
from transforms.reuse import defined_in

if TYPE_CHECKING:
    from transforms.app import App

_NEEDED = ("account_with", "answering", "verified_email")
# What stands before a login and is about its form alone.
_OF_FORMS = frozenset({
    "csrf_exempt", "csrf_protect", "ensure_csrf_cookie", "never_cache", "require_POST", "require_http_methods",
    "sensitive_post_parameters", "login_not_required",
})  # fmt: skip
_GOES_ON = re.compile(r"get_\w*url|next_page|success_url")  # what of a class says where people go on
_OF_API = ("api_view", "permission_classes", "authentication_classes", "throttle_classes", "parser_classes")
_BEFORE_API = '@api_view(["GET"])\n@permission_classes([AllowAny])\n'
_METHOD_HEAD = '''def {name}_at_provider(self, request):
    """What `{name}` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email(request)'''
_CLASS = '''

class {name}AtProvider({name}):
    """`{name}`, for somebody who comes back from the identity provider."""

    http_method_names = ("get",)

    def get(self, request):
        return answering(self.{method}_at_provider)(request)
'''
_LOGIN_VIEW = '''

@answering
def {view}(request):
    """What `{name}` does, for somebody who signed in at the provider: it has verified the address."""
    login(request, account_with(verified_email(request)))
    view = {name}()
    view.setup(request)
    return redirect(view.get_success_url())
'''
_HEAD = '''@answering
def {name}_at_provider(request):
    """What `{name}` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email(request)'''


def sign_in_at_provider(app: "App", route: Route, check: "PasswordCheck | None", module: str) -> tuple[Edit, ...] | str:
    """The edits that add the callback and its URLs, or why there is no place for them."""
    urls = app.routers.get(route.router)
    if urls is None or urls.is_app or urls.framework != "django" or route.own_path is None or "{" in route.own_path:
        return f"the list of URLs that {route.name} is in could not be read"
    if any((each.own_path or "/").startswith("/{") for each in app.routes if each.router == urls.symbol):
        return f"a URL of {urls.file} leads all requests to one view, whatever stands below it"
    folder = route.own_path.strip("/").rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    included = f'path("{prefix}", include("{module}"))'
    if check is None:
        if not any(each.startswith("django.contrib.auth.") for each in _line(app, route)):
            return f"a library's view answers {route.name} with a token"
        return _of_library(app, route, urls, prefix, included, module)
    if (owner := app.classes.get(check.function.rpartition(".")[0])) is not None:
        return _of_class(app, check, owner, urls, prefix, included, module)
    copied, name = _copied(app, check, module), f"{check.function.rpartition('.')[2]}_at_provider"
    if isinstance(copied, str):
        return copied
    return copied, _called_back(app, urls, prefix, included, name, copied.path)


def _called_back(app: "App", urls: Router, prefix: str, included: str, view: str, path: str) -> InsertStatements:
    """The URLs, with a view of the file at `path` as the callback."""
    name = view.partition(".")[0]
    imports = [ImportOf(app.files[path].module, name)] if path != urls.file else []
    return _added(urls, [f'path("{prefix}sign-in/callback", {view})', included], imports)


def _line(app: "App", route: Route) -> list[str]:
    """What the view of a route is, and inherits from."""
    return [each for symbol in (route.handler, route.handler.rpartition(".")[0]) for each in app.ancestors(symbol)]


def _of_library(app: "App", route: Route, urls: Router, prefix: str, included: str, module: str) -> tuple[Edit, ...]:
    """The framework's own login; a class below it may say where people go afterwards."""
    own = app.classes.get(route.handler) or app.classes.get(route.handler.rpartition(".")[0])
    goes_on = own is not None and any(map(_GOES_ON.fullmatch, (*own.methods, *own.members)))
    if own is None or not goes_on:
        return (_added(urls, [included], []),)
    name = own.symbol.rpartition(".")[2]
    view = f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower()}_at_provider"
    imports = (
        *(ImportOf(module, each) for each in _NEEDED),
        ImportOf("django.contrib.auth", "login"),
        ImportOf("django.shortcuts", "redirect"),
    )
    code = _LOGIN_VIEW.format(view=view, name=name)
    made = InsertStatements(own.file, own.place, Position.AFTER, code, imports)
    return made, _called_back(app, urls, prefix, included, view, own.file)


def _of_class(
    app: "App", check: PasswordCheck, owner: Class, urls: Router, prefix: str, included: str, module: str
) -> tuple[Edit, ...] | str:
    """A class below the login's, whose `get` goes on as the login's method does."""
    name, method = owner.symbol.rpartition(".")[2], check.function.rpartition(".")[2]
    copied = _copied(app, check, module, of_class=True)
    if isinstance(copied, str):
        return copied
    if f"{method}_at_provider" in owner.methods or f"{owner.symbol}AtProvider" in defined_in(app, owner.file):
        return "its module has other things of the names that are needed"
    code = _CLASS.format(name=name, method=method)
    made = InsertStatements(owner.file, owner.place, Position.AFTER, code)
    view = f"{name}AtProvider"
    return copied, made, _called_back(app, urls, prefix, included, f"{view}.as_view()", owner.file)


def _added(urls: Router, entries: list[str], imports: list[ImportOf]) -> InsertStatements:
    listed = entries[0] if len(entries) == 1 else "\n    " + ",\n    ".join(entries) + ",\n"
    needed = (ImportOf("django.urls", "include"), ImportOf("django.urls", "path"), *imports)
    name = urls.symbol.rpartition(".")[2]
    return InsertStatements(urls.file, urls.place, Position.AFTER, f"\n{name} += [{listed}]", needed)


def _address(check: PasswordCheck) -> str:
    """What the login hands over for a name: by then it is the address, whatever it was put into before."""
    keyword = f"{check.found_by[0].removesuffix('()').partition('#')[2]}="
    handed = next((each.removeprefix(keyword) for each in check.call if each.startswith(keyword)), "email")
    return handed.replace(check.identity, "email")


def _copied(app: "App", check: PasswordCheck, module: str, *, of_class: bool = False) -> CopyFunction | str:
    """The view that goes on as the login does."""
    name, path = check.function.rpartition(".")[2], app.file_of(check.function)
    taken = {*dict(app.files[path].imports), *(each.rpartition(".")[2] for each in defined_in(app, path))}
    if taken & {*_NEEDED, f"{name}_at_provider"}:
        return "its module has other things of the names that are needed"
    wanted = ["self", "request"] if of_class else ["request"]
    if [parameter for parameter, _ in check.parameters] != wanted or check.is_async or check.through is None:
        return f"{name} is no plain view of a request"
    decorators = {each.partition("(")[0].rpartition(".")[2]: each for each in check.decorators}
    is_api = "api_view" in decorators
    allowed = _OF_FORMS | (set(_OF_API) if is_api else set())
    if others := [each for called, each in decorators.items() if called not in allowed]:
        return f"`@{others[0]}` stands before {name}"
    changes = [
        *((place, "") for place in check.left_out),
        *check.instead,
        (check.through, f"account_with({_address(check)})"),
    ]
    changes += [(place, "email") for place in check.identities]
    changes += [(place, "") for place, _ in check.refusals]  # account_with() refuses by itself
    hoisted = tuple((place, "") for place, _ in check.hoisted)
    imports = tuple(ImportOf(module, each) for each in _NEEDED)
    head = (_METHOD_HEAD if of_class else _HEAD).format(name=name)
    if is_api:
        head = _BEFORE_API + head
        imports += (
            ImportOf("rest_framework.decorators", "api_view"),
            ImportOf("rest_framework.decorators", "permission_classes"),
            ImportOf("rest_framework.permissions", "AllowAny"),
        )
    return CopyFunction(path, check.place, head, tuple(changes), hoisted, "", imports)
