"""Which routes change something, what that is called, and what counts as a record of it."""

import pytest

from tests.transforms.owned_app import app_of
from transforms.app import App
from transforms.auditing import Change, Record, Recorded, Stake
from transforms.edits import record_event
from transforms.engine import remedies, scan
from transforms.policy import ControlPolicy, Policy
from transforms.source import SourceFile

HEAD = """
import logging

from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
"""
CONTROL = "state-change-is-audited"


def app_with(routes: str, **modules: str) -> App:
    return app_of({"app.py": HEAD + routes, **{f"{name}.py": text for name, text in modules.items()}})


def changes(routes: str, **modules: str) -> dict[str, Change]:
    return {each.route.name: each for each in app_with(routes, **modules).auditing.changes}


def record(routes: str, **modules: str) -> Record:
    app = app_with(routes, **modules)
    (change,) = app.auditing.changes
    return app.auditing.record(change.route)


def route(method: str, path: str, handler: str = "handle", body: str = "db.commit()") -> str:
    parameters = ", ".join([each.strip("{}") for each in path.split("/") if each.startswith("{")] + ["db", "user"])
    return f'\n\n@app.{method.lower()}("{path}")\ndef {handler}({parameters}):\n    {body}\n'


@pytest.mark.parametrize(
    ("body", "changing"),
    [
        ("db.commit()", True),
        ("db.execute('DELETE FROM orders')", True),
        ("open('orders.csv', 'w').write('')", True),
        ("return db.execute('SELECT 1').all()", False),
        ("return sum([1, 2])", False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_handler_does_decides_and_not_its_method(method: str, body: str, changing: bool) -> None:
    assert bool(changes(route(method, "/orders/run", "run", body))) is changing


def test_a_change_two_calls_away_counts_with_less_certainty() -> None:
    (found,) = changes(
        "\nimport service\n" + route("POST", "/orders", body="service.place(db)"),
        service="import store\n\n\ndef place(db):\n    store.save(db)\n",
        store="import sqlalchemy\n\n\ndef save(db):\n    db.commit()\n",
    ).values()
    assert not found.direct
    assert changes(route("POST", "/orders"))["POST /orders"].direct


@pytest.mark.parametrize(
    ("method", "path", "handler", "action", "resource"),
    [
        ("POST", "/orders", "create_order", "order.create", "order"),
        ("DELETE", "/orders/{order_id}", "remove", "order.delete", "order"),
        ("PUT", "/orders/update", "change", "order.update", "order"),
        ("PATCH", "/orders/{order_id}/edit", "change", "order.update", "order"),
        ("DELETE", "/orders/{order_id}/remove", "drop", "order.delete", "order"),
        ("PUT", "/api/v1/orders/{order_id}", "replace", "order.update", "order"),
        ("PATCH", "/orders/{order_id}/status", "set_status", "order.update_status", "order"),
        ("POST", "/orders/{order_id}/pay", "pay", "order.pay", "order"),
        ("POST", "/orders/{order_id}/items", "add_item", "item.create", "item"),
        ("DELETE", "/admin/orders", "purge_orders", "order.delete", "order"),
        ("POST", "/admin/1", "rebuild_index", "index.rebuild", "index"),
        ("POST", "/api/admin", "promote_user", "user.promote", "user"),
        ("POST", "/jobs/1", "run", "job.run", None),
        ("GET", "/api/v1", "refresh_cache", "cache.refresh", "cache"),
        ("PATCH", "/users/me", "update_me", "user.update", "user"),
        ("PUT", "/tenants/me/status", "suspend", "tenant.update_status", "tenant"),
        ("POST", "/totp/setup", "setup", "totp.setup", "totp"),
        ("POST", "/companies", "new", "company.create", "company"),
        ("POST", "/addresses", "new", "address.create", "address"),
        ("POST", "/seed", "seed_data", "seed.create", "seed"),
        ("GET", "/invites/{code}/accept", "accept_invite", "invite.accept", "invite"),
        ("GET", "/reindex", "rebuild_index", "reindex.rebuild", "reindex"),
        ("POST", "/userProfiles", "new", "user_profile.create", "user_profile"),
        ("POST", "/{tenant}", "make_tenant", "tenant.make", None),
        ("POST", "/change-password", "change", "password.change", "password"),
        ("POST", "/cancel_order/{order_id}", "drop", "order.cancel", "order"),
        ("PUT", "/shop/updateProfile", "profile", "profile.update", "profile"),
        ("POST", "/set", "put", "set.create", "set"),
    ],
)
def test_a_change_is_named_after_what_is_done_to_what(
    method: str, path: str, handler: str, action: str, resource: str | None
) -> None:
    (found,) = changes(route(method, path, handler)).values()
    assert (found.action, found.resource) == (action, resource)


@pytest.mark.parametrize(
    ("methods", "handler", "action"),
    [
        (["GET", "POST"], "orders", "order.create"),
        (["GET", "POST"], "place_order", "order.place"),
        (["GET", "PUT", "DELETE"], "order_detail", "order.change"),
        (["GET", "PUT", "PATCH"], "order", "order.update"),
    ],
)
def test_a_handler_of_several_methods_is_named_after_what_they_do_together(
    methods: list[str], handler: str, action: str
) -> None:
    source = f'import flask\napp = flask.Flask(__name__)\n@app.route("/orders", methods={methods})\n'
    (found,) = app_of({"app.py": f"{source}def {handler}():\n    db.commit()\n"}).auditing.changes
    assert found.action == action


@pytest.mark.parametrize(
    ("method", "path", "sensitive"),
    [
        ("DELETE", "/orders/{order_id}", True),
        ("POST", "/orders/{order_id}/pay", True),
        ("PUT", "/members/{member_id}/role", True),
        ("POST", "/orders", False),
        ("PATCH", "/drafts/{draft_id}", False),
    ],
)
def test_what_removes_pays_or_grants_is_sensitive(method: str, path: str, sensitive: bool) -> None:
    (found,) = changes(route(method, path)).values()
    assert (found.stake is Stake.SENSITIVE) is sensitive


@pytest.mark.parametrize(
    ("path", "action"),
    [("/auth/login", "auth.login"), ("/auth/logout", "auth.logout"), ("/api/register", "auth.register")],
)
def test_signing_in_and_out_counts_although_it_may_write_nothing(path: str, action: str) -> None:
    (found,) = changes(route("POST", path, path.rpartition("/")[2], "return token_for(user)")).values()
    assert (found.action, found.signs_in) == (action, True)


def test_a_page_with_a_login_form_is_no_sign_in() -> None:
    assert changes(route("GET", "/login", "login_page", "return page()")) == {}


KEEPS = {
    "a logger under a name": (
        "\ntrail = logging.getLogger('shop.audit')\n"
        + route("POST", "/orders", body="db.commit(); trail.info('%s', user)")
    ),
    "a logger without a name": route(
        "POST", "/orders", body="db.commit(); logging.getLogger('audit').info('%s', user)"
    ),
    "a line that says so": route("POST", "/orders", body="db.commit(); logging.info('AUDIT order.create %s', user)"),
    "a function that writes": (
        "\n\ndef log_action(db, user, action):\n    db.execute('INSERT INTO log VALUES (1)')\n"
        + route("POST", "/orders", body="db.commit(); log_action(db, user, 'order.create')")
    ),
    "a dependency of the router": (
        "\n\ndef audit_trail(user):\n    logging.getLogger('audit').info('%s', user)\n\n\n"
        "router = APIRouter(dependencies=[Depends(audit_trail)])\n"
        + route("POST", "/orders").replace("@app", "@router")
        + "\n\napp.include_router(router)\n"
    ),
    "a decorator": (
        "\n\ndef recorded(action):\n    def wrap(handler):\n        def run(user, **given):\n"
        "            logging.getLogger('audit').info('%s %s', user, action)\n            return handler(**given)\n"
        "        return run\n    return wrap\n"
        + route("POST", "/orders").replace("def handle", "@recorded('o')\ndef handle")
    ),
    "a method of an object": (
        "\n\nclass AuditService:\n    def log(self, user, action):\n        db.execute('INSERT INTO log')\n\n\n"
        "audit = AuditService()\n" + route("POST", "/orders", body="db.commit(); audit.log(user, 'order.create')")
    ),
}


@pytest.mark.parametrize("how", KEEPS)
def test_a_record_is_known_by_what_it_does(how: str) -> None:
    assert record(KEEPS[how]).recorded is Recorded.YES


KEEPS_NOTHING = {
    "nothing": route("POST", "/orders"),
    "a plain logger": route("POST", "/orders", body="db.commit(); logging.info('order created by %s', user)"),
    "a function that only seems to": (
        "\n\ndef audit(user):\n    return None\n" + route("POST", "/orders", body="db.commit(); audit(user)")
    ),
    "a word that begins alike": (
        "\n\ndef auditorium(db):\n    db.commit()\n" + route("POST", "/orders", body="db.commit(); auditorium(db)")
    ),
    "a token that a library makes": (
        "\nfrom company.tokens import create_access_token\n"
        + route("POST", "/orders", body="db.commit(); create_access_token(user)")
    ),
    "a record that another route keeps": (
        "\n\ndef log_action(db, user):\n    db.execute('INSERT INTO log VALUES (1)')\n"
        + route("POST", "/orders")
        + route("GET", "/log", "show_log", "return log_action(None, None)")
    ),
}


@pytest.mark.parametrize("how", KEEPS_NOTHING)
def test_what_only_looks_like_a_record_is_none(how: str) -> None:
    app = app_with(KEEPS_NOTHING[how])
    change = next(each for each in app.auditing.changes if each.route.name == "POST /orders")
    assert app.auditing.record(change.route).recorded is Recorded.NO


@pytest.mark.parametrize(
    "routes",
    [
        "\nfrom company.trail import record_event\n" + route("POST", "/orders", body="db.commit(); record_event('x')"),
        "\n\ndef audit_event(action):\n    db.commit()\n"
        + route("POST", "/orders", body="db.commit(); audit_event('x')"),
    ],
)
def test_a_record_that_cannot_be_read_or_names_nobody_is_not_told(routes: str) -> None:
    assert record(routes).recorded is Recorded.UNKNOWN


def test_the_verb_writes_one_dependency_and_brings_the_module() -> None:
    app = app_with(route("DELETE", "/orders/{order_id}", "remove"))
    (change,) = app.auditing.changes
    edits = record_event(app, change.route, change.action, change.resource)
    assert edits is not None
    assert getattr(edits[0], "item", "") == 'Depends(audited("order.delete", resource="order"))'
    assert "controls/audit.py" in {edit.path for edit in edits}


def outcomes(routes: str, **options: object) -> dict[str, tuple[str, str]]:
    policy = Policy(controls={CONTROL: ControlPolicy(options=options)})
    report = scan([SourceFile("app.py", (HEAD + routes).encode())], policy)
    assert not report.failures
    return {
        each.subject.name: (each.outcome.value, each.severity.value)
        for each in report.verdicts
        if each.control == CONTROL
    }


def test_severity_follows_what_is_done() -> None:
    found = outcomes(route("DELETE", "/orders/{key}", "remove") + route("POST", "/orders", "create"))
    assert found == {"DELETE /orders/{key}": ("fail", "high"), "POST /orders": ("fail", "medium")}


@pytest.mark.parametrize(
    "routes",
    [
        route("POST", "/newsletter", "subscribe"),  # whoever sends it may send it
        route("GET", "/settings", "get_settings"),  # keeps a default on the way
    ],
)
def test_a_doubt_is_shown_as_one(routes: str) -> None:
    assert [outcome for outcome, _ in outcomes(routes).values()] == ["unknown"]


def test_options_spare_sign_in_and_routes() -> None:
    routes = route("POST", "/auth/login", "login") + route("PUT", "/drafts/{key}", "save_draft")
    assert len(outcomes(routes)) == 2
    assert outcomes(routes, sign_in=False, not_needed=("PUT /drafts/*",)) == {}


def test_a_patched_app_has_no_finding_and_a_second_run_changes_nothing() -> None:
    sources = [
        SourceFile("app.py", (HEAD + route("POST", "/orders") + route("GET", "/log", "show", "return 1")).encode())
    ]
    result = remedies(sources, scan(sources, Policy()), Policy(), only={CONTROL})
    assert not [each for each in result.after.findings if each.control == CONTROL]
    again = [SourceFile(path, content) for path, content in result.files.items()]
    assert not remedies(again, scan(again, Policy()), Policy(), only={CONTROL}).files
    text = result.files["app.py"].decode()
    assert text.count("audited(") == 1, "a route that only reads stays as it is"
    assert result.files["tests/test_controls_audit.py"].count(b"def test_post_orders") == 1


SITE = {
    "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n',
    "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
    'urlpatterns = [path("orders/", views.Orders.as_view())]\n',
}
VIEWS = """from rest_framework.decorators import api_view
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView
from shop.models import ActivityLog, Order


class Orders(APIView):
    permission_classes = [IsAuthenticated]

    def post(self, request):
        order = Order.objects.create(name=request.data["name"])
        {body}
        return answer(order)
"""
RECEIVER = """from django.db.models.signals import post_save
from django.dispatch import receiver
from shop.models import ActivityLog, Order


@receiver(post_save, sender=Order)
def {name}(sender, instance, **kwargs):
    {body}
"""


def recorded_in_site(body: str = "pass", **modules: str) -> Recorded:
    """Whether the one change of a Django site is recorded."""
    files = {**SITE, "shop/views.py": VIEWS.format(body=body)}
    files |= {f"shop/{name}.py": text for name, text in modules.items()}
    app = scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy()).app
    (change,) = app.auditing.changes
    return app.auditing.record(change.route).recorded


def test_a_row_for_records_that_a_manager_makes_is_one() -> None:
    assert recorded_in_site() is Recorded.NO
    assert recorded_in_site("ActivityLog.objects.create(user=request.user)") is Recorded.YES
    assert recorded_in_site("ActivityLog.objects.filter(user=request.user)") is Recorded.NO


def test_what_a_signal_tells_may_record_this_change_or_another() -> None:
    row = RECEIVER.format(name="note", body="ActivityLog.objects.create(row=instance)")
    assert recorded_in_site(signals=row) is Recorded.UNKNOWN
    assert recorded_in_site(signals=RECEIVER.format(name="note", body="warm_up(instance)")) is Recorded.NO


def test_a_signal_of_other_rows_says_nothing_of_this_change() -> None:
    row = RECEIVER.format(name="note", body="ActivityLog.objects.create(row=instance)")
    assert recorded_in_site(signals=row.replace("sender=Order", "sender=Invoice")) is Recorded.NO
    assert recorded_in_site(signals=row.replace("sender=Order", "sender='shop.Invoice'")) is Recorded.NO
    assert recorded_in_site(signals=row.replace("sender=Order", "sender='shop.Order'")) is Recorded.UNKNOWN
    assert recorded_in_site(signals=row.replace(", sender=Order", "")) is Recorded.UNKNOWN
    both = row.replace("@receiver", "@receiver(post_save, sender=Invoice)\n@receiver", 1)
    assert recorded_in_site(signals=both) is Recorded.UNKNOWN


MIDDLEWARE = """import logging


class Trail:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        {test}logging.getLogger("audit").info("%s %s", request.user, request.path)
        return response
"""
IN_SETTINGS = 'ROOT_URLCONF = "shop.urls"\nMIDDLEWARE = ["shop.trail.Trail"]\n'


@pytest.mark.parametrize(
    ("test", "recorded"),
    [
        ("", Recorded.YES),
        ('if request.method != "GET":\n            ', Recorded.YES),
        ('if request.path.startswith("/pay"):\n            ', Recorded.UNKNOWN),
        ("heeded = any(each in request.path for each in HEEDED)\n        if heeded:\n            ", Recorded.UNKNOWN),
    ],
)
def test_a_middleware_that_looks_at_the_path_may_let_this_one_be(test: str, recorded: Recorded) -> None:
    assert recorded_in_site(trail=MIDDLEWARE.replace("{test}", test), settings=IN_SETTINGS) is recorded


def test_what_a_handler_of_several_methods_writes_is_not_said_of_its_get() -> None:
    source = (
        '\n\n@app.api_route("/orders", methods=["GET", "POST"])\ndef orders(request, db):\n'
        '    if request.method == "POST":\n        db.commit()\n    return []\n'
    )
    assert list(changes(source)) == ["POST /orders"]


ROWS = """from contextlib import contextmanager
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
db = SQLAlchemy(app)
class Note(db.Model):
    def drop(self):
        db.session.delete(self)
    @classmethod
    def find(cls, key):
        return cls.query.filter_by(id=key).first()
@contextmanager
def session():
    found = make()
    yield found
    found.commit()
@app.delete("/notes")
def handler():
    """


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("with session() as found:\n        found.execute('SELECT 1')", False),
        ("with session() as found:\n        found.delete(note)\n        session.delete(note)", True),
        ("note = Note.query.filter_by(id=1).first()\n    note.drop()", True),
        ("Note.find(1).drop()", True),
        ("Note.query.filter_by(id=1).first().show()", False),
    ],
)
def test_a_row_is_changed_by_its_class_and_no_session_that_is_closed_after_others(body: str, changes: bool) -> None:
    assert bool(app_of({"app.py": ROWS + body + "\n"}).auditing.changes) is changes
