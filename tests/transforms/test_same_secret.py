"""The same value in several places is one secret: each finding names the others, and no value is kept."""

import pytest

from transforms.api import Verdict
from transforms.engine import scan
from transforms.gate_secrets import valued
from transforms.policy import Policy
from transforms.same_secret import MOST_SHOWN, places_by_value, value_key
from transforms.secrets import sample
from transforms.source import SourceFile

GUESSED = "q7" + "Wz" + "9kTr"
OTHER = "p4" + "Xy" + "8mQs"


def findings(files: dict[str, str]) -> list[Verdict]:
    report = scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy())
    return [each for each in report.findings if each.control == "no-secret-in-code"]


def others(verdict: Verdict) -> list[str]:
    return [f"{each.path}:{each.line}" for each in verdict.evidence if "same value" in each.note]


def test_the_same_value_in_several_files_is_one_secret() -> None:
    found = findings(
        {
            "seed.py": f'ADMIN_PASSWORD = "{GUESSED}"\n',
            "scripts/reset.py": f'\nuser.set_password("{GUESSED}")\n',
            ".env": f"ADMIN_PASSWORD={GUESSED}\n",
            "other.py": f'ADMIN_PASSWORD = "{OTHER}"\n',
        }
    )
    shown = {each.subject.path: others(each) for each in found}
    assert shown["seed.py"] == [".env:1", "scripts/reset.py:2"]
    assert shown[".env"] == ["scripts/reset.py:2", "seed.py:1"]
    assert shown["other.py"] == []


def test_a_second_key_of_the_same_name_is_another_secret() -> None:
    found = findings({"a.py": f'API_KEY = "{sample("api-key", 1)}"\n', "b.py": f'API_KEY = "{sample("api-key", 2)}"\n'})
    assert [others(each) for each in found] == [[], []]
    assert len({each.subject.path for each in found}) == 2


def test_a_message_that_repeats_a_password_of_its_file_says_so() -> None:
    code = f'ADMIN_PASSWORD = "{GUESSED}"\nprint("login: admin@shop.io / {GUESSED}")\n'
    first, repeated = findings({"seed.py": code})
    assert (others(first), others(repeated)) == (["seed.py:2"], ["seed.py:1"])


def test_placeholders_that_are_alike_are_no_one_secret() -> None:
    code = 'import os\nKEY = os.getenv("SECRET_KEY", "change-me")\n'
    assert [others(each) for each in findings({"a.py": code, "b.py": code})] == [[], []]


def test_a_value_in_very_many_places_is_not_listed_without_end() -> None:
    found = findings({f"m{number}.py": f'ADMIN_PASSWORD = "{GUESSED}"\n' for number in range(30)})
    assert {len(others(each)) for each in found} == {MOST_SHOWN}


def test_no_value_is_in_what_is_said() -> None:
    for each in findings({"a.py": f'ADMIN_PASSWORD = "{GUESSED}"\n', ".env": f"ADMIN_PASSWORD={GUESSED}\n"}):
        assert GUESSED not in repr(each)


def test_uses_of_one_value_come_together() -> None:
    sources = [SourceFile("a.py", f'PASSWORD = "{GUESSED}"\nOTHER_PASSWORD = "{OTHER}"\n'.encode())]
    sources.append(SourceFile(".env", f"PASSWORD='{GUESSED}'\n".encode()))
    report = scan(sources, Policy())
    groups = places_by_value(valued(report.app, {each.path: each.content for each in sources}))
    assert sorted(len(uses) for uses in groups) == [1, 2]


@pytest.mark.parametrize("value", [GUESSED, "", "ümläut"])
def test_a_keyed_hash_depends_on_value_and_key_and_shows_neither(value: str) -> None:
    first, second = b"k" * 32, b"l" * 32
    assert value_key(value, first) == value_key(value, first)
    assert value_key(value, first) != value_key(value, second)
    assert value_key(value, first) != value_key(value + "x", first)
    assert not value or value not in value_key(value, first)
    assert len(value_key(value, first)) == 32
