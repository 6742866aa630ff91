"""Edits put into code that people wrote: found again by place, spliced in, nothing else touched."""

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.rewriting import (
    PATH,
    inserted,
    item,
    keyword,
    parameter,
    place_of,
    refusal,
    replaced,
    run,
    text_after,
)
from transforms.edit_kinds import AddFile, Position, ReplaceExpression
from transforms.inserted import source as inserted_source
from transforms.rewrite import apply
from transforms.source import BOM

# --- expressions


def test_an_expression_is_replaced_where_it_stands() -> None:
    code = "client = Stripe(key='abc',  # the key\n    retries=3)\n"
    assert text_after(code, replaced(code, "'abc'", 'get_secret("KEY")')) == code.replace("'abc'", "get_secret('KEY')")


def test_the_new_code_takes_the_quotes_of_the_file() -> None:
    single = "a = 'x'\nb = 'y'\nc = 1\n"
    assert "c = read('K', \"it's\")" in text_after(single, replaced(single, "1", 'read("K", "it\'s")'))
    double = 'a = "x"\nc = 1\n'
    assert 'c = read("K")' in text_after(double, replaced(double, "1", "read('K')"))


def test_an_f_string_is_not_broken_by_quotes() -> None:
    code = "url = f\"postgres://{'pw'}@db\"\n"
    assert (
        text_after(code, replaced(code, "'pw'", 'get_secret("PW")')) == "url = f\"postgres://{get_secret('PW')}@db\"\n"
    )


def test_code_of_weak_binding_is_put_in_brackets_where_it_must() -> None:
    code = "x = value.strip()\ny = value\n"
    assert text_after(code, replaced(code, "value", "a or b")) == "x = (a or b).strip()\ny = value\n"
    code = "y = value\n"
    assert text_after(code, replaced(code, "value", "a or b")) == "y = a or b\n"


def test_code_never_runs_into_a_keyword() -> None:
    code = 'def f():\n    return"secret"\n'
    assert text_after(code, replaced(code, '"secret"', "get()")) == "def f():\n    return get()\n"


def test_a_place_where_no_expression_stands_is_refused() -> None:
    assert refusal("a = 1\nbb = 2\n", replaced("a = 1\nbb = 2\n", "1\nb", "2")) == "there is no expression at the place"
    assert refusal("a = 1\n", ReplaceExpression("gone.py", place_of("a = 1\n", "1"), "2")) == "there is no such file"


def test_two_edits_of_the_same_expression_do_not_both_win() -> None:
    code = "a = 1\n"
    result = run(code, [replaced(code, "1", "2"), replaced(code, "1", "3")])
    assert result.files[PATH] == b"a = 2\n"
    assert [reason for _, reason in result.failed] == ["another edit changes the same code"]


def test_the_same_edit_twice_is_one_edit() -> None:
    code = "a = 1\n"
    assert text_after(code, replaced(code, "1", "2"), replaced(code, "1", "2")) == "a = 2\n"


def test_a_part_of_a_longer_string_is_no_expression_of_its_own() -> None:
    code = "a = ('x'\n     'y')\n"
    assert refusal(code, replaced(code, "'y'", "get()")) == "the place is a part of a longer string"


# --- arguments


def test_a_list_argument_is_made_or_grows() -> None:
    code = 'r = APIRouter(prefix="/x")\n'
    call = 'APIRouter(prefix="/x")'
    edit = item(code, call, "dependencies", "Depends(require_user)")
    assert text_after(code, edit) == 'r = APIRouter(prefix="/x", dependencies=[Depends(require_user)])\n'
    code = "r = APIRouter(dependencies=[Depends(log)], tags=t)\n"
    edit = item(code, "APIRouter(dependencies=[Depends(log)], tags=t)", "dependencies", "Depends(require_user)")
    assert text_after(code, edit) == "r = APIRouter(dependencies=[Depends(log), Depends(require_user)], tags=t)\n"


