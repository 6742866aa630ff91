"""One walk: names resolve as the file's imports and scopes say, places are libcst's own, facts survive the cache."""

from collections.abc import Callable
from typing import Any

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from transforms.concepts import Alias, Function, GuardUse, How, Place, Signal
from transforms.facts import Facts, cache_key, collect, dump, load
from transforms.source import SourceFile
from transforms.walk import Handlers, Walk, accepted_risks, argument, positions, read


class Every:
    """A reader that hands every node of one type to a function."""

    TOKENS = (b"",)

    def __init__(self, kind: type[cst.CSTNode], note: Callable[[Walk, Any], None]) -> None:
        self.kind, self.note = kind, note

    def read(self, walk: Walk) -> Handlers:
        return {self.kind: lambda node: self.note(walk, node)}


def resolved_calls(text: str, path: str = "app/main.py") -> list[str | None]:
    """The references of everything that is called, in order."""
    found: list[str | None] = []
    read(SourceFile(path, text.encode()), [Every(cst.Call, lambda walk, call: found.append(walk.resolve(call.func)))])
    return found


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("import a.b\na.b.c()", "a.b.c"),
        ("import a.b as x\nx.c()", "a.b.c"),
        ("from a import b\nb()", "a.b"),
        ("from a import b as c\nc.d()", "a.b.d"),
        ("from . import deps\ndeps.f()", "app.deps.f"),
        ("from .deps import f\nf()", "app.deps.f"),
        ("from ..core.deps import f\nf()", "core.deps.f"),
        ("def f(): pass\nf()", "app.main.f"),
        ("f()\ndef f(): pass", "app.main.f"),
        ("print()", "print"),
        ("import f\ndef g(f):\n    f()", "app.main.g.f"),
        ("def make():\n    router = 1\n    router.get()", "app.main.make.router.get"),
        ("def make():\n    def inner(): pass\n    inner()", "app.main.make.inner"),
        ("class A:\n    def f(self):\n        g()\ndef g(): pass", "app.main.g"),
        ("class A:\n    def g(self): pass\n    def f(self):\n        g()\n", "g"),
    ],
)
def test_a_name_resolves_as_imports_and_scopes_say(text: str, reference: str) -> None:
    assert resolved_calls(text) == [reference]


class Choosy(Every):
    """A reader that looks at a file's bytes before it takes part."""

    def matters(self, content: bytes) -> bool:
        return b"wanted" in content


@pytest.mark.parametrize(("text", "seen"), [("wanted = 1\n", 1), ("other = 1\n", 0)])
def test_a_reader_that_can_tell_its_files_takes_part_in_those_alone(text: str, seen: int) -> None:
    found: list[Any] = []
    read(SourceFile("app.py", text.encode()), [Choosy(cst.Assign, lambda _walk, node: found.append(node))])
    assert len(found) == seen


EVERY_KIND = """
import a
@decorated(1)
class A(B, metaclass=C):
    x: int = f"{y!r:>{width}}" "z"
    async def f(self, *args, k=1, **kw) -> None:
        async with a as b, c: ...
        return [i for i in x if i] or {**d} or (lambda q: q)(1)
try:
    del a[1:2], b
except (E, F) as error:
    raise G from error
else:
    global h
finally:
    assert not x, -1
match v:
    case [1, *rest] | {"k": A(x=1)} if rest: pass
"""


def test_every_name_is_visited_once() -> None:
    tree = cst.parse_module(EVERY_KIND)
    names: list[str] = []
    source = SourceFile("app.py", EVERY_KIND.encode())
    read(source, [Every(cst.Name, lambda _walk, node: names.append(node.value))])
    expected: list[str] = []

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:  # noqa: N802  libcst's spelling
            expected.append(node.value)

    tree.visit(Names())
    assert sorted(names) == sorted(expected)


def test_a_relative_import_in_a_package_file_starts_at_the_package() -> None:
    assert resolved_calls("from .deps import f\nf()", "app/api/__init__.py") == ["app.api.deps.f"]


def test_what_is_no_name_has_no_reference() -> None:
    assert resolved_calls("(lambda: 1)()") == [None]


SAMPLE = '''"""Doc."""
import os  # comment

@decorated(
    1,
)
async def f(a, b: int = (2 + 3)) -> str:
    """Doc."""

    return f"{a}" "x" \\
        "y"   # trailing


class C(Base):  # c

    x: int = os.getenv("A", """
b
""")

    def g(self):
        if (a
            and b):
            return [call(1)(2) for _ in (3,)]
        # end
'''


@pytest.mark.parametrize(
    "kind", [cst.FunctionDef, cst.ClassDef, cst.Call, cst.Arg, cst.SimpleString, cst.Name, cst.Assign]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_are_those_of_libcsts_own_provider(kind: type[cst.CSTNode], newline: str) -> None:
    wrapper = MetadataWrapper(cst.parse_module(SAMPLE.replace("\n", newline)), unsafe_skip_copy=True)
    theirs = wrapper.resolve(PositionProvider)
    nodes = [node for node in theirs if isinstance(node, kind)]
    ours = positions(wrapper.module, nodes)
    for node in nodes:
        start, end = theirs[node].start, theirs[node].end
        assert ours[id(node)] == Place(start.line, start.column, end.line, end.column), node


def test_a_signal_marks_every_function_around() -> None:
    walks: list[Walk] = []

    def note(walk: Walk, _: cst.Call) -> None:
        walks.append(walk)
        walk.signal(Signal.WRITES)

    read(SourceFile("m.py", b"def a():\n    def b():\n        c()\ndef d(): pass\n"), [Every(cst.Call, note)])
    assert walks[0].signals == {"m.a.b": {Signal.WRITES}, "m.a": {Signal.WRITES}, "m.d": set()}


def test_facts_survive_the_cache() -> None:
    place = Place(1, 0, 2, 5)
    guard = GuardUse("app.deps.user", How.PARAMETER, place, ("admin",), "user", "Depends(user)")
    function = Function("m.f", place, True, guards=(guard,), raises=(401, 403), signals=(Signal.WRITES,))
    facts = collect(Facts("m.py", "m", imports=(("a", "b.c"),)), [function, Alias("m.User", guard)])
    assert load(dump(facts)) == facts


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"[[1, 2], 3, 4]", b"not json"])
def test_what_is_no_dump_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(data)


def test_the_same_blob_under_another_path_has_facts_of_its_own() -> None:
    assert cache_key("a" * 40, "x.py") != cache_key("a" * 40, "y.py")


def test_an_accepted_risk_is_read_with_its_line_and_reason() -> None:
    text = b"x = 1\n# tenon: accept-risk[no-secret-in-code] a public key\ny = 2\n"
    assert list(accepted_risks(text)) == [(2, "no-secret-in-code", "a public key")]


def test_an_argument_is_found_by_keyword_or_position() -> None:
    call = cst.ensure_type(cst.parse_expression("f(1, b=2)"), cst.Call)
    first, second = argument(call, "a", 0), argument(call, "b", 1)
    assert first is not None
    assert first.deep_equals(cst.Integer("1"))
    assert second is not None
    assert second.deep_equals(cst.Integer("2"))
    assert argument(call, "c", 2) is None
