"""Logins of Flask apps: which get a sign-in at a provider beside them, and which a person has to look at."""

from transforms.api import Bad, Example

ADDED = (
    ".env.example",
    ".gitignore",
    "controls/__init__.py",
    "controls/secrets.py",
    "controls/sign_in.py",
    "tests/test_controls_sign_in.py",
)
IMPORT = "from controls.sign_in import sign_in_pages, verified_email\n"
_FORM = """from flask import Flask, flash, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user, login_required, login_user

from forms import LoginForm
from models import User

app = Flask(__name__)
login_manager = LoginManager(app)


@app.route("/account/login", methods=["GET", "POST"])
def login():
    if current_user.is_authenticated:
        return redirect(url_for("index"))
    form = LoginForm()
    if form.validate_on_submit():
        user = User.query.filter_by({column}=form.{column}.data).first()
        if user is None or not user.check_password(form.password.data):
            flash("Wrong address or password")
            return redirect(url_for("login"))
        login_user(user, remember=form.remember_me.data)
        next_page = request.args.get("next")
        return redirect(next_page or url_for("index"))
    return render_template("login.html", form=form)


@app.get("/")
@login_required
def index():
    return render_template("index.html", orders=current_user.orders)
"""
_FORM_BESIDE = '''

@app.route("/account/sign-in/callback")
def login_at_provider():
    """What `login` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email()
    if current_user.is_authenticated:
        return redirect(url_for("index"))
    user = User.query.filter_by(email=email).first()
    if user is None:
        # Signing in at the provider makes no account: whoever has none here is refused.
        abort(403, "There is no account for this address")
    login_user(user, remember=False)
    next_page = None
    return redirect(next_page or url_for("index"))


app.register_blueprint(sign_in_pages, url_prefix="/account")
'''
_JSON = """import sqlite3

from flask import Blueprint, Flask, jsonify, request, session
from werkzeug.security import check_password_hash

accounts = Blueprint("accounts", __name__, url_prefix="/api")


@accounts.post("/login")
def login():
    data = request.get_json() or {}
    if not data or "email" not in data or "password" not in data:
        return jsonify({"error": "both are needed"}), 400
    db = sqlite3.connect("people.db")
    cursor = db.cursor()
    cursor.execute("SELECT id, password_hash, role FROM people WHERE email = ?", (data["email"],))
    row = cursor.fetchone()
    # Nobody of that address, or somebody else.
    if not row or not check_password_hash(row[1], data["password"]):
        return jsonify({"error": "wrong address or password"}), 401
    session["person_id"] = row[0]
    session["role"] = row[2]
    return jsonify({"id": row[0]})


app = Flask(__name__)
app.register_blueprint(accounts)
"""
_JSON_BESIDE = '''

@accounts.route("/sign-in/callback")
def login_at_provider():
    """What `login` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email()
    db = sqlite3.connect("people.db")
    cursor = db.cursor()
    cursor.execute("SELECT id, password_hash, role FROM people WHERE email = ?", (email,))
    row = cursor.fetchone()
    if not row:
        # Signing in at the provider makes no account: whoever has none here is refused.
        abort(403, "There is no account for this address")
    session["person_id"] = row[0]
    session["role"] = row[2]
    return jsonify({"id": row[0]})


accounts.register_blueprint(sign_in_pages)
'''


def _parted(code: str, at: str, new: str) -> str:
    """`code` with something new before where it goes on with `at`."""
    before, after = code.split(at)
    return before.rstrip("\n") + "\n" + new + at + after


_PARTS_OF_A_HOUSE = """from flask import Flask, redirect, request, session
from werkzeug.security import check_password_hash

from models import Doctor, Patient

app = Flask(__name__)


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        email = request.form["email"]
        if request.form["kind"] == "doctor":
            user = Doctor.query.filter_by(email=email).first()
        else:
            user = Patient.query.filter_by(email=email).first()
        if not user or not check_password_hash(user.password_hash, request.form["password"]):
            return "Wrong", 401
        session["user_id"] = user.id
        return redirect("/")
    return "<form method=post></form>"
"""
_BY_FORM = _FORM.format(column="email")

EXAMPLES: tuple[Example, ...] = (
    Bad(
        "a form, a box to tick, and a page to go on to: the callback takes neither",
        _BY_FORM,
        _parted(
            _BY_FORM.replace("import Flask, flash", "import Flask, abort, flash").replace(
                "import User\n", f"import User\n\n{IMPORT}"
            ),
            '\n\n@app.get("/")',
            _FORM_BESIDE,
        ),
        adds=ADDED,
    ),
    Bad(
        "JSON, a statement with places, and keys of the session",
        _JSON,
        _parted(
            _JSON.replace("import Blueprint, Flask, jsonify", "import Blueprint, Flask, abort, jsonify").replace(
                "check_password_hash\n\n", f"check_password_hash\n\n{IMPORT}\n", 1
            ),
            "\n\napp = Flask(",
            _JSON_BESIDE,
        ),
        adds=ADDED,
    ),
    Bad("accounts that go by a user name", _FORM.format(column="username")),
    Bad("several kinds of accounts, and the caller says which", _PARTS_OF_A_HOUSE),
)
