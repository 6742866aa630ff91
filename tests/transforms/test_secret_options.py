"""Defaults of options and of what a request brings: None or a function takes their place, and help shows no secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.engine import Status
from transforms.policy import Policy

GUESSED = "q7" + "Wz" + "9kTr"
ASK = "from controls.secrets import get_secret\n"
ASKED = 'get_secret("ACCOUNT_PASSWORD")'


def fixed(code: str, broker: str = "env") -> str:
    result = remedied({"app.py": code, "cli.py": "import app\n"}, control, policy=Policy(broker=broker))
    assert not result.failures
    return result.files.get("app.py", code.encode()).decode()


PARSES = """import argparse

{}
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", default="bob")
    parser.add_argument("-p", "--password", default={}, help="of the user")
    args = parser.parse_args()
{}    print(args.user, args.password)
"""
ASKS = f"    if args.password is None:\n        args.password = {ASKED}\n"


@pytest.mark.parametrize("broker", ["env", "vault"])
def test_an_option_of_argparse_is_asked_for_where_nothing_was_given(broker: str) -> None:
    code = PARSES.format("", f'"{GUESSED}"', "")
    assert fixed(code, broker) == PARSES.format(f"{ASK}\n", "None", ASKS)


def test_a_program_takes_what_it_is_given_and_asks_else(tmp_path: Path) -> None:
    code = PARSES.format("", f'"{GUESSED}"', "") + '\n\nif __name__ == "__main__":\n    main()\n'
    result = remedied({"app.py": code}, control)
    for path, content in result.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    def run(*args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], **variables}
        command = [sys.executable, "app.py", *args]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)

    assert run("--password", "given").stdout == "bob given\n"
    assert run(ACCOUNT_PASSWORD="kept").stdout == "bob kept\n"
    assert "ACCOUNT_PASSWORD" in run().stderr
    assert run("--help").returncode == 0


STAYS = {
    "parsed elsewhere": 'def add(parser):\n    parser.add_argument("--password", default="{}")\n',
    "of a command": "def main(sub):\n    p = sub.add_parser('x')\n    p.add_argument('--password', default='{}')\n"
    "    args = parser.parse_args()\n",
    "of another type": "parser.add_argument('--password', type=hashed, default='{}')\nargs = parser.parse_args()\n",
    "several times": "parser.add_argument('--password', default='{}')\n"
    "a = parser.parse_args()\nb = parser.parse_args([])\n",
}


@pytest.mark.parametrize("code", STAYS.values(), ids=STAYS)
def test_an_option_is_advice_where_not_all_is_seen(code: str) -> None:
    (patch,) = remedied({"app.py": "import argparse\n\n" + code.format(GUESSED)}, control).patches
    assert patch.status is Status.ADVICE
    assert "Let its default be None" in patch.title


FASTAPI = """from fastapi import FastAPI, Form, Query

{}app = FastAPI()


@app.post("/login")
def login(user: str = Form(...), password: {} = Form({}, min_length=4)):
{}    return check(user, password)
"""


def test_a_default_of_a_form_is_asked_for_where_nothing_was_sent() -> None:
    inside = f"    if password is None:\n        password = {ASKED}\n"
    expected = "from typing import Optional\n\n" + FASTAPI.format(f"{ASK}\n", "Optional[str]", "None", inside)
    assert fixed(FASTAPI.format("", "str", f'"{GUESSED}"', "")) == expected


TYPER = """import typer

{}app = typer.Typer()


@app.command()
def main(password: str = typer.Option({}, "--password", help="of the user")):
    print(password)
"""


def test_an_option_of_typer_is_a_function() -> None:
    expected = TYPER.format(f"{ASK}\n", f"lambda: {ASKED}")
    assert fixed(TYPER.format("", f'"{GUESSED}"')) == expected


def test_a_default_of_a_lambda_asks_when_it_is_made() -> None:
    code = "import flask\n\n{}\ndef f():\n    return lambda password={}: login(password)\n"
    assert fixed(code.format("", f'"{GUESSED}"')) == code.format(f"{ASK}\n", ASKED)


ANNOTATED = {
    "an option of Typer": ("import typer\n", "Annotated[{}, typer.Option(help='of the user')]"),
    "a form": ("from fastapi import Form\n", "Annotated[{}, Form(min_length=4)]"),
    "a query": ("from fastapi import Query\n", "Annotated[{}, Query()]"),
}


@pytest.mark.parametrize(("imports", "annotation"), ANNOTATED.values(), ids=ANNOTATED)
def test_a_default_beside_what_annotates_it_is_asked_for_inside(imports: str, annotation: str) -> None:
    code = (
        imports + "from typing import Annotated{}\n{}\n\ndef f(password: {} = {}, n: int = 1):\n{}    use(password)\n"
    )
    ask = f"    if password is None:\n        password = {ASKED}\n"
    expected = code.format(", Optional", ASK, annotation.format("Optional[str]"), "None", ask)
    assert fixed(code.format("", "", annotation.format("str"), f'"{GUESSED}"', "")) == expected


@pytest.mark.parametrize("said", ["Optional[str]", "str | None", "Annotated[str | None, Form()]"])
def test_an_annotation_that_allows_for_none_stays(said: str) -> None:
    code = (
        f'import flask\nfrom typing import Annotated\n\n\ndef f(password: {said} = "{GUESSED}"):\n    use(password)\n'
    )
    assert f"def f(password: {said} = None):\n    if password is None:\n        password = {ASKED}\n" in fixed(code)


VARIABLES = {
    "of Typer": ("typer", 'def f(password: str = typer.Option({}, envvar="SHOP_PASSWORD")):\n    use(password)\n'),
    "annotated": (
        "typer",
        'def f(password: Annotated[str, typer.Option(envvar="SHOP_PASSWORD")] = {}):\n    use(password)\n',
    ),
    "of click": (
        "click",
        '@click.option("--password", default={}, envvar="SHOP_PASSWORD")\ndef f(password):\n    use(password)\n',
    ),
}


@pytest.mark.parametrize(("library", "code"), VARIABLES.values(), ids=VARIABLES)
def test_an_option_is_asked_for_by_the_variable_that_it_has(library: str, code: str) -> None:
    changed = fixed(f"import {library}\nfrom typing import Annotated\n\n\n" + code.format(f'"{GUESSED}"'))
    assert 'get_secret("SHOP_PASSWORD")' in changed
