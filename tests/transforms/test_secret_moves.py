"""How a literal becomes a question: what is edited where, and when nothing is."""

import ast

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
VAULT = Policy(broker="vault")


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    """The changed files, those that come with every patch left out."""
    result = remedied(files, control, policy=policy)
    assert not result.failures
    assert not [each for each in result.patches if each.status is Status.REJECTED]
    changed = {path: content.decode() for path, content in result.files.items()}
    return {path: text for path, text in changed.items() if "controls" not in path and not path.startswith(".")}


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


def test_two_files_with_keys_that_look_alike_share_a_name() -> None:
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
