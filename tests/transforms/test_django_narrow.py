"""Where an action or a branch says who may pass: what is edited, and what is left to a person because it is unsure."""

import pytest

from tests.transforms.django_apps import site_of
from transforms.edit_kinds import AddKeywordArgument, Edit, InsertStatements, ReplaceExpression
from transforms.edits import guard_for, guard_route

SETTINGS = 'ROOT_URLCONF = "shop.urls"\nREST_FRAMEWORK = {"PAGE_SIZE": 20}\n'
URLS = """from django.urls import include, path
from rest_framework.routers import DefaultRouter
from .views import Me, Orders

router = DefaultRouter()
router.register("{path}", Orders)
router.register("me", Me, "me")
urlpatterns = [path("api/", include(router.urls))]
"""
VIEWS = """from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated

class Me(viewsets.ReadOnlyModelViewSet):
    permission_classes = [IsAuthenticated]

class Orders(viewsets.ViewSet):
{body}
    def list(self, request):
        return Response(find())

    def create(self, request):
        return Response(make())

    @action(detail=True, methods={methods}{said})
    def close(self, request, pk=None):
        return Response(close(pk))
"""


def edits(name: str, body: str, said: str = "", methods: str = '["post"]', path: str = "orders") -> tuple[Edit, ...]:
    """The edits for one route of a site."""
    views = VIEWS.format(body=body, said=said, methods=methods)
    app = site_of({"shop/settings.py": SETTINGS, "shop/urls.py": URLS.format(path=path), "shop/views.py": views})
    route = next(each for each in app.routes if each.name == name)
    guard = guard_for(app, route)
    assert app.access(route).is_open
    assert guard is not None
    return guard_route(app, route, guard, lambda _: False) or ()


def branches(first: str, last: str = "[AllowAny()]") -> str:
    return f"    def get_permissions(self):\n{first}        return {last}\n"


DELETES = '        if self.action == "destroy":\n            return [IsAuthenticated()]\n'


def test_what_an_action_says_is_changed_where_it_says_it() -> None:
    found = edits("POST /api/orders/{pk}/close/", "", ", permission_classes=[AllowAny]")
    assert [type(each) for each in found] == [ReplaceExpression]
    assert found[0].code == "[IsAuthenticated]"


def test_an_empty_list_of_an_action_gets_the_guard() -> None:
    found = edits("POST /api/orders/{pk}/close/", "", ", permission_classes=[]")
    assert [each.code for each in found if isinstance(each, ReplaceExpression)] == ["[IsAuthenticated]"]


def test_a_second_method_of_an_action_is_closed_with_it() -> None:
    views = edits("POST /api/orders/{pk}/close/", "", ", permission_classes=[AllowAny]", '["get", "post"]')
    assert len(views) == 1


def test_a_branch_that_serves_only_what_must_be_closed_is_changed_itself() -> None:
    found = edits("POST /api/orders/", branches(DELETES))
    assert [each.code for each in found if isinstance(each, ReplaceExpression)] == ["[IsAuthenticated()]"]


def test_what_is_open_on_purpose_keeps_its_branch() -> None:
    found = edits("POST /api/news/", branches(DELETES), path="news")
    assert [each.code for each in found if isinstance(each, InsertStatements)] == [
        'if self.action in ("create", "close"):\n    return [IsAuthenticated()]'
    ]


def test_an_action_of_a_class_that_is_open_for_more_asks_for_itself() -> None:
    body = "    permission_classes = [AllowAny]\n"
    found = edits("POST /api/contact/{pk}/close/", body, path="contact")
    assert [(each.keyword, each.code) for each in found if isinstance(each, AddKeywordArgument)] == [
        ("permission_classes", "[IsAuthenticated]")
    ]


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("classes or instances cannot be told", branches(DELETES, "[]")),
        ("the list is put together", branches("        wanted = [AllowAny()]\n        wanted += []\n", "wanted + []")),
        ("the list comes from elsewhere", branches("", "given(self)")),
        ("the list stands on several lines", branches("", "[\n            AllowAny(),\n        ]")),
    ],
)
def test_a_list_that_cannot_be_written_anew_is_left_alone(why: str, body: str) -> None:
    views = VIEWS.format(body=body, said="", methods='["post"]')
    app = site_of({"shop/settings.py": SETTINGS, "shop/urls.py": URLS.format(path="orders"), "shop/views.py": views})
    route = next(each for each in app.routes if each.name == "POST /api/orders/")
    guard = guard_for(app, route)
    assert guard is not None
    assert guard_route(app, route, guard, lambda _: False) is None, why


def test_one_action_with_a_method_that_stays_open_gets_no_branch() -> None:
    first = '        if self.request.method == "DELETE":\n            return [IsAuthenticated()]\n'
    methods = '["get", "post", "delete"]'
    found = edits("POST /api/news/{pk}/close/", branches(first), methods=methods, path="news")
    assert found == ()
