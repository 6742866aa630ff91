"""Which literals an expression may evaluate to: through lookups with a default, wrappers, hashes and alternatives."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import libcst as cst

from transforms.concepts_secrets import SecretRole
from transforms.secrets.vocabulary import words

# the last two: plain texts joined by `+`, and an f-string that nothing is filled into
String = cst.SimpleString | cst.ConcatenatedString | cst.BinaryOperation | cst.FormattedString
DEEPEST = 20  # alternatives and wrappers within one another

_HASHERS = re.compile(
    r"^(?:(?:get_|make_|create_|generate_)?(?:password_hash|hash_password|hashed_password|pwd_hash)|hash_pw|hash_pass|hash|"
    r"hashpw|make_password|encrypt_password|_hash_password|get_hash|pbkdf2_\w+)$"
)
_WRAPPERS = words(
    "SecretStr SecretBytes Secret str bytes quote quote_plus b64encode urlsafe_b64encode encode strip Field field "
    "Column mapped_column Form Header Query Body Cookie cast"
)
_TYPES = ("str", "bytes")
_DIGESTS = words("sha1 sha256 sha512 md5 pbkdf2_hmac scrypt")
_TRAILING = words("encode strip decode hexdigest digest")  # methods that a literal or its hash is given
_FIELDS = words("Field field Column mapped_column Form Header Query Body Cookie Option Argument")
_LOOKUPS = words("getenv get pop setdefault config env str getattr get_config get_setting get_env env_var secret")
_ENVIRONMENT = re.compile(
    r"(?:^|\.)(?:environ|getenv|env|decouple\.config|config|get_env|env_var|environment|settings)\b"
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string in an expression, its text, and what stands between the two."""

    node: String
    text: str
    whole: cst.BaseExpression  # what a broker read would replace
    role: SecretRole | None = None  # None: that of the place where the expression stands
    environment_name: str | None = None
    looked_up: str | None = None  # the name it is the default of, environment variable or key
    hashed: bool = False
    around: str = ""  # the code of `whole`, with ASKED where a question stands
    inner: cst.BaseExpression | None = None  # the part of `whole` that a question stands for, if that is not all of it


def literals(expression: cst.BaseExpression, depth: int = DEEPEST) -> Iterator[Literal]:
    """The literals that an expression may evaluate to, or that it hashes, encodes or falls back to."""
    if depth == 0:
        return
    match expression:
        case cst.SimpleString() | cst.ConcatenatedString() | cst.FormattedString():
            text = text_of(expression)
            if text is not None:
                yield Literal(expression, text, expression)
        case cst.IfExp(body=one, orelse=other):
            yield from _beside_lookup(expression, one, other, depth - 1)
            yield from _beside_lookup(expression, other, one, depth - 1)
        case cst.BooleanOperation(operator=cst.Or()):
            yield from _fallback(expression, depth - 1)
        case cst.BinaryOperation(operator=cst.Add()):
            if (text := _joined(expression)) is not None:
                yield Literal(expression, text, expression)
        case cst.BinaryOperation(left=cst.SimpleString() as template, operator=cst.Modulo(), right=filled):
            if (text_of(template) or "").count("%") == 1:
                yield from literals(filled, depth - 1)
        case cst.Call(
            func=cst.Attribute(value=cst.SimpleString() as template, attr=cst.Name(value="format")), args=[arg]
        ):
            if (text_of(template) or "").count("{") == 1:
                yield from literals(arg.value, depth - 1)
        case cst.Await():
            yield from literals(expression.expression, depth - 1)
        case cst.Call():
            yield from _call(expression, depth - 1)


def text_of(node: cst.CSTNode) -> str | None:
    """The text of a string or bytes literal, concatenations included; None for what is filled in and the rest."""
    if isinstance(node, cst.SimpleString):
        return _simple(node.value)
    match node:
        case cst.FormattedString(parts=[cst.FormattedStringText(value=only)]) if "{" not in only and "\\" not in only:
            return only
    if isinstance(node, cst.ConcatenatedString):
        texts = [_simple(part.value) for part in parts_of(node) if isinstance(part, cst.SimpleString)]
        whole = len(texts) == sum(1 for _ in parts_of(node))
        return "".join(text for text in texts if text is not None) if whole and None not in texts else None
    return None


