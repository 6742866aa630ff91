"""How a literal becomes a question: what is edited where, and when nothing is."""

import ast
from typing import Any

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.edits import Applicability
from transforms.engine import PatchResult, Remedies, Status
from transforms.policy import Binding, Policy
from transforms.secrets import kinds, sample

KEY = sample("stripe-key", 11)
GUESSED = "q7" + "Wz" + "9kTr"
CONFIG = f'STRIPE_API_KEY = "{KEY}"\n'
USED = "from config import STRIPE_API_KEY\n\n\ndef pay():\n    return STRIPE_API_KEY\n"
ASKED = 'get_secret("DATABASE_PASSWORD")'
VAULT = Policy(broker="vault")


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    """The changed files, those that come with every patch left out."""
    result = remedied(files, control, policy=policy)
    assert not result.failures
    assert not [each for each in result.patches if each.status is Status.REJECTED]
    changed = {path: content.decode() for path, content in result.files.items()}
    beside = ("controls", "conftest.py", ".env", ".gitignore")
    return {path: text for path, text in changed.items() if not any(each in path for each in beside)}


def patches(files: dict[str, str], policy: Policy | None = None) -> tuple[PatchResult, ...]:
    return remedied(files, control, policy=policy).patches


def statuses(result: Remedies) -> set[Status]:
    return {patch.status for patch in result.patches}


def test_a_constant_goes_and_each_function_that_used_it_asks() -> None:
    files = {
        "config.py": "A = 1\n" + CONFIG + "B = 2\n",
        "pay.py": USED,
        "refund.py": "import config\n\n\nasync def refund():\n    return f'Bearer {config.STRIPE_API_KEY}', config.A\n",
    }
    assert fixed(files) == {
        "config.py": "A = 1\nB = 2\n",
        "pay.py": 'from controls.secrets import get_secret\n\n\ndef pay():\n    return get_secret("STRIPE_API_KEY")\n',
        "refund.py": "import config\nfrom controls.secrets import get_secret\n\n\n"
        "async def refund():\n    return f'Bearer {get_secret(\"STRIPE_API_KEY\")}', config.A\n",
    }


def test_a_constant_on_a_last_line_without_an_end_goes_too() -> None:
    changed = fixed({"config.py": f"A = 1\n\n{CONFIG.rstrip()}", "pay.py": USED})
    assert changed["config.py"] == "A = 1"


STAYS = {
    "it is read on import": {"a.py": "from config import STRIPE_API_KEY\n\nclient = Client(STRIPE_API_KEY)\n"},
    "it is a default": {"a.py": "from config import STRIPE_API_KEY\n\n\ndef f(key=STRIPE_API_KEY):\n    return key\n"},
    "a star import takes it along": {"a.py": "from config import *\n\n\ndef f():\n    return STRIPE_API_KEY\n"},
    "a test reads it": {"tests/test_a.py": USED},
    "nobody reads it by name": {"a.py": "import config\n"},
    "flask takes the module": {"a.py": USED + "\n\ndef make(app):\n    app.config.from_object('config')\n"},
}


@pytest.mark.parametrize("others", STAYS.values(), ids=STAYS)
def test_a_constant_stays_and_asks_itself_where(others: dict[str, str]) -> None:
    changed = fixed({"config.py": CONFIG, **others})
    assert changed == {
        "config.py": 'from controls.secrets import get_secret\n\nSTRIPE_API_KEY = get_secret("STRIPE_API_KEY")\n'
    }


def test_what_asks_on_import_says_so() -> None:
    (patch,) = patches({"config.py": CONFIG})
    assert any("is read when config.py is imported" in line for line in patch.todo)
    (patch,) = patches({"config.py": CONFIG, "pay.py": USED})
    assert not any("is imported" in line for line in patch.todo)


def test_no_import_becomes_a_network_call() -> None:
    assert statuses(remedied({"config.py": CONFIG}, control, policy=VAULT)) == {Status.ADVICE}
    assert statuses(remedied({"config.py": CONFIG, "pay.py": USED}, control, policy=VAULT)) == {Status.FIXED}
    assert fixed({"app.py": f'def f():\n    api_key = "{KEY}"\n    return api_key\n'}, VAULT)


