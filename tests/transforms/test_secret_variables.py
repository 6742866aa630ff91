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
