"""Clients of AWS, Google Cloud, Azure and databases: whether they sign in with a key that was made for keeps.

Each of the clouds' libraries finds the identity of the machine, container or function by itself, if nobody hands it a
key. So the edit is mostly to hand it none.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import Client, KeySource
from transforms.frameworks.cloud_databases import database_client
from transforms.frameworks.cloud_keys import Key, key_of, worst
from transforms.frameworks.secret_values import called, text_of
from transforms.secrets.files import FileRole, python_role
from transforms.walk import Handlers, Walk

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import Edit

NAME = "cloud_clients"
TOKENS = (b"boto3", b"aioboto3", b"service_account", b"firebase_admin", b"azure", b"create_engine")

_AWS_MAKERS = frozenset(("client", "resource", "Session"))
_AWS_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_AWS_LIBRARIES = ("boto3", "aioboto3")
# Clients of Azure's stores that a connection string makes, and the service in the address that they take otherwise.
_STORES = {"BlobServiceClient": "blob", "QueueServiceClient": "queue", "DataLakeServiceClient": "dfs"}
_ACCOUNT = re.compile(r"(?:^|;)AccountName=([a-z0-9]{3,24})(?:;|$)")
_SUFFIX = re.compile(r"(?:^|;)EndpointSuffix=([a-z0-9.-]+)(?:;|$)")
_AZURE_SECRET = ("tenant_id", "client_id", "client_secret")
_AZURE_NAMES = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
_SIGNED = "sig="  # an address that carries a signature needs no other key, and is one itself
_LONGEST = 2_000  # characters of a call


def read(walk: Walk) -> Handlers:
    """A handler for calls; tests and examples sign in with whatever they like."""
    if python_role(walk.path, walk.content) is not FileRole.APP:
        return {}
    return {cst.Call: _Clients(walk).call}


class _Clients:
    """The handler for calls."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.continued: set[int] = set()  # calls whose result is asked for something only such keys can do

    def call(self, node: cst.Call) -> None:
        """One client, if the call makes one."""
        match node.func:
            case cst.Attribute(value=cst.Call() as inner, attr=cst.Name(value=name)) if name.startswith("with_"):
                self.continued.add(id(inner))
        reference = self.walk.resolve(node.func)
        if reference is None:
            return
        for look in (self._aws, self._google, self._firebase, self._azure, self._database):
            if (client := look(node, reference)) is not None:
                self.walk.emit(_placed(client), node)
                return

    def _client(self, reference: str, cloud: str, key: Key, instead: str = "", *needs: tuple[str, str]) -> Client:
        return Client(
            reference, self.walk.symbol, _NOWHERE, self.walk.path, cloud, key.source, key.names, (), instead, needs
        )

    def _aws(self, node: cst.Call, reference: str) -> Client | None:
        """`boto3.client("s3", aws_access_key_id=...)`, `session.resource(...)`."""
        library = reference.partition(".")[0] in _AWS_LIBRARIES
        given = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
        carried = tuple(name for name in _AWS_KEYS if name in given)
        if called(node) not in _AWS_MAKERS or not (library or carried):
            return None
        keys = [key_of(self.walk, given[name], (name.upper(),)) for name in carried]
        if not keys or "aws_session_token" in given or _is_set(given.get("endpoint_url")):
            return self._client(reference, "aws", Key(KeySource.NONE))  # for a while only, or another store than AWS
        found = self._client(reference, "aws", worst(keys))
        return Client(
            found.reference, found.symbol, found.place, found.file, found.cloud, found.key, found.sources, carried
        )

    def _google(self, node: cst.Call, reference: str) -> Client | None:
        """`Client.from_service_account_json("key.json")`, `Credentials.from_service_account_file("key.json")`."""
        maker, _, method = reference.rpartition(".")
        if method not in ("from_service_account_file", "from_service_account_json", "from_service_account_info"):
            return None
        if not maker.startswith(("google.", "googleapiclient.")) or not node.args or node.args[0].star:
            return None
        source = KeySource.FILE if method != "from_service_account_info" else KeySource.GIVEN
        key = key_of(self.walk, node.args[0].value, ("GOOGLE_APPLICATION_CREDENTIALS",))
        if key.source is KeySource.ENVIRONMENT or (source is KeySource.GIVEN and key.source is KeySource.UNKNOWN):
            source = key.source
        rest = {arg.keyword.value if arg.keyword else "": self.walk.code(arg.value) for arg in node.args[1:]}
        if id(node) in self.continued or "" in rest or not isinstance(node.func, cst.Attribute):
            return self._client(reference, "gcp", Key(source, key.names))
        arguments = ", ".join(f"{name}={code}" for name, code in rest.items())
        if maker.endswith("service_account.Credentials"):
            if set(rest) - {"scopes"}:
                return self._client(reference, "gcp", Key(source, key.names))
            instead = f"google.auth.default({arguments})[0]"
            return self._client(reference, "gcp", Key(source, key.names), instead, ("google.auth", ""))
        instead = f"{self.walk.code(node.func.value)}({arguments})"
        return self._client(reference, "gcp", Key(source, key.names), instead)

    def _firebase(self, node: cst.Call, reference: str) -> Client | None:
        """`credentials.Certificate("key.json")`."""
        if reference != "firebase_admin.credentials.Certificate" or not node.args:
            return None
        source = KeySource.FILE
        if key_of(self.walk, node.args[0].value, ("GOOGLE_APPLICATION_CREDENTIALS",)).source is KeySource.ENVIRONMENT:
            source = KeySource.ENVIRONMENT
        if not isinstance(node.func, cst.Attribute):
            return self._client(reference, "gcp", Key(source))
        return self._client(reference, "gcp", Key(source), f"{self.walk.code(node.func.value)}.ApplicationDefault()")

    def _azure(self, node: cst.Call, reference: str) -> Client | None:
        """`ClientSecretCredential(...)`; keys and connection strings of single services."""
        if not reference.startswith("azure."):
            return None
        if reference.endswith(".ClientSecretCredential"):
            key = self._azure_secret(node)
            needs = (_identity(reference), "DefaultAzureCredential")
            return self._client(reference, "azure", key, "DefaultAzureCredential()", needs) if key else None
        if reference.endswith((".from_connection_string", ".AzureKeyCredential")) and node.args:
            key = key_of(self.walk, node.args[0].value, ())
            instead = self._without_string(node, reference)
            imported = ((_identity(reference), "DefaultAzureCredential"),) if instead else ()
            return self._client(reference, "azure", key, instead, *imported)
        return self._azure_client(node, reference) if reference.endswith("Client") else None

    def _without_string(self, node: cst.Call, reference: str) -> str:
        """`BlobServiceClient("https://...", credential=...)`, where the string says which account; "" elsewhere."""
        service = _STORES.get(reference.rsplit(".", 2)[-2])
        account = _ACCOUNT.search(text_of(node.args[0].value) or "")
        code = self.walk.code(node.args[0])
        rest = self.walk.code(node, limit=_LONGEST)
        if service is None or account is None or rest.count(code) != 1 or not isinstance(node.func, cst.Attribute):
            return ""
        suffix = _SUFFIX.search(text_of(node.args[0].value) or "")
        host = f"{account[1]}.{service}.{suffix[1] if suffix else 'core.windows.net'}"
        more = "".join(f", {self.walk.code(arg).rstrip(', ')}" for arg in node.args[1:])
        return f'{self.walk.code(node.func.value)}("https://{host}", credential=DefaultAzureCredential(){more})'

    def _azure_client(self, node: cst.Call, reference: str) -> Client | None:
        """`BlobServiceClient(url, credential="...")`: the same call, with the identity of the workload."""
        given = (arg.value for arg in node.args if arg.keyword is not None and arg.keyword.value == "credential")
        credential = next(given, None)
        if credential is None or text_of(credential) is None:
            return None
        module = _identity(reference)
        code, key = self.walk.code(node, limit=_LONGEST), self.walk.code(credential)
        whole = len(code) < _LONGEST and code.count(key) == 1 and _SIGNED not in code
        instead = code.replace(key, "DefaultAzureCredential()") if whole else ""
        return self._client(reference, "azure", Key(KeySource.LITERAL), instead, (module, "DefaultAzureCredential"))

    def _azure_secret(self, node: cst.Call) -> Key | None:
        """The client secret; from the library's own variable it counts as such only if the other two are, too."""
        named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
        placed = [arg.value for arg in node.args if arg.keyword is None]
        values = dict(zip(_AZURE_SECRET, placed, strict=False)) | named
        variables = zip(_AZURE_SECRET, _AZURE_NAMES, strict=True)
        keys = {name: key_of(self.walk, values[name], (own,)) for name, own in variables if name in values}
        if "client_secret" not in keys:
            return None
        secret = keys["client_secret"]
        alike = all(key.source is KeySource.ENVIRONMENT for key in keys.values())
        return secret if alike or secret.source is not KeySource.ENVIRONMENT else Key(KeySource.GIVEN, secret.names)

    def _database(self, node: cst.Call, reference: str) -> Client | None:
        """An engine whose address has an account in it."""
        found = database_client(self.walk, node, reference)
        if found is None:
            return None
        return self._client(reference, "database", Key(KeySource.LITERAL), found)


