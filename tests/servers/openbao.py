"""A real OpenBao server in its development mode, for one test module, and the ways to sign in to it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bot.patience import until

POLICY = """
path "secret/data/shop/*" { capabilities = ["read"] }
path "secret/data/crates" { capabilities = ["read"] }
path "database/creds/shop" { capabilities = ["read"] }
"""
ISSUER = "https://issuer.test"


class OpenBao:
    """The server and a client with the root token."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = f"root-{os.urandom(6).hex()}"
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = self._start(port)
        self.client = hvac.Client(url=self.url, token=self.root)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        until(self._answers, "OpenBao answers")
        self.client.sys.create_or_update_policy("shop", POLICY)

    def _start(self, port: int) -> "subprocess.Popen[bytes]":
        command = [
            str(Path(sys.executable).with_name("bao")), "server", "-dev", "-dev-no-store-token",
            f"-dev-root-token-id={self.root}", f"-dev-listen-address=127.0.0.1:{port}",
        ]  # fmt: skip
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        with (self.folder / "bao.log").open("wb") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def _answers(self) -> bool:
        try:
            return bool(self.client.sys.is_initialized()) and not self.client.sys.is_sealed()
        except Exception:  # noqa: BLE001  whatever a server says that is about to start
            return False

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(20)

    def put(self, path: str, **fields: str) -> None:
        """Write a secret of the key/value store."""
        self.client.secrets.kv.v2.create_or_update_secret(path=path, secret=fields, mount_point="secret")

    def app_role(self, **settings: Any) -> dict[str, str]:
        """The settings of an app that signs in with a role id and a secret id."""
        if "approle/" not in self.client.sys.list_auth_methods():
            self.client.sys.enable_auth_method("approle")
        approle = self.client.auth.approle
        approle.create_or_update_approle("shop", token_policies=["shop"], token_ttl="60s", **settings)
        role, secret = approle.read_role_id("shop"), approle.generate_secret_id("shop")
        return {"VAULT_ROLE_ID": role["data"]["role_id"], "VAULT_SECRET_ID": secret["data"]["secret_id"]}

    def trust_workloads(self) -> None:
        """Let workloads sign in with tokens of the test's own issuer, bound to audience and repository."""
        if "jwt/" in self.client.sys.list_auth_methods():
            return
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.client.sys.enable_auth_method("jwt")
        settings = {"jwt_validation_pubkeys": [public.decode()], "bound_issuer": ISSUER}
        self.client.write_data("auth/jwt/config", data=settings)
        role = {
            "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["bao"],
            "bound_claims": {"repository": "shop/app"}, "token_policies": ["shop"], "token_ttl": "60s",
        }  # fmt: skip
        self.client.write_data("auth/jwt/role/shop", data=role)

    def workload_token(self, **claims: Any) -> str:
        """A token as a platform would sign it for one of its workloads."""
        now = int(time.time())
        said = {"iss": ISSUER, "aud": "bao", "sub": "svc", "repository": "shop/app", "iat": now, "exp": now + 60}
        return jwt.encode({**said, **claims}, self._key, algorithm="RS256")


@contextmanager
def openbao() -> Iterator[OpenBao]:
    """A server of one's own, ended and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tenon-bao-"))
    server = OpenBao(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
