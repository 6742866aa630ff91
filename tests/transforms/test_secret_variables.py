"""Statements that set a variable to a secret: where the environment keeps secrets they go, where a broker does they ask."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.policy import Policy
from transforms.secrets import sample

KEY, OTHER = sample("openai-key", 1), sample("groq-key", 2)
USES = '\n\ndef ask():\n    return os.environ["OPENAI_API_KEY"]\n'
HEAD = "import os\n\nimport flask\n\n"


def fixed(code: str, broker: str = "env") -> str:
    result = remedied({"app.py": code}, control, policy=Policy(broker=broker))
    assert not result.failures
    return result.files.get("app.py", code.encode()).decode()


GOES = {
    "a statement": f'os.environ["OPENAI_API_KEY"] = "{KEY}"\nA = 1\n',
    "a default": f'os.environ.setdefault("OPENAI_API_KEY", "{KEY}")\nA = 1\n',
    "a condition": f'if not os.environ.get("OPENAI_API_KEY"):\n    os.environ["OPENAI_API_KEY"] = "{KEY}"\nA = 1\n',
    "several": f'os.environ["OPENAI_API_KEY"] = "{KEY}"\nos.environ["GROQ_API_KEY"] = "{OTHER}"\n\nA = 1\n',
    "a condition that is not there": f'if "OPENAI_API_KEY" not in os.environ:\n'
    f'    os.environ["OPENAI_API_KEY"] = "{KEY}"\nA = 1\n',
}


@pytest.mark.parametrize("code", GOES.values(), ids=GOES)
def test_it_goes_where_the_environment_is_asked(code: str) -> None:
    assert fixed(f"{HEAD}{code}{USES}") == f"{HEAD}A = 1\n{USES}"


def test_a_line_of_a_function_goes_if_something_is_left_of_it() -> None:
    body = f'    os.environ["OPENAI_API_KEY"] = "{KEY}"\n'
    assert fixed(f"{HEAD}\ndef f():\n{body}    go()\n{USES}") == f"{HEAD}\ndef f():\n    go()\n{USES}"
    left = fixed(f"{HEAD}\ndef f():\n{body}{USES}")
    assert 'os.environ["OPENAI_API_KEY"] = get_secret("OPENAI_API_KEY")' in left


@pytest.mark.parametrize("broker", ["vault", "aws"])
def test_it_asks_where_a_broker_keeps_secrets_for_a_library_reads_the_variable(broker: str) -> None:
    body = f'    os.environ["OPENAI_API_KEY"] = "{KEY}"\n    go()\n'
    assert 'os.environ["OPENAI_API_KEY"] = get_secret("OPENAI_API_KEY")\n' in fixed(f"{HEAD}\ndef f():\n{body}", broker)


def test_the_variable_keeps_its_name_however_little_it_says() -> None:
    result = remedied({"app.py": f'{HEAD}os.environ["API_KEY"] = "{KEY}"\n'}, control)
    (patch,) = result.patches
    assert patch.title == "Leave API_KEY to the environment, and do not set it in the code"
    assert b"API_KEY=" in result.files[".env.example"]


def test_the_app_works_with_the_variable_and_says_what_it_lacks_without(tmp_path: Path) -> None:
    code = fixed(f'import os\n\nos.environ["OPENAI_API_KEY"] = "{KEY}"\n{USES}\n\nprint(ask())\n')
    (tmp_path / "app.py").write_text(code)
    assert KEY not in code

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], **variables}
        return subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=env, capture_output=True, text=True)

    assert run(OPENAI_API_KEY="new").stdout == "new\n"
    assert "OPENAI_API_KEY" in run().stderr


SEVERAL = {
    "a dict": 'os.environ.update({{"A": "1", "OPENAI_API_KEY": "{0}", "B": "2"}})\n',
    "a dict on several lines": "os.environ.update(\n    {{\n"
    '        "A": "1",  # keep\n        "OPENAI_API_KEY": "{0}",\n        "B": "2",\n    }}\n)\n',
    "the last two": 'os.environ.update({{"A": "1", "OPENAI_API_KEY": "{0}", "GROQ_API_KEY": "{1}"}})\n',
    "arguments": 'os.environ.update(A="1", OPENAI_API_KEY="{0}")\n',
    "a union": 'os.environ |= {{"OPENAI_API_KEY": "{0}", "A": "1"}}\n',
    "beside another dict": 'os.environ.update({{**more, "OPENAI_API_KEY": "{0}"}})\n',
}
LEFT = {
    "a dict": 'os.environ.update({"A": "1", "B": "2"})\n',
    "a dict on several lines": 'os.environ.update(\n    {\n        "A": "1",  # keep\n        "B": "2",\n    }\n)\n',
    "the last two": 'os.environ.update({"A": "1"})\n',
    "arguments": 'os.environ.update(A="1")\n',
    "a union": 'os.environ |= {"A": "1"}\n',
    "beside another dict": "os.environ.update({**more})\n",
}


@pytest.mark.parametrize("case", SEVERAL)
def test_of_several_variables_those_go_that_are_secrets(case: str) -> None:
    assert fixed(HEAD + SEVERAL[case].format(KEY, OTHER) + USES) == HEAD + LEFT[case] + USES


ALL = {
    "a dict": f'os.environ.update({{"OPENAI_API_KEY": "{KEY}", "GROQ_API_KEY": "{OTHER}"}})\n',
    "arguments": f'os.environ.update(OPENAI_API_KEY="{KEY}")\n',
    "a union": f'os.environ |= {{"OPENAI_API_KEY": "{KEY}"}}\n',
    "putenv": f'os.putenv("OPENAI_API_KEY", "{KEY}")\n',
    "below a condition": f'if not os.getenv("OPENAI_API_KEY"):\n    os.environ.update(OPENAI_API_KEY="{KEY}")\n',
}


@pytest.mark.parametrize("code", ALL.values(), ids=ALL)
def test_the_statement_goes_where_all_that_it_sets_are_secrets(code: str) -> None:
    assert fixed(f"{HEAD}{code}A = 1\n{USES}") == f"{HEAD}A = 1\n{USES}"


def test_alone_in_a_function_such_a_statement_asks() -> None:
    left = fixed(f'{HEAD}\ndef f():\n    os.environ.update({{"OPENAI_API_KEY": "{KEY}"}})\n{USES}')
    assert '{"OPENAI_API_KEY": get_secret("OPENAI_API_KEY")}' in left


def test_a_broker_is_asked_for_each_of_several() -> None:
    code = f'{HEAD}\ndef f():\n    os.environ.update({{"A": "1", "OPENAI_API_KEY": "{KEY}"}})\n'
    assert '{"A": "1", "OPENAI_API_KEY": get_secret("OPENAI_API_KEY")}' in fixed(code, "vault")


def test_what_a_reader_brings_into_the_environment_is_still_brought() -> None:
    code = f'{HEAD}from decouple import config\n\nos.environ["OPENAI_API_KEY"] = config("OPENAI_API_KEY"{{}})\n'
    assert fixed(code.format(f', default="{KEY}"')) == code.format("")
