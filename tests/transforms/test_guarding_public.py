"""Which routes are meant to be open: on whole segments, by method, never by a loose word."""

import pytest

from tests.transforms.joined import app_of, route_of
from transforms.app import App, Placement
from transforms.public import Openness, declared_public

HEAD = (
    "from fastapi import Depends, FastAPI, HTTPException\nfrom fastapi.responses import FileResponse, HTMLResponse\n"
    "from fastapi.security import HTTPBearer\nbearer = HTTPBearer()\napp = FastAPI()\n"
    "def user(t=Depends(bearer)):\n    raise HTTPException(401)\n"
)


def app_with(*routes: str, body: str = "return {}") -> App:
    """Routes given as `GET /path handler` or `GET /path handler guarded`."""
    lines = [HEAD]
    for route in routes:
        method, path, handler, *guarded = route.split()
        guard = ", dependencies=[Depends(user)]" if guarded else ""
        lines.append(f"@app.{method.lower()}('{path}'{guard})\ndef {handler}():\n    {body}\n")
    return app_of("".join(lines))


def openness(route: str, *others: str, body: str = "return {}") -> Openness:
    app = app_with(route, *others, body=body)
    return app.publicity(route_of(app, " ".join(route.split()[:2]))).openness


PUBLIC = [
    "GET / root", "GET /api/v1/ index", "GET /health health", "GET /api/health check", "GET /iot/health iot_health",
    "GET /healthz live", "GET /ready readiness", "GET /health-check ok", "GET /db-health db_health", "GET /ping ping", "GET /status status",
    "GET /docs docs", "GET /openapi.json schema", "GET /favicon.ico icon", "GET /robots.txt robots",
    "GET /.well-known/jwks.json keys", "GET /csrf-token csrf", "GET /static/{name:path} static_file",
    "POST /login login", "POST /api/v1/auth/login sign_in", "POST /auth/login-user login_user", "POST /admin/login admin_login",
    "POST /logout logout", "POST /auth/register register", "POST /signup signup", "POST /users register_user",
    "POST /token login_for_access_token", "POST /auth/token issue", "POST /login/access-token login",
    "POST /auth/refresh refresh", "POST /auth/forgot-password forgot", "POST /password-reset/request request_reset",
    "POST /auth/reset-password/{token} reset", "POST /password-recovery/{email} recover", "GET /auth/verify-email verify",
    "POST /auth/verify verify", "GET /auth/google/callback google_callback", "GET /auth/{provider} start_login",
    "POST /auth/totp/validate validate_totp", "GET /public/prices prices",
    "GET /logo.svg logo", "OPTIONS /{path:path} preflight", "POST /auth/confirm-reset-password confirm_reset",
    "POST /auth/reset-password-confirm confirm", "POST /enter_otp enter_otp",
]  # fmt: skip


@pytest.mark.parametrize(
    ("route", "body", "expected"),
    [
        ("GET /hello hello", 'return {"message": "Welcome", "version": 2}', Openness.PUBLIC),
        ("GET /hello hello", '"""Say hello."""\n    return \'hello\'', Openness.PUBLIC),
        ("GET /hello hello", 'return HTMLResponse("<h1>Shop</h1>", status_code=200)', Openness.PUBLIC),
        ("GET /hello hello", "return {}", Openness.NOT_PUBLIC),
        ("GET /hello hello", 'return {"orders": []}', Openness.NOT_PUBLIC),
        ("GET /hello hello", 'return [{"name": "Ann"}]', Openness.NOT_PUBLIC),
        ("GET /hello hello", 'return {"message": GREETING}', Openness.NOT_PUBLIC),
        ("GET /hello hello", 'return {"message": f"Hello {name()}"}', Openness.NOT_PUBLIC),
        ("GET /hello hello", 'sweep()\n    return {"message": "done"}', Openness.NOT_PUBLIC),
        ("POST /hello hello", 'return {"message": "made"}', Openness.NOT_PUBLIC),
        ("GET /admin/hello hello", 'return {"message": "hello"}', Openness.NOT_PUBLIC),
        ("GET /users users", 'return {"message": "hello"}', Openness.NOT_PUBLIC),
        ("GET /hello/{name} hello", 'return {"message": "hello"}', Openness.NOT_PUBLIC),
    ],
)
def test_the_same_words_for_everybody_keep_nothing_from_anybody(route: str, body: str, expected: Openness) -> None:
    assert openness(route, body=body) is expected


@pytest.mark.parametrize("route", PUBLIC)
def test_meant_to_be_open(route: str) -> None:
    assert openness(route) is Openness.PUBLIC


