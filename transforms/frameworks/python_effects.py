"""What single calls and look-ups mean for a security reviewer: data about common libraries, read by `python`.

Names decide only where they are unmistakable (`insert_one`, `.commit()`); words that mean many things (`add`, `delete`,
`execute`) count with a receiver that is a database by its type or by its customary name.
"""

import re
from collections.abc import Callable, Collection, Iterator

import libcst as cst

from transforms.concepts import Signal
from transforms.frameworks.python_unsigned import reads_unsigned
from transforms.walk import argument, string_value

# Methods that change a database or index, whatever they are called on.
_WRITES = frozenset({
    "commit", "insert_one", "insert_many", "update_one", "update_many", "replace_one", "delete_one", "delete_many",
    "bulk_write", "find_one_and_update", "find_one_and_delete", "find_one_and_replace", "bulk_save_objects",
    "bulk_insert_mappings", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "add_all",
    "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create", "put_item",
    "update_item", "delete_item", "batch_write_item", "executemany", "executescript", "upsert", "put_object",
    "upload_fileobj", "upload_file", "delete_object", "add_documents", "add_texts", "hset", "lpush", "rpush", "setex",
    "drop_collection", "drop_all", "create_all", "copyfileobj", "unlink", "rmtree", "write_text", "write_bytes",
})  # fmt: skip
# Methods that change something when their receiver is a database.
_WRITES_ON_DATABASE = frozenset(
    {"add", "delete", "merge", "insert", "update", "set", "save", "create", "remove", "drop", "flush"}
)
# `Order.objects.create(...)`, `Order.objects.filter(...).delete()`, and what such a call gave: `order.save()`.
_WRITES_ON_MANAGER = frozenset({
    "create", "delete", "update", "save", "acreate", "adelete", "aupdate", "asave", "create_user", "acreate_user",
    "create_superuser", "acreate_superuser",
})  # fmt: skip
# `group.permissions.set(...)` of a row that was found: which other rows belong to it.
_WRITES_RELATED = frozenset({"add", "set", "remove", "clear", "aadd", "aset", "aremove", "aclear"})
_RELATED = re.compile(r"(?:\.objects\..*|^django\.shortcuts\.get_object_or_404)\(\)(?:\.\w+)+$")
_OF_MANAGER = re.compile(
    r"\.objects\.|^django\.shortcuts\.get_(?:object|list)_or_404\(\)|\.(?:get_object|get_queryset|filter_queryset)\(\)"
)
# What REST framework and Django's forms write with `save()`, by their customary names, and the row that it gives.
_WRITERS = re.compile(r"(?:[Ss]erializer|[Ff]orm|serializer_class(?:\(\))?|form_class)\(\)(?:\.save\(\))?$")
# The same where a library hands it over: `perform_create(self, serializer)`; and rows by the names they are handed by.
_HANDED = (["serializer"], ["form"])
_ROWS = (["instance"], ["object", "self"], ["user", "request"], ["user", "request", "self"])
_ROW_WRITES = frozenset({"save", "delete", "asave", "adelete"})
_DATABASE = re.compile(
    r"(?:^|[._])(?:db|database|session|conn|connection|cursor|cur|collection|supabase|firestore|redis|table|bucket|s3|"
    r"asyncsession|dbsession)(?:$|[.(_])",
    re.IGNORECASE,
)
_RUNS_SQL = frozenset(
    {"execute", "exec", "executemany", "fetch", "fetchrow", "fetchval", "text", "scalar", "raw", "run"}
)
# Making a table that is missing is no change that a caller asks for.
_SQL_WRITE = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE(?!\s+(?:UNIQUE\s+)?\w+\s+IF\s+NOT\s+EXISTS)|DROP|ALTER|TRUNCATE)\b",
    re.IGNORECASE,
)
_WRITES_BY_REFERENCE = frozenset({
    "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete", "sqlmodel.insert", "sqlmodel.update",
    "sqlmodel.delete", "sqlalchemy.dialects.postgresql.insert", "sqlalchemy.dialects.sqlite.insert",
    "sqlalchemy.sql.expression.delete", "os.remove", "os.unlink", "os.rename", "os.replace", "os.rmdir", "shutil.move",
    "shutil.rmtree", "shutil.copy", "shutil.copyfileobj",
})  # fmt: skip
# Heads of references whose calls reach the outside world: pay, mail, ask a model, fetch a URL.
_EXTERNAL = (
    "httpx.", "requests.", "aiohttp.", "urllib.request.", "openai.", "anthropic.", "stripe.", "smtplib.", "aiosmtplib.",
    "sendgrid.", "twilio.", "boto3.", "litellm.", "google.generativeai.", "google.genai.", "groq.", "cohere.",
    "googleapiclient.", "mistralai.", "ollama.", "langchain", "slack_sdk.", "resend.", "paypalrestsdk.", "razorpay.",
    "subprocess.",
)  # fmt: skip
_NOT_EXTERNAL = ("stripe.Webhook.construct_event", "twilio.request_validator")
_EXTERNAL_METHODS = frozenset({"send_message", "sendmail", "send_email", "send_mail", "ainvoke", "invoke", "astream"})