def test_an_element_that_is_there_is_not_added_again() -> None:
    code = "r = APIRouter(dependencies=[Depends( require_user )])\n"
    edit = item(code, code[4:-1], "dependencies", "Depends(require_user)")
    assert text_after(code, edit) == code


def test_a_name_as_list_is_unpacked_into_a_new_list() -> None:
    code = "r = APIRouter(dependencies=deps)\n"
    edit = item(code, code[4:-1], "dependencies", "Depends(x)")
    assert text_after(code, edit) == "r = APIRouter(dependencies=[*deps, Depends(x)])\n"
    code = "r = APIRouter(dependencies=None)\n"
    edit = item(code, code[4:-1], "dependencies", "Depends(x)")
    assert text_after(code, edit) == "r = APIRouter(dependencies=[Depends(x)])\n"
    code = "r = APIRouter(dependencies=a if b else c)\n"
    edit = item(code, code[4:-1], "dependencies", "Depends(x)")
    assert refusal(code, edit) == "the argument is neither a list nor a name"


def test_one_argument_on_each_line_stays_so_with_its_trailing_comma_and_comments() -> None:
    code = 'app = FastAPI(\n\ttitle="x",\n\tdebug=True,  # for now\n)\n'
    edit = item(code, code[6:-1], "dependencies", "Depends(g)")
    assert text_after(code, edit) == (
        'app = FastAPI(\n\ttitle="x",\n\tdebug=True,  # for now\n\tdependencies=[Depends(g)],\n)\n'
    )


def test_a_missing_trailing_comma_stays_missing() -> None:
    code = 'app = FastAPI(\n    title="x",\n    debug=True  # for now\n)\n'
    edit = keyword(code, code[6:-1], "docs_url", "None")
    assert text_after(code, edit) == (
        'app = FastAPI(\n    title="x",\n    debug=True,  # for now\n    docs_url=None\n)\n'
    )


def test_a_call_without_arguments_gets_its_first() -> None:
    code = "app = FastAPI()\n"
    assert text_after(code, keyword(code, "FastAPI()", "docs_url", "None")) == "app = FastAPI(docs_url=None)\n"


def test_two_edits_of_one_call_share_it() -> None:
    code = "app = FastAPI()\n"
    edits = (
        item(code, "FastAPI()", "dependencies", "Depends(a)"),
        item(code, "FastAPI()", "dependencies", "Depends(b)"),
        keyword(code, "FastAPI()", "docs_url", "None"),
    )
    assert text_after(code, *edits) == "app = FastAPI(dependencies=[Depends(a), Depends(b)], docs_url=None)\n"


def test_a_call_whose_arguments_are_not_known_is_left_alone() -> None:
    code = "app = FastAPI(**options)\n"
    edit = item(code, "FastAPI(**options)", "dependencies", "Depends(a)")
    assert refusal(code, edit) == "the call passes **arguments, and dependencies may be among them"


def test_a_decorator_keeps_what_it_says() -> None:
    code = '@router.post(\n    "/x", response_model=Order\n)\nasync def make(): ...\n'
    call = 'router.post(\n    "/x", response_model=Order\n)'
    assert text_after(code, item(code, call, "dependencies", "Depends(g)")) == (
        '@router.post(\n    "/x", response_model=Order, dependencies=[Depends(g)]\n)\nasync def make(): ...\n'
    )


def test_a_call_inside_an_f_string_is_declined() -> None:
    code = "a = f'{get(1)}'\n"
    assert refusal(code, keyword(code, "get(1)", "b", "2")) == "the call stands inside an f-string"


# --- parameters


def test_a_parameter_goes_before_star_star_kwargs() -> None:
    code = "def f(a, b=1, **kw): ...\n"
    assert text_after(code, parameter(code, code[:-1], "u: User = Depends(g)")) == (
        "def f(a, b=1, u: User = Depends(g), **kw): ...\n"
    )


