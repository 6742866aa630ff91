"""What AI tools leave behind: one row for each tool. To teach Tenon a tool, add a row.

Names and addresses are compared case-sensitively and as wholes, never as substrings: *Haider* is not aider, Claude
Meyer is not Claude, and `Claude <somebody@example.org>` is not Claude either. `guess=True` is for marks that were
read about but not seen in a repository: they count as weak at most.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How much a mark says. Several weak marks never make a medium or strong one."""

    STRONG = "strong"  # the identity of a bot, or the trailer of a session
    MEDIUM = "medium"  # a trailer or author by name and mail; a tool's footer
    WEAK = "weak"  # a marker file, a branch name, a README text
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Bot:
    """An account. As commit author it writes as `login <id+login@users.noreply.github.com>`, given the id."""

    login: str
    account_id: int | None = None
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """`Name <address>` of an author or co-author. The name is `name` or begins with `name` and a blank.

    `identity`: the address belongs to a bot's account, so that an author with it is as good as the account.
    """

    name: str
    address: str
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Trailer:
    """`Key: value` on a line of its own, in a commit message or a pull request body."""

    key: str
    value: re.Pattern[str]
    tier: Tier


@dataclass(frozen=True, slots=True)
class Line:
    """A whole line of a text; `shown` is how reports call it."""

    shown: str
    pattern: re.Pattern[str]
    tier: Tier = Tier.MEDIUM


@dataclass(frozen=True, slots=True)
class FileText:
    """A pattern in the text of one file at the root."""

    path: str
    shown: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Tool:
    """Everything known about one tool.

    `files`: paths from the root, one that ends in `/` is a folder; `branches`: beginnings of branch names.
    """

    name: str
    bots: tuple[Bot, ...] = ()
    signatures: tuple[Signature, ...] = ()
    author_names: tuple[Line, ...] = ()
    trailers: tuple[Trailer, ...] = ()
    lines: tuple[Line, ...] = ()
    branches: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    texts: tuple[FileText, ...] = ()


def all_signatures(tool: Tool) -> Iterator[Signature]:
    """Signatures of a tool, those by which its accounts write included."""
    yield from tool.signatures
    for bot in tool.bots:
        if bot.account_id is not None:
            yield Signature(bot.login, f"{bot.account_id}+{bot.login}@{_NOREPLY}", identity=not bot.guess)


_NOREPLY = "users.noreply.github.com"
_ANY = re.compile(r".+")
_ID = re.compile(r"[\w-]+")