# Calls that raise, or whose falsehood is acted on, when a credential is no good.
_VERIFIES = frozenset({
    "hmac.compare_digest", "secrets.compare_digest", "jwt.decode", "jose.jwt.decode", "jose.jws.verify",
    "authlib.jose.jwt.decode", "google.oauth2.id_token.verify_oauth2_token", "google.oauth2.id_token.verify_token",
    "firebase_admin.auth.verify_id_token", "firebase_admin.auth.verify_session_cookie",
    "stripe.Webhook.construct_event", "joserfc.jwt.decode", "python_jwt.verify_jwt", "pyseto.decode",
    "nacl.signing.VerifyKey.verify", "jwt.PyJWT().decode",
})  # fmt: skip
_VERIFIES_TAIL = (
    ".verify_id_token", ".verify_oauth2_token", ".compare_digest", ".construct_event", ".verify_session_cookie",
    ".verify_jwt", ".jwt.decode", ".auth.get_user", ".get_validated_token", ".authenticate_request",
    "RequestValidator().validate", "Webhook().verify", ".verify_key_string", "Serializer().loads",
)  # fmt: skip
# Classes that look at the token they are made of, and raise; made of nothing they are a new token.
_VERIFIES_WHAT_IT_IS_MADE_OF = frozenset(
    {f"rest_framework_simplejwt.tokens.{name}Token" for name in ("Access", "Refresh", "Sliding", "Untyped")}
)
_CREDENTIAL_WORD = re.compile(
    r"auth|token|api[-_]?key|secret|session|signature|cookie|jwt|bearer|credential|x-.*-key", re.IGNORECASE
)
_SIGNED_IN = re.compile(r"user|account|member|admin|logged|email|uid|^id$", re.IGNORECASE)  # what a session remembers
_QUERY_STORES = frozenset({"args", "query_params", "GET"})
# What a lasting credential is called in a query string; a code or a state lives for one exchange.
_URL_CREDENTIAL = re.compile(
    r"(?:access|auth|bearer|session|id|refresh|user|login|admin|x)?[-_]?(?:token|jwt)|(?:x[-_])?(?:api|admin|access|secret|auth)[-_]?key"
    r"|api[-_]?token|authorization|secret|password",
    re.IGNORECASE,
)
_STORES = frozenset({"headers", "cookies", "COOKIES", "session", "query_params", "META", "scope"})
_REMEMBERING = frozenset({"session", "cookies", "COOKIES", "scope"})
_REQUEST = re.compile(
    r"(?:^|[._])(?:request|req|websocket|ws|connection|conn|scope|self|current_event)$", re.IGNORECASE
)
_REQUEST_TYPES = frozenset({"Request", "WebSocket", "HTTPConnection", "HttpRequest"})
IsRequest = Callable[[cst.BaseExpression], bool]
_LOGIN_PAGE = re.compile(r"/(?:log-?in|sign-?in|auth)(?:$|[/?#])", re.IGNORECASE)
# The same by the name that an app's URLs give it: `redirect("accounts:login")`, `url_for("auth.login")`.
_LOGIN_NAME = re.compile(r"(?:[\w.:-]*[:._-])?(?:log[-_]?in|sign[-_]?in)(?:[-_](?:page|view|form))?", re.IGNORECASE)
_LOGIN_SETTINGS = frozenset({"LOGIN_URL", "login_url"})
_REDIRECTS = frozenset({"RedirectResponse", "redirect", "HTTPException", "url_for", "HttpResponseRedirect"})


# Functions and methods that send a stranger away, whatever they are told.
_REFUSES = frozenset({"handle_no_permission", "permission_denied", "redirect_to_login"})
# How a websocket is refused: by a close code for policy violations, or a private one that says 401 or 403.
_HANGS_UP = frozenset({"close", "WebSocketException"})
_POLICY_CODES = frozenset({"1008", "3000", "3003", "4001", "4003", "4401", "4403", "4008"})


def is_request(node: cst.BaseExpression, type_: str | None) -> bool:
    """Whether an expression is the request (or websocket) being answered: by its type, or by its customary name."""
    if is_request_type(type_):
        return True
    name = node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")
    return isinstance(name, str) and _REQUEST.search(name) is not None


def is_caller(node: cst.BaseExpression, is_request: IsRequest) -> bool:
    """`request.user`: the row of whoever is calling."""
    return isinstance(node, cst.Attribute) and node.attr.value == "user" and is_request(node.value)