def parts_of(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The strings that a concatenation is made of; of any other node itself."""
    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def _joined(expression: cst.BaseExpression) -> str | None:
    """The text of plain strings joined by `+`; None where anything else is among them."""
    pieces: list[str] = []
    while isinstance(expression, cst.BinaryOperation):
        last = text_of(expression.right)
        if last is None or not isinstance(expression.operator, cst.Add):
            return None
        pieces.append(last)
        expression = expression.left
    first = text_of(expression)
    if first is None or not any(len(piece) > 1 for piece in (*pieces, first)):
        return None
    return "".join((first, *reversed(pieces)))


def _simple(code: str) -> str | None:
    quote = code[-1]
    opening = code.index(quote)
    if "\\" in code and "r" not in code[:opening].lower():
        try:
            value = ast.literal_eval(code)
        except (ValueError, SyntaxError):
            return None
        return _bytes_text(value) if isinstance(value, bytes) else str(value)
    width = 3 if code.startswith(quote * 3, opening) and len(code) - opening >= 6 else 1
    return code[opening + width : -width]


def _bytes_text(value: bytes) -> str:
    """Bytes as text; those that are none as hexadecimal digits, which is what they would be written as elsewhere."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return value.hex()
    return text if text.replace("\n", "").isprintable() else value.hex()


def called(call: cst.Call) -> str:
    """The last name of what is called: `create` of `db.users.create(...)`."""
    func = call.func
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def is_hasher(name: str) -> bool:
    """Whether a function of that name makes a hash of a password."""
    return _HASHERS.match(name) is not None


def lookup(call: cst.Call) -> Literal | None:
    """The default of `os.getenv(NAME, "literal")`, `config(NAME, default="literal")`, `data.get("key", "literal")`."""
    name = called(call)
    if name not in _LOOKUPS or not call.args:
        return None
    args = [arg.value for arg in call.args if arg.keyword is None]
    named = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
    offset = 1 if name == "getattr" else 0
    default = named.get("default") or (args[offset + 1] if len(args) > offset + 1 else None)
    key = text_of(args[offset]) if len(args) > offset else None
    if default is None or key is None or (found := next(literals(default), None)) is None:
        return None
    dotted = _code(call.func)
    environment = name != "getattr" and _ENVIRONMENT.search(dotted) is not None
    return Literal(
        found.node,
        found.text,
        call if environment and name != "setdefault" else found.node,  # which is there for what it sets
        SecretRole.ENV_DEFAULT if environment else SecretRole.DEFAULT,
        key if environment else None,
        key,
    )


def _fallback(expression: cst.BooleanOperation, depth: int) -> Iterator[Literal]:
    yield from literals(expression.left, depth)
    role = SecretRole.ENV_DEFAULT if _looks_up(expression.left) else SecretRole.DEFAULT
    key = _looked_up_name(expression.left)
    for found in literals(expression.right, depth):
        if role is SecretRole.ENV_DEFAULT:
            yield replace(found, whole=expression, role=role, environment_name=key, looked_up=key, inner=None)
        else:
            yield replace(found, role=role, looked_up=key)


def _beside_lookup(
    whole: cst.IfExp, one: cst.BaseExpression, other: cst.BaseExpression, depth: int
) -> Iterator[Literal]:
    """What one half of a condition may come to; beside a variable it is what the app falls back to."""
    key = _looked_up_name(other) if _looks_up(other) else None
    for found in literals(one, depth):
        if key is not None and found.role is None and found.whole is one:
            role = SecretRole.ENV_DEFAULT
            yield replace(found, whole=whole, role=role, environment_name=key, looked_up=key, inner=None)
        else:
            yield found


def _looks_up(expression: cst.BaseExpression) -> bool:
    match expression:
        case cst.Call():
            return _ENVIRONMENT.search(_code(expression.func)) is not None
        case cst.Subscript():
            return _ENVIRONMENT.search(_code(expression.value)) is not None
    return False


def _looked_up_name(expression: cst.BaseExpression) -> str | None:
    match expression:
        case cst.Call(args=[cst.Arg(value=cst.SimpleString() as key), *_]):
            return text_of(key)
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return text_of(key)
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return None


def _call(call: cst.Call, depth: int) -> Iterator[Literal]:
    name = called(call)
    if (found := lookup(call)) is not None:
        yield found
        return
    if name in _FIELDS:
        yield from _field_default(call, depth)
        return
    if name == "text_input":
        yield from _prefilled(call, depth)
        return
    hashes = is_hasher(name) or name in _DIGESTS
    if isinstance(call.func, cst.Attribute) and name in _TRAILING and not is_hasher(name):
        yield from (
            replace(each, whole=call, inner=each.whole) if name == "encode" else each
            for each in literals(call.func.value, depth)
        )
        return
    if name in _TYPES and isinstance(call.func, cst.Attribute):
        return  # `env.str("SECRET_KEY")` asks for it
    if (hashes or name in _WRAPPERS) and call.args:
        position = 1 if name == "pbkdf2_hmac" and len(call.args) > 1 else 0
        yield from (replace(each, hashed=each.hashed or hashes) for each in literals(call.args[position].value, depth))


def _prefilled(call: cst.Call, depth: int) -> Iterator[Literal]:
    """`st.text_input("Password", value="...", type="password")`: what is there unless something else is typed."""
    hidden = any(arg.keyword is not None and text_of(arg.value) == "password" for arg in call.args)
    for index, arg in enumerate(call.args if hidden else ()):
        if (arg.keyword is None and index == 1) or (arg.keyword is not None and arg.keyword.value == "value"):
            yield from literals(arg.value, depth)


def _field_default(call: cst.Call, depth: int) -> Iterator[Literal]:
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == "default_factory" and isinstance(arg.value, cst.Lambda):
            yield from literals(arg.value.body, depth)
        elif (arg.keyword is not None and arg.keyword.value == "default") or (
            arg.keyword is None and index == 0 and called(call) not in ("Column", "mapped_column")
        ):
            yield from literals(arg.value, depth)


def _code(node: cst.BaseExpression) -> str:
    match node:
        case cst.Attribute():
            return f"{_code(node.value)}.{node.attr.value}"
        case cst.Name():
            return node.value
        case cst.Subscript() | cst.Call():
            return ""
    return ""