TOOLS = (
    Tool(
        "Claude Code",
        bots=(Bot("claude[bot]", 209825114),),
        signatures=(Signature("Claude", "noreply@anthropic.com"),),
        trailers=(Trailer("Claude-Session", re.compile(r"https://claude\.ai/code/session_\w+"), Tier.STRONG),),
        lines=(
            Line(
                "footer Generated with Claude Code",
                re.compile(r"🤖 Generated with \[Claude Code\]\(https://claude\.(?:com/claude-code|ai/code)/?\)"),
            ),
        ),
        branches=("claude/",),
        files=("CLAUDE.md", ".claude/"),
    ),
    Tool(
        "GitHub Copilot",
        bots=(Bot("Copilot", 198982749), Bot("copilot-swe-agent[bot]", 198982749)),
        signatures=(
            Signature("copilot-swe-agent[bot]", f"198982749+Copilot@{_NOREPLY}", identity=True),
            Signature("Copilot", f"223556219+Copilot@{_NOREPLY}"),
            Signature("Copilot", f"175728472+Copilot@{_NOREPLY}"),
        ),
        trailers=(
            Trailer(
                "Agent-Logs-Url",
                re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/sessions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                Tier.STRONG,
            ),
        ),
        branches=("copilot/",),
        files=(".github/copilot-instructions.md",),
    ),
    Tool("GitHub Copilot Autofix", bots=(Bot("github-advanced-security[bot]", 62310815),)),
    Tool(
        "OpenAI Codex",
        bots=(Bot("chatgpt-codex-connector[bot]"),),
        signatures=(Signature("Codex", "noreply@openai.com"),),
        branches=("codex/",),
    ),
    Tool(
        "Cursor",
        bots=(Bot("cursor[bot]", 206951365),),
        signatures=(Signature("Cursor", "cursoragent@cursor.com"),),
        trailers=(Trailer("Made-with", re.compile(r"Cursor"), Tier.MEDIUM),),
        lines=(
            Line(
                "footer Made with Cursor", re.compile(r"Made with \[Cursor\]\(https://(?:www\.)?cursor\.com[^\s()]*\)")
            ),
            Line(
                "link to a Cursor session",
                re.compile(r"(?:.*[\s(\"'])?https://(?:www\.)?cursor\.com/agents/bc-[0-9a-f-]+(?:[\s)\"'?].*)?"),
                Tier.STRONG,
            ),
        ),
        branches=("cursor/",),
        files=(".cursorrules", ".cursor/rules/"),
    ),
    Tool("Devin", bots=(Bot("devin-ai-integration[bot]", 158243242),), branches=("devin/",)),
    Tool("Google Jules", bots=(Bot("google-labs-jules[bot]", 161369871),)),
    Tool("Codegen", bots=(Bot("codegen-sh[bot]"),)),
    Tool(
        "aider",
        signatures=(Signature("aider", "aider@aider.chat"),),
        # aider keeps the person's own address and marks the name (aider/repo.py): the one mark without an address.
        author_names=(Line("author name that ends in (aider)", re.compile(r"\S.* \(aider\)")),),
        files=(".aider.conf.yml",),
        texts=(FileText(".gitignore", "a line .aider*", re.compile(r"^\.aider\*?$", re.MULTILINE)),),
    ),
    Tool(
        "OpenHands",
        signatures=(Signature("openhands", "openhands@all-hands.dev"),),
        files=(".openhands/microagents/",),
    ),
    Tool(
        "Gemini",
        bots=(Bot("gemini-code-assist[bot]", 176961590), Bot("gemini-cli-robot", guess=True)),
        files=("GEMINI.md", ".idx/airules.md"),
    ),
    Tool(
        "Replit Agent",
        trailers=(
            Trailer("Replit-Commit-Session-Id", _ID, Tier.STRONG),
            Trailer("Replit-Commit-Author", _ANY, Tier.MEDIUM),
            Trailer("Replit-Commit-Checkpoint-Type", _ANY, Tier.MEDIUM),
            Trailer("Replit-Commit-Screenshot-Url", _ANY, Tier.MEDIUM),
        ),
        files=(".replit", "replit.md", "attached_assets/"),
    ),
    Tool("Emergent", signatures=(Signature("emergent-agent-e1", "github@emergent.sh"),), files=(".emergent/",)),
    Tool(
        "Lovable",
        bots=(Bot("gpt-engineer-app[bot]", guess=True),),
        texts=(
            FileText("README.md", "its welcome heading", re.compile(r"^#+ Welcome to your Lovable project\s*$", re.M)),
            FileText(
                "README.md", "a project link", re.compile(r"https://lovable\.dev/projects/[0-9a-f-]{36}(?![\w-])")
            ),
            FileText("package.json", "the package lovable-tagger", re.compile(r'"lovable-tagger"\s*:')),
        ),
    ),
    Tool("v0", bots=(Bot("v0[bot]", guess=True),)),
    Tool("bolt", files=(".bolt/config.json",)),
    Tool("Amp", signatures=(Signature("Amp", "amp@ampcode.com"),)),
    Tool(
        "Goose",
        signatures=tuple(Signature(n, "opensource@block.xyz") for n in ("Goose", "goose")),
        files=(".goosehints",),
    ),
    Tool("Windsurf", signatures=(Signature("Windsurf", "noreply@codeium.com"),), files=(".windsurfrules",)),
    Tool("Amazon Q", signatures=(Signature("Amazon Q", "noreply@amazon.com"),), files=(".amazonq/rules/",)),
    Tool("Cline", signatures=(Signature("Cline", "noreply@cline.bot"),), files=(".clinerules", ".clinerules/")),
    Tool("opencode", signatures=(Signature("opencode", "noreply@opencode.ai"),), files=("opencode.json",)),
    Tool("Pi", signatures=tuple(Signature(n, "noreply@pi.dev") for n in ("Pi", "pi"))),
    Tool("Junie", files=(".junie/guidelines.md",)),
    Tool("Kiro", files=(".kiro/steering/",)),
    Tool("Trae", files=(".trae/rules/",)),
    Tool("Warp", files=("WARP.md",)),
    Tool("Crush", files=("CRUSH.md",)),
    Tool("Augment", files=(".augment/rules/",)),
    Tool("Spec Kit", files=(".specify/",)),
    Tool(
        "a tool that is not named",
        trailers=(
            Trailer("Ai-assisted", re.compile(r"true"), Tier.MEDIUM),
            Trailer("Assisted-by", _ANY, Tier.WEAK),
        ),
        files=("AGENTS.md",),
    ),
)
