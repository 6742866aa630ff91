"""Secrets in files that are not Python: `.env`, YAML, TOML, JSON, compose, Docker, Terraform, SQL, shell, Markdown ...

They are read line by line, without a parser for each format: a line that gives a name a value looks much the same in
all of them, and `pairs` knows where formats differ. Notebooks are read as the Python they hold. What such a file holds
(a signing key in `.env`, a database password in compose) is a fact like any other; `moves` says what a patch can do.
What templates of a deployment say about gateways is read by `gateways`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from transforms import gateways, walk
from transforms.facts import Facts
from transforms.frameworks import secret_literals
from transforms.secrets.vocabulary import words
from transforms.source import Skipped, SourceFile, Unreadable, decode, refuse_unreadable
from transforms.textfiles.containers import images_in, services_in
from transforms.textfiles.lines import KEYS_ONLY, TextLines
from transforms.textfiles.markup import MARKUP, SCRIPTS
from transforms.textfiles.notebooks import notebook_uses

_SUFFIXES = words(
    ".yml .yaml .toml .ini .cfg .conf .json .properties .env .sql .sh .bash .zsh .ps1 .bat .md .rst .txt .tf "
    ".tfvars .ipynb .example .template .sample .dist .dockerfile .service .cnf"
)
_READ = _SUFFIXES | KEYS_ONLY | MARKUP | SCRIPTS
_NAMES = re.compile(
    r"^(?:\.?env(?:\..*)?|.*\.env(?:\..*)?|dockerfile.*|.*dockerfile|procfile|makefile|\.npmrc|\.pypirc|\.netrc|\.envrc|\.flaskenv|"
    r"\.htpasswd|\.pgpass|credentials|id_(?:rsa|dsa|ecdsa|ed25519))$"
)
_PASSED_OVER = re.compile(
    r"(?:^|/)(?:package-lock\.json|composer\.lock|pnpm-lock\.yaml|yarn\.lock|poetry\.lock|uv\.lock|requirements[\w.-]*\.txt|"
    r"robots\.txt|LICENSE[\w.]*|CHANGELOG[\w.]*|tsconfig[\w.]*\.json|package\.json|swagger[\w.]*\.json|openapi[\w.]*\.ya?ml)$"
    r"|\.min\.js$|\.map$|(?:^|/)(?:locales?|i18n|translations)/",
    re.IGNORECASE,
)


_VARIABLE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.MULTILINE)


def reads(path: str) -> bool:
    """Whether a file of that name may hold secrets that this reader sees."""
    name = PurePosixPath(path).name.lower()
    if _PASSED_OVER.search(path):
        return False
    return PurePosixPath(name).suffix in _READ or _NAMES.match(name) is not None


def read(source: SourceFile) -> Facts:
    """The facts of one file; raises Unreadable. They carry no module: nothing can be imported from it."""
    refuse_unreadable(source.content)
    text = decode(source.content)
    uses = notebook_uses(source.path, text) if source.path.lower().endswith(".ipynb") else None
    if uses is None:
        uses = tuple(TextLines(source.path, text).uses())
    functions, entrances = gateways.declared(source.path, text)
    services, images = services_in(source.path, text), images_in(source.path, text)
    return Facts(
        source.path, "", secrets=uses, cloud_functions=functions, entrances=entrances, services=services, images=images,
        variables=tuple(_variables(source.path, text)),
    )  # fmt: skip


def _variables(path: str, text: str) -> Iterator[str]:
    if PurePosixPath(path).name.startswith(".env"):
        yield from dict.fromkeys(match[1] for match in _VARIABLE.finditer(text))


def secrets_in(source: SourceFile) -> Facts | Skipped:
    """The secrets of one file of any kind, and nothing else about it; Skipped with a reason for what is unreadable."""
    try:
        if not source.is_python:
            return read(source) if reads(source.path) else Facts(source.path, "")
        refuse_unreadable(source.content)
        if not secret_literals.matters(source.content):
            return Facts(source.path, "")
        return replace(Facts(source.path, ""), secrets=walk.read(source, [secret_literals]).secrets)
    except Unreadable as error:
        return Skipped(source.path, error.reason)
