"""What a fact about a secret says, and what it never says."""

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms import textfiles
from transforms.concepts_secrets import ASKED, SecretRole, SecretUse, Unsaid
from transforms.facts import Facts, dump, load
from transforms.frameworks import secret_literals
from transforms.secrets import kinds, sample
from transforms.source import SourceFile, Unreadable
from transforms.walk import read

GUESSED = "q7" + "Wz" + "9kTr"
PYTHON = st.sampled_from(
    [
        'ADMIN_PASSWORD = "{}"',
        'x = os.getenv("JWT_SECRET", "{}")',
        'user = {{"email": "a@b.io", "password": hash_password("{}")}}',
        'def f(a, password="{}"): ...',
        'if password == "{}":\n    pass',
        'url = "postgresql://app:{}@db.example.com/x"',
        'url = f"mongodb://app:{}@{{HOST}}/x"',
        "cur.execute(\"INSERT INTO users (name, password) VALUES ('a', '{}')\")",
        'print("Login: admin@shop.io / {}")',
        '# api_key = "{}"\nx = 1',
        'client = OpenAI(api_key="{}")',
        'H = {{"Authorization": "Bearer {}"}}',
        "app.config['SECRET_KEY'] = '{}'",
    ]
)
TEXT = st.sampled_from(
    [
        (".env", "DB_PASSWORD={}"),
        ("compose.yaml", "  POSTGRES_PASSWORD: {}"),
        ("app.json", '{{"password": "{}"}}'),
        ("seed.sql", "INSERT INTO users (name, password) VALUES ('a', '{}');"),
        ("run.sh", "export API_KEY={}"),
        ("README.md", "curl -u admin:{} https://shop.io"),
        ("conf.ini", "sqlalchemy.url = postgresql://app:{}@db.io/x"),
    ]
)
VALUES = st.one_of(
    st.text(string.ascii_letters + string.digits, min_size=12, max_size=30).map(lambda text: text + "9zQ"),
    st.builds(sample, st.sampled_from([kind.id for kind in kinds()]), st.integers(0, 50)),
)


def facts_of(code: str, path: str = "app/settings.py") -> Facts:
    return read(SourceFile(path, code.encode()), [secret_literals])


def only(code: str, path: str = "app/settings.py") -> SecretUse:
    (use,) = facts_of(code, path).secrets
    return use


