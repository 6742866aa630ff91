"""What `controls.auth` does in a Django app, from outside: the contract's part on identity and roles."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.views import View

from tests.issuer import Issuer
from tests.transforms.controls_package import controls_of

if not settings.configured:
    rest = {"UNAUTHENTICATED_USER": None, "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
    settings.configure(REST_FRAMEWORK=rest, ALLOWED_HOSTS=["*"], SECRET_KEY="for tests only", USE_TZ=True)
    django.setup()

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def auth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder: Path = tmp_path_factory.mktemp("django")
    with controls_of(folder, "auth", framework="django") as controls:
        yield controls.auth


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    with Issuer() as issuer:
        for name, value in issuer.settings.items():
            monkeypatch.setenv(name, value)
        yield issuer


def me(request: HttpRequest) -> HttpResponse:
    caller = request.principal
    return JsonResponse({"subject": caller.subject, "tenant": caller.tenant, "roles": sorted(caller.roles)})


async def later(request: HttpRequest) -> HttpResponse:
    return me(request)


def request(header: str = "") -> HttpRequest:
    return RequestFactory().get("/", **({"HTTP_AUTHORIZATION": header} if header else {}))


def function(auth: ModuleType, header: str, *roles: str) -> HttpResponse:
    guard = auth.require_role(*roles) if roles else auth.require_user
    return guard(me)(request(header))


def coroutine(auth: ModuleType, header: str, *roles: str) -> HttpResponse:
    guard = auth.require_role(*roles) if roles else auth.require_user
    return asyncio.run(guard(later)(request(header)))


def class_based(auth: ModuleType, header: str, *roles: str) -> HttpResponse:
    class Me(auth.UserRequiredMixin, View):
        required_roles = roles

        def get(self, request: HttpRequest) -> HttpResponse:
            return me(request)

    return Me.as_view()(request(header))


def rest_view(auth: ModuleType, header: str, *roles: str) -> HttpResponse:
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Me(APIView):
        authentication_classes = (auth.OidcAuthentication,)
        permission_classes = (auth.role_required(*roles) if roles else auth.UserRequired,)

        def get(self, request: Any) -> Any:
            assert request.user.is_authenticated
            assert request.user.username == request.auth.subject
            return Response(json.loads(me(request._request).content))

    return Me.as_view()(request(header)).render()


def behind(auth: ModuleType, view: Any, header: str) -> HttpResponse:
    """What a site with the middleware answers, in the order in which Django asks it."""

    def site(request: HttpRequest) -> Any:
        return middleware.process_view(request, view, (), {}) or view(request)

    middleware = auth.UserRequiredMiddleware(site)
    return middleware(request(header))


def in_site(auth: ModuleType, header: str, *roles: str) -> HttpResponse:
    return behind(auth, auth.require_role(*roles)(me) if roles else me, header)


each_form = pytest.mark.parametrize("ask", [function, coroutine, class_based, rest_view, in_site])


@each_form
def test_a_signed_token_is_let_in(ask: Ask, auth: ModuleType, issuer: Issuer) -> None:
    answer = ask(auth, f"Bearer {issuer.token(roles=['member'], tenant_id='acme')}")
    assert json.loads(answer.content) == {"subject": "user-1", "tenant": "acme", "roles": ["member"]}


@each_form
def test_no_token_is_401_and_says_how_to_sign_in(ask: Ask, auth: ModuleType, issuer: Issuer) -> None:
    answer = ask(auth, "")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@each_form
@pytest.mark.parametrize("header", ["Bearer", "Basic dXNlcjpwYXNz", "Bearer x", "Bearer a.b.c", "Bearer \u00ff"])
def test_what_is_no_token_is_401(ask: Ask, auth: ModuleType, issuer: Issuer, header: str) -> None:
    assert ask(auth, header).status_code == 401


@each_form
def test_a_header_nested_too_deeply_is_401(ask: Ask, auth: ModuleType, issuer: Issuer) -> None:
    bomb = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 20_000).decode().rstrip("=")
    assert ask(auth, f"Bearer {bomb}.e30.c2ln").status_code == 401


@each_form
@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"nbf": int(time.time()) + 86_400},
        {"aud": "elsewhere"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_every_claim_is_checked(ask: Ask, auth: ModuleType, issuer: Issuer, claims: dict[str, Any]) -> None:
    assert ask(auth, f"Bearer {issuer.token(**claims)}").status_code == 401


@each_form
def test_a_token_of_another_issuer_is_401(ask: Ask, auth: ModuleType, issuer: Issuer) -> None:
    with Issuer() as other:
        assert ask(auth, f"Bearer {other.token(iss=issuer.url)}").status_code == 401


@each_form
def test_roles_are_told_apart(ask: Ask, auth: ModuleType, issuer: Issuer) -> None:
    assert ask(auth, f"Bearer {issuer.token(roles=['clerk'])}", "clerk", "chief").status_code == 200
    assert ask(auth, f"Bearer {issuer.token(roles=['visitor'])}", "clerk").status_code == 403
    assert ask(auth, f"Bearer {issuer.token(roles='clerk')}", "clerk").status_code == 200
    assert ask(auth, "", "clerk").status_code == 401


@each_form
@pytest.mark.parametrize("name", ["OIDC_ISSUER", "OIDC_AUDIENCE"])
@pytest.mark.parametrize("with_token", [True, False])
def test_nobody_is_let_in_while_a_setting_is_missing(
    ask: Ask, auth: ModuleType, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, name: str, with_token: bool
) -> None:
    header = f"Bearer {issuer.token()}" if with_token else ""
    monkeypatch.delenv(name)
    assert ask(auth, header).status_code == 503


@each_form
def test_an_issuer_that_does_not_answer_is_503(
    ask: Ask, auth: ModuleType, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Issuer() as gone:
        token, url = gone.token(), gone.url
    monkeypatch.setenv("OIDC_ISSUER", url)
    assert ask(auth, f"Bearer {token}").status_code == 503


def test_the_caller_is_known_below_a_view_and_forgotten_after_it(auth: ModuleType, issuer: Issuer) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(auth.current_principal().subject)

    assert auth.require_user(view)(request(f"Bearer {issuer.token()}")).content == b"user-1"
    with pytest.raises(LookupError):
        auth.current_principal()


def test_a_view_keeps_its_name_and_what_hangs_on_it(auth: ModuleType) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        """What it does."""
        return HttpResponse()

    view.csrf_exempt = True  # type: ignore[attr-defined]
    guarded = auth.require_user(view)
    assert (guarded.__name__, guarded.__doc__, guarded.csrf_exempt) == ("view", "What it does.", True)


def test_rest_views_without_the_permission_stay_open_and_refuse_bad_tokens(auth: ModuleType, issuer: Issuer) -> None:
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Open(APIView):
        authentication_classes = (auth.OidcAuthentication,)

        def get(self, request: Any) -> Any:
            return Response("open")

    assert Open.as_view()(request()).status_code == 200
    assert Open.as_view()(request("Bearer x")).status_code == 401


class Plain(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("plain")


class ForEverybody(Plain):
    login_required = False


def asks_itself(mark: str) -> Callable[..., HttpResponse]:
    """A view as REST framework and the admin site mark theirs."""

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    setattr(view, mark, object())
    return view


@pytest.mark.parametrize("mark", ["cls", "admin_site", "model_admin"])
def test_the_middleware_leaves_to_others_what_asks_for_itself(auth: ModuleType, issuer: Issuer, mark: str) -> None:
    assert behind(auth, asks_itself(mark), "").status_code == 200


def test_the_middleware_lets_through_what_says_that_it_is_open(auth: ModuleType, issuer: Issuer) -> None:
    from django.contrib.auth.decorators import login_not_required

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")

    assert behind(auth, view, "").status_code == 401
    assert behind(auth, Plain.as_view(), "").status_code == 401
    assert behind(auth, ForEverybody.as_view(), "").status_code == 200
    assert behind(auth, auth.open_to_everybody(view), "").status_code == 200
    assert behind(auth, login_not_required(lambda _request: HttpResponse()), "").status_code == 200


def test_files_that_are_served_as_they_are_stay_open(auth: ModuleType) -> None:
    from django.views.static import serve

    assert auth.is_open(serve)
    assert not auth.is_open(me)


def test_the_middleware_forgets_the_caller_with_the_request(auth: ModuleType, issuer: Issuer) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(auth.current_principal().subject)

    assert behind(auth, view, f"Bearer {issuer.token()}").content == b"user-1"
    with pytest.raises(LookupError):
        auth.current_principal()


# --- what is for programs


def for_programs(auth: ModuleType, header: str) -> HttpResponse:
    return auth.require_workload(me)(request(header))


def later_for_programs(auth: ModuleType, header: str) -> HttpResponse:
    return asyncio.run(auth.require_workload(later)(request(header)))


def class_for_programs(auth: ModuleType, header: str) -> HttpResponse:
    class Sync(auth.WorkloadRequiredMixin, View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return me(request)

    return Sync.as_view()(request(header))


def rest_for_programs(auth: ModuleType, header: str) -> HttpResponse:
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Sync(APIView):
        authentication_classes = (auth.OidcAuthentication,)
        permission_classes = (auth.WorkloadRequired,)

        def get(self, request: Any) -> Any:
            return Response({"subject": request.auth.subject})

    return Sync.as_view()(request(header))


FOR_PROGRAMS = [for_programs, later_for_programs, class_for_programs, rest_for_programs]


@pytest.mark.parametrize("ask", FOR_PROGRAMS)
@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"sub": "batch", "client_id": "batch"}, 200),
        ({"sub": "system:serviceaccount:shop:worker"}, 200),
        ({"sub": "ann"}, 403),
        ({"sub": "ann", "azp": "web"}, 403),
        ({"sub": "ann", "roles": ["admin", "workload"], "kind": "workload"}, 403),
        ({"sub": "batch", "client_id": "batch", "aud": "another-api"}, 401),
        ({"sub": "batch", "client_id": "batch", "exp": 1}, 401),
    ],
)
def test_only_programs_get_to_what_is_for_programs(
    auth: ModuleType, issuer: Issuer, ask: Ask, claims: dict[str, Any], status: int
) -> None:
    assert ask(auth, issuer.bearer(**claims)["Authorization"]).status_code == status


@pytest.mark.parametrize("ask", FOR_PROGRAMS)
@pytest.mark.parametrize("header", ["", "Bearer the-key-of-all", "Basic YTpi"])
def test_a_key_is_no_token(auth: ModuleType, issuer: Issuer, ask: Ask, header: str) -> None:
    assert ask(auth, header).status_code == 401


@pytest.mark.parametrize("ask", FOR_PROGRAMS)
def test_no_program_gets_in_while_no_issuer_is_set(
    auth: ModuleType, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    header = issuer.bearer(sub="batch", client_id="batch")["Authorization"]
    monkeypatch.delenv("OIDC_ISSUER")
    assert ask(auth, header).status_code == 503
