"""Flask-Admin: views that ask who is calling, and views that everybody gets into."""

from transforms.api import Bad, Good

HEAD = """from flask import Flask, redirect
from flask_admin import Admin, AdminIndexView
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user

from shop.models import Customer, Order, db

app = Flask(__name__)


class OwnModelView(ModelView):
    def is_accessible(self):
        return current_user.is_authenticated and current_user.is_admin

    def inaccessible_callback(self, name, **kwargs):
        return redirect("/login")


class Home(AdminIndexView):
    def is_accessible(self):
        return current_user.is_authenticated and current_user.is_admin


admin = Admin(app, index_view=Home())
admin.add_view(OwnModelView(Customer, db.session))
admin.add_view({view}(Order, db.session))
"""
OPEN = """from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView

from shop.models import Order, db

app = Flask(__name__)
admin = Admin(app)


class Orders(ModelView):
    column_list = ("number", "total")


admin.add_view(Orders(Order, db.session))
"""

EXAMPLES = (
    Good("Flask-Admin: every view asks by its class", HEAD.format(view="OwnModelView")),
    Bad(
        "Flask-Admin: a forgotten view is made of the app's own class that asks",
        HEAD.format(view="ModelView"),
        HEAD.format(view="OwnModelView"),
        findings=4,
        adds=("tests/test_controls_identity.py",),
    ),
    Bad("Flask-Admin: a class of the app that asks nothing is advice", OPEN, findings=4),
)
