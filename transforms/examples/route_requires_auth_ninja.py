"""Django Ninja: operations that ask who is calling, and operations that were forgotten."""

from transforms.api import Bad, Good

SETTINGS = 'ROOT_URLCONF = "shop.urls"\n'
URLS = """from django.urls import path

from shop.api import api

urlpatterns = [path("api/", api.urls)]
"""
TOKENS = """from ninja.security import HttpBearer

from shop.models import Token


class TokenAuth(HttpBearer):
    def authenticate(self, request, token):
        found = Token.objects.filter(key=token).first()
        if found is None:
            return None
        return found.user
"""
API = """from ninja import NinjaAPI, Router

from shop.models import Order
from shop.tokens import TokenAuth

api = NinjaAPI()
orders = Router()


@api.get("/health")
def health(request):
    return {"status": "ok"}


@orders.get("/", auth=TokenAuth())
def listing(request):
    return list(Order.objects.filter(owner=request.auth))


@orders.delete("/{order_id}"{asked})
def cancel(request, order_id: int):
    Order.objects.filter(pk=order_id).delete()
    return {"ok": True}


api.add_router("/orders", orders)
"""
ASKING = API.replace("{asked}", ", auth=TokenAuth()")
FOR_ALL = """from ninja import NinjaAPI

from shop.models import Order
from shop.tokens import TokenAuth

api = NinjaAPI(auth=TokenAuth())


@api.delete("/orders/{order_id}")
def cancel(request, order_id: int):
    Order.objects.filter(pk=order_id).delete()
    return {"ok": True}
"""
SESSIONS = """from ninja import NinjaAPI
{imported}
from shop.models import Order

api = NinjaAPI()


@api.post("/orders"{asked})
def order(request, name: str):
    Order.objects.create(name=name)
    return {{"ok": True}}
"""
LOGIN_URLS = """from django.contrib.auth.views import LoginView
from django.urls import path

from shop.api import api

urlpatterns = [path("login/", LoginView.as_view()), path("api/", api.urls)]
"""


def project(api: str, urls: str = URLS) -> dict[str, str]:
    """The files of a site."""
    return {"shop/settings.py": SETTINGS, "shop/urls.py": urls, "shop/tokens.py": TOKENS, "shop/api.py": api}


EXAMPLES = (
    Good("Django Ninja: the API asks before every operation", project(FOR_ALL)),
    Good("Django Ninja: each operation but the health check asks", project(ASKING)),
    Bad(
        "Django Ninja: a forgotten operation asks what the others ask",
        project(API.replace("{asked}", "")),
        {"shop/api.py": ASKING},
    ),
    Bad(
        "Django Ninja: where people sign in to the site, its session is asked for",
        project(SESSIONS.format(imported="", asked=""), LOGIN_URLS),
        {
            "shop/api.py": SESSIONS.format(
                imported="\nfrom ninja.security import django_auth", asked=", auth=django_auth"
            )
        },
    ),
)
