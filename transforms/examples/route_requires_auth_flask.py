"""Routes of Flask, for `route-requires-auth`."""

from transforms.api import Bad, Example, Good

LOGIN = """from flask import Blueprint, redirect, request, url_for
from flask_login import login_required, login_user, logout_user

accounts = Blueprint("accounts", __name__)


@accounts.route("/login", methods=["GET", "POST"])
def login():
    login_user(find(request.form))
    return redirect(url_for("orders.list_orders"))


@accounts.get("/logout")
@login_required
def logout():
    logout_user()
    return redirect(url_for("accounts.login"))
"""

ORDERS = """from flask import Blueprint, jsonify, request

orders = Blueprint("orders", __name__, url_prefix="/orders")


@orders.get("/")
def list_orders():
    return jsonify(find_all())


@orders.delete("/<int:order_id>")
def delete_order(order_id):
    return jsonify(remove(order_id))
"""

MAIN = """from flask import Flask

from orders import orders

app = Flask(__name__)
app.register_blueprint(orders)


@app.get("/health")
def health():
    return {}
"""

DECORATOR = """import functools

from flask import redirect, session, url_for


def signed_in(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if "user_id" not in session:
            return redirect(url_for("accounts.login"))
        return view(*args, **kwargs)

    return wrapper
"""

FACTORY = """from flask import Flask, jsonify

from security import signed_in


def create_app(database):
    app = Flask(__name__)

    @app.route("/orders", methods=["GET", "POST"])
    @signed_in
    def orders():
        return jsonify(database.all())

    @app.route("/orders/<int:order_id>", methods=["DELETE"])  # for the back office
    def delete_order(order_id):
        return jsonify(database.remove(order_id))

    return app
"""

VIEW = """from flask import Flask
from flask.views import MethodView

from security import signed_in


class Order(MethodView):
    @signed_in
    def get(self, order_id):
        return read(order_id)

    def delete(self, order_id):
        return remove(order_id)


app = Flask(__name__)
app.add_url_rule("/orders/<int:order_id>", view_func=Order.as_view("order"))
"""

INLINE = """from flask import Flask, redirect, session, url_for

app = Flask(__name__)


@app.route("/login", methods=["POST"])
def login():
    session["user_id"] = check_password()
    return redirect("/")


@app.get("/profile")
def profile():
    if "user_id" not in session:
        return redirect(url_for("login"))
    return show(session["user_id"])


@app.post("/profile/delete")
def delete_profile():
    return remove_everything()
"""

ADDED = ("controls/__init__.py", "controls/auth.py", ".env.example", ".gitignore", "tests/test_controls_identity.py")

BY_METHOD = """from flask import Flask, request, session

app = Flask(__name__)


@app.route("/orders", methods=["GET", "POST"])
def orders():
    if request.method == "POST":
        if "user_id" not in session:
            return {}, 401
        return save(request.form)
    return {"orders": find_all()}
"""

HANDS_OVER = """import functools

import jwt
from flask import Flask, jsonify, request

app = Flask(__name__)


def token_required(f):
    @functools.wraps(f)
    def decorated(*args, **kwargs):
        token = request.headers.get("x-access-token")
        if not token:
            return jsonify({"message": "Token is missing!"}), 401
        try:
            data = jwt.decode(token, app.config["SECRET_KEY"], algorithms=["HS256"])
            current_user = find_user(data["public_id"])
        except jwt.PyJWTError:
            return jsonify({"message": "Token is invalid!"}), 401
        return f(current_user, *args, **kwargs)

    return decorated


@app.route("/notes", methods=["GET"])
@token_required
def notes(current_user):
    return jsonify(notes_of(current_user))


@app.route("/notes/<note_id>", methods=["DELETE"])
def delete_note(note_id):
    return jsonify(remove(note_id))
"""

SHOWS_MORE = """from flask import Flask, jsonify, render_template, session

app = Flask(__name__)


@app.get("/offers")
def offers():
    user = session.get("user_id")
    if user:
        return render_template("offers.html", offers=offers_for(user))
    return render_template("offers.html", offers=offers_of_today())


@app.get("/basket")
def basket():
    return jsonify(things_of(session["user_id"]) if "user_id" in session else [])
"""

ASKS_FOR_MORE = """from flask import Flask, redirect, session

from security import signed_in

app = Flask(__name__)


@app.get("/orders")
@signed_in
def orders():
    return {}


@app.delete("/orders")
def purge():
    if "user_id" in session:
        if session["role"] != "manager":
            return redirect("/")
    db.session.delete(everything())
    db.session.commit()
    return {}
"""

