"""Secrets Manager, Parameter Store and the token service of AWS: moto's server, signed in to by workload identity."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
ROLE = "arn:aws:iam::123456789012:role/shop"


class Aws:
    """The server, and the clients of somebody who may write."""

    def __init__(self, folder: Path) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self._identity = folder / "identity.jwt"
        self._identity.write_text("signed-by-the-platform", encoding="utf-8")
        self.secrets, self.parameters = self._client("secretsmanager"), self._client("ssm")

    def _client(self, service: str) -> Any:
        return boto3.session.Session().client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
        )

    def settings(self, backend: str) -> dict[str, str]:
        """The environment of an app that runs in a role, which it takes with its platform's token."""
        return {
            "SECRETS_BACKEND": backend, "SECRETS_PREFIX": "shop", "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.url,
            "AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": str(self._identity),
            "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip

    def stop(self) -> None:
        """End the server."""
        self._server.stop()


@contextmanager
def aws(folder: Path) -> Iterator[Aws]:
    """The services of one account, empty."""
    server = Aws(folder)
    try:
        yield server
    finally:
        server.stop()