def test_a_vault_brings_its_settings() -> None:
    changed = remedied({"config.py": CONFIG, "pay.py": USED}, control, policy=VAULT).files[".env.example"].decode()
    assert "VAULT_ADDR=\n" in changed
    assert "VAULT_ROLE=\n" in changed
    assert changed.count("SECRETS_BACKEND=") == 1


def test_a_vault_brings_its_client() -> None:
    files = {"config.py": CONFIG, "pay.py": USED, "requirements.txt": "httpx\n"}
    assert "hvac" in fixed(files, VAULT)["requirements.txt"]
    assert "requirements.txt" not in fixed(files)


def test_the_organisations_own_function_is_asked() -> None:
    binding = Binding("company.vault", "secret", "secret({name!r}).reveal()")
    policy = Policy(bindings={"secret": binding})
    result = remedied({"app.py": f'def f():\n    api_key = "{KEY}"\n    return api_key\n'}, control, policy=policy)
    assert result.files["app.py"].decode() == (
        "from company.vault import secret\n\n\ndef f():\n"
        '    api_key = secret("STRIPE_API_KEY").reveal()\n    return api_key\n'
    )
    assert "controls/secrets.py" not in result.files
    assert any("company.vault.secret" in line for line in result.patches[0].todo)


def test_a_lookup_fails_closed_instead_of_falling_back() -> None:
    code = 'import os\n\n\ndef key():\n    return os.getenv("SECRET_KEY") or "change-me"\n'
    assert fixed({"app.py": code})["app.py"] == (
        'from controls.secrets import get_secret\n\n\ndef key():\n    return get_secret("SECRET_KEY")\n'
    )


def test_a_literal_in_an_f_string_leaves_the_rest_of_it() -> None:
    code = f"def f(h):\n    return connect(f'postgresql://app:{GUESSED}@{{h}}/x')\n"
    assert "connect(f'postgresql://app:{get_secret(\"DATABASE_PASSWORD\")}@{h}/x')" in fixed({"a.py": code})["a.py"]


def test_a_key_behind_a_word_leaves_the_word() -> None:
    code = f'def f():\n    return {{"Authorization": "Bearer {sample("openai-key")}"}}\n'
    assert "f\"Bearer {get_secret('OPENAI_API_KEY')}\"" in fixed({"a.py": code})["a.py"]


def test_an_address_with_a_password_is_asked_for_as_a_whole() -> None:
    code = f'def f():\n    return create_engine("postgresql://app:{GUESSED}@db.io/x")\n'
    assert 'create_engine(get_secret("DATABASE_URL"))' in fixed({"a.py": code})["a.py"]


def test_documentation_is_not_turned_into_code() -> None:
    said = f'def f():\n    """Reads postgresql://app:{GUESSED}@db.io/x."""\n'
    assert statuses(remedied({"app.py": said}, control)) == {Status.ADVICE}


def test_line_ends_and_a_missing_last_newline_are_kept() -> None:
    code = f'def f():\r\n    api_key = "{KEY}"\r\n    return api_key'
    changed = fixed({"a.py": code})["a.py"]
    assert changed.endswith('    api_key = get_secret("STRIPE_API_KEY")\r\n    return api_key')
    assert "\n" not in changed.replace("\r\n", "")


def test_two_files_with_the_same_name_and_other_values_get_two_names() -> None:
    one = f'def f():\n    api_key = "{GUESSED}"\n    return api_key\n'
    other = f'def f():\n    api_key = "{sample("api-key")}"\n    return api_key\n'
    changed = fixed({"mail.py": one, "maps.py": other})
    assert 'get_secret("MAIL_API_KEY")' in changed["mail.py"]
    assert 'get_secret("MAPS_API_KEY")' in changed["maps.py"]


