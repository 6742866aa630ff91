"""Whether a query of owned rows is narrowed to who is calling: by right, by what is seen, or not to be told."""

import pytest

from tests.transforms.owned_app import MODELS, SECURITY, answer, app_of, files, judged
from transforms.ownership import Kind

READ = '\n\n@app.get("/orders/{order_id}")\ndef read(order_id: int, SIGNED_IN):\n'
LIST = '\n\n@app.get("/orders")\ndef list_all(SIGNED_IN):\n'


def scoped_columns(**models: str) -> dict[str, list[tuple[str, str]]]:
    app = app_of(files("", **models))
    return {
        symbol.rpartition(".")[2]: [(scope.column, scope.kind.value) for scope in scopes if not scope.itself]
        for symbol, scopes in app.tenancy().ownership.scopes.items()
        if any(not scope.itself for scope in scopes)
    }


def test_columns_say_whose_a_row_is() -> None:
    assert scoped_columns() == {
        "User": [("org_id", "tenant")],
        "Order": [("org_id", "tenant")],
        "Note": [("user_id", "owner")],
    }


def test_the_users_themselves_have_no_owner() -> None:
    models = MODELS.replace("    email = Column(String)", "    owner_id = Column(Integer, ForeignKey('users.id'))")
    assert scoped_columns(models=models)["User"] == [("org_id", "tenant")]


def test_a_foreign_key_to_something_else_than_a_person_makes_no_owner() -> None:
    models = MODELS.replace(
        'user_id = Column(Integer, ForeignKey("users.id"))', "owner_id = Column(ForeignKey('orders.id'))"
    )
    assert "Note" not in scoped_columns(models=models)


@pytest.mark.parametrize(("on_users", "expected"), [("", None), ("company_id = Column(Integer)", "company_id")])
def test_a_doubtful_name_counts_where_the_apps_users_have_it_too(on_users: str, expected: str | None) -> None:
    models = MODELS.replace(
        'org_id = Column(Integer, ForeignKey("orgs.id"))\n    number', "company_id = Column(Integer)\n    number"
    )
    models = models.replace("    password_hash = Column(String)", f"    password_hash = Column(String)\n    {on_users}")
    found = dict(scoped_columns(models=models).get("Order", []))
    assert found == ({expected: "tenant"} if expected else {})


def test_a_mixin_and_an_abstract_base_lend_their_columns() -> None:
    models = """
from sqlalchemy.orm import Mapped, mapped_column
from shop.database import Base
from shop.mixins import Owned


class Common(Base):
    __abstract__ = True
    workspace_id: Mapped[int]


class Order(Common):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)


class Note(Owned, Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


class Country(Base):
    __tablename__ = "c"
    id: Mapped[int] = mapped_column(primary_key=True)


Org = Country
"""
    mixins = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import declared_attr, mapped_column


class Owned:
    @declared_attr
    def user_id(cls):
        return mapped_column(ForeignKey("users.id"))
