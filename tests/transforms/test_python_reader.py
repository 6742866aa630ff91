"""What is read from plain Python: who is called, with which status a caller is refused, what changes."""

import pytest

from tests.transforms.joined import facts_of
from transforms.concepts import Function, Signal
from transforms.facts import Facts, dump, load


def function(source: str, name: str = "f") -> Function:
    facts = facts_of(f"import fastapi\n{source}")
    return next(each for each in facts.functions if each.symbol.endswith(f".{name}"))


def calls(source: str, name: str = "f") -> tuple[str, ...]:
    return function(source, name).calls


def test_a_parameter_has_its_type_by_reference() -> None:
    read = function(
        "from typing import Annotated, Optional\nfrom app.models import User\n"
        "def f(a: User, b: Annotated[User, 1], c: 'User', d: User | None, e: Optional[User], g: None | User, h=3): ..."
    )
    assert [each.reference for each in read.parameters] == ["app.models.User"] * 6 + [None]
    assert read.parameters[1].annotation == "Annotated[User, 1]"


def test_a_default_is_kept_without_its_strings() -> None:
    read = function("def f(a=Header('x'), b='quite private', c=1): ...")
    assert [each.default for each in read.parameters] == ["Header('')", "''", "1"]


def test_decorators_are_references() -> None:
    assert function("from app import auth\n@auth.login_required\n@auth.role('x')\ndef f(): ...").decorators == (
        "app.auth.login_required",
        "app.auth.role",
    )


def test_calls_are_references_in_order_each_once() -> None:
    assert calls("from app import a\ndef g(): ...\ndef f():\n    a.two()\n    g()\n    a.two()\n    len([])") == (
        "app.a.two",
        "app.g",
    )


def test_the_type_of_a_parameter_tells_whose_method_is_called() -> None:
    source = "from app.services import UserService\ndef f(users: UserService): return users.find()"
    assert calls(source) == ("app.services.UserService.find",)


def test_the_call_that_made_a_local_tells_whose_method_is_called() -> None:
    source = "from app.services import Users\ndef f():\n    users = Users(1)\n    return users.find()"
    assert calls(source) == ("app.services.Users", "app.services.Users().find")


def test_what_a_with_statement_binds_is_known() -> None:
    source = "from app.db import Session\ndef f():\n    with Session() as s:\n        s.commit()"
    assert "app.db.Session().commit" in calls(source)


@pytest.mark.parametrize(
    "call",
    ["asyncio.to_thread(a.store, 1)", "run_in_threadpool(a.store, 1)", "loop.run_in_executor(None, a.store, 1)",
     "anyio.to_thread.run_sync(a.store)", "sync_to_async(a.store)(1)"],
)  # fmt: skip
def test_what_runs_in_a_thread_is_called(call: str) -> None:
    source = "import anyio, asyncio\nfrom app import a\nfrom starlette.concurrency import run_in_threadpool\n"
    assert "app.a.store" in calls(f"{source}async def f(loop):\n    await {call}")


def test_self_is_the_class_around() -> None:
    source = "class C:\n    def g(self): ...\n    def f(self):\n        self.g()\n        self.store.put()"
    assert calls(source) == ("app.C.g", "app.C.store.put")


def test_methods_of_something_unknown_are_left_out() -> None:
    assert calls("def f(x):\n    for y in x:\n        y.go()\n        x.go()") == ()


def test_what_an_inner_function_calls_counts_for_the_outer() -> None:
    assert calls("from app import a\ndef f():\n    def inner():\n        a.go()\n    return inner") == ("app.a.go",)


@pytest.mark.parametrize(
    "refusal",
    [
        "raise fastapi.HTTPException(401)",
        "raise fastapi.HTTPException(status_code=401, detail='no')",
        "raise fastapi.HTTPException(status_code=fastapi.status.HTTP_401_UNAUTHORIZED)",
        "error = fastapi.HTTPException(401)\n    raise error",
        "return JSONResponse({}, status_code=401)",
        "return JSONResponse({}, status_code=HTTPStatus.UNAUTHORIZED)",
        "return {}, 401",
        "abort(401)",
        "return Response(status=401)",
    ],
)
def test_a_refusal_is_seen_however_it_is_written(refusal: str) -> None:
    read = function(f"from http import HTTPStatus\ndef f():\n    {refusal}")
    assert read.raises == (401,)
    assert Signal.REFUSES in read.signals


