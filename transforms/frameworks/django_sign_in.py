"""How a Django login gets a sign-in at an identity provider beside it: URLs of the inserted module, below the login's.

Where the framework's own `LoginView` signs people in, the module's callback does the same by `login()`. A view of the
app's own may do more before and after: then a copy of it, which finds the account by the address, is the callback.
"""

from typing import TYPE_CHECKING

from transforms.concepts import PasswordCheck, Route, Router
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
_HEAD = '''@answering
def {name}_at_provider(request):
    """What `{name}` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email(request)'''


def sign_in_at_provider(app: "App", route: Route, check: "PasswordCheck | None", module: str) -> tuple[Edit, ...] | str:
    """The edits that add the callback and its URLs, or why there is no place for them."""
    urls = app.routers.get(route.router)
    if urls is None or urls.is_app or route.own_path is None or "{" in route.own_path:
        return f"the list of URLs that {route.name} is in could not be read"
    if any((each.own_path or "/").startswith("/{") for each in app.routes if each.router == urls.symbol):
        return f"a URL of {urls.file} leads all requests to one view, whatever stands below it"
    folder = route.own_path.strip("/").rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    included = f'path("{prefix}", include("{module}"))'
    if check is None:
        return (_added(urls, [included], []),)
    copied, name = _copied(app, check, module), f"{check.function.rpartition('.')[2]}_at_provider"
    if isinstance(copied, str):
        return copied
    imports = [ImportOf(app.files[copied.path].module, name)] if copied.path != urls.file else []
    return copied, _added(urls, [f'path("{prefix}sign-in/callback", {name})', included], imports)


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


def _copied(app: "App", check: PasswordCheck, module: str) -> CopyFunction | str:
    """The view that goes on as the login does."""
    name, path = check.function.rpartition(".")[2], app.file_of(check.function)
    taken = {*dict(app.files[path].imports), *(each.rpartition(".")[2] for each in defined_in(app, path))}
    if taken & {*_NEEDED, f"{name}_at_provider"}:
        return "its module has other things of the names that are needed"
    if [parameter for parameter, _ in check.parameters] != ["request"] or check.is_async or check.through is None:
        return f"{name} is no plain view of a request"
    if others := [each for each in check.decorators if each.partition("(")[0].rpartition(".")[2] not in _OF_FORMS]:
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
    head = _HEAD.format(name=name)
    return CopyFunction(path, check.place, head, tuple(changes), hoisted, "", imports)
