"""Words of comments and strings, replaced where nothing that runs can change by it."""

import pytest

from transforms.concepts import Place
from transforms.edit_kinds import ReplaceWords
from transforms.rewrite import apply


def said(code: str, words: str, instead: str) -> str | None:
    """The file with some of its words replaced; None where that is refused."""
    at = code.index(words)
    line, column = code.count("\n", 0, at) + 1, at - code.rfind("\n", 0, at) - 1
    edit = ReplaceWords("a.py", Place(line, column, line, column + len(words)), instead)
    done = apply({"a.py": code.encode()}, [edit])
    return None if done.failed else done.files["a.py"].decode()


HOLDS = {
    "a remark": "a = 1  # the word\n",
    "a line of its own": "# the word\na = 1\n",
    "a string": 'a = "the word"\n',
    "a string of several lines": 'a = """\nthe word\n"""\n',
    "a raw string": 'a = r"\\d the word"\n',
    "bytes": 'a = b"the word"\n',
    "an f-string": 'a = f"the word {b}"\n',
    "a part of a string": 'a = "x" "the word"\n',
    "Windows' line ends": "# the word\r\na = 1\r\n",
    "letters of any language": "# é ü the word\n",
}


@pytest.mark.parametrize("code", HOLDS.values(), ids=HOLDS.keys())
def test_words_are_replaced_and_nothing_else(code: str) -> None:
    assert said(code, "word", "<NAME>") == code.replace("word", "<NAME>")


RUNS = {"a name": "word = 1\n", "an argument": 'f(word="a")\n', "a value of an f-string": 'a = f"{word}"\n'}


@pytest.mark.parametrize("code", RUNS.values(), ids=RUNS.keys())
def test_what_runs_is_not_touched(code: str) -> None:
    assert said(code, "word", "<NAME>") is None


@pytest.mark.parametrize("instead", ['a"b', "{a}", "\\n", "a\nb", "a b'"])
def test_nothing_that_a_string_would_read_otherwise_gets_into_it(instead: str) -> None:
    assert said('a = "the word"\n', "word", instead) is None


def test_code_in_a_remark_has_the_quotes_of_the_file() -> None:
    assert said('# a = "word"\nb = "c"\n', '"word"', "f('x')") == '# a = f("x")\nb = "c"\n'
    assert said("# a = 'word'\nb = 'c'\n", "'word'", 'f("x")') == "# a = f('x')\nb = 'c'\n"


def test_a_remark_stays_on_its_line() -> None:
    assert said("# the word\n", "word", "a\nb") is None


def test_a_place_that_is_none_is_refused() -> None:
    edit = ReplaceWords("a.py", Place(9, 0, 9, 4), "x")
    ((_, reason),) = apply({"a.py": b"# a\n"}, [edit]).failed
    assert reason == "the file is shorter than expected"
