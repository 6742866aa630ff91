"""How a secret leaves a TOML, YAML or INI file: every read of it is seen, and asks; else a person decides."""

import pytest

from transforms.controls.no_secret_in_code import control
from transforms.engine import Remedies, Status, remedies, scan
from transforms.policy import Policy
from transforms.secrets import sample
from transforms.source import SourceFile
from transforms.textfiles.entries import entries

GUESSED = "q7" + "Wz" + "9kTr"
KEY = sample("stripe-key", 4)


def patched(files: dict[str, str], policy: Policy | None = None) -> Remedies:
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    policy = policy or Policy()
    return remedies(sources, scan(sources, policy), policy, only={control.id})


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    result = patched(files, policy)
    assert {each.status for each in result.patches} == {Status.FIXED}, result.patches
    assert not result.after.findings
    return {path: content.decode() for path, content in result.files.items()}


TOML = 'title = "shop"  # ours\n\n[stripe]\nurl = "https://api"\n{}api_key = "{}"  # live\n'
USE = '\n\ndef charge():\n    return post(config["stripe"]["url"], auth=(config["stripe"]["api_key"], ""))\n'
LOADED = {
    "with tomllib": 'import tomllib\n\nwith open("config.toml", "rb") as file:\n    config = tomllib.load(file)\n',
    "from a path": 'import tomllib\nfrom pathlib import Path\n\nconfig = tomllib.loads((Path("conf") / "config.toml").read_text())\n',
    "with toml": 'import toml\n\nconfig = toml.load("config.toml")\n',
    "in a function": 'import tomllib\n\n\ndef load():\n    with open("config.toml", "rb") as file:\n        return tomllib.load(file)\n\n\nconfig = load()\n',
}