def is_request_type(type_: str | None) -> bool:
    """Whether a type is that of requests."""
    return type_ is not None and type_.rpartition(".")[2] in _REQUEST_TYPES


def of_call(node: cst.Call, reference: str | None, is_request: IsRequest) -> Iterator[Signal]:
    """The signals that one call gives about the function around it."""
    tail = _tail(node.func)
    whole = reference or ""
    if _changes_something(node, tail, whole):
        yield Signal.WRITES
    if verifies(node, whole):
        yield Signal.VERIFIES_TOKEN
    elif tail in _EXTERNAL_METHODS or (whole.startswith(_EXTERNAL) and not whole.startswith(_NOT_EXTERNAL)):
        yield Signal.EXTERNAL_EFFECT
    if isinstance(node.func, cst.Attribute) and _asks_for_credential(node, node.func, is_request):
        yield Signal.READS_CREDENTIAL
    if (
        tail in ("get", "getlist")
        and isinstance(node.func, cst.Attribute)
        and _asks_the_url(node.func.value, argument(node, "key", 0), is_request)
    ):
        yield Signal.CREDENTIAL_IN_URL
    leads = tail in _REDIRECTS and not whole.startswith("flask.") and _leads_to_login(node)  # Flask asks what is before
    refuses = tail in _REFUSES or leads
    if refuses or (tail in _HANGS_UP and _policy_violation(node)):
        yield Signal.REFUSES


def runs_given(node: cst.Call, reference: str | None, parameters: Collection[str]) -> bool:
    """Whether a parameter is run as a program, unchanged: `cursor.execute(sql)`, `os.system(command)`."""
    if not node.args or not isinstance(node.args[0].value, cst.Name) or node.args[0].value.value not in parameters:
        return False
    receiver = node.func.value if isinstance(node.func, cst.Attribute) and _tail(node.func) in _RUNS_SQL else None
    if receiver is not None and not (reference or "").startswith("subprocess."):
        return _is_database(_chained(receiver), (reference or "").rpartition(".")[0])
    return (reference or "").startswith(("subprocess.", "os.system", "os.popen"))


def of_subscript(node: cst.Subscript, is_request: IsRequest) -> Iterator[Signal]:
    """`request.cookies["session"]`, `request.session["user"]`."""
    index = node.slice[0].slice if len(node.slice) == 1 else None
    if isinstance(index, cst.Index) and _reads_credential(node.value, index.value, is_request):
        yield Signal.READS_CREDENTIAL
    if isinstance(index, cst.Index) and _asks_the_url(node.value, index.value, is_request):
        yield Signal.CREDENTIAL_IN_URL


def of_attribute(node: cst.Attribute, is_request: IsRequest) -> Iterator[Signal]:
    """`request.state.user`, `request.user`."""
    match node:
        case cst.Attribute(value=cst.Attribute(value=owner, attr=cst.Name(value="state")), attr=cst.Name(value=name)):
            if (_CREDENTIAL_WORD.search(name) or _SIGNED_IN.search(name)) and is_request(owner):
                yield Signal.READS_CREDENTIAL
        case cst.Attribute(value=owner, attr=cst.Name(value="user" | "auth")) if is_request(owner):
            yield Signal.READS_CREDENTIAL
        case cst.Attribute(
            value=cst.Attribute(attr=cst.Name(value="request_context")), attr=cst.Name(value="authorizer")
        ):
            yield Signal.READS_CREDENTIAL  # of API Gateway: what its authorizer has said


def _changes_something(node: cst.Call, tail: str, reference: str) -> bool:
    if tail in _WRITES or reference in _WRITES_BY_REFERENCE:
        return True
    if tail in _WRITES_RELATED and _RELATED.search(reference.rpartition(".")[0]) is not None:
        return True
    if tail in _WRITES_ON_DATABASE | _WRITES_ON_MANAGER and isinstance(node.func, cst.Attribute):
        names, owner = _chained(node.func.value), reference.rpartition(".")[0]
        of_manager = "objects" in names or _OF_MANAGER.search(owner) is not None
        if tail in _WRITES_ON_MANAGER and (of_manager or (tail in _ROW_WRITES and _writes_row(tail, names, owner))):
            return True
        return tail in _WRITES_ON_DATABASE and _is_database(names, owner)
    if tail in _RUNS_SQL and node.args:
        return _SQL_WRITE.match(leading_text(node.args[0].value)) is not None
    return tail == "open" and _opens_for_writing(node)


def _writes_row(tail: str, names: list[str], owner: str) -> bool:
    """Whether `save()` or `delete()` is asked of a row, or of what makes one."""
    if _WRITERS.search(owner) is not None or (tail == "save" and names in _HANDED):
        return True
    return names in _ROWS or owner.endswith(".request.user")


