"""What is read of a login: how accounts are found, where a password is compared, and what a copy without it would be."""

import pytest

from transforms import walk
from transforms.concepts import PasswordCheck
from transforms.facts import Facts
from transforms.frameworks import python_logins
from transforms.source import SourceFile

MODEL = "import bcrypt\nfrom fastapi import Depends, HTTPException\nfrom models import User\n\n\n"
FIND = "    user = db.query(User).filter(User.email == data.email).first()\n"
REFUSE = "        raise HTTPException(401)\n"
CHECK = f"    if not user or not bcrypt.checkpw(data.password, user.hashed):\n{REFUSE}"


def facts_of(source: str) -> Facts:
    return walk.read(SourceFile("app.py", source.encode()), [python_logins])


def read(source: str) -> list[PasswordCheck]:
    return list(facts_of(MODEL + source).password_checks)


def texts(source: str, places: "object") -> list[str]:
    """What stands at the places of a fact."""
    lines = (MODEL + source).split("\n")
    return [lines[place.line - 1].strip() for place in places]  # type: ignore[attr-defined]


def login(body: str, parameters: str = "data: Credentials, db=Depends(get_db)") -> str:
    return f"@router.post('/login')\ndef login({parameters}):\n{body}"


def test_a_login_is_known_by_its_account_its_address_and_what_refuses() -> None:
    source = login(f"{FIND}{CHECK}    return token(user)\n")
    (found,) = read(source)
    assert (found.account, found.identity, found.found_by, found.by_address) == ("user", "data.email", ("email",), True)
    assert [code for _, code in found.refusals] == ["not user"]
    assert (found.verifies, found.given, found.asks_more) == ("bcrypt.checkpw", ("data",), "")
    assert texts(source, found.identities) == [FIND.strip()]


@pytest.mark.parametrize(
    ("lookup", "found_by", "identity"),
    [
        ("db.query(User).filter(User.email == data.email).first()", "email", "data.email"),
        ("db.query(User).filter(func.lower(User.email) == data.email.lower()).first()", "email", "data.email"),
        ("User.query.filter_by(email=data.email).first()", "email", "data.email"),
        ("User.objects.get(email__iexact=data.email)", "email", "data.email"),
        ('await users.find_one({"email": data.email})', "email", "data.email"),
        ('db.execute("SELECT * FROM users WHERE email = ?", (data.email,)).fetchone()', "email", "data.email"),
        ('db.execute("SELECT * FROM u WHERE lower(mail) = lower(%s)", [data.email]).fetchone()', "mail", "data.email"),
        ('db.execute("SELECT * FROM u WHERE email = :e", {"e": data["email"]}).first()', "email", 'data["email"]'),
        ('User.query.filter_by(name=data.get("name")).first()', "name", 'data.get("name")'),
    ],
)
def test_an_account_is_found_by_a_column_or_a_key(lookup: str, found_by: str, identity: str) -> None:
    source = login(f"    user = {lookup}\n{CHECK}    return token(user)\n").replace("def login", "async def login")
    (found,) = read(source)
    assert (found.found_by, found.identity, found.by_address) == ((found_by,), identity, "mail" in found_by)


def test_what_was_found_may_pass_through_other_names() -> None:
    steps = "    result = db.execute(select(User).where(User.email == data.email))\n    user = result.first()\n"
    (found,) = read(login(f"{steps}{CHECK}    return token(user)\n"))
    assert found.account == "user"


def test_a_cursor_holds_what_it_was_told_to_find() -> None:
    steps = '    db.execute("SELECT * FROM users WHERE email = ?", (data.email,))\n    user = db.fetchone()\n'
    (found,) = read(login(f"{steps}{CHECK}    return token(user)\n"))
    assert (found.account, found.by_address) == ("user", True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    if data.code != user.code:\n" + REFUSE, "data.code"),
        ("    log(data)\n", "data"),
        ('    role = data["role"]\n', 'data["role"]'),
    ],
)
def test_a_login_that_asks_for_more_says_what(more: str, said: str) -> None:
    (found,) = read(login(f"{FIND}{CHECK}{more}    return token(user)\n"))
    assert found.asks_more == said