def test_values_that_only_look_alike_get_two_names() -> None:
    code = 'def f(db):\n    db.login(user="ann", password="{}")\n'
    changed = fixed({"seed.py": code.format(GUESSED), "mail.py": code.format(GUESSED[::-1])})
    assert 'get_secret("SEED_ACCOUNT_PASSWORD")' in changed["seed.py"]
    assert 'get_secret("MAIL_ACCOUNT_PASSWORD")' in changed["mail.py"]


def test_files_of_one_name_are_told_apart_by_their_folders() -> None:
    code = 'def f(db):\n    db.login(user="ann", password="{}")\n'
    changed = fixed({"orders/seed.py": code.format(GUESSED), "users/seed.py": code.format(GUESSED[::-1])})
    assert 'get_secret("ORDERS_SEED_ACCOUNT_PASSWORD")' in changed["orders/seed.py"]
    assert 'get_secret("USERS_SEED_ACCOUNT_PASSWORD")' in changed["users/seed.py"]


def test_one_value_has_one_name_however_its_places_call_it() -> None:
    code = 'def f():\n    {} = "{}"\n    return {}\n'
    names = {"mail.py": "mail_api_key", "maps.py": "maps_api_key"}
    changed = fixed({path: code.format(name, sample("api-key"), name) for path, name in names.items()})
    assert all('get_secret("MAIL_API_KEY")' in text for text in changed.values())


def test_placeholders_are_one_secret_for_each_name() -> None:
    said = 'def f():\n    db_password = "changeme"\n    secret_key = "changeme"\n    return db_password, secret_key\n'
    (text,) = fixed({"a.py": said}).values()
    assert 'db_password = get_secret("DB_PASSWORD")' in text
    assert 'secret_key = get_secret("SECRET_KEY")' in text


def test_an_address_is_not_asked_for_by_the_name_of_a_parameter() -> None:
    code = f'import pymongo\n\n\ndef f():\n    return pymongo.MongoClient("mongodb://app:{GUESSED}@db.io/x")\n'
    assert 'MongoClient(get_secret("DATABASE_URL"))' in fixed({"a.py": code})["a.py"]


def test_what_sets_a_default_still_sets_it() -> None:
    code = f'def f(app):\n    app.config.setdefault("SECRET_KEY", "{sample("framework-signing-key")}")\n'
    assert 'app.config.setdefault("SECRET_KEY", get_secret("SECRET_KEY"))' in fixed({"a.py": code})["a.py"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"mysql://%s:%s@%s/x" % ("app", "{}", HOST)', '"mysql://%s:%s@%s/x" % ("app", {}, HOST)'),
        ('"redis://:%s@cache:6379" % "{}"', '"redis://:%s@cache:6379" % {}'),
        ('"mysql://app:%(pw)s@db/x" % {{"pw": "{}"}}', '"mysql://app:%(pw)s@db/x" % {{"pw": {}}}'),
        ('"mysql://{{}}:{{}}@db/x".format("app", "{}")', '"mysql://{{}}:{{}}@db/x".format("app", {})'),
        ('"mysql://{{0}}:{{1}}@db/x".format("app", "{}")', '"mysql://{{0}}:{{1}}@db/x".format("app", {})'),
        ('"mysql://app:{{pw}}@db/x".format(pw="{}")', '"mysql://app:{{pw}}@db/x".format(pw={})'),
    ],
)
def test_a_password_that_is_filled_into_an_address_is_asked_for(before: str, after: str) -> None:
    changed = fixed({"a.py": f"def f():\n    return connect({before.format(GUESSED)})\n"})["a.py"]
    assert changed.endswith(f"    return connect({after.format(ASKED)})\n")


@pytest.mark.parametrize(
    "filled", ['"mysql://%s:%s@db/x" % ("app", PASSWORD)', '"http://%s:%s@db/x" % pair', '"a://{}:{}@h".format(*pair)']
)
def test_an_address_that_is_filled_from_elsewhere_holds_no_secret(filled: str) -> None:
    assert not patches({"a.py": f"def f(pair):\n    return connect({filled})\n"})