_NOWHERE = Place(0, 0, 0, 0)


def _placed(client: Client) -> Callable[[Place], Client]:
    def build(place: Place) -> Client:
        return Client(
            client.reference, client.symbol, place, client.file, client.cloud, client.key, client.sources,
            client.arguments, client.instead, client.needs,
        )  # fmt: skip

    return build


def _is_set(value: cst.BaseExpression | None) -> bool:
    return value is not None and not (isinstance(value, cst.Name) and value.value == "None")


def sign_in_as_workload(app: "App", client: Client, database: str) -> "tuple[Edit, ...] | None":
    """Leave out the arguments that carry a key, or put the expression that needs none; what falls idle goes too."""
    from transforms.edit_kinds import ImportOf, RemoveArguments, ReplaceExpression
    from transforms.edits import require_package
    from transforms.inserted import BACKEND_REQUIREMENTS

    if client.cloud == "database":
        return _short_lived(app, client, database)
    idle = _idle_constants(app, client)
    if client.arguments:
        return (RemoveArguments(client.file, client.place, client.arguments), *idle)
    if not client.instead:
        return None
    imports = tuple(ImportOf(module, name or None) for module, name in client.needs)
    more = [
        edit
        for each in BACKEND_REQUIREMENTS.get(client.cloud, ())
        if any(module.startswith(each.name.replace("-", ".")) for module, _ in client.needs)
        for edit in require_package(app, each.name, each.range, client.file)
    ]
    return (ReplaceExpression(client.file, client.place, client.instead, imports), *more, *idle)


