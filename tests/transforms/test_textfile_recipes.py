"""Which lines of Dockerfiles and scripts a patch may change, and what stands there afterwards."""

import pytest

from transforms.textfiles.recipes import docker, is_dockerfile, shell

GIVEN = "# {} is given when the container runs"


def found(lines: list[str]) -> dict[int, tuple[str, str]]:
    """Name and value by the number of the line."""
    return {each.place.line: (each.keys[0], each.value) for each in docker(lines)}


def assigned(text: str) -> dict[int, tuple[str, str]]:
    return {each.place.line: (each.keys[0], each.value) for each in shell(text.split("\n"))}


@pytest.mark.parametrize("name", ["Dockerfile", "dockerfile", "Dockerfile.prod", "api.dockerfile", "Dockerfile-web"])
def test_these_say_how_an_image_is_built(name: str) -> None:
    assert is_dockerfile(name)


@pytest.mark.parametrize("name", ["docker.py", "compose.yaml", "my-dockerfile.md", "Containerfile"])
def test_these_do_not(name: str) -> None:
    assert not is_dockerfile(name)


ALONE = {
    "ENV A=b": ("A", "b", GIVEN.format("A")),
    "ENV A = b": ("A", "b", GIVEN.format("A")),
    "ENV A b": ("A", "b", GIVEN.format("A")),
    'ENV A="b"': ("A", "b", GIVEN.format("A")),
    "ENV A='b'": ("A", "b", GIVEN.format("A")),
    "env A=b": ("A", "b", GIVEN.format("A")),
    "ARG A=b": ("A", "b", "ARG A"),
    "arg A=b": ("A", "b", "arg A"),
}


@pytest.mark.parametrize(("line", "expected"), ALONE.items())
def test_a_variable_alone_on_its_line_can_go(line: str, expected: tuple[str, str, str]) -> None:
    (entry,) = docker(["FROM python", line])
    assert (entry.keys[0], entry.value, entry.instead) == expected
    assert (entry.place.line, entry.place.column, entry.place.end_column) == (2, 0, len(line))


NOT_ALONE = [
    ["ENV A=b C=d"],
    ["ENV A=b \\", "    C=d"],
    ["ENV C=d \\", "ENV A=b"],
    ["RUN export A=b"],
    ["ENV A=$B"],
    ["ENV A=${B:-c}"],
    ["# ENV A=b"],
    ["ENV A=b", "RUN echo $A"],
    ["ENV A=b", "RUN echo ${A}"],
    ["ENV A=b", 'ENTRYPOINT ["sh", "-c", "run $A"]'],
    ['LABEL a="ENV A=b"'],
]


@pytest.mark.parametrize("lines", NOT_ALONE, ids=lambda lines: " / ".join(lines))
def test_one_that_is_not_alone_or_used_by_the_build_stays(lines: list[str]) -> None:
    assert found(lines) == {}


def test_another_variable_s_use_says_nothing() -> None:
    assert found(["ENV A=b", "RUN echo $AB ${A_C}"]) == {1: ("A", "b")}


SHELL = {
    "A=b": {1: ("A", "b")},
    "export A=b": {1: ("A", "b")},
    "  export A=b": {1: ("A", "b")},
    "readonly A=b": {1: ("A", "b")},
    "declare -x A=b": {1: ("A", "b")},
    'A="b c"': {1: ("A", "b c")},
    "A='b $c'": {1: ("A", "b $c")},
    "A=b;": {1: ("A", "b")},
    "A=b command": {1: ("A", "b")},
    "password=b": {1: ("PASSWORD", "b")},
    "A=b # c": {1: ("A", "b")},
    "x=1\nA=b": {1: ("X", "1"), 2: ("A", "b")},
    "echo 'it' \"is\"\nA=b": {2: ("A", "b")},
    "echo it\\'s\nA=b": {2: ("A", "b")},
    "# it's\nA=b": {2: ("A", "b")},
    "cat <<EOF\nA=b\nEOF\nC=d": {4: ("C", "d")},
    "cat <<-'END'\nA=b\nEND\nC=d": {4: ("C", "d")},
    "cat <<< word\nA=b": {2: ("A", "b")},
}


@pytest.mark.parametrize(("text", "expected"), SHELL.items())
def test_an_assignment_of_a_script_is_one(text: str, expected: dict[int, tuple[str, str]]) -> None:
    assert assigned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A=$B",
        'A="$B"',
        "A=$(cat b)",
        "A=`cat b`",
        'A="a\\"b"',
        "local A=b",
        "echo A=b",
        "A+=b",
        "A[0]=b",
        "A=b|c",
        "A=(b c)",
        "A=~/b",
        "A=*.b",
        'echo "\nA=b\n"',
        "echo '\nA=b\n'",
        "#A=b",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert assigned(text) == {}


def test_the_name_that_is_asked_for_is_written_as_variables_are() -> None:
    (entry,) = shell(["db_password=b"])
    assert entry.instead == '"${DB_PASSWORD:?set DB_PASSWORD}"'
    assert (entry.place.column, entry.place.end_column) == (12, 13)