def test_two_files_with_the_same_key_share_a_name() -> None:
    code = f'def f():\n    api_key = "{KEY}"\n    return api_key\n'
    changed = fixed({"mail.py": code, "maps.py": code})
    assert all('get_secret("STRIPE_API_KEY")' in text for text in changed.values())


def test_the_reader_is_told_to_provision_to_rotate_and_that_history_remembers() -> None:
    (patch,) = patches({"app.py": f'def f():\n    api_key = "{KEY}"\n    return api_key\n'})
    told = "\n".join(patch.todo)
    assert "export STRIPE_API_KEY=<value>" in told
    assert "https://dashboard.stripe.com/apikeys" in told
    assert "history" in told
    assert patch.applicability is Applicability.REVIEW


def test_for_a_placeholder_a_new_value_is_to_be_invented() -> None:
    (patch,) = patches({"app.py": 'import os\n\nKEY = os.getenv("SECRET_KEY", "change-me")\n'})
    told = "\n".join(patch.todo)
    assert "new random value" in told
    assert "history" not in told


@pytest.mark.parametrize("kind", [kind.id for kind in kinds()])
def test_no_value_of_any_kind_is_in_what_a_patch_says_or_adds(kind: str) -> None:
    value = sample(kind, 31)
    code = f'def f():\n    admin_password = "{value}"\n    return admin_password\n'
    result = remedied({"app.py": code}, control)
    said = "\n".join((patch.title + "\n".join(patch.todo)) for patch in result.patches)
    texts = [content.decode() for content in result.files.values()]
    messages = [finding.message for patch in result.patches for finding in patch.findings]
    assert not any(value in text for text in (said, *texts, *messages))


def test_what_a_patch_makes_compiles() -> None:
    ids = [kind.id for kind in kinds() if kind.id != "private-key"][:50]
    files = {f"m{index}.py": f'def f():\n    secret_key = "{sample(each)}"\n' for index, each in enumerate(ids)}
    for text in fixed(files).values():
        ast.parse(text)


# --- clients that a module makes on import

CLIENT = (
    "from openai import OpenAI\n\n{constant}client = OpenAI(api_key={key})\n\n\ndef ask(q):\n    return client.ask(q)\n"
)
OPENAI = sample("openai-key", 3)
WAITS = """@lru_cache(maxsize=1)
def make_client(openai_api_key):
    return OpenAI(api_key=openai_api_key)


def get_client():
    return make_client(get_secret("OPENAI_API_KEY"))


def ask(q):
    return get_client().ask(q)
"""


@pytest.mark.parametrize("policy", [None, VAULT], ids=["environment", "vault"])
def test_a_client_of_the_module_is_made_when_it_is_needed(policy: Policy | None) -> None:
    plain = CLIENT.format(constant="", key=f'"{OPENAI}"')
    constant = CLIENT.format(constant=f'OPENAI_API_KEY = "{OPENAI}"\n', key="OPENAI_API_KEY")
    for code in (plain, constant):
        assert fixed({"llm.py": code}, policy)["llm.py"].endswith(WAITS)


def test_a_constant_of_another_file_that_a_client_is_made_with_goes_too() -> None:
    client = CLIENT.format(constant="from config import OPENAI_API_KEY\n\n", key="OPENAI_API_KEY")
    changed = fixed({"config.py": f'A = 1\nOPENAI_API_KEY = "{OPENAI}"\n', "llm.py": client}, VAULT)
    assert changed["config.py"] == "A = 1\n"
    assert changed["llm.py"].endswith(WAITS)