@given(template=PYTHON, value=VALUES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_value_is_in_the_facts_of_python(template: str, value: str) -> None:
    facts = facts_of(template.format(value))
    assert value.encode() not in dump(facts)
    assert load(dump(facts)) == facts


@given(file=TEXT, value=VALUES)
@settings(max_examples=200, deadline=None)
def test_no_value_is_in_the_facts_of_other_files(file: tuple[str, str], value: str) -> None:
    path, template = file
    facts = textfiles.read(SourceFile(path, template.format(value).encode()))
    assert value.encode() not in dump(facts)
    assert load(dump(facts)) == facts


@given(st.text(max_size=400), st.sampled_from([".env", "x.yaml", "x.json", "x.sql", "x.md", "x.ipynb", "x.tf"]))
def test_no_text_file_is_too_strange_to_read(text: str, path: str) -> None:
    try:
        textfiles.read(SourceFile(path, text.encode(errors="surrogatepass")))
    except Unreadable as error:
        assert error.reason


def test_a_place_is_that_of_the_literal() -> None:
    use = only(f'import os\n\nADMIN_PASSWORD = "{GUESSED}"\n')
    assert (use.place.line, use.place.column, use.place.end_column) == (3, 17, 17 + len(GUESSED) + 2)


def test_a_value_in_a_long_string_is_placed_where_it_stands() -> None:
    code = f'SQL = """\nINSERT INTO users (name, password)\nVALUES (\'a\', \'{GUESSED}\')\n"""\n'
    assert (only(code).place.line, only(code).place.column) == (3, 14)


def test_a_lookup_is_replaced_as_a_whole_and_keeps_its_variable() -> None:
    use = only('import os\n\nKEY = os.environ.get(\n    "SECRET_KEY",\n    "change-me",\n)\n')
    assert use.role is SecretRole.ENV_DEFAULT
    assert (use.environment_name, use.secret_name) == ("SECRET_KEY", "SECRET_KEY")
    assert use.expression is not None
    assert (use.place.line, use.expression.line, use.expression.end_line) == (5, 3, 6)
    assert use.placeholder


def test_a_constant_of_the_module_knows_its_statement() -> None:
    assert only(f'API_KEY = "{GUESSED}"\n').constant is not None
    assert only(f'def f():\n    API_KEY = "{GUESSED}"\n').constant is None
    assert only(f'app.secret_key = "{GUESSED}"\n').constant is None


def test_it_says_whether_importing_the_module_evaluates_it() -> None:
    assert only(f'API_KEY = "{GUESSED}"\n').at_import
    assert only(f'class C:\n    API_KEY = "{GUESSED}"\n').at_import
    assert not only(f'def f():\n    api_key = "{GUESSED}"\n').at_import


def test_a_field_of_a_settings_class_is_known() -> None:
    head = "from pydantic_settings import BaseSettings\n\n\n"
    assert only(head + f'class S(BaseSettings):\n    secret_key: str = "{GUESSED}"\n').settings_field
    assert not only(head + f'class S:\n    secret_key: str = "{GUESSED}"\n').settings_field


def test_the_code_of_an_f_string_is_kept_without_the_secret() -> None:
    use = only(f'url = f"postgresql://app:{GUESSED}@{{HOST}}/x"\n')
    assert use.template == 'f"postgresql://app:{}@{HOST}/x"'
    assert use.secret_name == "DATABASE_PASSWORD"


def test_what_only_a_person_can_change_is_not_movable() -> None:
    for code in (
        f'match password:\n    case "{GUESSED}":\n        pass\n',
        f'if settings.password == "{GUESSED}":\n    pass\n',
        f'def f(password="{GUESSED}"): ...\n',
        f'print("admin@shop.io / {GUESSED}")\n',
        f'# password = "{GUESSED}"\n',
        f'key = "{{}} {sample("openai-key")}"\n',
    ):
        assert not only(code).movable, code


def test_a_comparison_is_movable_and_so_is_a_default_whose_function_can_ask() -> None:
    assert only(f'def f(password):\n    return password == "{GUESSED}"\n').movable
    use = only(f'def f(a, password: str = "{GUESSED}"):\n    return password\n')
    assert use.movable
    assert not use.at_import  # it is asked for when the function runs
    assert use.default_of is not None
    assert (use.default_of.name, use.default_of.widened) == ("password", "Optional[str]")
    assert (use.default_of.function.line, use.default_of.parameter.column) == (1, 9)


def test_what_stands_around_a_literal_is_kept_without_it() -> None:
    assert only(f'def f():\n    secret_key = b"{GUESSED}"\n').around == f"{ASKED}.encode()"
    assert only(f'def f():\n    secret_key = "{GUESSED}".encode("ascii")\n').around == f'{ASKED}.encode("ascii")'
    use = only(f'u = "postgresql://app:{GUESSED}@{{}}/x".format(HOST)\n')
    assert use.around == f'"postgresql://app:{{database_password}}@{{}}/x".format(HOST, database_password={ASKED})'
    assert only(f'def f():\n    secret_key = "{GUESSED}"\n').around == ""


def test_a_text_that_nothing_runs_says_what_can_stand_there() -> None:
    assert only(f'# password = "{GUESSED}"\n').unsaid is Unsaid.QUESTION
    assert only(f"# admin@shop.io / {GUESSED}\n").unsaid is Unsaid.NAME
    assert only(f'print("admin@shop.io / {GUESSED}")\n').unsaid is Unsaid.NAME
    assert only(f'print("admin@shop.io / {GUESSED}", file=settings)\n').unsaid is None


def test_the_same_value_has_the_same_name_and_another_value_another_one() -> None:
    same = f'def f():\n    a.password = "{GUESSED}"\n    b.password = "{GUESSED}"\n    c.password = "{GUESSED}X"\n'
    names = [use.secret_name for use in facts_of(same).secrets]
    assert names == ["ACCOUNT_PASSWORD", "ACCOUNT_PASSWORD", "ACCOUNT_PASSWORD_2"]


def test_a_file_is_a_test_by_what_is_in_it_unless_its_folder_says_so() -> None:
    login = f'def test_login():\n    post(json={{"email": "a@b.io", "password": "{GUESSED}"}})\n'
    assert not only(login, "scratch/test_login.py").test_only
    assert only(login, "tests/test_login.py").test_only
    assert only("import pytest\n" + login, "scratch/test_login.py").test_only
    assert only(login, "app/tests/factories.py").test_only
    assert not only(login, "app/latest.py").test_only


def test_a_test_says_an_invented_password_once() -> None:
    code = f'def test_a():\n    x(email=1, password="{GUESSED}")\n    y(email=1, password="{GUESSED}")\n'
    assert len(facts_of(code, "tests/test_a.py").secrets) == 1


def test_a_password_is_seen_again_in_a_message() -> None:
    code = f'ADMIN_PASSWORD = "{GUESSED}"\nprint("the password is now {GUESSED} for all")\n'
    assert [(use.role.value, use.place.line) for use in facts_of(code).secrets] == [("assigned", 1), ("in_text", 2)]


def test_uses_of_a_setting_are_told_with_the_time_they_are_read() -> None:
    code = (
        "from config import API_KEY\nimport config\n\nclient = Client(API_KEY)\n\n\n"
        "def f(key=API_KEY):\n    API_KEY2 = 1\n    return config.API_KEY, dict(API_KEY=API_KEY), f'{API_KEY}'\n"
        "if __name__ == '__main__':\n    print(API_KEY)\n"
    )
    uses = [(use.reference, use.place.line, use.deferred) for use in facts_of(code).name_uses]
    assert uses == [
        ("config.API_KEY", 4, False),
        ("config.API_KEY", 7, False),
        ("config.API_KEY", 9, True),
        ("config.API_KEY", 9, True),
        ("config.API_KEY", 9, True),
        ("config.API_KEY", 11, True),
    ]
    assert facts_of(code).is_program


def test_a_name_of_a_function_hides_that_of_the_module() -> None:
    code = "from config import API_KEY\n\n\ndef f(API_KEY):\n    return API_KEY\n"
    assert [use.reference for use in facts_of(code).name_uses] == ["app.settings.f.API_KEY"]


def test_no_nesting_is_too_deep_for_the_reader() -> None:
    source = f'API_KEY = "{GUESSED}"\n'
    concatenated = "x = (" + '"postgres://a:b1c2d3@h.io/x" ' * 300 + ")\n"
    chained = "PASSWORD = " + " or ".join(["get()"] * 200) + ' or "x"\n'
    assert "api-key" in {use.kind for use in facts_of(source + concatenated).secrets}
    assert "api-key" in {use.kind for use in facts_of(source + chained).secrets}


def test_a_key_within_a_text_leaves_a_gap_for_what_takes_its_place() -> None:
    assert only(f'h = {{"Authorization": "Bearer {sample("openai-key")}"}}\n').template == 'f"Bearer {}"'
    assert only(f"u = 'https://x.io?api_key={sample('api-key')}&q=1'\n").template == "f'https://x.io?api_key={}&q=1'"


def test_the_scheme_of_a_header_stays() -> None:
    assert only(f'h = {{"Authorization": "Bearer {sample("access-token")}"}}\n').template == 'f"Bearer {}"'


def test_what_is_secret_as_a_whole_moves_as_a_whole() -> None:
    for kind in ("private-key", "azure-storage-key", "capability-url", "database-url", "basic-auth-url"):
        use = only(f'value = "{sample(kind)}"\n')
        assert (use.kind, use.movable, use.template) == (kind, True, "")


def test_the_place_of_a_part_is_that_of_the_part() -> None:
    for code in (f'url = f"postgresql://app:{GUESSED}@{{HOST}}/x"', f"h = 'Bearer {sample('openai-key')}'"):
        place = only(code + "\n").place
        assert code[place.column : place.end_column] in (GUESSED, sample("openai-key"))
