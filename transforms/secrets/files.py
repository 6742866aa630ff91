"""What a file is for, by its path and by what is in it: a test, an example, documentation, or part of the running app.

A name is not enough: `scratch/test_login.py` may be a script with a live password in it. Outside a tests folder a file
is a test only if its content is one.
"""

import re
from enum import StrEnum
from pathlib import PurePosixPath

from transforms.secrets.vocabulary import words


class FileRole(StrEnum):
    """What a file is for."""

    APP = "app"
    TEST = "test"
    EXAMPLE = "example"  # a template to copy and fill in
    DOCS = "docs"
    CI = "ci"
    DEPLOY = "deploy"  # compose, Dockerfile, platform blueprints: what runs is what it says
    ENVIRONMENT = "environment"  # .env and its kin
    CONFIG = "config"


_TEST_FOLDERS = words("tests test testing __tests__ spec specs e2e fixtures testdata test_data mocks")
_TEST_NAME = re.compile(
    r"^(?:tests?_.*|.*[_-]tests?|tests?|conftest|.*\.(?:test|spec))$|^\.env\.test|[.-]tests?\.ya?ml$"
)
_EXAMPLE = re.compile(
    r"(?:^|[._-])(?:example|sample)s?(?:[._-]|$)|[._-](?:template|tmpl|dist)$|[._-](?:template|tmpl|dist)\.|^\.env.*\.defaults?$",
    re.IGNORECASE,
)
_EXAMPLE_FOLDERS = words("examples example samples")
_ASSISTANTS = words(".agent .agents .claude .codex .cursor .gemini .windsurf")  # below them: how to do things
_DOCS_FOLDERS = words("docs doc documentation docs_src docs-src doc_src")
_DOCS_SUFFIX = frozenset((".md", ".rst", ".txt", ".adoc", ".mdx"))
_DEPLOY = re.compile(
    r"compose[\w.-]*\.ya?ml$|^dockerfile|\.dockerfile$|^(?:render|fly|railway|app|serverless|template|samconfig|Procfile)"
    r"\.?(?:ya?ml|toml|json)?$|deployment[\w.-]*\.ya?ml$|values[\w.-]*\.ya?ml$|\.tf$|\.tfvars$",
    re.IGNORECASE,
)
_DEPLOY_FOLDERS = words("k8s kubernetes helm charts deploy deployment terraform infra manifests")
_CI = re.compile(r"(?:^|/)(?:\.github/workflows/|\.circleci/|\.gitlab-ci|azure-pipelines|bitbucket-pipelines|\.travis)")
_ENVIRONMENT = re.compile(
    r"^\.?env(?:\.|$)|\.env$|^secrets\.toml$|^\.(?:envrc|flaskenv|netrc|pgpass|htpasswd)$|^credentials$", re.IGNORECASE
)
_TEST_CONTENT = re.compile(
    rb"^\s*(?:import|from)\s+(?:pytest|unittest|hypothesis)\b|^\s*assert\s|TestClient|APIClient|self\.assert|@pytest",
    re.M,
)
_TEST_FUNCTION = re.compile(rb"^\s*(?:async )?def test_", re.M)


def python_role(path: str, content: bytes) -> FileRole:
    """What a Python file is for."""
    pure = PurePosixPath(path)
    folders = {part.lower() for part in pure.parts[:-1]}
    if (
        folders & _TEST_FOLDERS
        or pure.name == "conftest.py"
        or (_TEST_NAME.search(pure.stem.lower()) and _is_test(content))
    ):
        return FileRole.TEST
    if folders & (_EXAMPLE_FOLDERS | _DOCS_FOLDERS) or _EXAMPLE.search(pure.stem) or _shows(pure):
        return FileRole.EXAMPLE
    return FileRole.APP


def text_role(path: str) -> FileRole:
    """What a file that is not Python is for."""
    pure = PurePosixPath(path)
    name, folders = pure.name, {part.lower() for part in pure.parts[:-1]}
    if _CI.search(path):
        return FileRole.CI
    if folders & _TEST_FOLDERS or _TEST_NAME.search(name.lower()) or _TEST_NAME.search(pure.stem.lower()):
        return FileRole.TEST
    if _EXAMPLE.search(name) or folders & _EXAMPLE_FOLDERS:
        return FileRole.EXAMPLE
    if (
        pure.suffix.lower() in _DOCS_SUFFIX
        or folders & _DOCS_FOLDERS
        or name.upper().startswith("README")
        or _shows(pure)
    ):
        return FileRole.DOCS
    if _DEPLOY.search(name) or folders & _DEPLOY_FOLDERS:
        return FileRole.DEPLOY
    return FileRole.ENVIRONMENT if _ENVIRONMENT.search(name) else FileRole.CONFIG


def _shows(path: PurePosixPath) -> bool:
    """Whether a file is of an assistant's skills and templates; the settings of the assistant itself are in use."""
    return any(part in _ASSISTANTS for part in path.parts[:-2])


def _is_test(content: bytes) -> bool:
    return _TEST_CONTENT.search(content) is not None or len(_TEST_FUNCTION.findall(content)) >= 3