def test_two_secrets_of_one_client_make_one_function() -> None:
    code = (
        "import boto3\n\ns3 = boto3.client(\n    's3', aws_access_key_id='{}', aws_secret_access_key='{}'\n)\n\n\n"
        "def put(key):\n    s3.put_object(Key=key)\n"
    ).format(sample("aws-access-key", 1), sample("aws-secret-key", 1))
    assert fixed({"store.py": code})["store.py"].endswith(
        "@lru_cache(maxsize=1)\ndef make_s3(aws_access_key_id, aws_secret_access_key):\n    return boto3.client(\n"
        "        's3', aws_access_key_id=aws_access_key_id, aws_secret_access_key=aws_secret_access_key\n    )\n\n\n"
        "def get_s3():\n    return make_s3(get_secret('AWS_ACCESS_KEY_ID'), get_secret('AWS_SECRET_ACCESS_KEY'))\n\n\n"
        "def put(key):\n    get_s3().put_object(Key=key)\n"
    )


AFTER_CLIENT = {
    "it is used on import": "\nmodels = client.models()\n",
    "it is bound anew": "\n\ndef reset():\n    global client\n    client = None\n",
    "it is offered to others": "\n__all__ = ['client']\n",
    "it is a default": "\n\ndef again(c=client):\n    return c\n",
}


@pytest.mark.parametrize("more", AFTER_CLIENT.values(), ids=AFTER_CLIENT)
def test_a_client_stays_where(more: str) -> None:
    files = {"llm.py": CLIENT.format(constant="", key=f'"{OPENAI}"') + more}
    assert 'client = OpenAI(api_key=get_secret("OPENAI_API_KEY"))' in fixed(files)["llm.py"].replace("'", '"')
    assert statuses(remedied(files, control, policy=VAULT)) == {Status.ADVICE}


@pytest.mark.parametrize("other", ["from llm import client", "import llm", "from llm import *"])
def test_a_client_that_another_file_may_use_stays(other: str) -> None:
    files = {"llm.py": CLIENT.format(constant="", key=f'"{OPENAI}"'), "tests/test_llm.py": f"{other}\n\nllm.client\n"}
    assert "client = OpenAI(api_key=get_secret(" in fixed(files)["llm.py"]


def test_a_local_name_like_the_client_s_is_left_alone() -> None:
    code = CLIENT.format(constant="", key=f'"{OPENAI}"') + "\n\ndef other(client):\n    return client.x\n"
    assert fixed({"llm.py": code})["llm.py"].endswith("def other(client):\n    return client.x\n")


def test_the_function_gets_a_name_that_is_free() -> None:
    code = CLIENT.format(constant="", key=f'"{OPENAI}"') + "\n\ndef get_client():\n    return client\n"
    changed = fixed({"llm.py": code})["llm.py"]
    assert "def new_client(openai_api_key):\n    return OpenAI(api_key=openai_api_key)\n" in changed
    assert 'def make_client():\n    return new_client(get_secret("OPENAI_API_KEY"))\n' in changed


def test_a_client_with_a_constant_and_a_literal_takes_both() -> None:
    code = (
        f'import boto3\n\nAWS_SECRET_ACCESS_KEY = "{sample("aws-secret-key", 1)}"\n\n'
        f"s3 = boto3.client('s3', aws_access_key_id='{sample('aws-access-key', 1)}', "
        "aws_secret_access_key=AWS_SECRET_ACCESS_KEY)\n\n\ndef put(key):\n    s3.put_object(Key=key)\n"
    )
    changed = fixed({"store.py": code})["store.py"].replace("'", '"')
    assert "def make_s3(aws_secret_access_key, aws_access_key_id):" in changed
    assert 'return make_s3(get_secret("AWS_SECRET_ACCESS_KEY"), get_secret("AWS_ACCESS_KEY_ID"))' in changed
    assert "aws_access_key_id=aws_access_key_id, aws_secret_access_key=aws_secret_access_key)" in changed
    assert "AWS_SECRET_ACCESS_KEY =" not in changed


def test_a_rotated_secret_makes_a_new_client_and_the_same_value_does_not() -> None:
    code = CLIENT.format(constant="", key=f'"{OPENAI}"')
    changed = remedied({"llm.py": code}, control).files
    scope: dict[str, Any] = {}
    values, made = iter(["one", "one", "two"]), []
    text = changed["llm.py"].decode().replace("from openai import OpenAI\n", "")
    text = text.replace("from controls.secrets import get_secret\n", "")
    scope |= {"get_secret": lambda name: next(values), "OpenAI": lambda api_key: made.append(api_key) or object()}
    exec(compile(text, "llm.py", "exec"), scope)
    assert scope["get_client"]() is scope["get_client"]()
    scope["get_client"]()
    assert made == ["one", "two"]