"""
    found = scoped_columns(models=models, mixins=mixins)
    assert found == {"Order": [("workspace_id", "tenant")], "Note": [("user_id", "owner")]}


@pytest.mark.parametrize(
    "body",
    [
        "    return db.scalars(select(Order).where(Order.org_id == user.org_id)).all()",
        "    return db.query(Order).filter_by(org_id=user.org_id).all()",
        "    org = user.org_id\n    return db.query(Order).filter(Order.org_id == org).all()",
        "    q = select(Order)\n    q = q.where(Order.org_id == user.org_id)\n    return db.scalars(q).all()",
        "    own = [Order.org_id == user.org_id]\n    return db.query(Order).filter(*own).all()",
        "    return db.scalars(select(Order).join(User).where(User.id == user.id)).all()",
        "    return db.scalars(select(Order).where(Order.org_id.in_([user.org_id]))).all()",
        "    return db.execute(text('SELECT * FROM orders WHERE org_id = :o'), {'o': user.org_id}).all()",
        "    return [o for o in db.scalars(select(Order)) if o.org_id == user.org_id]",
    ],
)
def test_a_value_of_the_caller_scopes_a_list(body: str) -> None:
    assert answer(f"{LIST}{body}\n") == "yes"


@pytest.mark.parametrize(
    "body",
    [
        "    return db.scalars(select(Order)).all()",
        "    return db.query(Order).filter(Order.number == '7').all()",
        "    return db.execute(text('SELECT * FROM orders')).all()",
        "    return db.scalar(select(func.count()).select_from(Order))",
        "    return db.scalars(select(Order.number)).all()",
        "    return db.execute(select(Order.__table__)).all()",
    ],
)
def test_a_list_of_all_tenants_rows_is_found(body: str) -> None:
    assert answer(f"{LIST}{body}\n") == "no"


FETCHED = "    order = db.get(Order, order_id)\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    return order", "no"),
        ("    print(order.org_id)\n    return order", "no"),
        ("    if order.number != user.email:\n        return None\n    return order", "no"),
        ("    if order.org_id != user.org_id:\n        raise HTTPException(404)", "yes"),
        ("    assert_own(order, user)\n    return order", "yes"),
    ],
)
def test_a_row_by_its_key_must_be_compared_with_the_caller(body: str, expected: str) -> None:
    helper = "\n\ndef assert_own(order, user):\n    if order.org_id != user.org_id:\n        raise HTTPException(404)\n"
    assert answer(f"{helper}{READ}{FETCHED}{body}\n") == expected


def test_a_comparison_in_one_query_says_nothing_of_another() -> None:
    body = "    db.query(Order).filter(Order.org_id == user.org_id).count()\n    return db.get(Order, order_id)\n"
    assert [str(each.holds) for each in judged(READ + body)] == ["yes", "no"]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("", "no"),
        ("    if org_id != user.org_id:\n        raise HTTPException(404)\n", "yes"),
        ("    if org_id != 7:\n        raise HTTPException(404)\n", "no"),
    ],
)
def test_a_tenant_that_the_request_names_must_be_the_callers(check: str, expected: str) -> None:
    route = '\n\n@app.get("/orgs/{org_id}/orders")\ndef of_org(org_id: int, SIGNED_IN):\n'
    assert answer(f"{route}{check}    return db.query(Order).filter(Order.org_id == org_id).all()\n") == expected


def test_a_tenant_from_a_header_is_what_the_request_says() -> None:
    route = '\n\n@app.get("/orders")\ndef orders(x_org: int = Header(), OPEN):\n'
    assert answer(f"{route}    return db.query(Order).filter(Order.org_id == x_org).all()\n") == "no"


def test_a_guard_may_vouch_for_the_tenant_in_the_path() -> None:
    security = SECURITY + (
        "\n\ndef member_of(org_id: int, user: User = Depends(get_user)) -> User:\n"
        "    if org_id != user.org_id:\n        raise HTTPException(status_code=403)\n    return user\n"
    )
    route = (
        "\nfrom shop.security import member_of\n\n"
        '@app.get("/orgs/{org_id}/orders", dependencies=[Depends(member_of)])\ndef of_org(org_id: int, OPEN):\n'
    )
    body = "    return db.query(Order).filter(Order.org_id == org_id).all()\n"
    assert answer(route + body, security=security) == "yes"


REPOSITORY = """
from shop.models import Order


def of_org(db, org_id, status=None):
    return db.query(Order).filter(Order.org_id == org_id).all()


def by_id(db, key):
    return db.query(Order).filter(Order.id == key).first()
"""
SERVICE = """
from shop.repository import by_id, of_org


class Orders:
    def __init__(self, db):
        self.db = db

    def list(self, org_id):
        return of_org(self.db, org_id)

    def read(self, key):
        return by_id(self.db, key)
