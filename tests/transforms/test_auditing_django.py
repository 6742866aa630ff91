"""Which views of Django and REST framework change something: by their own code, or by the library's that they inherit."""

import pytest

from transforms.app import App
from transforms.auditing import Change, Recorded
from transforms.engine import scan
from transforms.policy import Policy
from transforms.source import SourceFile

MODELS = "from django.db import models\n\n\nclass Order(models.Model):\n    name = models.TextField()\n"
IMPORTS = (
    "import logging\n"
    "from django.shortcuts import get_object_or_404, render\n"
    "from django.views.generic import CreateView, DeleteView, FormView, ListView, UpdateView\n"
    "from rest_framework import generics, viewsets\n"
    "from rest_framework.decorators import action\n"
    "from shop.models import Order\n"
    "trail = logging.getLogger('audit')\n\n\n"
)
ROUTER = (
    "from rest_framework.routers import DefaultRouter\nfrom shop.views import Orders\n"
    "router = DefaultRouter()\nrouter.register('orders', Orders)\nurlpatterns = router.urls\n"
)
PATH = "from django.urls import path\nfrom shop import views\nurlpatterns = [path('orders/', views.{view})]\n"
VIEWSET = "class Orders(viewsets.ModelViewSet):\n    queryset = Order.objects.all()\n"
WRITES = {"POST /orders/", "PUT /orders/{pk}/", "PATCH /orders/{pk}/", "DELETE /orders/{pk}/"}


def site(views: str, urls: str) -> App:
    files = {
        "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n',
        "shop/urls.py": urls,
        "shop/models.py": MODELS,
        "shop/views.py": IMPORTS + views,
    }
    return scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy()).app


def changes(views: str, urls: str = ROUTER) -> dict[str, Change]:
    return {each.route.name: each for each in site(views, urls).auditing.changes}


def of_view(views: str, view: str) -> set[str]:
    return set(changes(views, PATH.format(view=view)))


def of_function(body: str) -> bool:
    """Whether a function view with that body changes something."""
    return bool(of_view(f"def orders(request):\n    {body}\n    return render(request, 'orders.html')\n", "orders"))


def in_method(body: str) -> bool:
    """Whether an action of a viewset with that body changes something."""
    code = f"class Orders(viewsets.GenericViewSet):\n    @action(detail=True, methods=['post'])\n    def pay(self, request, pk):\n        {body}\n"
    return bool(changes(code))


def test_a_viewset_changes_what_its_library_changes() -> None:
    found = changes(VIEWSET)
    assert set(found) == WRITES
    assert found["PATCH /orders/{pk}/"].action == "order.update"
    assert all(each.direct for each in found.values())


def test_what_only_reads_changes_nothing() -> None:
    assert not changes(VIEWSET.replace("ModelViewSet", "ReadOnlyModelViewSet"))


def test_an_own_action_that_hands_on_to_the_library_changes_what_that_does() -> None:
    own = VIEWSET + "    def destroy(self, request, pk):\n        return super().destroy(request, pk)\n"
    assert set(changes(own)) == WRITES
    assert set(changes(own.replace("super().destroy(request, pk)", "None"))) == WRITES - {"DELETE /orders/{pk}/"}


@pytest.mark.parametrize(
    ("body", "changing"),
    [("serializer.save(owner=self.request.user)", True), ("super().perform_create(serializer)", True), ("pass", False)],
)
def test_the_library_leaves_saving_to_what_the_app_puts_in_its_place(body: str, changing: bool) -> None:
    found = changes(VIEWSET + f"    def perform_create(self, serializer):\n        {body}\n")
    assert ("POST /orders/" in found) is changing


def test_a_record_in_what_the_library_calls_is_one() -> None:
    code = "    def perform_update(self, serializer):\n        serializer.save()\n        trail.info('%s', self.request.user)\n"
    auditing = site(VIEWSET + code, ROUTER).auditing
    recorded = {each.route.name for each in auditing.changes if auditing.record(each.route).recorded is Recorded.YES}
    assert recorded == {"PUT /orders/{pk}/", "PATCH /orders/{pk}/"}


@pytest.mark.parametrize(
    ("view", "changing"),
    [
        ("generics.ListCreateAPIView", {"POST /orders/"}),
        ("generics.RetrieveDestroyAPIView", {"DELETE /orders/"}),
        ("generics.ListAPIView", set()),
        ("CreateView", {"POST /orders/"}),
        ("DeleteView", {"POST /orders/"}),
        ("FormView", set()),
        ("ListView", set()),
    ],
)
def test_generic_views_change_what_they_are_for(view: str, changing: set[str]) -> None:
    assert of_view(f"class Orders({view}):\n    model = Order\n", "Orders.as_view()") == changing


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("orders/", "order.create"),
        ("orders/add/", "order.create"),
        ("orders/<int:pk>/edit/", "order.update"),
        ("shop/remove-order/<int:pk>/", "order.delete"),
        ("orders/delete/<int:pk>/", "order.delete"),
    ],
)
def test_a_generic_view_is_called_after_what_it_keeps(path: str, action: str) -> None:
    urls = f"from django.urls import path\nfrom shop import views\nurlpatterns = [path('{path}', views.Orders.as_view())]\n"
    (change,) = changes("class Orders(UpdateView):\n    model = Order\n", urls).values()
    assert (change.action, change.resource) == (action, "order")


def test_a_form_view_changes_what_it_does_with_the_form() -> None:
    code = "class Orders(FormView):\n    def form_valid(self, form):\n        form.save()\n"
    assert of_view(code, "Orders.as_view()") == {"POST /orders/"}


@pytest.mark.parametrize(
    "body",
    [
        "request.user.delete()",
        "user = request.user\n    user.delete()",
        "order = Order(name='x')\n    order.save()",
        "order = get_object_or_404(Order, pk=1)\n    order.delete()",
        "form = OrderForm(request.POST)\n    order = form.save(commit=False)\n    order.save()",
    ],
)
def test_a_row_is_saved_under_whatever_name_it_is_kept(body: str) -> None:
    assert of_function(body)


@pytest.mark.parametrize(
    "body", ["canvas = Canvas()\n    canvas.save()", "request.session.save", "user = request.user"]
)
def test_what_is_no_row_changes_nothing(body: str) -> None:
    assert not of_function(body)


@pytest.mark.parametrize(
    ("body", "changing"),
    [
        ("order = self.get_object()\n        order.save()", True),
        ("serializer = self.get_serializer(data=request.data)\n        serializer.save()", True),
        ("serializer = self.get_serializer_class()(data=request.data)\n        serializer.save()", True),
        ("self.get_queryset().update(paid=True)", True),
        ("order = self.get_object()\n        return order.total()", False),
    ],
)
def test_a_viewset_knows_its_rows_by_its_own_methods(body: str, changing: bool) -> None:
    assert in_method(body) is changing


def test_a_signed_in_caller_of_an_open_path_can_be_named() -> None:
    """A path that visitors may send forms to is no reason where the view asks who is there."""
    code = (
        "from rest_framework.permissions import IsAuthenticated\n\n"
        + VIEWSET
        + "    permission_classes = [IsAuthenticated]\n"
    )
    app = site(code, ROUTER.replace("'orders'", "'contact'"))
    sources = {each.route.name for each in app.auditing.changes}
    assert "POST /contact/" in sources
