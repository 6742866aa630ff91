"""New imports in files that people wrote: beside their kind, once, and never under a name that is taken."""

import pytest

from tests.transforms.rewriting import inserted, refusal, replaced, run, text_after
from transforms.concepts import Place
from transforms.edit_kinds import ImportOf, Position, ReplaceExpression
from transforms.rewrite import apply

GET = ImportOf("controls.secrets", "get_secret")
CONTROLS = {"controls/__init__.py": "", "controls/secrets.py": "", "controls/auth.py": ""}


def with_import(head: str, *imports: ImportOf, others: dict[str, str] | None = None) -> str:
    """The head of a file above `key = 1` after an edit there that needs imports."""
    code = f"{head}key = 1\n"
    after = text_after(code, replaced(code, "1\n".strip(), "2", *imports), others={**CONTROLS, **(others or {})})
    assert after.endswith("key = 2\n")
    return after.removesuffix("key = 2\n")


def test_an_import_joins_one_from_the_same_module() -> None:
    assert with_import("from fastapi import FastAPI\n", ImportOf("fastapi", "Depends")) == (
        "from fastapi import Depends, FastAPI\n"
    )


def test_it_joins_in_sorted_place_and_keeps_one_name_on_each_line() -> None:
    head = "from fastapi import (\n    APIRouter,  # routes\n    HTTPException,\n)\n"
    assert with_import(head, ImportOf("fastapi", "Depends")) == (
        "from fastapi import (\n    APIRouter,  # routes\n    Depends,\n    HTTPException,\n)\n"
    )
    head = "from x import (\n    b,\n    a\n)\n"
    assert with_import(head, ImportOf("x", "c")) == "from x import (\n    b,\n    a,\n    c\n)\n"


def test_an_import_that_is_there_is_not_added_again() -> None:
    head = "from controls.secrets import get_secret\n"
    assert with_import(head, GET) == head
    head = "try:\n    from controls.secrets import get_secret\nexcept ImportError:\n    raise\n"
    assert with_import(head, GET) == head


def test_an_import_for_type_checkers_alone_does_not_count() -> None:
    head = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from fastapi import Depends\n"
    assert "\n\nfrom fastapi import Depends\n\nif TYPE" in with_import(head, ImportOf("fastapi", "Depends"))


def test_without_imports_it_goes_behind_docstring_and_future() -> None:
    assert with_import('"""Docs."""\n\n', GET) == '"""Docs."""\n\nfrom controls.secrets import get_secret\n\n'
    assert with_import('"""Docs."""\n', GET) == '"""Docs."""\n\nfrom controls.secrets import get_secret\n\n'
    head = '"""Docs."""\nfrom __future__ import annotations\n\n'
    assert with_import(head, GET) == f"{head}from controls.secrets import get_secret\n\n"
    assert with_import("#!/usr/bin/env python\n# Copyright\n", GET) == (
        "#!/usr/bin/env python\n# Copyright\nfrom controls.secrets import get_secret\n\n"
    )


def test_sections_are_kept_apart_where_the_file_keeps_them_apart() -> None:
    head = "import os\n\nimport stripe\n\n"
    assert with_import(head, GET) == "import os\n\nimport stripe\n\nfrom controls.secrets import get_secret\n\n"
    head = "import os\nimport stripe\n"
    assert with_import(head, GET) == "import os\nimport stripe\nfrom controls.secrets import get_secret\n"
    assert with_import("import stripe\n", ImportOf("os")) == "import os\n\nimport stripe\n"


def test_an_own_module_goes_beside_the_own_modules_in_order() -> None:
    head = "import os\n\nfrom database import Base\nfrom models import Order\n\n"
    others = {"database.py": "", "models.py": ""}
    assert with_import(head, GET, others=others) == (
        "import os\n\nfrom controls.secrets import get_secret\nfrom database import Base\nfrom models import Order\n\n"
    )
    head = "import os\n\nfrom models import Order\nfrom database import Base\n\n"
    assert with_import(head, GET, others=others) == f"{head[:-1]}from controls.secrets import get_secret\n\n"


def test_imports_in_try_blocks_are_left_alone() -> None:
    head = "import os\ntry:\n    import stripe\nexcept ImportError:\n    stripe = None\n"
    assert with_import(head, ImportOf("fastapi", "Depends")) == (
        "import os\n\nfrom fastapi import Depends\n" + head.removeprefix("import os\n")
    )


def test_a_path_that_is_set_up_first_stays_first() -> None:
    head = "import sys\nsys.path.insert(0, '.')\n"
    assert with_import(f"{head}from models import Order\n", GET, others={"models.py": ""}) == (
        f"{head}from controls.secrets import get_secret\nfrom models import Order\n"
    )


def test_an_import_stands_before_its_first_use_at_module_level() -> None:
    code = "import os\nkey = 1\nfrom fastapi import FastAPI\n"
    after = text_after(code, replaced(code, "1", "2", ImportOf("fastapi", "Depends")))
    assert after == "import os\n\nfrom fastapi import Depends\nkey = 2\nfrom fastapi import FastAPI\n"