def _idle_constants(app: "App", client: Client) -> "list[Edit]":
    """The constants that only this call has used."""
    from transforms.edit_kinds import RemoveStatement

    found: list[Edit] = []
    for use in app.files[client.file].secrets:
        symbol = f"{app.files[client.file].module}.{use.name}"
        if use.constant is None or symbol not in client.sources:
            continue
        uses = [each for facts in app.files.values() for each in facts.name_uses if each.reference == symbol]
        if all(each.file == client.file and _lies_in(each.place, client.place) for each in uses):
            found.append(RemoveStatement(use.file, use.constant))
    return found


def _identity(reference: str) -> str:
    """The module that has Azure's default credential, for a client that waits or for one that does not."""
    return "azure.identity.aio" if ".aio." in reference else "azure.identity"


def _lies_in(inner: Place, outer: Place) -> bool:
    start, end = (inner.line, inner.column), (inner.end_line, inner.end_column)
    return (outer.line, outer.column) <= start and end <= (outer.end_line, outer.end_column)


def _short_lived(app: "App", client: Client, database: str) -> "tuple[Edit, ...] | None":
    """Connections of the engine sign in with credentials that expire."""
    from transforms.edit_kinds import ImportOf, ReplaceExpression
    from transforms.edits import add_inserted_module, inserted_import, require_package
    from transforms.inserted import BACKEND_REQUIREMENTS

    if not client.instead:
        return None
    imports = (ImportOf(inserted_import(app, "database", client.file), "short_lived"),)
    edit = ReplaceExpression(client.file, client.place, f"short_lived({client.instead})", imports)
    modules = [part for name in ("secrets", "database") for part in add_inserted_module(app, name, None, client.file)]
    for each in BACKEND_REQUIREMENTS.get(database, ()):
        modules += require_package(app, each.name, each.range, client.file)
    return (edit, *modules)