def _is_database(names: list[str], reference: str) -> bool:
    return any(_DATABASE.search(name) for name in names) or _DATABASE.search(reference) is not None


def _chained(receiver: cst.BaseExpression) -> list[str]:
    """The names in `a.b(x).c`, the last first."""
    names: list[str] = []
    while isinstance(receiver, cst.Attribute | cst.Call | cst.Subscript):
        if isinstance(receiver, cst.Attribute):
            names.append(receiver.attr.value)
            receiver = receiver.value
        else:
            receiver = receiver.func if isinstance(receiver, cst.Call) else receiver.value
    if isinstance(receiver, cst.Name):
        names.append(receiver.value)
    return names


def _opens_for_writing(node: cst.Call) -> bool:
    mode = argument(node, "mode", 0 if isinstance(node.func, cst.Attribute) else 1)
    text = (string_value(mode) or "") if mode is not None else ""
    return bool(text) and len(text) < 4 and not {"w", "a", "x", "+"}.isdisjoint(text)


def leading_text(node: cst.BaseExpression) -> str:
    """How a string, f-string or `text("...")` begins."""
    match node:
        case cst.FormattedString(parts=[cst.FormattedStringText(value=value), *_]):
            return value
        case cst.Call(args=[first, *_]):
            return leading_text(first.value)
        case cst.ConcatenatedString(left=left):
            return leading_text(left)
    return string_value(node) or ""


def verifies(node: cst.Call, reference: str) -> bool:
    """Whether a call raises, or answers no, when a credential is no good."""
    if reference in _VERIFIES_WHAT_IT_IS_MADE_OF:
        return bool(node.args)
    return (reference in _VERIFIES or reference.endswith(_VERIFIES_TAIL)) and not reads_unsigned(node, reference)


def _reads_credential(store: cst.BaseExpression, key: cst.BaseExpression | None, is_request: IsRequest) -> bool:
    """`request.headers`, `request.cookies`, `request.session`, `websocket.query_params` asked for a credential."""
    if not isinstance(store, cst.Attribute) or store.attr.value not in _STORES or key is None:
        return False
    return is_request(store.value) and names_credential(key, remembered=store.attr.value in _REMEMBERING)


def _asks_for_credential(node: cst.Call, func: cst.Attribute, is_request: IsRequest) -> bool:
    """`request.headers.get("Authorization")`, `event.get_header_value("Authorization")`."""
    if func.attr.value == "get_header_value":
        name = argument(node, "name", 0)
        return name is not None and is_request(func.value) and names_credential(name)
    return func.attr.value == "get" and _reads_credential(func.value, argument(node, "key", 0), is_request)


def _asks_the_url(store: cst.BaseExpression, key: cst.BaseExpression | None, is_request: IsRequest) -> bool:
    """`request.args`, `request.query_params`, `request.GET` asked for a token or key."""
    if not isinstance(store, cst.Attribute) or store.attr.value not in _QUERY_STORES or key is None:
        return False
    text = string_value(key)
    return text is not None and is_credential_in_url(text) and is_request(store.value)


def is_credential_in_url(name: str) -> bool:
    """Whether a query parameter is a lasting credential, by its name."""
    return _URL_CREDENTIAL.fullmatch(name) is not None


def names_credential(key: cst.BaseExpression, *, remembered: bool = False) -> bool:
    """A literal that names a credential, or a name that cannot be read. A header with a user's id is anybody's word."""
    text = string_value(key)
    if text is None or _CREDENTIAL_WORD.search(text):
        return True
    return remembered and _SIGNED_IN.search(text) is not None


def _policy_violation(node: cst.Call) -> bool:
    code = argument(node, "code", 0)
    if code is None and isinstance(node.func, cst.Attribute):  # a consumer closes its own socket before it accepts
        return isinstance(node.func.value, cst.Name) and node.func.value.value == "self"
    match code:
        case cst.Integer(value=text):
            return text in _POLICY_CODES
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name == "WS_1008_POLICY_VIOLATION"
    return False


def _leads_to_login(node: cst.Call) -> bool:
    for each in node.args:
        candidates = [each.value]
        if isinstance(each.value, cst.Dict):
            candidates = [item.value for item in each.value.elements]
        if any(_is_login(value) for value in candidates):
            return True
    return False


def _is_login(node: cst.BaseExpression) -> bool:
    """An address, a name or a setting that stands for the sign-in page."""
    match node:
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in _LOGIN_SETTINGS
        case cst.FormattedString(parts=[cst.FormattedStringExpression(expression=inner), *_]):
            return _is_login(inner)
    text = leading_text(node)
    return _LOGIN_PAGE.search(text) is not None or _LOGIN_NAME.fullmatch(text) is not None


def _tail(func: cst.BaseExpression) -> str:
    match func:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""