NOT_PUBLIC = [
    "DELETE /health purge", "POST / create", "GET /{slug}/live live_state", "GET /orders/status order_status",
    "POST /iot/register register_device_state", "GET /data/refresh refresh_data", "POST /verify verify_document_of_order",
    "POST /admin/register create_admin", "POST /admin/signup sign_up", "POST /users/{user_id}/reset-password reset_password", "DELETE /auth/token revoke_it",
    "POST /auth/change-password change_password", "GET /login-history login_history_of_user", "GET /users users",
    "GET /healthcare-plans plans", "GET /health-tabs tabs",
    "GET /health-data readings", "POST /users create_user", "GET /admin/public/stats stats", "GET /tokens list_tokens",
    "GET /metrics-of-users metrics", "PUT /login change_login", "POST /staticize/{path:path} staticize", "POST /seed seed",
    "POST /setup_otp setup_otp", "POST /register_product register_product", "PUT /register_doctor register_doctor",
]  # fmt: skip


@pytest.mark.parametrize("route", NOT_PUBLIC)
def test_not_meant_to_be_open(route: str) -> None:
    assert openness(route) is Openness.NOT_PUBLIC


@pytest.mark.parametrize(
    ("path", "parameters", "unsure"),
    [
        ("/calendar/callback", "code: str, state: str", True),
        ("/calendar/callback", "number: int", False),
        ("/admin/callback", "code: str", False),
        ("/calendar/entries", "code: str", False),
    ],
)
def test_a_provider_sends_people_back_without_a_token(path: str, parameters: str, unsure: bool) -> None:
    app = app_of(
        f"{HEAD}@app.get('{path}')\ndef handle({parameters}):\n    return keep({parameters.partition(':')[0]})\n"
    )
    assert app.publicity(app.routes[0]).is_unsure is unsure


def test_a_health_check_that_writes_is_not_one() -> None:
    assert openness("GET /health health", body="db.commit()") is Openness.NOT_PUBLIC


def test_a_list_at_the_root_is_no_start_page() -> None:
    source = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/')\ndef get_books(): ...\n"
    app = app_of(source)
    assert app.publicity(app.routes[0]).openness is Openness.NOT_PUBLIC


def test_a_page_without_data_is_public() -> None:
    assert openness("GET /board board", body="return FileResponse('board.html')") is Openness.PUBLIC
    assert openness("GET /board board", body="return HTMLResponse(load())") is Openness.PUBLIC
    assert openness("GET /admin board", body="return FileResponse('admin.html')") is Openness.UNSURE


def test_the_pages_of_a_single_page_app_are_public() -> None:
    source = (
        f"{HEAD}@app.get('/{{rest:path}}')\ndef serve(rest):\n    check(rest)\n    return FileResponse('index.html')\n"
    )
    app = app_of(source)
    assert app.publicity(app.routes[0]).is_public


def metrics(body: str, parameters: str = "") -> Openness:
    app = app_of(f"import prometheus_client\n{HEAD}@app.get('/metrics')\ndef metrics({parameters}):\n    {body}\n")
    return app.publicity(app.routes[0]).openness


def test_metrics_are_public_when_prometheus_scrapes_them() -> None:
    assert metrics("return prometheus_client.generate_latest()") is Openness.PUBLIC
    assert metrics("return tracker()") is Openness.UNSURE
    assert metrics("return tracker()", "days: int = 7") is Openness.NOT_PUBLIC


def test_what_calls_itself_public_is_unsure_unless_it_only_reads() -> None:
    assert openness("GET /prices public_prices") is Openness.UNSURE
    assert openness("POST /public/votes vote") is Openness.UNSURE


def test_documentation_that_says_public_makes_unsure() -> None:
    body = '"""No authentication required."""'
    assert openness("GET /things things", body=body) is Openness.UNSURE
    assert openness("POST /things make", body=body) is Openness.NOT_PUBLIC
    assert openness("POST /things make", "GET /me me guarded", body=body) is Openness.UNSURE
    assert openness("POST /admin/things make", "GET /me me guarded", body=body) is Openness.NOT_PUBLIC


def test_a_page_and_the_form_that_is_sent_from_it_are_unsure() -> None:
    head = "from flask import Flask\napp = Flask(__name__)\n"
    app = app_of(f"{head}@app.route('/contact', methods=['GET', 'POST'])\ndef contact():\n    return send()\n")
    assert app.publicity(app.routes[0]).openness is Openness.UNSURE


@pytest.mark.parametrize(
    ("route", "admin"),
    [
        ("POST /init start", True),
        ("POST /database/setup run", True),
        ("POST /2fa/setup run", False),
        ("POST /my_auth/init go", False),
    ],
)
def test_what_begins_beside_a_sign_in_is_not_the_app(route: str, admin: bool) -> None:
    app = app_with(route)
    assert app.stakes(app.routes[0]).admin is admin