def test_a_parameter_without_default_goes_before_those_with_one() -> None:
    code = "async def f(\n    a: int,\n    b: int = 1,\n): ...\n"
    edits = parameter(code, code[:-1], "request: Request"), parameter(code, code[:-1], "u: User = Depends(g)")
    assert text_after(code, *edits) == (
        "async def f(\n    a: int,\n    request: Request,\n    b: int = 1,\n    u: User = Depends(g),\n): ...\n"
    )


def test_a_function_without_parameters_gets_its_first() -> None:
    code = "def f() -> int: ...\n"
    assert text_after(code, parameter(code, code[:-1], "u: User")) == "def f(u: User) -> int: ...\n"


def test_behind_a_star_every_parameter_may_stand() -> None:
    code = "def f(a=1, *, b=2): ...\n"
    assert text_after(code, parameter(code, code[:-1], "u: User")) == "def f(a=1, *, b=2, u: User): ...\n"


def test_a_parameter_that_is_there_is_left_alone_and_a_taken_name_is_refused() -> None:
    code = "def f(u: User = Depends(g)): ...\n"
    assert text_after(code, parameter(code, code[:-1], "u: User = Depends(g)")) == code
    assert refusal(code, parameter(code, code[:-1], "u: str")) == "the function has another parameter named u"


# --- statements


def test_statements_go_before_and_after_a_statement_at_its_indentation() -> None:
    code = "def f():\n\tif x:\n\t\t# why\n\t\tgo()  # now\n\treturn 1\n"
    before = inserted(code, "go()", Position.BEFORE, 'check(\n    "a",\n)')
    after = inserted(code, "go()", Position.AFTER, "done()")
    assert text_after(code, before, after) == (
        'def f():\n\tif x:\n\t\tcheck(\n\t\t\t"a",\n\t\t)\n\t\t# why\n\t\tgo()  # now\n\t\tdone()\n\treturn 1\n'
    )


def test_the_body_of_a_function_starts_behind_its_docstring() -> None:
    code = 'def f():\n    """Docs."""\n    return 1\n'
    edit = inserted(code, code[:-1], Position.BODY_START, "check()")
    assert text_after(code, edit) == 'def f():\n    """Docs."""\n    check()\n    return 1\n'
    code = "def f():\n    # first\n    return 1"
    edit = inserted(code, code, Position.BODY_START, "check()")
    assert text_after(code, edit) == "def f():\n    check()\n    # first\n    return 1"


def test_a_missing_final_newline_stays_missing() -> None:
    code = "def f():\n    go()"
    assert text_after(code, inserted(code, "go()", Position.AFTER, "done()")) == "def f():\n    go()\n    done()"


def test_lines_of_a_long_string_are_not_indented() -> None:
    code = "def f():\n    go()\n"
    new = inserted(code, "go()", Position.BEFORE, 'q = """\nselect 1\n"""\nrun(q)')
    assert text_after(code, new) == 'def f():\n    q = """\nselect 1\n"""\n    run(q)\n    go()\n'


def test_statements_that_stand_there_are_not_inserted_again() -> None:
    code = "def f():\n    check()\n    go()\n    done()\n"
    edits = inserted(code, "go()", Position.BEFORE, "check()"), inserted(code, "go()", Position.AFTER, "done()")
    assert text_after(code, *edits) == code


def test_two_insertions_at_one_place_stand_in_order() -> None:
    code = "go()\n"
    edits = inserted(code, "go()", Position.BEFORE, "a()"), inserted(code, "go()", Position.BEFORE, "b()")
    assert text_after(code, *edits) == "a()\nb()\ngo()\n"


def test_a_statement_that_shares_its_line_is_declined() -> None:
    code = "if x: go()\n"
    assert "shares its line" in refusal(code, inserted(code, "go()", Position.BEFORE, "check()"))
    code = "def f(): return 1\n"
    assert "on the line of its def" in refusal(code, inserted(code, code[:-1], Position.BODY_START, "check()"))
    code = "if a:\n    pass\nelif b:\n    pass\n"
    edit = inserted(code, "elif b:\n    pass", Position.BEFORE, "check()")
    assert refusal(code, edit) == "nothing can stand before elif"


