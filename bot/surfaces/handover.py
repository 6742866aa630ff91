"""What a person needs when secrets leave the code: where each belongs, commands, a stub for CI, how to rotate it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.surfaces.markdown import bullets, code, fenced, fold, prose, table
from transforms.engine import Handover

SCANNERS = (
    "A scanner that reads diffs may flag this change, because the removed lines still show the old value. It is right "
    "about the value and wrong about the change: close the alert as revoked once the secret is rotated, not as a false "
    "alarm."
)


@dataclass(frozen=True, slots=True)
class Held:
    """How the history holds a value: so many commits wrote it, the oldest of that day."""

    commits: int
    since: str  # 2026-01-31; empty where no commit holds it
    searched: int = 0  # commits, where only some were searched, and in them only the files in question
    holding: int = 0  # commits with a file that holds it; 0: not counted

    @property
    def told(self) -> str:
        """In how many commits, and which of them put it there."""
        writers = _commits(self.commits)
        if self.holding < self.commits:
            return f"written by {writers} since {self.since}"
        return f"in the files of {_commits(self.holding)} since {self.since}, written by {writers}"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a search of the history came to, by the name of a secret; `unsearched` says why there was none."""

    held: Mapping[str, Held] = field(default_factory=dict)
    unsearched: str = ""


NOT_SEARCHED = Remembered()


def gathered(handovers: Iterable[Handover]) -> tuple[Handover, ...]:
    """Each secret once, with all files that it stood in."""
    found: dict[str, Handover] = {}
    for each in handovers:
        there = found.get(each.name)
        paths = tuple(dict.fromkeys((*there.paths, *each.paths))) if there else each.paths
        found[each.name] = replace(each, paths=paths, placeholder=each.placeholder and (not there or there.placeholder))
    return tuple(found[name] for name in sorted(found))


def page(handovers: Iterable[Handover], owner_of: Callable[[str], str], past: Remembered) -> str:
    """Markdown; `past` says in how many commits the history holds a secret, as far as that was counted."""
    secrets = gathered(handovers)
    if not secrets:
        return ""
    leaked = [each for each in secrets if not each.placeholder]
    parts = [
        _manifest(secrets, owner_of),
        fold(f"Commands for {secrets[0].broker}", fenced(_script(secrets), "sh")),
        fold("Stub environment for CI", _stub(secrets)),
        _checklist(leaked, past),
        SCANNERS if leaked else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _manifest(secrets: Sequence[Handover], owner_of: Callable[[str], str]) -> str:
    rows = [[code(each.name), prose(each.title), code(each.kept_at), _owners(each, owner_of)] for each in secrets]
    return table(["Secret", "What it is", "Where the app asks", "Owner"], rows)


def _owners(secret: Handover, owner_of: Callable[[str], str]) -> str:
    named = dict.fromkeys(filter(None, map(owner_of, secret.paths)))
    return ", ".join(map(code, named)) or "nobody is named in CODEOWNERS"


def _script(secrets: Sequence[Handover]) -> str:
    lines = [*secrets[0].setup, *(line for each in secrets for line in each.commands)]
    return "\n".join(lines)


def _stub(secrets: Sequence[Handover]) -> str:
    lines = ["env:", "  SECRETS_BACKEND: env", *(f'  {each.name}: "{each.stub}"' for each in secrets)]
    return "For tests that only need something to be there, in its form; no workflow is changed here:\n\n" + fenced(
        "\n".join(lines), "yaml"
    )


def _checklist(leaked: Sequence[Handover], past: Remembered) -> str:
    steps = []
    for each in leaked:
        where = f" at {code(each.rotate_url)}" if each.rotate_url else ""
        steps.append(f"{code(each.name)}: make a new value{where} and put it into the broker. {prose(each.revoke)}")
        steps.append(f"{code(each.name)}: {sentence(each.name, past)}")
    attest = [f"Then note it: {code(f'tenon secrets attest {each.listed} --rotated')}" for each in leaked]
    return bullets([*steps, *attest]) if leaked else ""


def sentence(name: str, past: Remembered) -> str:
    """What the history holds of a secret, after its name and a colon."""
    if past.unsearched:
        why = f"the history was not searched ({prose(past.unsearched)}): it holds the old value if a commit ever did."
        return f"{why} {code('tenon secrets history')} in a full clone counts where."
    held = past.held.get(name)
    if held is None:
        return f"the history still holds the old value; {code('tenon secrets history')} counts where."
    if held.searched:
        return _in_part(held)
    if held.commits == 0:
        return "no commit holds the old value."
    return f"the history still holds the old value, {held.told}."


def _in_part(held: Held) -> str:
    """What is sure where not all of the history was searched."""
    all_of_it = f"{code('tenon secrets history')} in a full clone counts all."
    if held.commits == 0:
        return f"of {held.searched} commits searched none holds the old value in these files; {all_of_it}"
    found = f"{held.told}, in the {_commits(held.searched)} that were searched"
    return f"the history still holds the old value, {found}; {all_of_it}"


def _commits(number: int) -> str:
    return "1 commit" if number == 1 else f"{number} commits"
