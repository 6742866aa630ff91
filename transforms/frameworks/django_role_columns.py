"""A check of administrators for a Django site that has none: written after the column of its own class of users.

It goes where Django projects keep such things, beside that class: a permission class in `permissions.py`, a decorator
in `decorators.py`, a mixin in `mixins.py`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Place, Route
from transforms.concepts_data import Column, Entity
from transforms.edit_kinds import AddFile, Edit, ImportOf, InsertStatements, Position
from transforms.frameworks.django_models import USERS, is_profile, reached_by
from transforms.frameworks.django_reuse import USER, Form, form_of
from transforms.reuse import RoleGuard, defined_in, in_one_program, inside_module

if TYPE_CHECKING:
    from transforms.app import App

_FLAG = re.compile(r"is_(?:(?:site_|system_)?admin(?:istrator)?|super_?admin)")
_LESSER = re.compile(r"is_manager")  # where nothing says administrator
_ROLE = re.compile(r"(?:user_?)?(?:role|type)|account_type")
_ADMINISTRATORS = frozenset({"admin", "administrator", "superadmin", "super_admin", "superuser"})
_NAMES = ("name", "slug", "code", "title", "key")  # what a role is called in a table of roles
_USER_MODELS = frozenset({
    "django.contrib.auth.models.User", "django.conf.settings.AUTH_USER_MODEL", "django.contrib.auth.get_user_model()",
    "auth.User",
})  # fmt: skip
_MEMBERS = ("ADMIN", "ADMINISTRATOR", "SUPERADMIN", "SUPER_ADMIN")


@dataclass(frozen=True, slots=True)
class Question:
    """What is true for an administrator, with a gap for who is calling."""

    code: str
    passes: str  # what somebody must have to pass, as a keyword argument
    imports: tuple[ImportOf, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How a check is written for one form of view."""

    file: str
    about: str
    name: str
    imports: tuple[ImportOf, ...]
    code: str


SHAPES = {
    Form.API: Shape(
        "permissions",
        "Who may do what.",
        "IsAdministrator",
        (ImportOf("rest_framework.permissions", "BasePermission"),),
        '''class {name}(BasePermission):
    """Only administrators."""

    def has_permission(self, request, view):
        return {test}
''',
    ),
    Form.FUNCTION: Shape(
        "decorators",
        "What stands in front of views.",
        "administrators_only",
        (ImportOf("functools", "wraps"), ImportOf("django.core.exceptions", "PermissionDenied")),
        '''def {name}(view):
    """Let only administrators reach a view."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not ({test}):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
''',
    ),
    Form.CLASS: Shape(
        "mixins",
        "What stands in front of class-based views.",
        "AdministratorsOnlyMixin",
        (ImportOf("django.contrib.auth.mixins", "UserPassesTestMixin"),),
        '''class {name}(UserPassesTestMixin):
    """Only administrators."""

    def test_func(self):
        return {test}
''',
    ),
}


def guard_by_column(app: "App", route: Route) -> RoleGuard | None:
    """A check of the column that says who administrates, written beside the class of users."""
    shape = SHAPES.get(form_of(app, route))
    for entity in _of_site(app, route):
        question = _question(app, entity) if _is_user(entity) else _question_of_profile(app, entity)
        makes = _written(app, entity, shape, question) if shape is not None and question is not None else None
        if makes is not None and question is not None:
            symbol, edit = makes
            names = ((symbol.rpartition(".")[2], symbol),)
            return RoleGuard(names[0][0], names, own=True, makes=(edit,), signs_in=USER, passes=question.passes)
    return None


def has_column(app: "App", route: Route) -> bool:
    """Whether the site's users have a column of their own that says who administrates."""
    found = list(_of_site(app, route))
    users = any(_question(app, each) is not None for each in found if _is_user(each))
    return users or any(_question_of_profile(app, each) is not None for each in found if not _is_user(each))


def _is_user(entity: Entity) -> bool:
    return not USERS.isdisjoint(entity.bases)


def _of_site(app: "App", route: Route) -> Iterator[Entity]:
    """Classes of users first, then what says more of them."""
    mine = [each for each in app.entities if each.framework == "django" and in_one_program(app, each.symbol, route)]
    yield from sorted(mine, key=lambda each: not _is_user(each))


def _question_of_profile(app: "App", entity: Entity) -> Question | None:
    """The same of what says more of each person: `request.user.profile.role == "admin"`; who has none is nobody."""
    owner = next((each for each in entity.columns if is_profile(each) and _is_of_users(app, entity, each)), None)
    found = _question(app, entity) if owner is not None else None
    if owner is None or found is None:
        return None
    name = reached_by(owner)
    asked = found.code.replace("{user}", f"{{user}}.{name}")
    passes = f"{name}=Caller({found.passes})" if not found.imports else ""
    return Question(f'hasattr({{user}}, "{name}") and {asked}', passes, found.imports)


def _is_of_users(app: "App", entity: Entity, column: Column) -> bool:
    """Whether a column refers to the class of the site's users."""
    other = column.foreign_key or ""
    if other in _USER_MODELS:
        return True
    symbols = {each.symbol for each in app.entities if _is_user(each)}
    resolved = app.resolve(other, entity.file)
    return resolved in symbols or any(
        each.rpartition(".")[2] == other.rpartition(".")[2] and len(other.split(".")) <= 2 for each in symbols
    )