@pytest.mark.parametrize(
    "answer",
    ["raise fastapi.HTTPException(404)", "return JSONResponse({}, status_code=201)", "return RedirectResponse('/')"],
)
def test_other_answers_are_no_refusal(answer: str) -> None:
    assert Signal.REFUSES not in function(f"def f():\n    {answer}").signals


@pytest.mark.parametrize(
    "refusal",
    [
        "return RedirectResponse('/login')",
        "return RedirectResponse(url='/auth/login?next=/', status_code=303)",
        "raise fastapi.HTTPException(status_code=303, headers={'Location': '/login'})",
        "await ws.close(code=1008)",
        "raise fastapi.WebSocketException(code=fastapi.status.WS_1008_POLICY_VIOLATION)",
    ],
)
def test_sending_to_the_sign_in_page_or_hanging_up_refuses(refusal: str) -> None:
    assert Signal.REFUSES in function(f"async def f(ws):\n    {refusal}").signals


def test_a_refusal_that_is_swallowed_refuses_nobody() -> None:
    source = (
        "from app.auth import check\ndef f():\n    try:\n        check()\n        raise fastapi.HTTPException(401)\n"
        "    except fastapi.HTTPException:\n        return None\n    return 1"
    )
    read = function(source)
    assert (read.raises, read.caught) == ((), ("app.auth.check", "fastapi.HTTPException"))
    assert Signal.REFUSES not in read.signals


def test_a_refusal_that_is_raised_anew_still_refuses() -> None:
    source = (
        "def f():\n    try:\n        go()\n    except Exception:\n        raise fastapi.HTTPException(401) from None"
    )
    assert function(source).raises == (401,)


@pytest.mark.parametrize(
    ("body", "optional"),
    [
        ("if x:\n        return None\n    return x", True),
        ("if x:\n        return\n    return x", True),
        ("return x", False),
        ("return None", False),
        ("def inner():\n        return None\n    return inner", False),
    ],
)
def test_an_answer_that_may_be_none_is_optional(body: str, optional: bool) -> None:
    assert function(f"def f(x):\n    {body}").optional is optional


WRITES = [
    "db.add(x)", "session.commit()", "await db.flush()", "self.session.delete(x)", "await db.orders.insert_one({})", "cursor.execute('INSERT INTO t')",
    "db.execute(text('DELETE FROM t'))", "conn.execute(f'UPDATE t SET a={x}')", "table.put_item(Item={})",
    "open('x', 'w')", "Path('x').open('wb')", "os.remove('x')", "shutil.rmtree('x')", "supabase.table('t').insert({})",
    "db.execute(delete(Order))", "path.write_text('x')", "Order.objects.filter(pk=x).delete()", "Order.objects.update(a=1)",
    "Order.objects.create(a=1)", "await Order.objects.acreate(a=1)", "Order.objects.bulk_create([x])",
    "Order.objects.update_or_create(a=1)", "Order.objects.get_or_create(a=1)", "Order.objects.get(pk=x).delete()",
    "order = Order.objects.get(pk=x)\n    order.save()", "order = get_object_or_404(Order, pk=x)\n    order.delete()",
    "s = OrderSerializer(data=x)\n    s.save()", "form = OrderForm(x)\n    form.save()", "await session.commit()",
    "session.add_all([x])", "db.session.add(x)",
]  # fmt: skip
NO_WRITES = [
    "db.get(x)", "names.add(x)", "cache.update(x)", "cursor.execute('SELECT 1')", "open('x')", "open('x', 'rb')", "os.path.join('x')",
    "items.remove(x)", "order.delete", "Order.objects.filter(pk=x).first()", "Order.objects.get(pk=x)",
    "order = find(x)\n    order.delete", "Thread().create()", "client.create(x)", "image = render(x)\n    image.save('x')",
    "Order.objects.create", "s = OrderSerializer(x)\n    s.data",
]  # fmt: skip
HEAD = "import os, shutil\nfrom django.shortcuts import get_object_or_404\nfrom shop import Order, OrderForm, OrderSerializer\nfrom pathlib import Path\nfrom sqlalchemy import delete, text\n"


@pytest.mark.parametrize("statement", WRITES)
def test_what_changes_data_is_seen(statement: str) -> None:
    assert Signal.WRITES in function(f"{HEAD}async def f(x):\n    {statement}").signals


@pytest.mark.parametrize("statement", NO_WRITES)
def test_what_only_looks_like_it_is_not(statement: str) -> None:
    assert Signal.WRITES not in function(f"{HEAD}async def f(x):\n    {statement}").signals


