"""Engines that sign in to a database with a password in their address, and the address without it."""

import re

import libcst as cst

from transforms.frameworks.secret_values import text_of
from transforms.secrets.addresses import passwords_in
from transforms.walk import Walk

_MAKERS = ("sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "sqlmodel.create_engine")
_SERVERS = ("postgresql", "mysql", "mariadb")
_ACCOUNT = re.compile(r"(?<=://)[^@/\s]*@")


def database_client(walk: Walk, node: cst.Call, reference: str) -> str | None:
    """The call without the account in its address; "" where it cannot be written so; None for any other call."""
    if reference not in _MAKERS or not node.args or node.args[0].star or node.args[0].keyword is not None:
        return None
    address = text_of(node.args[0].value)
    if address is None or not address.startswith(_SERVERS) or not any(True for _ in passwords_in(address)):
        return None
    plain, times = _ACCOUNT.subn("", address)
    rest = [walk.code(arg) for arg in node.args[1:]]
    if times != 1 or '"' in plain or "\\" in plain or "{" in plain or any("\n" in code for code in rest):
        return ""
    arguments = ", ".join([f'"{plain}"', *(code.rstrip(", ") for code in rest)])
    return f"{walk.code(node.func)}({arguments})"
