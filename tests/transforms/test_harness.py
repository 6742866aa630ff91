"""The harness itself: it accepts a control that keeps its word, and catches each way of not keeping it."""

from typing import Any

import pytest

from tests.transforms import harness, tiny
from tests.transforms.tiny import HEAD, make, with_remedy
from transforms.api import Bad, Control, Good, Todo
from transforms.secrets import kinds, sample

BEFORE = f"{HEAD}def handle(a):\n    return a\n"
AFTER = (
    "import fastapi\n\nfrom controls.users import current_user\n\n\ndef handle(a, user=current_user):\n    return a\n"
)
ADDS = ("controls/__init__.py", "controls/users.py")
DOCS = """Every handler takes a user.

Without one nobody knows who called, and nothing can be forbidden to anybody.
**Fix.** A parameter that brings the user is added to the handler.
**Limits.** What a handler does with the user is not looked at.
"""


@pytest.mark.parametrize(
    "example",
    [
        Bad("no user", BEFORE, AFTER, adds=ADDS),
        Bad("no safe edit", f"{HEAD}def handle_hopeless():\n    pass\n"),
        Bad("two", f"{HEAD}def handle_hopeless():\n    pass\n\n\ndef handle_hopeless_2():\n    pass\n", findings=2),
        Good("a user", f"{HEAD}def handle(user):\n    pass\n"),
        Good("tuned", BEFORE, options={"prefix": "serve"}),
        Todo("a lambda", f"{HEAD}handle = lambda: 1\n"),
    ],
    ids=lambda example: example.name,
)
def test_an_example_that_keeps_its_word_is_accepted(example: Any) -> None:
    harness.check(make(), example)


@pytest.mark.parametrize(
    ("example", "why"),
    [
        (Good("guilty", BEFORE), "found guilty"),
        (Bad("silent", f"{HEAD}def other():\n    pass\n"), "found 0"),
        (Bad("counted wrong", BEFORE, AFTER, findings=2, adds=ADDS), "found 1"),
        (Bad("another text", BEFORE, AFTER + "# more\n", adds=ADDS), "patched otherwise"),
        (Bad("unexpected files", BEFORE, AFTER), "change beside"),
        (Bad("a patch after all", BEFORE), "there is a patch after all"),
        (Bad("not patched", {"app.py": BEFORE, "b.py": ""}, {"app.py": AFTER, "b.py": "x"}, adds=ADDS), "b.py is not"),
        (Todo("seen", BEFORE), "make it a Bad"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_an_example_that_does_not_is_caught(example: Any, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        harness.check(make(), example)


def test_a_patch_that_a_gate_rejects_is_caught() -> None:
    with pytest.raises(AssertionError, match="a gate objects"):
        harness.check(with_remedy(tiny.comment), Bad("x", BEFORE, AFTER))


def test_a_placeholder_becomes_a_generated_value_and_other_braces_stay() -> None:
    kind = kinds()[0].id
    files = harness.files_of(f"a = '{{{{{kind}}}}}'; b = '{{{{{kind}:2}}}}'; c = '{{{{name}}}}'")
    assert files["app.py"] == f"a = '{sample(kind, 1)}'; b = '{sample(kind, 2)}'; c = '{{{{name}}}}'"


def documented(docs: str = DOCS, **changes: Any) -> Control:
    """A control as if it stood in a file of its own with this docstring."""

    class Documented(Control):
        documentation = docs.strip()

    return make(kind=Documented, **{"examples": (Bad("b", BEFORE, AFTER, adds=ADDS), Good("g", "")), **changes})


def test_a_complete_control_is_accepted() -> None:
    harness.check_metadata(documented(), "handlers_take_a_user")


@pytest.mark.parametrize(
    ("control", "why"),
    [
        (documented(DOCS.replace("user.\n\nW", "user\n\nW")), "requirement as one sentence"),
        (documented(DOCS.replace("**Limits.**", "")), "Limits"),
        (
            documented(DOCS.replace("**Fix.** A parameter that brings the user is added to the handler.", "**Fix.**")),
            "Fix",
        ),
        (documented(standards=()), "standard"),
        (documented(examples=(Good("g", ""),)), "what it finds"),
        (documented(examples=(Bad("b", BEFORE), Good("g", ""))), "what its patch makes"),
        (documented(examples=(Bad("b", BEFORE, AFTER), Bad("b", BEFORE), Good("g", ""))), "share a name"),
        (documented(control_id="Handlers"), "kebab"),
        (documented(control_id="another-name"), "named after its id"),
    ],
)
def test_an_incomplete_control_is_caught(control: Control, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        harness.check_metadata(control, "handlers_take_a_user")
