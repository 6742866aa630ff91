"""Routes of Flask, for `admin-route-requires-role`."""

from transforms.api import Bad, Good

MODELS = """from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(80))
    password_hash = db.Column(db.String(80))
    is_admin = db.Column(db.Boolean, default=False)
"""

SECURITY = """from functools import wraps

from flask import flash, redirect, url_for
from flask_login import current_user


def admin_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not {test}:
            flash("For administrators")
            return redirect(url_for("home"))
        return view(*args, **kwargs)

    return wrapper
"""
BY_FLAG = SECURITY.format(test="current_user.is_admin")
BY_LOGIN = SECURITY.format(test="current_user.is_authenticated")

HEAD = """from flask import Flask
from flask_login import LoginManager, login_required
{security}
from models import User

app = Flask(__name__)
app.secret_key = load_key()
login_manager = LoginManager(app)


@login_manager.user_loader
def load_user(user_id):
    return User.query.get(int(user_id))


@app.get("/")
def home():
    return "hello"
"""
GUARDED = """

@app.get("/admin/reports")
@login_required
@admin_required
def reports():
    return find_reports()
"""
FORGOTTEN = """

@app.post("/admin/users/<int:user_id>/delete")
@login_required{guard}
def delete_user(user_id):
    return remove(user_id)
"""
IMPORTS = "\nfrom security import admin_required"
ASKED = "\n@admin_required"


def shop(*, guard: str = "", security: str | None = BY_FLAG, rest: str = GUARDED) -> dict[str, str]:
    """An app whose administrators can take accounts away."""
    main = HEAD.format(security=IMPORTS if security is not None else "") + rest + FORGOTTEN.format(guard=guard)
    own = {"security.py": security} if security is not None else {}
    return {"models.py": MODELS, "main.py": main, **own}


SHARED = """

@app.route("/admin/users/<int:user_id>", methods=["GET", "PUT", "DELETE"])
@login_required
def user(user_id):
    \"\"\"Show, change or remove an account.\"\"\"
{asked}    if request.method == "DELETE":
        return remove(user_id)
    if not current_user.is_admin:
        abort(403)
    return change(user_id) if request.method == "PUT" else read(user_id)
"""
ASKED_HERE = '    if request.method == "DELETE" and not current_user.is_admin:\n        abort(403)\n'


def shared(asked: str = "") -> dict[str, str]:
    """An app with one handler for all that is done to an account."""
    head = HEAD.format(security="").replace("import Flask\n", "import Flask, abort, request\n")
    head = head.replace("LoginManager, login_required\n", "LoginManager, current_user, login_required")
    return {"models.py": MODELS, "main.py": head + SHARED.format(asked=asked)}


CLASS_END = "    is_admin = db.Column(db.Boolean, default=False)\n"
LIKE_OWN = '''

def require_admin(view):
    """Let only administrators reach a view."""

    @wraps(view)
    def guarded(*args, **kwargs):
        if not current_user.is_admin:
            abort(403)
        return view(*args, **kwargs)

    return guarded
'''
BESIDE = (
    "from functools import wraps\n\nfrom flask import abort\n"
    + MODELS.replace("import UserMixin", "import UserMixin, current_user")
    + LIKE_OWN
)

EXAMPLES = (
    Good("Flask: a decorator of the app's own asks for the role, and leads others elsewhere", shop(guard=ASKED)),
    Bad(
        "Flask: the app's own decorator of a role is missing on a route",
        shop(),
        shop(guard=ASKED),
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "Flask: accounts say who administrates, and nothing asks",
        shop(security=None, rest=""),
        {
            **shop(security=None, rest="", guard="\n@require_admin"),
            "models.py": BESIDE,
        }
        | {
            "main.py": shop(security=None, rest="", guard="\n@require_admin")["main.py"].replace(
                "from models import User", "from models import User, require_admin"
            )
        },
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "Flask: a decorator that is called after administrators lets everybody pass who is signed in",
        {**shop(security=BY_LOGIN, guard=ASKED, rest=""), "models.py": MODELS.replace(CLASS_END, "")},
    ),
    Bad(
        "Flask: a handler asks for the role of all methods but one, and accounts have a column for it",
        shared(),
        shared(ASKED_HERE),
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "Flask: a role is asked for one method of a handler and forgotten for another",
        {
            "main.py": """from flask import Flask, abort, request
from flask_login import current_user, login_required

app = Flask(__name__)


@app.route("/admin/users/<int:user_id>", methods=["PUT", "DELETE"])
@login_required
def user(user_id):
    if request.method == "PUT":
        if not current_user.is_admin:
            abort(403)
        return change(user_id)
    return remove(user_id)
"""
        },
    ),
)