def test_a_form_for_visitors_is_unsure() -> None:
    assert openness("POST /newsletter subscribe") is Openness.UNSURE
    assert openness("POST /contact send") is Openness.UNSURE
    assert openness("GET /newsletter list_them") is Openness.NOT_PUBLIC


def test_whether_a_name_is_free_is_asked_before_there_is_an_account() -> None:
    assert openness("GET /validate-username check_name") is Openness.UNSURE
    assert openness("GET /api/check-availability look") is Openness.UNSURE
    assert openness("GET /emails list_emails") is Openness.NOT_PUBLIC
    assert openness("GET /check-username claim", body="db.commit()") is Openness.NOT_PUBLIC


VISITORS = "POST /admin/login admin_login"


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("GET /services services", Openness.UNSURE),
        ("POST /bookings book", Openness.UNSURE),
        ("GET /bookings bookings", Openness.NOT_PUBLIC),
        ("POST /services add_service", Openness.NOT_PUBLIC),
        ("DELETE /services/{id} delete", Openness.NOT_PUBLIC),
        ("GET /services/all all_services", Openness.NOT_PUBLIC),
        ("GET /sync/status status_of_sync", Openness.NOT_PUBLIC),
        ("GET /admin/services services", Openness.NOT_PUBLIC),
    ],
)
def test_where_only_administrators_sign_in_others_are_visitors(route: str, expected: Openness) -> None:
    assert openness(route, VISITORS) is expected


def test_where_people_sign_in_there_are_no_visitors() -> None:
    assert openness("GET /services services", VISITORS, "POST /login login") is Openness.NOT_PUBLIC


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (("POST /books make guarded", "DELETE /books/{id} drop guarded"), Openness.UNSURE),
        (("POST /books make guarded", "PUT /books/{id} change", "DELETE /books/{id} drop"), Openness.NOT_PUBLIC),
        (("POST /books make",), Openness.NOT_PUBLIC),
        (("POST /pens make guarded",), Openness.NOT_PUBLIC),
        ((), Openness.NOT_PUBLIC),
    ],
)
def test_a_catalogue_is_read_openly_where_its_writes_are_guarded(others: tuple[str, ...], expected: Openness) -> None:
    assert openness("GET /books books", *others) is expected


def test_what_belongs_to_people_is_no_catalogue() -> None:
    assert openness("GET /orders orders", "POST /orders make guarded") is Openness.NOT_PUBLIC


def test_content_of_a_site_is_unsure_beside_a_login() -> None:
    assert openness("GET /faq faq", "GET /me me guarded") is Openness.UNSURE
    assert openness("GET /faq faq") is Openness.NOT_PUBLIC


@pytest.mark.parametrize(
    ("pattern", "declared"),
    [
        ("/prices/*", True),
        ("GET /prices/*", True),
        ("get /prices/today", True),
        ("POST /prices/*", False),
        ("/price", False),
    ],
)
def test_the_policy_declares_routes_public(pattern: str, declared: bool) -> None:
    source = f"{HEAD}@app.get('/prices/today')\ndef prices(): ...\n"
    app = app_of(source, Placement(public_routes=(pattern,)))
    assert app.publicity(app.routes[0]).is_public is declared
    assert (declared_public(app.routes[0], [pattern]) is not None) is declared


def test_people_may_sign_up_themselves_or_be_registered() -> None:
    assert openness("POST /register_doctor register_doctor") is Openness.UNSURE
    assert openness("POST /clinic/register_doctor register_doctor") is Openness.NOT_PUBLIC


@pytest.mark.parametrize(
    ("body", "public"),
    [
        ("return 'Welcome'", True),
        ("return {'message': 'Welcome', 'version': 3}", True),
        ("return JSONResponse({'message': 'Welcome'}, status_code=200)", True),
        ("return {}", False),
        ("return []", False),
        ("return {'message': NEWS}", False),
        ("return f'Welcome {name()}'", False),
        ("note()\n    return 'Welcome'", False),
    ],
)
def test_a_text_that_stands_in_the_code_is_for_everybody(body: str, public: bool) -> None:
    assert (openness("GET /board board", body=body) is Openness.PUBLIC) is public
    assert openness("GET /admin/board board", body=body) is not Openness.PUBLIC
    assert openness("POST /board board", body=body) is not Openness.PUBLIC


def test_an_oauth_server_says_that_it_is_one() -> None:
    assert openness("GET /authorize authorize_page") is Openness.NOT_PUBLIC
    server = "GET /.well-known/oauth-authorization-server metadata"
    assert openness("GET /authorize authorize_page", server) is Openness.PUBLIC
    assert openness("GET /orders/authorize authorize_page", server) is Openness.NOT_PUBLIC