def test_why_there_is_no_patch_is_said() -> None:
    (patch,) = patches({"config.py": CONFIG}, VAULT)
    assert "an import must not become a network call" in patch.title


# --- settings

SETTINGS = 'from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    debug: bool = False\n{more}    stripe_api_key: str = "{key}"\n{made}'
MADE = "\n\nsettings = Settings()\n"


def settings(more: str = "", made: str = MADE) -> dict[str, str]:
    return {"config.py": SETTINGS.format(more=more, key=KEY, made=made)}


def test_a_settings_field_loses_its_default_where_the_environment_is_asked() -> None:
    for made in (MADE, ""):
        assert fixed(settings(made=made)) == {"config.py": settings(made=made)["config.py"].replace(f' = "{KEY}"', "")}
    result = remedied(settings(), control)
    assert "controls/secrets.py" not in result.files
    assert "STRIPE_API_KEY=\n" in result.files[".env.example"].decode()
    assert "STRIPE_API_KEY" in result.files["tests/conftest.py"].decode()


def test_a_settings_field_is_provided_under_the_variable_that_its_class_reads() -> None:
    result = remedied(settings("    model_config = {'env_prefix': 'SHOP_'}\n"), control)
    assert "SHOP_STRIPE_API_KEY=\n" in result.files[".env.example"].decode()
    (patch,) = result.patches
    assert "SHOP_STRIPE_API_KEY" in patch.title


def test_a_settings_field_asks_after_its_own_sources() -> None:
    asks = 'stripe_api_key: str = Field(default_factory=lambda: get_secret("STRIPE_API_KEY"))'
    assert asks in fixed(settings(made=""), VAULT)["config.py"]
    for more in ("    model_config = {'alias_generator': str.upper}\n", "    model_config = CONFIG\n"):
        assert asks in fixed(settings(more))["config.py"].replace("'", '"')
    inherited = settings()["config.py"] + "\n\nclass More(Settings):\n    more: int = 1\n"
    assert asks in fixed({"config.py": inherited})["config.py"]


def test_settings_that_are_made_on_import_say_so() -> None:
    (patch,) = patches(settings())
    assert any("is read when config.py is imported" in line for line in patch.todo)
    (patch,) = patches(settings(made=""))
    assert not any("is imported" in line for line in patch.todo)


def test_a_field_becomes_a_property_where_settings_are_made_on_import_and_a_vault_is_asked() -> None:
    assert fixed(settings(), VAULT)["config.py"].endswith(
        "    debug: bool = False\n\n    @property\n    def stripe_api_key(self) -> str:\n"
        '        return get_secret("STRIPE_API_KEY")\n\n\nsettings = Settings()\n'
    )


FILLED = {
    "another prefix": "    model_config = {'env_prefix': 'SHOP_'}\n",
    "a file that may hold it": "    model_config = {'env_file': '.env'}\n",
    "a check of its own": "    _check = field_validator('stripe_api_key')(check)\n",
}


@pytest.mark.parametrize("more", FILLED.values(), ids=FILLED)
def test_a_field_stays_a_field_where_it_has(more: str) -> None:
    assert statuses(remedied(settings(more), control, policy=VAULT)) == {Status.ADVICE}
    assert "    stripe_api_key: str\n" in fixed(settings(more))["config.py"]