@pytest.mark.parametrize(
    "expression",
    [
        "request.headers['Authorization']",
        "request.headers.get('x-api-key')",
        "request.cookies.get(COOKIE)",
        "request.session['user_id']",
        "websocket.query_params.get('token')",
        "request.state.user",
        "self.request.user",
    ],
)
def test_looking_at_a_credential_is_seen(expression: str) -> None:
    assert Signal.READS_CREDENTIAL in function(f"def f(request):\n    return {expression}").signals


@pytest.mark.parametrize(
    "expression",
    [
        "request.headers['User-Agent']",
        "request.headers['X-User-Id']",
        "request.headers.get('accept')",
        "form['token']",
        "request.state.db",
    ],
)
def test_looking_at_something_else_is_not(expression: str) -> None:
    assert Signal.READS_CREDENTIAL not in function(f"def f(request):\n    return {expression}").signals


@pytest.mark.parametrize(
    "call",
    [
        "jwt.decode(t, k)",
        "hmac.compare_digest(a, b)",
        "stripe.Webhook.construct_event(a, b, c)",
        "auth.verify_id_token(t)",
    ],
)
def test_checking_a_token_is_seen(call: str) -> None:
    source = f"import hmac, jwt, stripe\nfrom firebase_admin import auth\ndef f(t):\n    {call}"
    assert Signal.VERIFIES_TOKEN in function(source).signals


def test_reading_a_token_without_its_signature_checks_nothing() -> None:
    source = "import jwt\ndef f(t):\n    jwt.decode(t, options={'verify_signature': False})"
    assert Signal.VERIFIES_TOKEN not in function(source).signals


@pytest.mark.parametrize("call", ["httpx.post('x')", "openai.OpenAI()", "server.sendmail(x)", "chain.ainvoke(x)"])
def test_calls_to_the_outside_are_seen(call: str) -> None:
    assert Signal.EXTERNAL_EFFECT in function(f"import httpx, openai\ndef f(x):\n    {call}").signals


def test_a_class_has_its_bases_methods_and_statuses() -> None:
    source = "class Denied(fastapi.HTTPException):\n    status_code = 403\n    def __init__(self): ...\n"
    (read,) = facts_of(f"import fastapi\n{source}").classes
    assert (read.bases, read.methods, read.statuses) == (("fastapi.HTTPException",), ("__init__",), (403,))


def test_a_base_with_types_in_brackets_is_that_base() -> None:
    (read,) = facts_of(
        "import fastapi\nfrom store import Repository\nclass Orders(Repository[Order, int]): ...\n"
    ).classes
    assert read.bases == ("store.Repository",)


def test_what_module_names_and_attributes_hold_is_kept() -> None:
    facts = facts_of(
        "import fastapi\nfrom app.users import FastAPIUsers, Service\n"
        "users = FastAPIUsers[int](1)\ncurrent = users.current_user(optional=True)\ndenied = fastapi.HTTPException(401)\n"
        "class C:\n    def __init__(self, s: Service):\n        self.s = s\n        self.t = Service()\n"
    )
    held = {each.symbol: (each.reference, each.statuses, each.flags) for each in facts.instances}
    assert held == {
        "app.users": ("app.users.FastAPIUsers()", (), ()),
        "app.current": ("app.users.current_user()", (), ("optional=True",)),
        "app.denied": ("fastapi.HTTPException()", (401,), ()),
        "app.C.s": ("app.users.Service", (), ()),
        "app.C.t": ("app.users.Service()", (), ()),
    }


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("'/api/v1'", "/api/v1"),
        ("f'{BASE}/v1'", "<app.BASE>/v1"),
        ("os.getenv('PREFIX', '/api')", "/api"),
        ("Field(default='/api')", "/api"),
        ("'/Zm9vYmFy+secret='", None),
        ("'hello'", None),
    ],
)
def test_only_plain_url_paths_are_kept_as_constants(code: str, value: str | None) -> None:
    facts = facts_of(f"import fastapi, os\nBASE = None\nPREFIX = {code}\n")
    assert [each.value for each in facts.constants] == ([] if value is None else [value])


def test_facts_survive_the_cache() -> None:
    facts: Facts = facts_of(
        "import fastapi\nfrom a import b\nX = b.C(k=True)\nclass D(b.E):\n    status = 401\n    def f(self, x: b.E = None):\n"
        "        try:\n            self.g()\n        except Exception:\n            return None\n        return request.url.path\n"
    )
    assert load(dump(facts)) == facts