def test_a_decorated_function_keeps_its_decorators_on_top() -> None:
    code = "import os\n\n\n@a\n@b\ndef f():\n    pass\n"
    edit = inserted(code, "def f():\n    pass", Position.BEFORE, "x = 1")
    assert text_after(code, edit) == "import os\n\n\nx = 1\n@a\n@b\ndef f():\n    pass\n"


def test_behind_blocks_that_end_together_the_inner_one_comes_first() -> None:
    code = "def f():\n    if x:\n        go()\n"
    outer = inserted(code, "if x:\n        go()", Position.AFTER, "a()")
    inner = inserted(code, "go()", Position.AFTER, "b()")
    assert text_after(code, outer, inner) == "def f():\n    if x:\n        go()\n        b()\n    a()\n"


# --- bytes


def test_windows_lines_and_byte_order_mark_and_tabs_stay() -> None:
    source = BOM + b"import os\r\n\r\ndef f(\r\n\ta,\r\n):\r\n\treturn 'x'  # \xc3\xa4\r\n"
    edits = [
        ReplaceExpression(PATH, place_of(source, "'x'"), 'get("X")'),
        inserted(source.removeprefix(BOM).decode(), "return 'x'", Position.BEFORE, "check()\ngo()"),
    ]
    result = apply({PATH: source}, edits)
    assert not result.failed
    assert result.files[PATH] == (
        BOM + b"import os\r\n\r\ndef f(\r\n\ta,\r\n):\r\n\tcheck()\r\n\tgo()\r\n\treturn get('X')  # \xc3\xa4\r\n"
    )


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0\f\v\x1c\x1d\x1e\x85"), max_size=20),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_what_no_edit_names_comes_back_byte_for_byte(comment: str, newline: str, final: bool) -> None:
    lines = [f"# {comment}", "import os", f"a = 'x'  # {comment}", "b = 2   ;c=3", "def  f( a,b ) :", "  return   a"]
    source = (newline.join(lines) + newline * final).encode()
    result = apply({PATH: source}, [ReplaceExpression(PATH, place_of(source, "'x'"), "g('y')")])
    assert not result.failed
    assert result.files[PATH] == source.replace(b"'x'", b"g('y')", 1)
    ((start, end),) = result.spans[PATH]
    assert source[start:end] == b"'x'"


def test_a_file_that_cannot_be_parsed_is_refused_with_the_reason() -> None:
    assert refusal("a = (\n", replaced("a = (\n", "a", "b")) == "the file cannot be read: unparsable"


# --- whole files


def test_a_new_file_takes_the_line_ends_of_the_repository() -> None:
    result = apply({"a.py": b"x = 1\r\ny = 2\r\n"}, [AddFile("controls/__init__.py", "a\nb\n")])
    assert result.files == {"controls/__init__.py": b"a\r\nb\r\n"}


def test_a_file_that_says_the_same_is_left_alone_and_another_is_never_overwritten() -> None:
    assert apply({"n.py": b"a\r\n"}, [AddFile("n.py", "a\n")]).files == {}
    result = apply({"n.py": b"mine\n"}, [AddFile("n.py", "a\n")])
    assert result.files == {}
    assert result.failed[0][1] == "another file stands in the place of the new one"


def test_an_inserted_module_is_brought_up_to_date_only_while_it_is_unedited() -> None:
    new = inserted_source("secrets", None).text
    old = "# tenon: secrets v0 sha256:" + "0" * 64 + "\nold = 1\n"
    edited = apply({"controls/secrets.py": old.encode()}, [AddFile("controls/secrets.py", new)])
    assert not edited.files
    assert not edited.failed
    from transforms.inserted import stamp

    untouched = stamp("old = 1\n", "secrets").encode()
    assert apply({"controls/secrets.py": untouched}, [AddFile("controls/secrets.py", new)]).files == {
        "controls/secrets.py": new.encode()
    }
