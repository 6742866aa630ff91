"""Guards and documentation of handlers as every framework's reader finds them: drafts, until places are known."""

import dataclasses
import re
from collections.abc import Iterable, Sequence

import libcst as cst

from transforms.concepts import GuardUse, How, Place
from transforms.frameworks.python_references import flags, reference
from transforms.frozen import replaced
from transforms.walk import Walk

SAYS_PUBLIC = re.compile(
    r"\bpublic(?:ly)?[ -](?:endpoint|route|api|access|accessible|page|view|facing|available|read|list)"
    r"|\bno (?:auth\w*|login|sign-?in|token|credentials?) (?:is |are )?(?:required|needed|necessary)"
    r"|\b(?:without|no need for|doesn't (?:need|require)|does not (?:need|require)|not require) (?:any |an? )?"
    r"(?:auth\w*|login|token|credentials?|being (?:authenticated|logged in))|\bunauthenticated (?:endpoint|access)"
    r"|\(public(?:\)| or\b)|^public\b|\bfor (?:visitors|guests|anonymous (?:users|visitors))\b"
    r"|\b(?:accepts?|allows?|supports?) (?:both )?(?:\w+ and )?(?:anonymous|unauthenticated)\b",
    re.IGNORECASE | re.MULTILINE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A guard whose place is not known yet."""

    node: cst.BaseExpression
    target: str
    how: How
    scopes: tuple[str, ...] = ()
    bound_to: str | None = None
    code: str = ""
    flags: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()

    def at(self, place: Place) -> GuardUse:
        """The guard, once the walk says where its expression stands."""
        found = GuardUse(self.target, self.how, place, self.scopes, self.bound_to, self.code, self.flags)
        return replaced(found, only=self.only, predicates=self.predicates) if self.only or self.predicates else found


def drafts_at(drafts: Iterable[Draft], places: Iterable[Place]) -> tuple[GuardUse, ...]:
    """The guards of drafts and their places, in order."""
    return tuple(draft.at(place) for draft, place in zip(drafts, places, strict=True))


def decorator_guard(walk: Walk, node: cst.BaseExpression, how: How = How.DECORATOR) -> Draft | None:
    """The guard that a decorator may be: `@login_required`, `@roles_required("admin")`."""
    called = node.func if isinstance(node, cst.Call) else node
    target = reference(walk, called)
    if target is None:
        return None
    switches = flags(node) if isinstance(node, cst.Call) else ()
    return Draft(node, target, how, code=f"@{walk.code(node, 200)}", flags=switches)


def said_about(node: cst.FunctionDef, texts: Sequence[str | None] = ()) -> str:
    """What people are told about a handler: its docstring, the comments right above it, and `texts`."""
    above = [*node.leading_lines, *(line for decorator in node.decorators for line in decorator.leading_lines)]
    comments = [line.comment.value.lstrip("# ") for line in above if line.comment is not None]
    return "\n".join(filter(None, (node.get_docstring(), *comments, *texts)))
