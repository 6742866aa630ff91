"""Which files a patch may touch, by name alone: nothing that steers CI, git, releases or Tenon itself, no lock file."""

import re
from fnmatch import fnmatch

# Folders at any depth: what is in them runs with the repository's own rights, or is not the app's.
FOLDERS = frozenset({
    ".git", ".github", ".gitlab", ".circleci", ".buildkite", ".woodpecker", ".azuredevops", ".azure-pipelines", ".ci",
    ".teamcity", ".jenkins", ".husky", ".githooks", ".tekton", ".argo", ".forgejo", ".gitea", "node_modules", ".venv",
})  # fmt: skip
# File names at any depth, in lower case.
NAMES = frozenset({
    ".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", ".drone.yml", ".drone.yaml", ".woodpecker.yml",
    ".cirrus.yml", "appveyor.yml", ".appveyor.yml", "azure-pipelines.yml", "azure-pipelines.yaml",
    "bitbucket-pipelines.yml", "buildspec.yml", "buildspec.yaml", "cloudbuild.yaml", "cloudbuild.yml", "jenkinsfile",
    "codemagic.yaml", "codefresh.yml", "wercker.yml", "circle.yml", "screwdriver.yaml", "codeowners", ".gitmodules",
    ".gitattributes", ".pre-commit-config.yaml", ".tenon.yml", "tenon.yml", "renovate.json", ".env",
    "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "packages.lock.json",
})  # fmt: skip
PATTERNS = ("*.lock", "*.lockb", "*lock.json", "*-lock.yaml", "pylock*.toml", "azure-pipelines*.yml")
LONGEST = 240  # characters

_IGNORED_BY_SOME_SYSTEMS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LOCAL_SETTINGS = re.compile(r"(?:.*/)?\.env(?:\.\w+)?|(?:.*/)?\.streamlit/secrets\.toml")
_SHORT_NAME = re.compile(r"git~\d+", re.IGNORECASE)


def path_is_allowed(path: str) -> bool:
    """Whether a patch may write a file of this name."""
    return objection(path) is None


def removal_is_allowed(path: str) -> bool:
    """Whether a patch may take a file of this name away: only settings that should never have been committed."""
    folder = path.rpartition("/")[0]
    return _LOCAL_SETTINGS.fullmatch(path) is not None and (not folder or objection(f"{folder}/settings") is None)


def objection(path: str) -> str | None:
    """Why a patch may not write a file of this name, or None."""
    if not path or len(path) > LONGEST or not path.isprintable() or "\\" in path:
        return "is no plain path"
    if path.startswith(("/", "~")) or path[1:2] == ":":
        return "is outside of the repository"
    parts = [_IGNORED_BY_SOME_SYSTEMS.sub("", part).rstrip(" .").lower() for part in path.split("/")]
    if not all(parts):
        return "is outside of the repository"
    if FOLDERS.intersection(parts[:-1]) or any(_SHORT_NAME.fullmatch(part) for part in parts) or parts[-1] == ".git":
        return "is in a folder that patches never touch"
    if parts[-1] in NAMES or any(fnmatch(parts[-1], pattern) for pattern in PATTERNS):
        return "steers CI, git or Tenon, or is written by a tool"
    return None
