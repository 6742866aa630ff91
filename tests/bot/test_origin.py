"""Marks of AI tools are found as wholes, weighed by tier, and shown without being believed."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.forge import Commit, PullRequest
from bot.origin import (
    LINES_LIMIT,
    SHOWN_LIMIT,
    TEXTS_WANTED,
    Clues,
    Evidence,
    Origin,
    default_mode,
    describe,
    judge,
)
from bot.origin_marks import TOOLS, Tier
from bot.surfaces.markdown import code
from transforms.policy import Mode

NOREPLY = "users.noreply.github.com"
UUID = "0b6f5c1e-1111-2222-3333-444455556666"
PERSON = Commit("1234567890abcdef", "Add orders", "Ada Shop", "ada@shop.example", "ada")
PULL = PullRequest(
    *(7, "Add orders", "", "open", False, False, "ada", 1001),
    *("main", "b" * 40, "orders", "a" * 40, False, "https://forge.invalid/7"),
)


def of_commit(
    message: str = "Add orders", name: str = "Ada Shop", mail: str = "ada@shop.example", login: str = "ada"
) -> Origin:
    return judge(Clues(commits=(Commit("1234567890abcdef", message, name, mail, login),)))


def of_pull(**changes: object) -> Origin:
    return judge(Clues(pull=replace(PULL, **changes)))  # type: ignore[arg-type]


def tools(origin: Origin) -> set[str]:
    return {mark.tool for mark in origin.evidence}


# What people do is no mark.


def test_a_person_leaves_no_mark() -> None:
    assert judge(Clues(PULL, (PERSON,), ("app.py", "README.md"), {"README.md": "# Shop"})) == Origin(
        Tier.NONE, (), 0, 1
    )


def test_no_clues_are_no_mark() -> None:
    assert judge(Clues()) == Origin(Tier.NONE)


@pytest.mark.parametrize(
    ("name", "mail"),
    [
        ("Haider", "haider@shop.example"),
        ("Ali Haider", "aider@shop.example"),
        ("Claude Meyer", "claude.meyer@shop.example"),
        ("Claude", "claude@shop.example"),
        ("Devin Burnette", "devin@shop.example"),
        ("Jules Gagnon-Marchand", "jules@shop.example"),
        ("Claude", "noreply@anthropic.com.evil.example"),
        ("Claude", "Noreply@anthropic.com"),
        ("claude", "noreply@anthropic.com"),
        ("Claudette", "noreply@anthropic.com"),
        ("Some Person", "noreply@anthropic.com"),
        ("Cursor", "cursor@shop.example"),
        ("Cursory Reader", "cursoragent@cursor.com"),
        ("Codex", "codex@shop.example"),
        ("claude[bot]", "mallory@shop.example"),
        ("claude[bot]", f"1+claude[bot]@{NOREPLY}"),
        ("copilot-swe-agent[bot]", f"1+Copilot@{NOREPLY}"),
        ("Copilot", f"11111111+Copilot@{NOREPLY}"),
        ("dependabot[bot]", f"49699333+dependabot[bot]@{NOREPLY}"),
        ("Pierre", "noreply@pi.dev"),
        ("Ada (aider fan)", "ada@shop.example"),
        ("(aider)", "ada@shop.example"),
        ("Ada(aider)", "ada@shop.example"),
        ("Ada (Haider)", "ada@shop.example"),
        ("amp", "noreply@amazon.com"),
    ],
)
def test_a_name_or_an_address_that_only_resembles_a_tool_is_no_mark(name: str, mail: str) -> None:
    assert of_commit(name=name, mail=mail) == Origin(Tier.NONE, (), 0, 1)
    assert of_commit(message=f"Add orders\n\nCo-authored-by: {name} <{mail}>") == Origin(Tier.NONE, (), 0, 1)


@pytest.mark.parametrize(
    "message",
    [
        "Talk about Claude, Cursor, Copilot, Codex, Devin and aider",
        "Quote\n\n> Co-Authored-By: Claude <noreply@anthropic.com>",
        "Quote\n\n    Co-Authored-By: Claude <noreply@anthropic.com>",
        "See Co-Authored-By: Claude <noreply@anthropic.com> in the docs",
        "Co-Authored-By: Claude noreply@anthropic.com",
        "Reviewed-by: Claude <noreply@anthropic.com>",
        "Claude-Session: https://evil.example/code/session_1",
        "Claude-Session: https://claude.ai/code/session_1 and more",
        "Made-with: Cursory care",
        "Agent-Logs-Url: https://github.com/a/b/sessions/not-a-uuid",
        "Ai-assisted: false",
        "Not Generated with [Claude Code](https://claude.com/claude-code)",
    ],
)
def test_a_message_about_a_tool_is_no_mark(message: str) -> None:
    assert of_commit(message=message).tier is Tier.NONE


@pytest.mark.parametrize(
    "body",
    [
        "```\nCo-Authored-By: Claude <noreply@anthropic.com>\n```",
        "~~~text\nClaude-Session: https://claude.ai/code/session_1\n~~~",
        "```\nnever closed\nMade-with: Cursor",
        "> Made-with: Cursor",
        "<!--\nMade-with: Cursor\n-->",
        "`Made-with: Cursor`",
    ],
)
def test_a_pull_request_body_that_quotes_a_mark_does_not_bear_it(body: str) -> None:
    assert of_pull(body=body).tier is Tier.NONE


@pytest.mark.parametrize(
    ("login", "account_id"),
    [("claude", 209825114), ("claude[bot]", 1), ("Claude[bot]", 209825114), ("copilot", 198982749)],
)
def test_an_account_that_only_resembles_a_bot_is_no_mark(login: str, account_id: int) -> None:
    assert of_pull(author_login=login, author_id=account_id).tier is Tier.NONE


@pytest.mark.parametrize("branch", ["feature/claude/x", "claude", "claudette/x", "Cursor/x", "fix-cursor/x"])
def test_a_branch_that_only_mentions_a_tool_is_no_mark(branch: str) -> None:
    assert of_pull(head_ref=branch).tier is Tier.NONE


@pytest.mark.parametrize(
    "path", ["docs/CLAUDE.md", "claude.md", "CLAUDE.md.txt", ".claude", "src/.cursor/rules/a", "cursorrules"]
)
def test_a_file_elsewhere_or_named_otherwise_is_no_mark(path: str) -> None:
    assert judge(Clues(paths=(path,))).tier is Tier.NONE


# Strong: the identity of a bot, or the trailer of a session.


@pytest.mark.parametrize(
    ("login", "account_id", "tool"),
    [
        ("claude[bot]", 209825114, "Claude Code"),
        ("Copilot", 198982749, "GitHub Copilot"),
        ("cursor[bot]", 206951365, "Cursor"),
        ("devin-ai-integration[bot]", 158243242, "Devin"),
        ("google-labs-jules[bot]", 161369871, "Google Jules"),
        ("chatgpt-codex-connector[bot]", 5, "OpenAI Codex"),
    ],
)
def test_a_pull_request_by_a_bot_is_strong(login: str, account_id: int, tool: str) -> None:
    origin = of_pull(author_login=login, author_id=account_id)
    assert (origin.tier, tools(origin)) == (Tier.STRONG, {tool})
    assert origin.evidence == (Evidence(Tier.STRONG, tool, f"author {login}", "pull request"),)


@pytest.mark.parametrize(
    ("name", "mail", "tool"),
    [
        ("copilot-swe-agent[bot]", f"198982749+Copilot@{NOREPLY}", "GitHub Copilot"),
        ("devin-ai-integration[bot]", f"158243242+devin-ai-integration[bot]@{NOREPLY}", "Devin"),
        (
            "github-advanced-security[bot]",
            f"62310815+github-advanced-security[bot]@{NOREPLY}",
            "GitHub Copilot Autofix",
        ),
    ],
)
def test_a_commit_by_a_bots_name_and_address_is_strong(name: str, mail: str, tool: str) -> None:
    origin = of_commit(name=name, mail=mail)
    assert (origin.tier, tools(origin), origin.marked_commits) == (Tier.STRONG, {tool}, 1)


def test_a_commit_that_the_forge_attributes_to_a_bot_is_strong() -> None:
    origin = of_commit(name="anything", login="chatgpt-codex-connector[bot]")
    assert (origin.tier, tools(origin)) == (Tier.STRONG, {"OpenAI Codex"})


SESSIONS = [
    ("Claude-Session: https://claude.ai/code/session_01AbC", "Claude Code"),
    (f"Agent-Logs-Url: https://github.com/shop/app/sessions/{UUID}", "GitHub Copilot"),
    (f"Replit-Commit-Session-Id: {UUID}", "Replit Agent"),
]


@pytest.mark.parametrize(("trailer", "tool"), SESSIONS)
def test_the_trailer_of_a_session_is_strong_in_a_commit_and_in_a_body(trailer: str, tool: str) -> None:
    for origin in (of_commit(message=f"Add\n\n{trailer}"), of_pull(body=f"Adds orders.\r\n\r\n{trailer}\r\n")):
        assert (origin.tier, tools(origin)) == (Tier.STRONG, {tool})


@pytest.mark.parametrize(
    "line", ["https://cursor.com/agents/bc-1a2b", "[Open](https://cursor.com/agents/bc-1a2b) this"]
)
def test_a_link_to_a_session_is_strong(line: str) -> None:
    assert of_pull(body=f"Text\n{line}").tier is Tier.STRONG


# Medium: a trailer or author by name and mail, a footer.


@pytest.mark.parametrize(
    ("person", "tool"),
    [
        ("Claude <noreply@anthropic.com>", "Claude Code"),
        ("Claude Opus 4.5 <noreply@anthropic.com>", "Claude Code"),
        ("Codex <noreply@openai.com>", "OpenAI Codex"),
        ("Cursor <cursoragent@cursor.com>", "Cursor"),
        ("aider (some-model) <aider@aider.chat>", "aider"),
        ("openhands <openhands@all-hands.dev>", "OpenHands"),
        (f"Copilot <223556219+Copilot@{NOREPLY}>", "GitHub Copilot"),
        (f"Copilot Autofix powered by AI <175728472+Copilot@{NOREPLY}>", "GitHub Copilot"),
        (f"gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@{NOREPLY}>", "Gemini"),
    ],
)
def test_a_co_author_by_name_and_address_is_medium(person: str, tool: str) -> None:
    for key in ("Co-Authored-By", "Co-authored-by", "co-authored-by"):
        origin = of_commit(message=f"Add\n\nText.\n\n{key}: {person}")
        assert (origin.tier, tools(origin)) == (Tier.MEDIUM, {tool})


@pytest.mark.parametrize(
    ("name", "mail", "tool"),
    [
        ("Codex", "noreply@openai.com", "OpenAI Codex"),
        ("Cursor Agent", "cursoragent@cursor.com", "Cursor"),
        ("emergent-agent-e1", "github@emergent.sh", "Emergent"),
        ("Ada Shop (aider)", "ada@shop.example", "aider"),
    ],
)
def test_an_author_by_the_name_and_address_of_a_tool_is_medium(name: str, mail: str, tool: str) -> None:
    origin = of_commit(name=name, mail=mail)
    assert (origin.tier, tools(origin)) == (Tier.MEDIUM, {tool})


@pytest.mark.parametrize(
    "line",
    [
        "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
        "🤖 Generated with [Claude Code](https://claude.ai/code)",
        "Made with [Cursor](https://cursor.com)",
        "Made-with: Cursor",
        "Replit-Commit-Author: Agent",
        "Ai-assisted: true",
    ],
)
def test_a_footer_of_a_tool_is_medium(line: str) -> None:
    assert of_commit(message=f"Add\n\n{line}").tier is Tier.MEDIUM
    assert of_pull(body=f"Adds orders.\n\n{line}").tier is Tier.MEDIUM


def test_a_squashed_message_bears_its_trailers_in_the_middle() -> None:
    message = "Add (#1)\n\n* one\n\nCo-authored-by: Claude <noreply@anthropic.com>\n\n* two\n\n---------\n\nMore text"
    assert of_commit(message=message).tier is Tier.MEDIUM


# Weak: files, branches, README texts, what was never verified.


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        ("CLAUDE.md", "Claude Code"),
        (".claude/settings.json", "Claude Code"),
        (".cursor/rules/style.mdc", "Cursor"),
        (".github/copilot-instructions.md", "GitHub Copilot"),
        (".clinerules", "Cline"),
        (".clinerules/a.md", "Cline"),
        (".bolt/config.json", "bolt"),
        ("attached_assets/a/b/c.png", "Replit Agent"),
        ("AGENTS.md", "a tool that is not named"),
    ],
)
def test_a_marker_file_is_weak(path: str, tool: str) -> None:
    origin = judge(Clues(paths=("app.py", path)))
    assert (origin.tier, tools(origin)) == (Tier.WEAK, {tool})


@pytest.mark.parametrize(
    ("path", "text", "tool"),
    [
        ("README.md", "# Welcome to your Lovable project\n", "Lovable"),
        ("README.md", f"URL: https://lovable.dev/projects/{UUID}\n", "Lovable"),
        ("package.json", '{"devDependencies": {"lovable-tagger": "1"}}', "Lovable"),
        (".gitignore", "*.pyc\n.aider*\n", "aider"),
    ],
)
def test_a_text_of_a_file_is_weak(path: str, text: str, tool: str) -> None:
    assert path in TEXTS_WANTED
    origin = judge(Clues(texts={path: text}))
    assert (origin.tier, tools(origin)) == (Tier.WEAK, {tool})


@pytest.mark.parametrize("branch", ["claude/x", "copilot/fix-1", "codex/add", "cursor/a-b", "devin/123"])
def test_a_branch_name_is_weak_because_anybody_may_choose_it(branch: str) -> None:
    origin = of_pull(head_ref=branch)
    assert origin.tier is Tier.WEAK
    assert origin.evidence[0].what == f"branch {branch}"


@pytest.mark.parametrize("login", ["v0[bot]", "gpt-engineer-app[bot]", "gemini-cli-robot"])
def test_an_account_that_was_never_seen_is_weak_at_most(login: str) -> None:
    assert of_pull(author_login=login, author_id=5).tier is Tier.WEAK
    assert of_commit(login=login).tier in (Tier.WEAK, Tier.NONE)


def test_an_assisted_by_trailer_is_weak() -> None:
    assert of_commit(message="Add\n\nAssisted-by: somebody").tier is Tier.WEAK


def test_every_weak_mark_there_is_together_is_still_weak() -> None:
    paths = [path + "x" if path.endswith("/") else path for tool in TOOLS for path in tool.files]
    texts = {
        "README.md": "# Welcome to your Lovable project",
        "package.json": '"lovable-tagger": 1',
        ".gitignore": ".aider*",
    }
    origin = judge(Clues(replace(PULL, head_ref="claude/x"), (PERSON,), paths, texts))
    assert origin.tier is Tier.WEAK
    assert len(origin.evidence) > 25


# Weighing.


def test_the_strongest_mark_decides_and_stands_first() -> None:
    session = replace(PERSON, message=f"x\n\n{SESSIONS[0][0]}\nCo-Authored-By: Claude <noreply@anthropic.com>")
    origin = judge(Clues(commits=(PERSON, session), paths=("CLAUDE.md",)))
    assert [mark.tier for mark in origin.evidence] == [Tier.STRONG, Tier.MEDIUM, Tier.WEAK]
    assert (origin.tier, origin.marked_commits, origin.commits) == (Tier.STRONG, 1, 2)


def test_the_same_mark_on_many_commits_is_one_piece_of_evidence_with_a_count() -> None:
    marked = replace(PERSON, message="x\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    origin = judge(Clues(commits=(marked, replace(marked, sha="f" * 40), PERSON)))
    what = "co-author Claude <noreply@anthropic.com>"
    assert origin.evidence == (Evidence(Tier.MEDIUM, "Claude Code", what, "commit 1234567890", times=2),)
    assert (origin.marked_commits, origin.commits) == (2, 3)


def test_more_clues_never_weaken_the_judgement() -> None:
    marked = replace(PERSON, message="x\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    assert judge(Clues(PULL, (marked, *[PERSON] * 50), ("app.py",))).tier is Tier.MEDIUM


_TEXT = st.text(max_size=80)
_COMMIT = st.builds(Commit, _TEXT, _TEXT, _TEXT, _TEXT, st.none() | _TEXT)


@settings(deadline=None)
@given(
    st.lists(_COMMIT, max_size=5),
    _TEXT,
    st.lists(_TEXT, max_size=5),
    st.dictionaries(st.sampled_from(TEXTS_WANTED), _TEXT),
)
def test_any_text_at_all_is_judged_and_described(
    commits: list[Commit], body: str, paths: list[str], texts: dict[str, str]
) -> None:
    origin = judge(Clues(replace(PULL, body=body, head_ref=body), tuple(commits), paths, texts))
    assert (origin.tier is Tier.NONE) == (not origin.evidence)
    assert len(describe(origin).splitlines()) <= LINES_LIMIT + 2


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60), st.text(max_size=20))
def test_a_tools_word_inside_other_words_is_never_a_mark(before: str, after: str) -> None:
    for word in ("aider", "Claude", "Cursor", "Codex", "Devin"):
        name, mail = f"{before}{word}{after}", f"x{word}@shop.example"
        if not name.endswith(" (aider)"):
            assert of_commit(name=name, mail=mail).tier is Tier.NONE


def test_a_pull_request_made_to_be_slow_is_judged_in_time() -> None:
    nasty = "Co-authored-by: x" + " " * 470 + "x\n"
    commits = tuple(replace(PERSON, sha=str(number), message="a: b\n" * 5_000 + nasty * 40) for number in range(250))
    started = time.process_time()
    judge(
        Clues(
            replace(PULL, body="<!--" * 5_000 + "```\n" * 5_000 + nasty * 500),
            commits,
            (f"a/{n}/c" for n in range(20_000)),
        )
    )
    assert time.process_time() - started < 10


# What it is for.


def test_the_policy_decides_and_the_origin_only_fills_what_it_leaves_open() -> None:
    for tier in Tier:
        assert default_mode(Origin(tier), Mode.ENFORCE, only_ai_generated=False).mode is Mode.ENFORCE
    modes = {tier: default_mode(Origin(tier), None, only_ai_generated=False).mode for tier in Tier}
    assert modes == {"strong": Mode.PATCH, "medium": Mode.PATCH, "weak": Mode.SUGGEST, "none": Mode.MONITOR}


def test_only_ai_generated_turns_others_to_monitoring_where_findings_are_still_shown() -> None:
    for tier, mode in (("strong", Mode.PATCH), ("medium", Mode.PATCH), ("weak", Mode.MONITOR), ("none", Mode.MONITOR)):
        choice = default_mode(Origin(Tier(tier)), Mode.PATCH, only_ai_generated=True)
        assert choice.mode is mode
        assert choice.why


def test_the_description_shows_tier_share_tool_mark_and_place() -> None:
    marked = replace(PERSON, message="x\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    assert describe(judge(Clues(commits=(marked, PERSON), paths=("CLAUDE.md",)))) == (
        "Marks of AI generation: **medium** (1 of 2 commits).\n"
        "- medium: `Claude Code`, `co-author Claude <noreply@anthropic.com>` in `commit 1234567890`\n"
        "- weak: `Claude Code`, `file` in `CLAUDE.md`"
    )


def test_finding_nothing_is_said_to_prove_nothing() -> None:
    assert "proves nothing" in describe(Origin(Tier.NONE))


def test_a_long_list_of_evidence_is_cut_and_says_so() -> None:
    marks = tuple(Evidence(Tier.WEAK, "tool", f"mark {number}", "file") for number in range(LINES_LIMIT + 3))
    lines = describe(Origin(Tier.WEAK, marks)).splitlines()
    assert len(lines) == LINES_LIMIT + 2
    assert lines[-1] == "- and 3 more"


@pytest.mark.parametrize(
    "branch",
    [
        "claude/`<b>`",
        "claude/@octocat",
        "claude/[x](https://evil.example)",
        "claude/\u202ex",
        "claude/<!-- -->",
        "claude/" + "x" * 900,
    ],
)
def test_a_hostile_branch_name_cannot_leave_its_code_span(branch: str) -> None:
    lines = describe(of_pull(head_ref=branch)).splitlines()
    assert len(lines) == 2
    assert lines[1] == f"- weak: `Claude Code`, {code(f'branch {branch[:SHOWN_LIMIT]}')} in `pull request`"
    assert "\u202e" not in lines[1]


# The table.


def test_tools_have_names_of_their_own_and_every_tool_has_a_mark() -> None:
    names = [tool.name for tool in TOOLS]
    assert len(names) == len(set(names))
    for tool in TOOLS:
        assert any((tool.bots, tool.signatures, tool.author_names, tool.trailers, tool.lines, tool.files, tool.texts))


def test_no_address_belongs_to_two_tools_and_no_file_marks_two() -> None:
    for values in (
        [s.address for t in TOOLS for s in {s.address: s for s in t.signatures}.values()],
        [f for t in TOOLS for f in t.files],
    ):
        assert len(values) == len(set(values))


def test_importing_the_origin_is_light() -> None:
    code = "import sys, bot.origin; print([n for n in ('libcst', 'pydantic', 'github', 'openai') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
