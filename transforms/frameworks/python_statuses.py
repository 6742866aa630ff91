"""HTTP error statuses in code: what a call names, what an error hands up to the class that it is made of."""

import http
import re
from collections.abc import Iterator

import libcst as cst

from transforms.walk import argument, dotted_name

_STATUS_NAME = re.compile(r"HTTP_(\d{3})(?:_|$)")


def status_of(call: cst.Call) -> int | None:
    """The HTTP error status that a call names: `HTTPException(401)`, `abort(403)`, `...(status_code=401)`."""
    named = argument(call, "status_code")
    if named is None:
        name = (dotted_name(call.func) or "").rpartition(".")[2]
        if name in ("HTTPException", "abort", "WebSocketException", "HttpError", "HTTPError"):
            named = argument(call, "status", 0)
        elif name in ("JsonResponse", "HttpResponse", "Response", "make_response", "json_response"):
            named = argument(call, "status")
    return status_from(named) if named is not None else None


def status_from(node: cst.BaseExpression) -> int | None:
    """401 for `401`, `status.HTTP_401_UNAUTHORIZED`, `HTTPStatus.UNAUTHORIZED`; None below 400."""
    number: int | None = None
    match node:
        case cst.Integer(value=text) if text.isdigit():
            number = int(text)
        case cst.Attribute(value=cst.Name(value="HTTPStatus"), attr=cst.Name(value=name)) if (
            name in http.HTTPStatus.__members__
        ):
            number = http.HTTPStatus[name].value
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)) if match := _STATUS_NAME.match(name):
            number = int(match[1])
    return number if number is not None and 400 <= number < 600 else None


def handed_up(call: cst.Call) -> Iterator[int | None]:
    """What an error tells the class that it is made of: `super().__init__(401, message)`."""
    match call.func:
        case cst.Attribute(value=cst.Call(func=cst.Name(value="super")), attr=cst.Name(value="__init__")):
            yield from (status_from(each.value) for each in call.args)
