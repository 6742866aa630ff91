"""What Tenon says in a pull request: one comment for each tag, one review for each tag and head.

Ours is what carries the hidden tag *and* was written by the App: anybody can copy a tag into a comment.
"""

from github.IssueComment import IssueComment
from github.PullRequest import ReviewComment
from github.Repository import Repository

from bot.errors import ForgeError
from bot.forge import Suggestion
from bot.forges.github_link import Link
from bot.forges.sizes import FIELD, clipped

REACTIONS = frozenset({"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"})


def ensure_comment(writer: Link, bot_login: str, number: int, tag: str, body: str) -> int:
    """Create or edit the comment; returns its id. Words that are there already are not sent again."""
    text = _tagged(tag, body)

    def put(repository: Repository) -> int:
        issue = repository.get_issue(number)
        ours = (comment for comment in issue.get_comments() if _is_ours(comment, bot_login, tag))
        found = next(ours, None)
        if found is None:
            return issue.create_comment(text).id
        if _lines(found.body) != _lines(text):
            found.edit(text)
        return found.id

    return writer.call(f"comment on pull request {number}", put)


def _is_ours(comment: IssueComment, bot_login: str, tag: str) -> bool:
    return comment.user is not None and comment.user.login == bot_login and _marker(tag) in (comment.body or "")


def ensure_review(
    writer: Link, bot_login: str, number: int, head_sha: str, tag: str, body: str, suggestions: tuple[Suggestion, ...]
) -> int:
    """Create the review with its suggestions, unless that head has one with that tag; returns its id."""

    def put(repository: Repository) -> int:
        pull = repository.get_pull(number)
        for review in pull.get_reviews():
            ours = review.user is not None and review.user.login == bot_login and review.commit_id == head_sha
            if ours and _marker(tag) in (review.body or ""):
                return review.id
        commit = repository.get_commit(head_sha)
        comments = [_comment(suggestion) for suggestion in suggestions]
        return pull.create_review(commit, _tagged(tag, body), "COMMENT", comments).id

    return writer.call(f"review pull request {number}", put)


def react(writer: Link, comment_id: int, content: str) -> None:
    """Add a reaction; GitHub keeps one of a kind for each account."""
    if content not in REACTIONS:
        raise ForgeError(f"GitHub knows no reaction {content[:20]!r}.")
    body = {"content": content}

    def put(repository: Repository) -> None:
        path = f"{repository.url}/issues/comments/{comment_id}/reactions"
        repository.requester.requestJsonAndCheck("POST", path, input=body)

    writer.call("react to a comment", put)


def _comment(suggestion: Suggestion) -> ReviewComment:
    fence = _fence(suggestion.replacement)
    text = suggestion.replacement.removesuffix("\n")
    body = f"{suggestion.body}\n\n{fence}suggestion\n{text}\n{fence}"
    comment: ReviewComment = {
        "path": suggestion.path,
        "line": suggestion.end_line,
        "side": "RIGHT",
        "body": clipped(body),
    }
    if suggestion.start_line < suggestion.end_line:
        comment["start_line"] = suggestion.start_line
        comment["start_side"] = "RIGHT"
    return comment


def _fence(text: str) -> str:
    """A code fence longer than any run of backticks in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    return fence


def _marker(tag: str) -> str:
    return f"<!-- {tag} -->"


def _tagged(tag: str, body: str) -> str:
    """The body with its tag in front, where no cut can take it away."""
    if "--" in tag or "\n" in tag:
        raise ForgeError(f"{tag[:60]!r} cannot be hidden in a comment.")
    marker = _marker(tag)
    return clipped(body if body.startswith(marker) else f"{marker}\n{body}", FIELD)


def _lines(text: str | None) -> list[str]:
    """GitHub may hand back other line endings than it was given."""
    return (text or "").rstrip().splitlines()
