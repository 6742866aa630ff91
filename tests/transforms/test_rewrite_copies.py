"""A function copied below itself, with some of it said otherwise."""

import pytest

from tests.transforms.rewriting import PATH, place_of
from transforms.edit_kinds import CopyFunction, ImportOf
from transforms.rewrite import apply

LOGIN = '''@app.post("/login")
def login(data, db):
    """Sign somebody in."""
    # Who is it?
    user = find(db, data.email)

    # The password decides.
    if not matches(data.password):
        raise Wrong

    return token(user)
'''
HEAD = "def other(email, db):"


def copy(source: str, *changes: tuple[str, str], hoisted: tuple[tuple[str, str], ...] = (), below: str = "") -> str:
    """The source with the copy of its first function."""
    start = source.index("def ")
    end = source.index("\n\n\n", start) if "\n\n\n" in source[start:] else len(source.rstrip("\n"))
    edit = CopyFunction(
        PATH,
        place_of(source, source[start:end]),
        HEAD,
        tuple((place_of(source, snippet), code) for snippet, code in changes),
        tuple((place_of(source, snippet), code) for snippet, code in hoisted),
        below,
    )
    done = apply({PATH: source.encode()}, [edit])
    assert not done.failed, done.failed
    return done.files[PATH].decode()


def test_a_copy_stands_below_and_everything_else_stays() -> None:
    assert copy(LOGIN, ("data.email", "email")) == LOGIN + (
        "\n\ndef other(email, db):\n    # Who is it?\n    user = find(db, email)\n\n    # The password decides.\n"
        "    if not matches(data.password):\n        raise Wrong\n\n    return token(user)\n"
    )


def test_a_statement_goes_with_the_comment_above_it_and_leaves_no_gap() -> None:
    gone = "if not matches(data.password):\n        raise Wrong"
    assert copy(LOGIN, (gone, "")) == LOGIN + (
        "\n\ndef other(email, db):\n    # Who is it?\n    user = find(db, data.email)\n\n    return token(user)\n"
    )


def test_another_statement_takes_its_place() -> None:
    refused = "if not matches(data.password):\n        raise Wrong"
    after = copy(LOGIN, (refused, "if not user:\n    # Nobody.\n    raise Gone"))
    assert "    if not user:\n        # Nobody.\n        raise Gone\n\n    return token(user)\n" in after.split(HEAD)[1]


def test_what_follows_stays_apart_and_a_line_can_stand_between() -> None:
    source = f"{LOGIN}\n\ndef further():\n    pass\n"
    assert copy(source, below="app.include(other)").endswith(
        "    return token(user)\n\n\napp.include(other)\n\n\ndef further():\n    pass\n"
    )


def test_conditions_are_taken_away_with_what_happens_otherwise() -> None:
    source = (
        "def login():\n    if posted:\n        name = form()\n        # Right?\n        if user and right:\n"
        '            text = """\n            as it is\n"""\n            return text\n        else:\n            log()\n'
        "        fail()\n"
    )
    inner = source[source.index("if user") : source.index("\n        fail()")]
    outer = source[source.index("if posted") :].rstrip("\n")
    after = copy(source, ("fail()", ""), hoisted=((outer, ""), (inner, "if not user:\n    raise Gone")))
    assert after.split(HEAD)[1] == (
        '\n    name = form()\n    if not user:\n        raise Gone\n    text = """\n            as it is\n"""\n'
        "    return text\n"
    )


def test_a_method_is_copied_inside_of_its_class() -> None:
    source = "class Accounts:\n    def login(self, data):\n        return data.email\n\n    def further(self):\n        pass\n"
    edit = CopyFunction(
        PATH, place_of(source, "def login(self, data):\n        return data.email"), "def other(self, email):",
        ((place_of(source, "data.email"), "email"),),
    )  # fmt: skip
    after = apply({PATH: source.encode()}, [edit]).files[PATH].decode()
    assert after == source.replace(
        "data.email\n", "data.email\n\n    def other(self, email):\n        return email\n", 1
    )


def test_line_ends_and_tabs_stay_those_of_the_file() -> None:
    source = "def login(data):\r\n\tuser = find(data.email)\r\n\treturn user\r\n"
    edit = CopyFunction(PATH, place_of(source, source.rstrip()), HEAD, ((place_of(source, "data.email"), "email"),))
    after = apply({PATH: source.encode()}, [edit]).files[PATH].decode()
    assert after == source + "\r\n\r\ndef other(email, db):\r\n\tuser = find(email)\r\n\treturn user\r\n"


def test_a_second_run_changes_nothing() -> None:
    once = copy(LOGIN, ("data.email", "email"))
    place = place_of(once, once[once.index("def login") : once.index("\n\n\n")])
    edit = CopyFunction(PATH, place, HEAD, ((place_of(once, "data.email"), "email"),))
    assert PATH not in apply({PATH: once.encode()}, [edit]).files


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def login(): return 1\n", "a body of its own lines"),
        ('def login():\n    """Nothing."""\n', "does nothing"),
        ("login = 1\n", "no function"),
    ],
)
def test_what_cannot_be_copied_says_why(source: str, reason: str) -> None:
    done = apply({PATH: source.encode()}, [CopyFunction(PATH, place_of(source, source.rstrip()), HEAD, ())])
    assert reason in done.failed[0][1]


def test_what_the_copy_needs_is_imported() -> None:
    place = place_of(LOGIN, LOGIN[LOGIN.index("def ") :].rstrip("\n"))
    edit = CopyFunction(PATH, place, HEAD, (), imports=(ImportOf("controls.sign_in", "verified_email"),))
    after = apply({PATH: LOGIN.encode()}, [edit]).files[PATH].decode()
    assert after.startswith("from controls.sign_in import verified_email\n")