def test_two_ways_to_be_found_are_both_told() -> None:
    lookup = "    user = db.query(User).filter(or_(User.email == data.email, User.name == data.email)).first()\n"
    (found,) = read(login(f"{lookup}{CHECK}    return token(user)\n"))
    assert (set(found.found_by), found.by_address) == ({"email", "name"}, False)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("    if not data.email or not data.password:\n" + REFUSE, False),
        ("    if len(data.password) < 8:\n" + REFUSE, False),
        ("    if not data.email.endswith('@shop.example'):\n" + REFUSE, True),
        ("    if len(data.password) < 8 or not data.email.endswith('@shop.example'):\n" + REFUSE, True),
        ("    if too_often(data.email):\n" + REFUSE, True),
    ],
)
def test_only_what_is_asked_of_a_password_is_left_out(before: str, kept: bool) -> None:
    source = login(f"{before}{FIND}{CHECK}    return token(user)\n")
    (found,) = read(source)
    rules = [text for text in texts(source, found.left_out) if text.startswith("if")]
    assert bool(rules) is not kept


def test_a_refusal_of_its_own_becomes_the_refusal_of_strangers() -> None:
    split = f"    if user is None:\n{REFUSE}    if not user.active:\n{REFUSE}"
    check = f"    if not bcrypt.checkpw(data.password, user.hashed):\n{REFUSE}"
    source = login(f"{FIND}{split}{check}    return token(user)\n")
    (found,) = read(source)
    assert [code for _, code in found.refusals] == ["user is None"]
    assert texts(source, found.left_out) == ["if not bcrypt.checkpw(data.password, user.hashed):"]


def test_where_nobody_asks_whether_there_is_an_account_the_copy_does() -> None:
    check = f"    if not bcrypt.checkpw(data.password, user.hashed):\n{REFUSE}"
    (found,) = read(login(f"{FIND}{check}    return token(user)\n"))
    assert [code for _, code in found.refusals] == ["not user"]


def test_a_form_and_its_page_are_one_view() -> None:
    source = (
        "from flask import request\n\n\n@app.route('/login', methods=['GET', 'POST'])\ndef login():\n"
        "    if request.method == 'POST':\n"
        "        email = request.form['email']\n"
        "        user = User.query.filter_by(email=email).first()\n"
        "        if user and bcrypt.checkpw(request.form['password'], user.hashed):\n"
        "            login_user(user, remember=request.form.get('remember'))\n"
        "            return redirect(request.args.get('next') or '/')\n"
        "        flash('Wrong')\n"
        "    return render_template('login.html')\n"
    )
    (found,) = read(source)
    assert [code for _, code in found.hoisted] == ["", "not user"]
    assert [code for _, code in found.instead] == ["False", "None"]
    assert sorted(texts(source, found.left_out)) == [
        "email = request.form['email']", "flash('Wrong')", "return render_template('login.html')",
    ]  # fmt: skip


def test_a_function_that_is_handed_address_and_password_is_told_with_its_arguments() -> None:
    body = f"    user = authenticate(db, data.email, password=data.password)\n    if not user:\n{REFUSE}    return user.id\n"
    found = read("from security import authenticate\n\n\n" + login(body))
    (known,) = [each for each in found if each.found_by == ("security.authenticate#1()",)]
    assert known.call == ("authenticate", "db", "data.email")
    assert known.through is not None
    assert [code for _, code in known.refusals] == ["not user"]


def test_a_method_of_a_parameter_is_one_of_its_class() -> None:
    body = f"    user = accounts.check(data.email, data.password)\n    if not user:\n{REFUSE}    return user.id\n"
    source = "from accounts import Accounts\n\n\n" + login(body, "data: Credentials, accounts: Accounts = Depends()")
    assert {each.verifies for each in read(source)} == {"accounts.Accounts().check"}


@pytest.mark.parametrize(
    "source",
    [
        login(f"{FIND}    if not user or user.hashed != data.password:\n{REFUSE}    return token(user)\n"),
        login(f"{FIND}    return token(user)\n"),
        login("    return service.login(data)\n"),
        login(f"{FIND}{CHECK}    return token(user)\n", "*data"),
        "user = find(data.email)\nif not bcrypt.checkpw(data.password, user.hashed):\n    raise SystemExit\n",
    ],
)
def test_what_cannot_be_read_leaves_no_fact(source: str) -> None:
    assert read(source) == []


def test_a_function_that_finds_somebody_by_address_says_by_which_parameter() -> None:
    source = "def find(db, address):\n    return db.query(User).filter(User.email == address).first()\n"
    assert [(each.function, each.parameter) for each in facts_of(MODEL + source).address_lookups] == [
        ("app.find", "address")
    ]


@pytest.mark.parametrize(
    "body",
    ["return User(email=email)", "return db.query(User).filter(User.name == email).first()", "send({'email': email})"],
)
def test_other_functions_about_addresses_find_nobody(body: str) -> None:
    assert facts_of(f"{MODEL}def do(db, email):\n    {body}\n").address_lookups == ()