@pytest.mark.parametrize("load", LOADED.values(), ids=LOADED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_entry_of_a_file_that_code_loads_goes_and_the_read_asks(load: str, end: str) -> None:
    files = {"app.py": "from httpx import post\n" + load + USE, "config.toml": TOML.format("", KEY).replace("\n", end)}
    changed = fixed(files)
    left = "# api_key: the app asks for it as STRIPE_API_KEY, where secrets are kept"
    assert changed["config.toml"] == files["config.toml"].replace(f'api_key = "{KEY}"  # live', left)
    assert 'post(config["stripe"]["url"], auth=(get_secret("STRIPE_API_KEY"), ""))' in changed["app.py"]
    assert "STRIPE_API_KEY=\n" in changed[".env.example"]


YAML = 'import yaml\n\nsettings = yaml.safe_load(open("settings.yaml"))\n\n\ndef connect():\n    return login(password={})\n'
OTHERS = {
    "yaml, by keys": (
        "settings.yaml",
        f"db:\n  host: x\n  password: {GUESSED}  # old\nport: 1\n",
        YAML.format('settings["db"]["password"]'),
        YAML.format('get_secret("DB_PASSWORD")'),
    ),
    "yaml, by get": (
        "conf/settings.yaml",
        f'db:\n  password: "{GUESSED}"\n',
        YAML.format('settings.get("db", {}).get("password")'),
        YAML.format('get_secret("DB_PASSWORD")'),
    ),
    "ini, by get": (
        "app.ini",
        f"[mail]\nSMTP_Password = {GUESSED}\n",
        'import configparser\n\nconf = configparser.ConfigParser()\nconf.read("app.ini")\n\n\n'
        'def send():\n    login(conf.get("mail", "smtp_password"))\n',
        'import configparser\n\nconf = configparser.ConfigParser()\nconf.read("app.ini")\n\n\n'
        'def send():\n    login(get_secret("SMTP_PASSWORD"))\n',
    ),
}


@pytest.mark.parametrize(("path", "text", "before", "after"), OTHERS.values(), ids=OTHERS)
def test_so_does_one_of_another_format(path: str, text: str, before: str, after: str) -> None:
    changed = fixed({path: text, "app.py": before})
    assert changed["app.py"].endswith(after.partition("\n\n")[2])
    assert GUESSED not in changed[path]
    assert changed[path].count("\n") == text.count("\n")


AFTER_LOAD = "from httpx import post\n" + LOADED["with tomllib"]
PERSON = {
    "the whole table goes somewhere": {
        "app.py": AFTER_LOAD + USE + '\n\ndef other():\n    return Shop(**config["stripe"])\n'
    },
    "everything goes somewhere": {"app.py": AFTER_LOAD + USE + "\n\napp.config.update(config)\n"},
    "another file takes it": {"app.py": AFTER_LOAD + USE, "b.py": "from app import config\n"},
    "another file takes the module": {
        "app.py": AFTER_LOAD + USE,
        "b.py": "import app\n\nprint(app.config['stripe'])\n",
    },
    "nobody reads it": {"app.py": AFTER_LOAD},
    "the key is made when it runs": {"app.py": AFTER_LOAD + "\n\ndef f(key):\n    return config['stripe'][key]\n"},
    "two files have that name": {"app.py": AFTER_LOAD + USE, "other/config.toml": "a = 1\n"},
    "it is loaded twice": {"app.py": AFTER_LOAD + 'config = tomllib.load(open("b.toml", "rb"))\n' + USE},
    "nobody loads it": {"app.py": "x = 1\n"},
}


@pytest.mark.parametrize("files", PERSON.values(), ids=PERSON)
def test_a_person_decides_where(files: dict[str, str]) -> None:
    result = patched({**files, "config.toml": TOML.format("", KEY)})
    assert {each.status for each in result.patches} == {Status.ADVICE}
    assert not result.files


def test_one_value_in_code_and_in_a_file_is_asked_for_by_one_name() -> None:
    code = f'def refund():\n    stripe_api_key = "{KEY}"\n    return stripe_api_key\n'
    load = "from httpx import post\n" + LOADED["with toml"] + USE
    changed = fixed({"app.py": load, "refund.py": code, "config.toml": TOML.format("", KEY)})
    assert all('get_secret("STRIPE_API_KEY")' in changed[path] for path in ("app.py", "refund.py"))


def test_a_local_name_like_it_is_left_alone() -> None:
    other = '\n\ndef other(config):\n    return config["stripe"]["api_key"], use(config)\n'
    changed = fixed({"app.py": AFTER_LOAD + USE + other, "config.toml": TOML.format("", KEY)})
    assert changed["app.py"].endswith(other)


def test_no_import_becomes_a_network_call() -> None:
    read = '\nKEY = config["stripe"]["api_key"]\n'
    files = {"app.py": AFTER_LOAD + read, "config.toml": TOML.format("", KEY)}
    assert {each.status for each in patched(files, Policy(broker="vault")).patches} == {Status.ADVICE}
    assert 'KEY = get_secret("STRIPE_API_KEY")' in fixed(files)["app.py"]


# --- names that say nothing of settings

HEAD = "from httpx import post\n"
CHARGE = '    return post({0}["stripe"]["url"], auth=({0}["stripe"]["api_key"], ""))\n'
LOCAL = {
    "opened": '    with open("config.toml", "rb") as file:\n        loaded = tomllib.load(file)\n',
    "opened, with more below": (
        '    with open("config.toml", "rb") as file:\n        loaded = tomllib.load(file)\n        print("loaded")\n'
    ),
    "read": '    loaded = tomllib.loads(Path("config.toml").read_text())\n',
    "by another function": "    loaded = load()\n",
}
LOADER = '\n\ndef load():\n    with open("config.toml", "rb") as file:\n        return tomllib.load(file)\n'


@pytest.mark.parametrize("load", LOCAL.values(), ids=LOCAL)
def test_a_name_of_a_function_is_followed_by_what_was_loaded(load: str) -> None:
    code = f"import tomllib\n{HEAD}{LOADER}\n\ndef charge():\n{load}{CHARGE.format('loaded')}"
    changed = fixed({"app.py": code, "config.toml": TOML.format("", KEY)}, Policy(broker="vault"))
    assert 'post(loaded["stripe"]["url"], auth=(get_secret("STRIPE_API_KEY"), ""))' in changed["app.py"]
    assert KEY not in changed["config.toml"]


def test_a_name_of_a_module_is_followed_where_every_other_file_is_read() -> None:
    code = f'import toml\n{HEAD}\nparams = toml.load("config.toml")\n\n\ndef charge():\n{CHARGE.format("params")}'
    files = {"app.py": code, "config.toml": TOML.format("", KEY)}
    assert 'get_secret("STRIPE_API_KEY")' in fixed(files)["app.py"]
    unread = patched({**files, "b.py": "x = 1\n"})  # it may say `from app import params`
    assert {each.status for each in unread.patches} == {Status.ADVICE}


LEFT_ALONE = {
    "it is given away": "    save(loaded)\n",
    "it is given back": "    return loaded\n",
    "it is bound anew": "    loaded = other()\n",
    "a part is given away": '    save(loaded["stripe"])\n',
    "a function inside may do anything": "    def inner():\n        return loaded\n\n    save(inner)\n",
}


@pytest.mark.parametrize("more", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_name_of_a_function_is_left_alone_where(more: str) -> None:
    code = f"import tomllib\n{HEAD}\n\ndef charge():\n{LOCAL['read']}    a = loaded['stripe']['api_key']\n{more}"
    result = patched({"app.py": code, "config.toml": TOML.format("", KEY)})
    assert {each.status for each in result.patches} == {Status.ADVICE}


def test_a_file_that_would_be_loaded_for_nothing_is_left_to_a_person() -> None:
    code = f"import tomllib\n{HEAD}\n\ndef charge():\n{LOCAL['read']}    return loaded['stripe']['api_key']\n"
    result = patched({"app.py": code, "config.toml": TOML.format("", KEY)})
    assert {each.status for each in result.patches} == {Status.ADVICE}


@pytest.mark.parametrize("path", ["sys.argv[1]", "args.config", 'os.getenv("CONFIG")'])
def test_a_file_that_may_be_another_one_is_left_alone(path: str) -> None:
    code = f'import os\nimport sys\nimport toml\n{HEAD}\n\ndef charge(args):\n    loaded = toml.load({path} or "config.toml")\n'
    result = patched({"app.py": code + CHARGE.format("loaded"), "config.toml": TOML.format("", KEY)})
    assert {each.status for each in result.patches} == {Status.ADVICE}


GIVE_NAME = LOCAL["by another function"]
ELSEWHERE = {
    "another function takes all of it": "\n\ndef other():\n    return load()\n",
    "another function looks into it at once": '\n\ndef other():\n    return load()["stripe"]["api_key"]\n',
    "another function loads it again": (
        '\n\ndef other():\n    return tomllib.loads(Path("config.toml").read_text())["stripe"]["api_key"]\n'
    ),
    "another function opens it again": (
        '\n\ndef other():\n    with open("config.toml", "rb") as file:\n        return dict(tomllib.load(file))\n'
    ),
    "it is handed over as it is loaded": "\n\nsave(load())\n",
}


@pytest.mark.parametrize("more", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("load", [LOCAL["read"], GIVE_NAME])
def test_a_file_that_is_read_elsewhere_too_is_left_alone(load: str, more: str) -> None:
    code = f"import tomllib\n{HEAD}{LOADER}\n\ndef charge():\n{load}{CHARGE.format('loaded')}{more}"
    result = patched({"app.py": code, "config.toml": TOML.format("", KEY)})
    assert {each.status for each in result.patches} == {Status.ADVICE}


def test_a_file_that_another_module_loads_by_that_function_is_left_alone() -> None:
    code = f"import tomllib\n{HEAD}{LOADER}\n\ndef charge():\n{GIVE_NAME}{CHARGE.format('loaded')}"
    other = "from httpx import post\n\nfrom app import load\n\n\ndef other():\n    return post(load())\n"
    result = patched({"app.py": code, "other.py": other, "config.toml": TOML.format("", KEY)})
    assert {each.status for each in result.patches} == {Status.ADVICE}


def test_documents_that_are_no_file_are_nobody_s_settings() -> None:
    code = f"import json\nimport tomllib\n{HEAD}\n\ndef charge(text):\n{LOCAL['read']}    json.loads(text)\n"
    changed = fixed({"app.py": code + CHARGE.format("loaded"), "config.toml": TOML.format("", KEY)})
    assert 'get_secret("STRIPE_API_KEY")' in changed["app.py"]


def test_two_functions_have_names_of_their_own() -> None:
    code = (
        f"import tomllib\n{HEAD}\n\ndef charge():\n{LOCAL['read']}{CHARGE.format('loaded')}"
        '\n\ndef other(loaded):\n    return loaded["stripe"]["api_key"], save(loaded)\n'
    )
    changed = fixed({"app.py": code, "config.toml": TOML.format("", KEY)})
    assert changed["app.py"].endswith('return loaded["stripe"]["api_key"], save(loaded)\n')


DOCUMENT = '{{\n  "stripe": {{\n    "api_key": {},\n    "url": "https://api"\n  }}\n}}\n'


def test_a_document_keeps_its_shape() -> None:
    code = (
        f'import json\n{HEAD}\n\ndef charge():\n    with open("config.json") as file:\n'
        f"        loaded = json.load(file)\n{CHARGE.format('loaded')}"
    )
    changed = fixed({"app.py": code, "config.json": DOCUMENT.format(f'"{KEY}"')})
    assert changed["config.json"] == DOCUMENT.format("null")
    assert 'auth=(get_secret("STRIPE_API_KEY"), "")' in changed["app.py"]


# --- which entries there are

ENTRIES = [
    (".toml", '[a.b]\n"c" = "v"  # x\n', {2: (("a", "b", "c"), "v")}),
    (".toml", "[[a]]\nc = 'v'\n", {}),
    (".toml", 'c = """\nv"""\n', {}),
    (".toml", "c = \n", {}),
    (".ini", "[a]\nKey: v\n", {2: (("a", "key"), "v")}),
    (".ini", "[a]\nkey = v\n  more\n", {}),
    (".ini", "[DEFAULT]\nkey = v\n", {}),
    (".yaml", "a:\n  b: v\n  # x\n  c: 'w'\n", {2: (("a", "b"), "v"), 4: (("a", "c"), "w")}),
    (".yaml", "a:\n  - b: v\n", {}),
    (".yaml", "a: |\n  b: v\n", {}),
    (".yaml", "a: {b: v}\n", {}),
    (".yaml", "a: v\n  more\n", {}),
    (".yml", "x: &x\n  b: v\na:\n  <<: *x\n", {}),
    (".tf", 'variable "a" {\n  default = "v"\n}\n', {2: (("a",), "v")}),
    (".tf", 'locals {\n  default = "v"\n}\n', {}),
    (".json", '{"a": "v"}\n', {}),
    (".json", '{\n  "a": "v",\n  "b": {\n    "c": "w"\n  }\n}\n', {2: (("a",), "v"), 4: (("b", "c"), "w")}),
    (".json", '{\n  "a": [\n    "x"\n  ],\n  "b": "v"\n}\n', {5: (("b",), "v")}),
    (".json", '{\n  "a": [\n    {\n      "b": "v"\n    }\n  ]\n}\n', {}),
    (".json", '{\n  "a": {"b": 1}, "c": "v",\n  "d": "w"\n}\n', {}),
]


@pytest.mark.parametrize(("suffix", "text", "expected"), ENTRIES)
def test_an_entry_is_one_text_on_one_line(suffix: str, text: str, expected: dict[int, tuple[object, str]]) -> None:
    found = entries(suffix, text, text.splitlines())
    assert {number: (each.keys, each.value) for number, each in found.items()} == expected