def test_relative_imports_stay_the_style_of_the_file() -> None:
    files = {
        "shop/__init__.py": b"",
        "shop/api/__init__.py": b"",
        "shop/db.py": b"",
        "shop/controls/__init__.py": b"",
        "shop/controls/secrets.py": b"",
        "shop/api/pay.py": b"from ..db import session\n\nkey = 1\n",
    }
    edit = ReplaceExpression(
        "shop/api/pay.py", Place(3, 6, 3, 7), "2", (ImportOf("shop.controls.secrets", "get_secret"),)
    )
    after = apply(files, [edit]).files["shop/api/pay.py"]
    assert after == b"from ..controls.secrets import get_secret\nfrom ..db import session\n\nkey = 2\n"


def test_a_module_is_imported_from_the_folder_the_app_starts_in() -> None:
    files = {
        "backend/app/deps.py": b"",
        "backend/app/main.py": b"from app.x import y\n\nkey = 1\n",
        "backend/app/x.py": b"",
    }
    edit = ReplaceExpression("backend/app/main.py", Place(3, 6, 3, 7), "2", (ImportOf("backend.app.deps", "user"),))
    after = apply(files, [edit], start_folder=lambda path: "backend").files["backend/app/main.py"]
    assert after == b"from app.deps import user\nfrom app.x import y\n\nkey = 2\n"


@pytest.mark.parametrize(
    "head",
    [
        "def get_secret(): ...\n",
        "from vault import get_secret\n",
        "get_secret = None\n",
        "import vault as get_secret\n",
        "for get_secret in []: pass\n",
    ],
)
def test_a_name_that_means_something_else_is_never_taken(head: str) -> None:
    code = f"{head}key = 1\n"
    reason = refusal(code, replaced(code, "1", "2", GET), others=CONTROLS)
    assert reason == "the name get_secret means something else in this file"


def test_a_name_that_a_function_shadows_is_never_taken() -> None:
    code = "def pay(get_secret):\n    key = 1\n"
    reason = refusal(code, replaced(code, "1", "2", GET), others=CONTROLS)
    assert reason == "the name get_secret means something else in this function"
    result = run(code, [inserted(code, "key = 1", Position.BEFORE, "x()", GET)], CONTROLS)
    assert result.failed


def test_several_edits_share_one_import() -> None:
    code = "import os\n\na = 1\nb = 2\n"
    edits = (
        replaced(code, "1", "3", ImportOf("controls.auth", "require_user")),
        replaced(code, "2", "4", ImportOf("controls.auth", "Principal"), ImportOf("controls.auth", "require_user")),
    )
    assert text_after(code, *edits, others=CONTROLS) == (
        "import os\n\nfrom controls.auth import Principal, require_user\n\na = 3\nb = 4\n"
    )


def test_a_failed_edit_leaves_no_import_behind() -> None:
    code = "import os\n\na = 1\n"
    edits = [replaced(code, "1", "2"), replaced(code, "1", "3", GET)]
    assert run(code, edits, CONTROLS).files["app.py"] == b"import os\n\na = 2\n"


def test_an_import_that_an_edit_leaves_unused_goes_with_it() -> None:
    code = "import os\nimport sys\n\nkey = os.getenv('K')\nprint(sys.path)\n"
    after = text_after(code, replaced(code, "os.getenv('K')", "get_secret('K')", GET), others=CONTROLS)
    assert after == (
        "import sys\n\nfrom controls.secrets import get_secret\n\nkey = get_secret('K')\nprint(sys.path)\n"
    )
    code = "from config import KEY\n\nprint(KEY)\n"
    edit = ReplaceExpression("app.py", Place(3, 6, 3, 9), "get_secret(1)", (GET,))
    result = apply({"app.py": code.encode(), "config.py": b"KEY = 1\n", **_bytes(CONTROLS)}, [edit])
    assert result.files["app.py"] == b"from controls.secrets import get_secret\n\nprint(get_secret(1))\n"


def test_a_joined_import_can_lose_what_it_had() -> None:
    code = "from controls.secrets import old\n\nkey = old()\n"
    assert text_after(code, replaced(code, "old()", "get_secret(1)", GET), others=CONTROLS) == (
        "from controls.secrets import get_secret\n\nkey = get_secret(1)\n"
    )


def test_an_import_that_was_unused_before_is_left_alone() -> None:
    code = "import json\nimport os\n\nkey = os.getenv('K')\n"
    assert text_after(code, replaced(code, "os.getenv('K')", "1")) == "import json\n\nkey = 1\n"


def test_some_names_of_an_import_go_and_the_others_stay() -> None:
    places = Place(3, 6, 3, 7), Place(3, 9, 3, 10)
    edits = [ReplaceExpression("app.py", place, "1") for place in places]
    for names in ("A, B, C", "C, A, B", "A, C, B"):
        code = f"from config import {names}\n\nprint(A, B)\nuse(C)\n"
        assert text_after(code, *edits) == "from config import C\n\nprint(1, 1)\nuse(C)\n"


def _bytes(files: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def test_a_folder_without_init_is_a_package_where_the_file_imports_relatively() -> None:
    files = {
        "shop/api.py": b"from .store import rows\n\nkey = 1\n",
        "shop/store.py": b"rows = []\n",
        "shop/security.py": b"def user(): ...\n",
    }
    wanted = ReplaceExpression("shop/api.py", Place(3, 6, 3, 7), "user", (ImportOf("shop.security", "user"),))
    after = apply(files, [wanted]).files["shop/api.py"]
    assert after == b"from .security import user\nfrom .store import rows\n\nkey = user\n"