def _question(app: "App", entity: Entity) -> Question | None:
    """By a flag, by a role, else by the flag of a manager where that is the highest that there is."""
    for wanted in (_FLAG, _ROLE, _LESSER):
        for column in entity.columns:
            found = _of_column(app, entity, column) if wanted.fullmatch(column.name) else None
            if found is not None:
                return found
    return None


def _of_column(app: "App", entity: Entity, column: Column) -> Question | None:
    type_ = column.type or ""
    if type_.startswith("ForeignKey"):
        return _of_table(app, column)
    if type_ == "bool":
        return Question(f"{{user}}.{column.name}", f"{column.name}=True")
    values = [each for each in _literals(type_) if each.lower() in _ADMINISTRATORS]
    if not values and type_ == "str":
        values = _compared(app, f".{column.name}")
    if values:
        quoted = ", ".join(f'"{each}"' for each in values)
        asked = f"== {quoted}" if len(values) == 1 else f"in ({quoted})"
        return Question(f"{{user}}.{column.name} {asked}", f'{column.name}="{values[0]}"')
    return _of_enum(app, entity, column, type_)


def _of_table(app: "App", column: Column) -> Question | None:
    """By a role that has a table of its own: `role.name == "admin"`, where the code says that there is such a one."""
    other = (column.foreign_key or "").rpartition(".")[2]
    roles = [each for each in app.entities if each.framework == "django" and each.symbol.rpartition(".")[2] == other]
    said = {each.name: each.type or "" for entity in roles for each in entity.columns}
    for name in _NAMES:
        values = [each for each in _literals(said.get(name, "")) if each.lower() in _ADMINISTRATORS]
        values = values or _compared(app, f".{column.name}.{name}")
        if values:
            there = f"{{user}}.{column.name} is not None and " if "None" in (column.type or "") else ""
            asked = f'{there}{{user}}.{column.name}.{name} == "{values[0]}"'
            return Question(asked, f'{column.name}=Caller({name}="{values[0]}")')
    return None


def _compared(app: "App", column: str) -> list[str]:
    """The administrators' roles with which the app's own code compares a column."""
    found = {
        role
        for conditions in app.conditions.values()
        for each in conditions
        if any(origin.endswith(column) for origin in each.asked.split())
        for role in each.roles
    }
    return sorted(each for each in found if each.lower() in _ADMINISTRATORS)


def _of_enum(app: "App", entity: Entity, column: Column, type_: str) -> Question | None:
    """By an enum of another file."""
    facts = app.files[entity.file]
    class_ = app.classes.get(app.resolve(dict(facts.imports).get(type_, type_), entity.file))
    member = next((each for each in _MEMBERS if class_ is not None and each in class_.members), None)
    module = app.module_of(class_.symbol) if class_ is not None else None
    if class_ is None or member is None or module is None or "." in inside_module(app, class_.symbol):
        return None
    name = inside_module(app, class_.symbol)
    passes = f"{column.name}={class_.symbol}.{member}"
    return Question(f"{{user}}.{column.name} == {name}.{member}", passes, (ImportOf(module, name),))


def _literals(type_: str) -> Iterator[str]:
    """The values of `Literal["admin", "clerk"]`."""
    if type_.startswith("Literal[") and "'" not in type_:
        yield from ast.literal_eval(f"({type_.removeprefix('Literal[').removesuffix(']')},)")


def _written(app: "App", entity: Entity, shape: Shape, question: Question) -> tuple[str, Edit] | None:
    """The symbol of a new check and the edit that makes it: a file of its own, or the end of the one that is there."""
    folder, package = _home(app, entity)
    user = "self.request.user" if shape.file == "mixins" else "request.user"
    asked = f"{user}.is_authenticated and {question.code.format(user=user)}"
    code = shape.code.format(name=shape.name, test=asked)
    imports = (*shape.imports, *question.imports)
    if (path := f"{folder}{shape.file}.py") not in app.paths:
        return f"{package}{shape.file}.{shape.name}", AddFile(
            path, f'"""{shape.about}"""\n\n{_import_lines(imports)}\n\n\n{code}'
        )
    facts = app.files.get(path)
    last = _last(app, path) if facts is not None else None
    if facts is None or last is None or f"{facts.module}.{shape.name}" in defined_in(app, path):
        return None
    edit = InsertStatements(path, last, Position.AFTER, f"\n\n{code}", imports)
    return f"{facts.module}.{shape.name}", edit


def _import_lines(imports: tuple[ImportOf, ...]) -> str:
    """What a new file imports, the standard library first."""
    lines = [f"from {each.module} import {each.name}" for each in sorted(imports, key=lambda each: each.module)]
    own = [line for line in lines if line.startswith("from functools ")]
    others = [line for line in lines if line not in own]
    return "\n\n".join("\n".join(group) for group in (own, others) if group)


def _home(app: "App", entity: Entity) -> tuple[str, str]:
    """The folder of the Django app that the class is of, and how its modules begin; `models` may be a folder."""
    folder, module = entity.file.rpartition("/")[0], app.files[entity.file].module
    package = module.rpartition(".")[0]
    if entity.file.endswith("/__init__.py"):
        package = module
    if folder.rpartition("/")[2] == "models":
        folder, package = folder.rpartition("/")[0], package.rpartition(".")[0]
    return f"{folder}/" if folder else "", f"{package}." if package else ""


def _last(app: "App", path: str) -> Place | None:
    """The last function or class at the top level of a file."""
    facts = app.files[path]
    places = [*(each.place for each in facts.functions), *(each.place for each in facts.classes)]
    return max((each for each in places if each.column == 0), key=lambda place: place.line, default=None)
