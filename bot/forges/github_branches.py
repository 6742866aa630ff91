"""Tenon's own branches: blobs, trees and commits through the Git Data API, then one move of the reference.

Commits name no author, so GitHub makes them the App's and signs them. Blobs and trees are content-addressed: making one
twice is making it once. A commit is made only where the branch does not hold one with the same tree and message.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from github import InputGitTreeElement, UnknownObjectException
from github.GitCommit import GitCommit
from github.GitRef import GitRef
from github.GitTree import GitTree
from github.Repository import Repository

from bot.errors import NotAllowed, NotFound
from bot.forge import NewCommit
from bot.forges.github_link import Link

_REGULAR, _FOLDER = "100644", "040000"
_FILE_MODES = frozenset({_REGULAR, "100755"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name in a tree."""

    mode: str
    sha: str


@dataclass(slots=True)
class _Tree:
    """The files of a commit, read folder by folder as they are asked for, with the changes made since on top."""

    link: Link
    root: str
    changed: dict[str, _Entry | None] = field(default_factory=dict)
    _folders: dict[str, dict[str, _Entry]] = field(default_factory=dict)

    def file(self, path: str) -> _Entry | None:
        """What is at the path. Raises NotAllowed where a file, link or submodule stands for one of its folders."""
        if path in self.changed:
            return self.changed[path]
        *folders, name = path.split("/")
        sha = self.root
        for folder in folders:
            entry = self._folder(sha).get(folder)
            if entry is None:
                return None
            if entry.mode != _FOLDER:
                raise NotAllowed(f"Tenon does not write {path[:80]!r}: {folder[:80]!r} is no folder there.")
            sha = entry.sha
        return self._folder(sha).get(name)

    def _folder(self, sha: str) -> dict[str, _Entry]:
        if sha not in self._folders:
            listed = self.link.call("read a folder", lambda repository: _names(repository.get_git_tree(sha)))
            self._folders[sha] = listed
        return self._folders[sha]


def _names(tree: GitTree) -> dict[str, _Entry]:
    return {element.path: _Entry(element.mode, element.sha) for element in tree.tree}


@dataclass(frozen=True, slots=True)
class Branches:
    """Writes branches; look-ups go through the reader."""

    reader: Link
    writer: Link

    def sha(self, branch: str) -> str | None:
        """The commit a branch points to, or None. The name may be hostile."""
        if any(not part or part.startswith(".") for part in branch.split("/")):
            return None  # no reference may be called that, and it would lead to another URL
        found = self.reader.call("look up a branch", lambda repository: _found_ref(repository, branch))
        return found.object.sha if found else None

    def ensure(self, branch: str, base_sha: str, commits: tuple[NewCommit, ...]) -> str:
        """See `bot.forge.Forge.ensure_branch`; the names are checked already."""
        parent = self._commit(base_sha)
        there = self._commits_since(branch, base_sha, len(commits))
        tree = _Tree(self.reader, parent.tree.sha)
        stored = _Tree(self.reader, there[-1].tree.sha) if there else tree
        for number, commit in enumerate(commits):
            made = self._make_tree(parent, commit, tree, stored)
            same = number < len(there) and _is(there[number], parent.sha, made.sha, commit.message)
            parent = there[number] if same else self._make_commit(commit.message, made, parent)
        self.writer.call(f"move the branch {branch}", lambda repository: _point(repository, branch, parent.sha))
        return parent.sha

    def _commit(self, sha: str) -> GitCommit:
        return self.reader.call(f"read the commit {sha[:12]}", lambda repository: repository.get_git_commit(sha))

    def _commits_since(self, branch: str, base_sha: str, most: int) -> list[GitCommit]:
        """The branch's commits on top of the base, oldest first; empty if it is not that base and at most so many."""
        found: list[GitCommit] = []
        sha = self.sha(branch)
        while sha and sha != base_sha and len(found) < most:
            found.append(self._commit(sha))
            parents = found[-1].parents
            sha = parents[0].sha if len(parents) == 1 else None
        return found[::-1] if sha == base_sha else []

    def _make_tree(self, parent: GitCommit, commit: NewCommit, tree: _Tree, stored: _Tree) -> GitTree:
        """The parent's tree with the commit's files put in or taken away; `tree` follows."""
        elements = []
        for path, content in commit.files.items():
            before = tree.file(path)
            if before and before.mode not in _FILE_MODES:
                raise NotAllowed(f"Tenon does not write {path[:80]!r}: it is no regular file there.")
            after = self._stored(path, content, before, stored) if content is not None else None
            if before != after:
                elements.append(_element(path, before, after))
            tree.changed[path] = after
        if not elements:
            return parent.tree
        doing = f"write {len(elements)} files"
        return self.writer.call(doing, lambda repository: repository.create_git_tree(elements, parent.tree))

    def _stored(self, path: str, content: bytes, before: _Entry | None, stored: _Tree) -> _Entry:
        """The blob of these bytes, sent only if neither the base nor our branch has it at that path."""
        mode = before.mode if before else _REGULAR
        sha = _blob_sha(content)
        if (before and before.sha == sha) or ((there := stored.file(path)) and there.sha == sha):
            return _Entry(mode, sha)
        text = base64.b64encode(content).decode()
        self.writer.call(f"store {path[:80]}", lambda repository: repository.create_git_blob(text, "base64").sha)
        return _Entry(mode, sha)

    def _make_commit(self, message: str, tree: GitTree, parent: GitCommit) -> GitCommit:
        # If the reply is lost and this runs again, the first commit is left behind without a name: harmless.
        return self.writer.call(
            "make a commit", lambda repository: repository.create_git_commit(message, tree, [parent])
        )


def _found_ref(repository: Repository, branch: str) -> GitRef | None:
    try:
        found = repository.get_git_ref(f"heads/{branch}")
        return found if found.object.sha else None
    except UnknownObjectException:
        return None


def _point(repository: Repository, branch: str, sha: str) -> None:
    """Let the branch point to the commit, by force; nothing is sent if it does."""
    found = _found_ref(repository, branch)
    if found is None:
        repository.create_git_ref(f"refs/heads/{branch}", sha)
    elif found.object.sha != sha:
        found.edit(sha, force=True)


def _is(commit: GitCommit, parent_sha: str, tree_sha: str, message: str) -> bool:
    return (
        commit.tree.sha == tree_sha
        and [parent.sha for parent in commit.parents] == [parent_sha]
        and commit.message.rstrip() == message.rstrip()
    )


def _element(path: str, before: _Entry | None, after: _Entry | None) -> InputGitTreeElement:
    mode = after.mode if after else before.mode if before else _REGULAR
    sha: Any = after.sha if after else None
    return InputGitTreeElement(path, mode, "blob", sha=sha)


def _blob_sha(content: bytes) -> str:
    """The id git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def commit_message(reader: Link, sha: str) -> str:
    """The message of a commit; raises NotFound, also for what is no commit id."""
    if len(sha) != 40 or not sha.isalnum():
        raise NotFound("That is no commit id.")
    return reader.call(f"read the commit {sha[:12]}", lambda repository: repository.get_git_commit(sha).message)
