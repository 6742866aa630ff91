"""References become symbols: through imports, re-exports, aliases, start folders, and what names hold."""

import pytest

from tests.transforms.joined import app_of
from transforms.app import App

GUARD = "import fastapi\ndef get_user(): ...\n"


def meaning(files: dict[str, str], reference: str, near: str = "") -> str:
    return app_of(files).meaning(reference, near)


def test_a_symbol_means_itself() -> None:
    assert meaning({"app/deps.py": GUARD}, "app.deps.get_user") == "app.deps.get_user"


def test_a_library_stays_as_it_is() -> None:
    assert meaning({"app/deps.py": GUARD}, "fastapi.Depends") == "fastapi.Depends"


def test_re_exports_are_followed() -> None:
    files = {"app/deps.py": GUARD, "app/__init__.py": "from .deps import get_user as current\n"}
    assert meaning(files, "app.current") == "app.deps.get_user"


def test_star_imports_are_followed() -> None:
    files = {"app/deps.py": GUARD, "app/all.py": "import fastapi\nfrom .deps import *\n"}
    assert meaning(files, "app.all.get_user") == "app.deps.get_user"


def test_of_several_star_imports_the_one_that_has_the_name_is_followed() -> None:
    files = {
        "app/deps.py": GUARD,
        "app/more.py": "import fastapi\nfrom fastapi import *\nfrom .deps import *\n",
        "app/last.py": "import fastapi\ndef other(): ...\n",
        "app/__init__.py": "from .more import *\nfrom .last import *\n",
    }
    assert meaning(files, "app.get_user") == "app.deps.get_user"
    assert meaning(files, "app.other") == "app.last.other"


def test_star_imports_that_go_in_circles_end() -> None:
    files = {"a.py": "import fastapi\nfrom b import *\n", "b.py": "import fastapi\nfrom a import *\n"}
    assert meaning(files, "a.x") in {"a.x", "b.x"}


def test_an_assigned_name_is_followed() -> None:
    assert meaning({"deps.py": GUARD + "current = get_user\n"}, "deps.current") == "deps.get_user"


def test_imports_that_go_in_circles_end() -> None:
    files = {"a.py": "import fastapi\nfrom b import x\n", "b.py": "import fastapi\nfrom a import x\n"}
    assert meaning(files, "a.x") in {"a.x", "b.x"}


def test_the_folder_an_app_is_started_in_may_be_left_out() -> None:
    assert meaning({"backend/app/deps.py": GUARD}, "app.deps.get_user") == "backend.app.deps.get_user"


def test_of_two_modules_with_one_name_the_nearer_is_meant() -> None:
    files = {"one/deps.py": GUARD, "two/deps.py": GUARD, "two/main.py": "import fastapi\n"}
    assert meaning(files, "deps.get_user", "two/main.py") == "two.deps.get_user"
    assert meaning(files, "deps.get_user", "one/main.py") == "one.deps.get_user"


SERVICE = """
import fastapi

class Base:
    def find(self): ...

class Service(Base):
    def save(self): ...

class Holder:
    def __init__(self, service: Service):
        self.service = service

service = Service()
holder = Holder(service)
ServiceDep = fastapi.Annotated[Service, fastapi.Depends(Service)]
"""


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("s.service.save", "s.Service.save"),
        ("s.Service().save", "s.Service.save"),
        ("s.service.find", "s.Base.find"),
        ("s.holder.service.find", "s.Base.find"),
        ("s.ServiceDep.save", "s.Service.save"),
        ("s.ServiceDep", "s.ServiceDep"),
        ("s.Service()", "s.Service()"),
    ],
)
def test_what_a_name_holds_is_followed(reference: str, expected: str) -> None:
    assert meaning({"s.py": SERVICE}, reference) == expected


def test_what_a_library_made_keeps_how_it_was_made() -> None:
    files = {"u.py": "from fastapi_users import FastAPIUsers\nusers = FastAPIUsers()\ncurrent = users.current_user()\n"}
    assert meaning(files, "u.current") == "fastapi_users.FastAPIUsers().current_user()"


def test_a_function_has_the_dependencies_it_declares() -> None:
    app = app_of(
        {
            "deps.py": "from typing import Annotated\nfrom fastapi import Depends\ndef get_user(): ...\n"
            "CurrentUser = Annotated[str, Depends(get_user)]\n",
            "a.py": "from fastapi import Depends\nfrom deps import CurrentUser, get_user\n"
            "def f(a: CurrentUser, b=Depends(get_user), c=1, d: int = None): ...\n",
        }
    )
    guards = app.functions["a.f"].guards
    assert {(guard.bound_to, guard.target) for guard in guards} == {("a", "deps.get_user"), ("b", "deps.get_user")}
    assert {guard.file for guard in guards} == {"a.py"}


def test_imports_reach_through_other_files() -> None:
    app = app_of(
        {
            "main.py": "import fastapi\nfrom routes import router\n",
            "routes.py": "import fastapi\nimport deps\nrouter = 1\n",
            "deps.py": GUARD,
        }
    )
    assert app.reaches("main.py", "deps.py")
    assert not app.reaches("deps.py", "main.py")


def test_own_symbols_are_told_from_libraries() -> None:
    app: App = app_of({"deps.py": GUARD})
    assert (app.is_own("deps.whatever"), app.is_own("fastapi.Depends")) == (True, False)
    assert (app.module_of("deps.get_user"), app.file_of("deps.get_user")) == ("deps", "deps.py")


def test_what_stands_in_a_function_or_class_is_found_at_every_depth() -> None:
    text = "import fastapi\nclass A:\n    def f(self):\n        def g(): ...\ndef fa(): ...\n"
    app = app_of({"m.py": text})
    assert [each.symbol for each in app.inside("m.A")] == ["m.A.f", "m.A.f.g"]
    assert [each.symbol for each in app.inside("m.A.f")] == ["m.A.f.g"]
    assert app.inside("m.f") == ()