def test_django_is_given_its_key_when_it_looks_at_it_unless_the_settings_use_it_themselves() -> None:
    manage = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
    plain = f'import os\n\nSECRET_KEY = "{sample("framework-signing-key", 5)}"\n'
    for policy in (None, VAULT):
        changed = fixed({"shop/settings.py": plain, "manage.py": manage}, policy)["shop/settings.py"]
        assert 'SECRET_KEY = SimpleLazyObject(lambda: get_secret("SECRET_KEY"))' in changed
    asking = {
        "shop/jwt.py": "from django.conf import settings\n\n\ndef f():\n    return bytes(settings.SECRET_KEY, 'utf-8')\n"
    }
    changed = fixed({"shop/settings.py": plain, "manage.py": manage, **asking})["shop/settings.py"]
    assert "SECRET_KEY = get_secret(" in changed
    used = plain + "SIMPLE_JWT = {'SIGNING_KEY': SECRET_KEY}\n"
    assert "SECRET_KEY = get_secret(" in fixed({"shop/settings.py": used, "manage.py": manage})["shop/settings.py"]
    assert "SECRET_KEY = get_secret(" in fixed({"shop/other.py": plain, "manage.py": manage})["shop/other.py"]


# --- the app's own way to ask

OWN = {
    "a lookup that fails": "import os\n\n\ndef ask(name):\n    return os.environ[name]\n",
    "a lookup that is checked": "import os\n\n\ndef ask(name, hint=''):\n    value = os.environ.get(name)\n"
    "    if not value:\n        raise RuntimeError(hint)\n    return value\n",
    "a path made of the name": "def ask(name: str) -> str:\n    path = f'projects/p/secrets/{name}/versions/1'\n"
    "    return client.access_secret_version(name=path).payload.data.decode()\n",
    "a field of a document": "import json\n\n\ndef ask(key):\n"
    "    return json.loads(sm.get_secret_value(SecretId=key)['SecretString'])['value']\n",
    "with a cache": "from functools import cache\n\n\n@cache\ndef ask(key):\n    return kv.get_secret(key).value\n",
}
NOT_OWN = {
    "it falls back": "import os\n\n\ndef get_secret(name):\n    return os.environ.get(name, 'dev')\n",
    "it gives nothing": "import os\n\n\ndef get_secret(name):\n    return os.getenv(name)\n",
    "it hides what is missing": "import os\n\n\ndef get_secret(name):\n    try:\n        return os.environ[name]\n"
    "    except KeyError:\n        return ''\n",
    "it takes two": "import os\n\n\ndef get_secret(app, name):\n    return os.environ[name]\n",
    "it gives a document": "import json\n\n\ndef get_secret(name):\n"
    "    return json.loads(sm.get_secret_value(SecretId=name)['SecretString'])\n",
    "it is asynchronous": "import os\n\n\nasync def get_secret(name):\n    return os.environ[name]\n",
    "it is a method": "import os\n\n\nclass Box:\n    def get_secret(name):\n        return os.environ[name]\n",
    "it asks for something else": "import os\n\n\ndef get_secret(name):\n    return os.environ['HOME'] + name\n",
    "only its name says so": "def get_secret(name):\n    return name\n",
}
IN_FUNCTION = f'def f():\n    api_key = "{KEY}"\n    return api_key\n'


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_a_function_of_the_app_that_asks_and_stops_is_used(own: str) -> None:
    changed = fixed({"vaults.py": own, "pay.py": IN_FUNCTION})
    assert changed["pay.py"].startswith("from vaults import ask\n")
    assert 'api_key = ask("STRIPE_API_KEY")' in changed["pay.py"]


@pytest.mark.parametrize("other", NOT_OWN.values(), ids=NOT_OWN)
def test_a_function_is_not_used_where(other: str) -> None:
    changed = fixed({"vaults.py": other, "pay.py": IN_FUNCTION})
    assert changed["pay.py"].startswith("from controls.secrets import get_secret\n")


def test_the_app_s_own_way_comes_before_the_organisation_s() -> None:
    policy = Policy(bindings={"secret": Binding("company.vault", "secret", "secret({name!r})")})
    changed = fixed({"vaults.py": OWN["a lookup that fails"], "pay.py": IN_FUNCTION}, policy)
    assert 'ask("STRIPE_API_KEY")' in changed["pay.py"]
