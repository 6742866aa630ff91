"""The apps with secrets in their settings: how each is started and asked to do its work, and what it should answer."""

import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixtures.apps import load
from transforms.secrets import sample

_FASTAPI = """
import json
from fastapi.testclient import TestClient
from app.main import app
client = TestClient(app)
assert client.get("/health").status_code == 200
print(json.dumps([client.get("/receipts/7").json()["signature"], client.get("/pages/7").json()["page"]]))
"""
ROTATED = """
import json, os
import hvac
from fastapi.testclient import TestClient
from app.main import app
client = TestClient(app)
page = lambda: client.get("/pages/7").json()["page"]
answers = [page(), page()]
vault = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["ROTATE_WITH"])
vault.secrets.kv.v2.create_or_update_secret(
    path=os.environ["SECRETS_PREFIX"] + "/ACCESS_TOKEN",
    secret={"value": "rotated-and-long-enough"},
    mount_point="secret",
)
print(json.dumps([*answers, page()]))
"""
_FLASK = """
import json
from app import create_app
client = create_app().test_client()
client.get("/visits")
print(json.dumps([client.get("/visits").json["visits"], client.get("/mailbox").json["mark"]]))
"""
_DJANGO = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django
django.setup()
from django.test import Client
client = Client()
assert client.get("/health").status_code == 200
print(json.dumps([client.get("/links/7").json()["link"]]))
"""

# Both vendors are this machine: each answers what it is asked with, and remembers which key came along.
_SHOP = """
import hashlib, json, os, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
seen = []
said = {"role": "assistant", "content": "yes"}
choice = {"index": 0, "finish_reason": "stop", "message": said}
answer = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}).encode()
class Vendor(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        seen.append(sha(self.headers["Authorization"].removeprefix("Bearer ")))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
server = HTTPServer(("127.0.0.1", 0), Vendor)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["OPENAI_BASE_URL"] = f"http://127.0.0.1:{server.server_port}"
from shop import config
config.STRIPE_API_URL = os.environ["OPENAI_BASE_URL"]
from fastapi.testclient import TestClient
from shop.database import make_engine
from shop.main import app
from shop.payments import charge
client = TestClient(app)
assert client.get("/health").status_code == 200
told = client.post("/assistant/ask", json={"text": "any tea?"}).json()["answer"]
print(json.dumps([told, charge(7, 500), sha(make_engine().url.password), *seen]))
"""


@dataclass(frozen=True)
class Brokered:
    """One app."""

    name: str
    secrets: Mapping[str, str]  # what the app asks for -> the kind of secret that stood there
    work: str
    answers: Callable[[Mapping[str, str]], list[object]]  # by the values of its secrets
    in_settings: frozenset[str] = frozenset()  # those that become one more field of its own settings

    def files(self) -> dict[str, bytes]:
        return load(self.name)

    def values(self) -> dict[str, str]:
        """The values that stand in the code."""
        return {name: sample(kind, 7) for name, kind in self.secrets.items()}


def _receipts(values: Mapping[str, str]) -> list[object]:
    key, token = values["RECEIPT_SECRET_KEY"], values["ACCESS_TOKEN"]
    signature = hmac.new(key.encode(), b"7 eur", hashlib.sha256).hexdigest()
    return [signature, f"7 [{hashlib.sha256(token.encode()).hexdigest()}]"]


def _counter(values: Mapping[str, str]) -> list[object]:
    return [2, hashlib.sha256(values["MAIL_PASSWORD"].encode()).hexdigest()]


def _links(values: Mapping[str, str]) -> list[object]:
    from django.core.signing import Signer

    return [Signer(key=values["SECRET_KEY"], fallback_keys=[]).sign("7")]


def _sold(values: Mapping[str, str]) -> list[object]:
    used = (values[name] for name in ("DB_PASSWORD", "OPENAI_API_KEY", "STRIPE_API_KEY"))
    return ["yes", "paid", *(hashlib.sha256(value.encode()).hexdigest() for value in used)]


APPS = (
    Brokered(
        "fastapi_settings",
        {"RECEIPT_SECRET_KEY": "jwt-signing-key", "ACCESS_TOKEN": "access-token"},
        _FASTAPI,
        _receipts,
        in_settings=frozenset({"RECEIPT_SECRET_KEY", "ACCESS_TOKEN"}),
    ),
    Brokered(
        "flask_config", {"SECRET_KEY": "framework-signing-key", "MAIL_PASSWORD": "smtp-password"}, _FLASK, _counter
    ),
    Brokered(
        "fastapi_shop",
        {"STRIPE_API_KEY": "stripe-key", "OPENAI_API_KEY": "openai-key", "DB_PASSWORD": "database-password"},
        _SHOP,
        _sold,
    ),
    Brokered("django_settings", {"SECRET_KEY": "framework-signing-key"}, _DJANGO, _links),
)


def written(app: Brokered, folder: Path, policy: str = "") -> Path:
    """The app on disk, with a policy."""
    files = {**app.files(), **({".github/tenon.yml": policy.encode()} if policy else {})}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def at_work(app: Brokered, folder: Path, settings: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Start the app in a process of its own, with every log there is, and let it do its work."""
    noisy = "import logging\nlogging.basicConfig(level=logging.DEBUG)\n"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **settings}
    command = [sys.executable, "-c", noisy + app.work]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