EXAMPLES: tuple[Example, ...] = (
    Good("Flask: signing in and out is open, and a guarded page is guarded", LOGIN),
    Good(
        "Flask: a check before every request, with a list of what it lets through",
        MAIN.replace("import Flask\n", "import Flask, abort, request, session\n").replace(
            "@app.get",
            '@app.before_request\ndef check():\n    if request.endpoint != "health" and '
            '"user" not in session:\n        abort(401)\n\n\n@app.get',
        )
        + '\n\n@app.delete("/orders")\ndef purge():\n    return {}\n',
    ),
    Good(
        "Flask: a blueprint behind the decorator of a library, put before its requests",
        {
            "main.py": MAIN,
            "orders.py": ORDERS.replace(
                "\n\n\n@orders.get",
                "\n\n\n@orders.before_request\n@login_required\ndef check():\n    pass\n\n\n@orders.get",
            ).replace("request\n", "request\nfrom flask_login import login_required\n", 1),
        },
    ),
    Good(
        "Flask: a handler that fails when nobody is signed in is not open",
        'from flask import Flask, session\n\napp = Flask(__name__)\n\n\n@app.post("/notes")\ndef add_note():\n'
        '    owner = session["user_id"]\n    return save(owner)\n',
    ),
    Good("Flask: pages that show more to whoever is signed in answer strangers on purpose", SHOWS_MORE),
    Bad(
        "Flask: who is signed in is asked for a role, and a stranger is asked nothing",
        {"security.py": DECORATOR, "shop.py": ASKS_FOR_MORE},
        {"shop.py": ASKS_FOR_MORE.replace("\ndef purge", "\n@signed_in\ndef purge")},
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "Flask: a route was forgotten in a factory: the app's own decorator goes below the route's",
        {"security.py": DECORATOR, "shop.py": FACTORY},
        {
            "shop.py": FACTORY.replace("# for the back office\n", "# for the back office\n    @signed_in\n"),
        },
        adds=(),
    ),
    Bad(
        "Flask: a method of a view was forgotten",
        {"security.py": DECORATOR, "shop.py": VIEW},
        {"shop.py": VIEW.replace("    def delete", "    @signed_in\n    def delete")},
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "Flask: a blueprint was forgotten beside a login of Flask-Login",
        {"accounts.py": LOGIN, "orders.py": ORDERS, "main.py": MAIN},
        {
            "orders.py": ORDERS.replace("request\n", "request\nfrom flask_login import login_required\n", 1).replace(
                'url_prefix="/orders")\n',
                'url_prefix="/orders")\norders.before_request(login_required(lambda: None))\n',
            )
        },
        findings=2,
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "Flask: an app without any guard gets one, before every request of its blueprint",
        {"main.py": MAIN, "orders.py": ORDERS, "requirements.txt": "Flask>=3\n"},
        {
            "orders.py": ORDERS.replace("request\n", "request\n\nfrom controls.auth import require_user\n", 1).replace(
                'url_prefix="/orders")\n', 'url_prefix="/orders")\norders.before_request(require_user)\n'
            ),
            "requirements.txt": "Flask>=3\nPyJWT[crypto]>=2.10,<3\n",
        },
        findings=2,
        adds=ADDED,
    ),
    Bad(
        "Flask: a decorator above the route's guards nothing",
        {
            "security.py": DECORATOR,
            "shop.py": "from flask import Flask\n\nfrom security import signed_in\n\napp = Flask(__name__)\n\n\n"
            '@signed_in\n@app.delete("/orders")\ndef purge():\n    return {}\n',
        },
        {
            "shop.py": "from flask import Flask\n\nfrom security import signed_in\n\napp = Flask(__name__)\n\n\n"
            '@signed_in\n@app.delete("/orders")\n@signed_in\ndef purge():\n    return {}\n',
        },
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "Flask: a handler checks who is calling for one of its methods only",
        {"security.py": DECORATOR, "shop.py": BY_METHOD},
        {
            "shop.py": BY_METHOD.replace(
                "Flask, request, session\n", "Flask, request, session\n\nfrom security import signed_in\n"
            ).replace('"POST"])\n', '"POST"])\n@signed_in\n')
        },
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "Flask: a decorator that hands the user over brings the handler's parameter",
        HANDS_OVER,
        HANDS_OVER.replace("def delete_note(", "@token_required\ndef delete_note(current_user, "),
        adds=("tests/test_controls_identity.py",),
    ),
    Bad("Flask: where each handler checks by hand, a second way to sign in would be worse", INLINE),
)