"""


@pytest.mark.parametrize(("passed", "expected"), [("user.org_id", "yes"), ("org", "no"), ("limits()", "unknown")])
def test_a_tenant_is_followed_through_services_and_repositories(passed: str, expected: str) -> None:
    route = (
        "\nfrom shop.limits import limits\nfrom shop.service import Orders\n\n"
        '@app.get("/orders")\ndef orders(org: int, SIGNED_IN):\n'
        f"    return Orders(db).list({passed})\n"
    )
    limits = "def limits():\n    return 7\n"
    assert answer(route, service=SERVICE, repository=REPOSITORY, limits=limits) == expected


def test_a_repository_that_one_route_calls_with_a_chosen_tenant_is_found() -> None:
    route = (
        "\nfrom shop.repository import of_org\n\n"
        '@app.get("/orders")\ndef own(SIGNED_IN):\n    return of_org(db, user.org_id)\n\n\n'
        '@app.get("/orders/{org}")\ndef others(org: int, SIGNED_IN):\n    return of_org(db, org_id=org)\n'
    )
    assert answer(route, repository=REPOSITORY) == "no"


@pytest.mark.parametrize(
    ("check", "expected"),
    [("", "no"), ("    if order.org_id != user.org_id:\n        raise HTTPException(404)\n", "yes")],
)
def test_what_a_repository_fetches_may_be_compared_by_who_asked(check: str, expected: str) -> None:
    route = (
        "\nfrom shop.service import Orders\n\n"
        '@app.get("/orders/{key}")\ndef read(key: int, SIGNED_IN):\n'
        f"    order = Orders(db).read(key)\n{check}    return order\n"
    )
    assert answer(route, service=SERVICE, repository=REPOSITORY) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("Order(org_id=user.org_id, number=data.number)", "yes"),
        ("Order(**{**data.model_dump(), 'org_id': user.org_id})", "yes"),
        ("Order(**data.model_dump(), org_id=user.org_id)", "yes"),
        ("Order(org_id=data.org_id)", "no"),
        ("Order(**data.model_dump())", "no"),
        ("Order(number=data.number)", "unknown"),
    ],
)
def test_a_new_row_belongs_to_the_caller(made: str, expected: str) -> None:
    body = "\n\nclass Common(BaseModel):\n    org_id: int\n\n\nclass OrderIn(Common):\n    number: str\n"
    route = f'\n\n@app.post("/orders")\ndef create(data: OrderIn, SIGNED_IN):\n    row = {made}\n    db.add(row)\n'
    assert answer(body + route) == expected


def test_a_body_without_the_column_cannot_set_it() -> None:
    body = "\n\nclass OrderIn(BaseModel):\n    number: str\n"
    route = '\n\n@app.post("/orders")\ndef create(data: OrderIn, SIGNED_IN):\n    db.add(Order(**data.model_dump()))\n'
    assert answer(body + route) == "unknown"


def test_a_child_is_as_good_as_its_parent() -> None:
    models = MODELS + (
        "\n\nclass Line(Base):\n    __tablename__ = 'lines'\n    id = Column(Integer, primary_key=True)\n"
        "    org_id = Column(Integer)\n    order_id = Column(Integer, ForeignKey('orders.id'))\n"
    )
    route = (
        "\nfrom shop.models import Line\n"
        + READ
        + "    order = db.get(Order, order_id)\n    return db.query(Line).filter(Line.order_id == order.id).all()\n"
    )
    assert [str(each.holds) for each in judged(route, models=models)] == ["no", "unknown"]


@pytest.mark.parametrize(
    "route",
    [
        '@app.post("/auth/login")\ndef login(e: str, OPEN):\n    return db.query(User).filter_by(email=e).first()\n',
        '@app.post("/auth/register")\ndef register(data: dict, OPEN):\n    db.add(User(**data))\n    db.commit()\n',
        '@app.post("/invite")\ndef invite(e: str, SIGNED_IN):\n    return db.query(User).filter_by(email=e).first()\n',
    ],
)
def test_accounts_are_looked_up_by_what_they_are_called(route: str) -> None:
    assert answer(f"\n\n{route}") == "yes"


def test_a_row_that_is_found_by_a_secret_is_its_bearers() -> None:
    models = MODELS.replace("    text = Column(String)", "    share_token = Column(String)")
    route = '\n\n@app.get("/shared/{token}")\ndef shared(token: str, OPEN):\n'
    body = "    return db.query(Note).filter(Note.share_token == token).first()\n"
    assert answer(route + body, models=models) == "yes"


def test_administrators_see_all_notes_but_whether_all_tenants_is_not_told() -> None:
    parameters = "db: Session = Depends(get_db), admin: User = Depends(require_admin)"
    notes = f'\n\n@app.get("/notes")\ndef notes({parameters}):\n    return db.query(Note).all()\n'
    orders = f'\n\n@app.get("/orders")\ndef orders({parameters}):\n    return db.query(Order).all()\n'
    assert [str(each.holds) for each in judged(notes + orders)] == ["yes", "unknown"]


def test_an_admin_path_without_a_guard_is_no_excuse() -> None:
    route = '\n\n@app.get("/admin/orders")\ndef admin_orders(OPEN):\n    return db.query(Order).all()\n'
    assert answer(route) == "no"


@pytest.mark.parametrize("where", ["seed", "migrations_env", "worker"])
def test_what_no_route_reaches_is_not_judged(where: str) -> None:
    module = "from shop.models import Order\nimport sqlalchemy\n\n\ndef run(db):\n    return db.query(Order).all()\n"
    assert judged("", **{where: module}) == []


def test_what_a_guard_looks_up_says_who_is_calling() -> None:
    route = '\n\n@app.get("/me")\ndef me(user: User = Depends(get_user)):\n    return user\n'
    assert judged(route) == [], "the guard's db.get(User, ...) is no finding"


def test_a_shared_table_is_not_judged() -> None:
    assert judged(f"{LIST}    return db.query(Country).all()\n") == []


def test_a_session_that_knows_the_caller_may_be_narrowed_already() -> None:
    database = "\n\ndef own_session(user: User = Depends(get_user)):\n    yield make_session(user.org_id)\n"
    route = '\n\n@app.get("/orders")\ndef orders(db=Depends(own_session)):\n    return db.query(Order).all()\n'
    more = "\nfrom shop.security import own_session\n" + route
    assert answer(more, security=SECURITY + database) == "unknown"


def test_a_condition_that_is_made_elsewhere_cannot_be_told() -> None:
    assert answer(f"{LIST}    return db.query(Order).filter(visible()).all()\n") == "unknown"


def test_a_list_of_all_tenants_is_found_and_one_by_its_key_is_not_told() -> None:
    orgs = '\n\n@app.get("/orgs")\ndef orgs(SIGNED_IN):\n    return db.query(Org).all()\n'
    org = '\n\n@app.get("/orgs/{key}")\ndef org(key: int, SIGNED_IN):\n    return db.get(Org, key)\n'
    assert [str(each.holds) for each in judged(orgs + org)] == ["no", "unknown"]


def test_hooks_on_sessions_narrow_classes_and_what_derives_from_a_mixin() -> None:
    own = (
        "\nfrom sqlalchemy import event\nfrom sqlalchemy.orm import with_loader_criteria\n\n\n"
        '@event.listens_for(Session, "do_orm_execute")\ndef narrow(state):\n'
        "    own = with_loader_criteria(Order, lambda cls: cls.org_id == tenant())\n"
        "    state.statement = state.statement.options(own)\n"
    )
    assert answer(f"{own}{LIST}    return db.query(Order).all()\n") == "yes"
    assert answer(f"\nscope_entities(Order, column='org_id')\n{LIST}    return db.query(Order).all()\n") == "yes"


@pytest.mark.parametrize(
    "body",
    [
        "    return db.execute(text('SELECT * FROM orders')).all()",
        "    return db.execute(select(Order.__table__)).all()",
    ],
)
def test_hooks_do_not_see_raw_sql_and_tables(body: str) -> None:
    assert answer(f"\nscope_entities(Order, column='org_id')\n{LIST}{body}\n") == "no"


class TestOwners:
    """A column that names a person may mean the owner, or only who wrote a row that all may read."""

    LIST = '\n\n@app.get("/notes")\ndef notes(SIGNED_IN):\n    return db.query(Note).all()\n'
    OWN = '\n\n@app.get("/my-notes")\ndef own(SIGNED_IN):\n    return db.query(Note).filter_by(user_id=user.id).all()\n'
    DELETE = '\n\n@app.delete("/notes/{key}")\ndef remove(key: int, SIGNED_IN):\n    db.delete(db.get(Note, key))\n'
    DELETE_OWN = (
        '\n\n@app.delete("/my-notes/{key}")\ndef remove_own(key: int, SIGNED_IN):\n'
        "    db.query(Note).filter(Note.id == key, Note.user_id == user.id).delete()\n"
    )

    def test_a_list_alone_does_not_tell(self) -> None:
        assert answer(self.LIST) == "unknown"

    def test_a_list_beside_one_that_is_narrowed_is_found(self) -> None:
        found = judged(self.OWN + self.LIST)
        assert [(str(each.holds), each.certain) for each in found] == [("yes", True), ("no", True)]

    def test_a_row_that_anybody_may_delete_is_found(self) -> None:
        assert answer(self.DELETE) == "no"

    def test_owned_writes_say_nothing_about_reads(self) -> None:
        found = judged(self.DELETE_OWN + self.LIST)
        assert [str(each.holds) for each in found] == ["yes", "unknown"]

    def test_an_author_is_an_owner_only_where_the_app_treats_him_so(self) -> None:
        models = MODELS.replace("    user_id =", "    author_id =")
        own = self.OWN.replace("user_id", "author_id")
        assert answer(self.DELETE, models=models) == "unknown"
        assert [str(each.holds) for each in judged(own + self.LIST, models=models)] == ["yes", "no"]

    def test_the_owner_is_of_its_own_kind(self) -> None:
        (found,) = judged(self.DELETE)
        assert (found.scope.kind, found.scope.column, found.scope.target) == (Kind.OWNER, "user_id", "users.id")
