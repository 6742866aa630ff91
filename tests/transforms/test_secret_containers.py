"""What has to follow in compose files and Dockerfiles when an app asks for one more variable, or has one more folder."""

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.edit_kinds import HandOn, InsertLine
from transforms.engine import Status
from transforms.policy import Policy
from transforms.rewrite import apply
from transforms.secrets import sample
from transforms.source import SourceFile
from transforms.textfiles import read

KEY = sample("stripe-key", 11)
PAY = f'import httpx\n\n\ndef pay():\n    return httpx.post("/", auth=("{KEY}", ""))\n'
MAIN = "from fastapi import FastAPI\n\nfrom pay import pay\n\napp = FastAPI()\n\n\n@app.post('/pay')\ndef go():\n    pay()\n"
ASKED = "${STRIPE_API_KEY:?}"


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    """All changed files."""
    result = remedied(files, control, policy=policy)
    assert {each.status for each in result.patches} <= {Status.FIXED, Status.ADVICE}, result.patches
    return {path: content.decode() for path, content in result.files.items()}


WEB = "services:\n  web:\n    build: .\n"
GIVEN = {
    "a mapping": (
        f"{WEB}    environment:\n      LEVEL: info\n    ports: [80]\n",
        f"{WEB}    environment:\n      LEVEL: info\n      STRIPE_API_KEY: {ASKED}\n    ports: [80]\n",
    ),
    "a list": (
        f"{WEB}    environment:\n      - LEVEL=info\n      - PORT\n",
        f"{WEB}    environment:\n      - LEVEL=info\n      - PORT\n      - STRIPE_API_KEY={ASKED}\n",
    ),
    "a list in quotes": (
        f'{WEB}    environment:\n    - "LEVEL=info"',
        f'{WEB}    environment:\n    - "LEVEL=info"\n    - "STRIPE_API_KEY={ASKED}"',
    ),
    "nothing": (
        f"{WEB}    ports: [80]\n",
        f"{WEB}    environment:\n      STRIPE_API_KEY: {ASKED}\n    ports: [80]\n",
    ),
    "nothing, and a build of several lines": (
        "services:\n  web:\n    build:\n      context: .\n      dockerfile: Dockerfile\n    ports: [80]\n",
        "services:\n  web:\n    build:\n      context: .\n      dockerfile: Dockerfile\n"
        f"    environment:\n      STRIPE_API_KEY: {ASKED}\n    ports: [80]\n",
    ),
    "what several services share": (
        "x-app: &app\n  build: .\n  environment:\n    LEVEL: info\nservices:\n  web:\n    <<: *app\n",
        f"x-app: &app\n  build: .\n  environment:\n    LEVEL: info\n    STRIPE_API_KEY: {ASKED}\n"
        "services:\n  web:\n    <<: *app\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_service_gives_its_program_the_variable_that_it_asks_for(before: str, after: str, end: str) -> None:
    changed = fixed({"compose.yaml": before.replace("\n", end), "main.py": MAIN, "pay.py": PAY})
    assert changed["compose.yaml"] == after.replace("\n", end)
    assert "STRIPE_API_KEY=\n" in changed[".env.example"].replace("\r\n", "\n")


LEFT_ALONE = {
    "it is given already": f"{WEB}    environment:\n      STRIPE_API_KEY: $STRIPE_API_KEY\n",
    "a file says what it is given": f"{WEB}    env_file: .env\n    environment:\n      LEVEL: info\n",
    "what it is given stands elsewhere": f"{WEB}    environment: *shared\n",
    "its text goes on": f"{WEB}    environment:\n      CERT: |\n        one\n        two\n",
    "it runs another image": "services:\n  db:\n    image: postgres:16\n    environment:\n      A: b\n",
    "it is built from another folder": "services:\n  web:\n    build: ./web\n    environment:\n      A: b\n",
    "an override says nothing of its folder": "services:\n  web:\n    build:\n      args:\n        A: b\n",
    "its folder is not known": "services:\n  web:\n    build: ${WHERE}\n    environment:\n      A: b\n",
}


@pytest.mark.parametrize("compose", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_service_is_left_alone_where(compose: str) -> None:
    assert "compose.yaml" not in fixed({"compose.yaml": compose, "main.py": MAIN, "pay.py": PAY})


def test_a_service_that_starts_something_else_is_given_nothing() -> None:
    compose = (
        "services:\n  web:\n    build: .\n    command: uvicorn main:app\n"
        "  jobs:\n    build: .\n    command: [python, -m, jobs]\n"
    )
    jobs = (
        f'import httpx\n\n\ndef run():\n    httpx.post("/", headers={{"Authorization": "{sample("openai-key", 3)}"}})\n'
    )
    changed = fixed({"compose.yaml": compose, "main.py": MAIN, "pay.py": PAY, "jobs.py": jobs})["compose.yaml"]
    web, _, background = changed.partition("  jobs:")
    assert web.count(":?}") == background.count(":?}") == 1
    assert "STRIPE_API_KEY" in web
    assert "OPENAI_API_KEY" in background


SCRIPT = f'{PAY}\n\nif __name__ == "__main__":\n    pay()\n'


def test_what_a_script_beside_the_app_needs_no_service_has_to_have() -> None:
    script = {"seed.py": f"import pay\n\n{SCRIPT}", "main.py": MAIN, "pay.py": "def pay(): ...\n"}
    assert "compose.yaml" not in fixed({"compose.yaml": WEB, **script})
    started = f"{WEB}    command: python seed.py\n"
    assert "STRIPE_API_KEY" in fixed({"compose.yaml": started, **script})["compose.yaml"]


def test_another_compose_file_speaks_of_the_same_service() -> None:
    live = "services:\n  web:\n    image: shop.io/web\n    environment:\n      LEVEL: warn\n"
    changed = fixed({"compose.yaml": WEB, "compose.live.yaml": live, "main.py": MAIN, "pay.py": PAY})
    assert changed["compose.live.yaml"] == f"{live}      STRIPE_API_KEY: {ASKED}\n"


def test_a_broker_over_the_network_is_asked_by_the_app_itself() -> None:
    changed = fixed({"compose.yaml": WEB, "main.py": MAIN, "pay.py": PAY}, Policy(broker="vault"))
    assert "STRIPE_API_KEY" not in changed["compose.yaml"]


def test_what_an_image_no_longer_says_is_given_by_compose() -> None:
    image = f"FROM python:3.13\nCOPY . .\nENV STRIPE_API_KEY={KEY}\n"
    changed = fixed({"compose.yaml": WEB, "Dockerfile": image, "main.py": "import os\n"})
    assert changed["compose.yaml"] == f"{WEB}    environment:\n      STRIPE_API_KEY: {ASKED}\n"


IMAGES = {
    "COPY main.py pay.py .\n": "COPY main.py pay.py .\nCOPY controls ./controls\n",
    "COPY --chown=app *.py /srv/\nRUN ls\n": "COPY --chown=app *.py /srv/\nCOPY controls /srv/controls\nRUN ls\n",
    "COPY . .\n": "",
    "COPY requirements.txt .\n": "",
    "COPY --from=build /srv /srv\n": "",
}


@pytest.mark.parametrize(("before", "after"), IMAGES.items())
def test_an_image_that_takes_single_files_takes_the_new_folder_too(before: str, after: str) -> None:
    changed = fixed({"Dockerfile": f"FROM python:3.13\n{before}", "main.py": MAIN, "pay.py": PAY})
    assert changed.get("Dockerfile", "").removeprefix("FROM python:3.13\n") == after


def test_a_script_out_of_reach_of_the_app_asks_the_environment() -> None:
    app = {"app/__init__.py": "", "app/main.py": MAIN.replace("from pay import pay", "from app.pay import pay")}
    files = {**app, "app/pay.py": "def pay(): ...\n", "scripts/refill.py": SCRIPT}
    changed = fixed(files)
    assert 'auth=(os.environ["STRIPE_API_KEY"], "")' in changed["scripts/refill.py"]
    assert not [path for path in changed if "controls" in path]
    reachable = {**files, "scripts/refill.py": "from app import pay as paid\n" + SCRIPT}
    assert "from app.controls.secrets import get_secret" in fixed(reachable)["scripts/refill.py"]


def test_the_only_program_of_an_image_asks_the_environment() -> None:
    app = {"app/__init__.py": "", "app/main.py": MAIN.replace("from pay import pay", "from app.pay import pay")}
    image = "FROM python:3.13\nCOPY refill.py .\nCMD python refill.py\n"
    files = {**app, "app/pay.py": "def pay(): ...\n", "refill/refill.py": PAY, "refill/Dockerfile": image}
    changed = fixed(files)
    assert 'auth=(os.environ["STRIPE_API_KEY"], "")' in changed["refill/refill.py"]
    assert "refill/Dockerfile" not in changed
    tested = {"tests/test_refill.py": "from refill.refill import pay\n\n\ndef test_it():\n    assert pay\n"}
    assert "os.environ[" in fixed({**files, **tested})["refill/refill.py"]
    two = fixed({**files, "refill/more.py": "A = 1\n", "refill/Dockerfile": image.replace("refill.py .", "*.py .")})
    assert "from controls.secrets import get_secret" in two["refill/refill.py"]
    assert "COPY controls ./controls\n" in two["refill/Dockerfile"]


def test_an_edit_that_fits_nowhere_fails() -> None:
    compose = b"services:\n  web:\n    build: .\n    env_file: .env\n"
    for service in ("web", "db"):
        assert apply({"compose.yaml": compose}, [HandOn("compose.yaml", service, "A")]).failed
    assert apply({"Dockerfile": b"FROM a\n"}, [InsertLine("Dockerfile", 1, "ENV A=1")]).files["Dockerfile"] == (
        b"FROM a\nENV A=1\n"
    )


def test_services_that_are_no_services_are_read_without_a_word() -> None:
    for text in ("services: 3\n", "services:\n  - build\n", "build: x\n", "services:\n  web:\n    build: ../..\n"):
        facts = read(SourceFile("compose.yaml", text.encode()))
        assert all(each.context is None for each in facts.services if each.name == "web")


BROKERED = {
    "vault": "SECRETS_BACKEND: ${SECRETS_BACKEND:-vault}|SECRETS_PREFIX:|VAULT_ADDR: ${VAULT_ADDR:?}|VAULT_ROLE:|"
    "VAULT_ROLE_ID:|VAULT_SECRET_ID:",
    "aws": "SECRETS_BACKEND: ${SECRETS_BACKEND:-aws}|SECRETS_PREFIX:|AWS_REGION: ${AWS_REGION:?}",
    "gcp": "SECRETS_BACKEND: ${SECRETS_BACKEND:-gcp}|SECRETS_PREFIX:|GOOGLE_CLOUD_PROJECT:",
    "azure": "SECRETS_BACKEND: ${SECRETS_BACKEND:-azure}|SECRETS_PREFIX:|AZURE_KEYVAULT_URL: ${AZURE_KEYVAULT_URL:?}|"
    "AZURE_CLIENT_ID:",
}


@pytest.mark.parametrize(("broker", "given"), BROKERED.items(), ids=BROKERED)
def test_a_service_is_given_what_its_program_asks_the_broker_with(broker: str, given: str) -> None:
    other = PAY.replace("def pay", "def refund").replace(KEY, sample("stripe-key", 12))
    files = {
        "compose.yaml": WEB + "    environment:\n      LEVEL: info\n",
        "main.py": MAIN,
        "pay.py": PAY,
        "a.py": other,
    }
    result = remedied(files, control, policy=Policy(broker=broker))
    lines = "".join(f"      {line}\n" for line in given.split("|"))
    assert result.files["compose.yaml"].decode() == f"{files['compose.yaml']}{lines}"
    todo = [line for each in result.patches for line in each.todo]
    assert any("A container signs in" in line for line in todo)


def test_a_list_hands_on_what_is_set_by_its_name_alone() -> None:
    changed = fixed(
        {"compose.yaml": f"{WEB}    environment:\n      - LEVEL=info\n", "main.py": MAIN, "pay.py": PAY},
        Policy(broker="aws"),
    )
    assert "      - SECRETS_PREFIX\n      - AWS_REGION=${AWS_REGION:?}\n" in changed["compose.yaml"]


@pytest.mark.parametrize(
    ("broker", "names"), [("env", "STRIPE_API_KEY"), ("vault", "SECRETS_BACKEND and VAULT_ADDR")], ids=["env", "vault"]
)
@pytest.mark.parametrize("fills", ["env_file: .env", "environment: *shared"])
def test_what_a_file_or_an_anchor_has_to_give_is_said(broker: str, names: str, fills: str) -> None:
    files = {"compose.yaml": f"{WEB}    {fills}\n", "main.py": MAIN, "pay.py": PAY}
    result = remedied(files, control, policy=Policy(broker=broker))
    assert "compose.yaml" not in result.files
    (patch,) = result.patches
    assert any("web of compose.yaml takes" in line and f"give it {names} there" in line for line in patch.todo)
