"""Prompts as files: front matter that is checked, a text, and fences around everything a stranger wrote.

A file in `prompts/` looks like this; placeholders may stand only below the line `## Question`, so that no value ever
enters the system message:

    ---
    id: triage-secret
    version: 1            # raise it with every change of the text: recorded replies are bound to it
    output: SecretOpinion # name of the pydantic schema of the answer
    max_tokens: 400       # of the answer
    inputs: {name: untrusted, length: trusted}
    ---
    Instructions (the system message).

    ## Question
    Length {{length}}, name: {{name}}
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from bot.agent.errors import PromptError
from bot.agent.untrusted import visible

UNTRUSTED_LIMIT = 4_000  # characters of one untrusted value in a prompt
_QUESTION_LINE = "\n## Question\n"
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_TRUSTED_VALUE = re.compile(r"[\w .,:;()/+%=\n-]{0,2000}", re.ASCII)
_KEYS = frozenset({"id", "version", "output", "max_tokens", "inputs"})


class Trust(StrEnum):
    """Who wrote a value: Tenon (counts, enum words) or a stranger (names, code)."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One checked prompt file."""

    prompt_id: str
    version: int
    output: str
    max_tokens: int
    inputs: Mapping[str, Trust]
    system: str
    question: str
    sha256: str  # of the whole file


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt with its values: what is sent. Holds strangers' text; never log it. `filled`: the values alone."""

    prompt_id: str
    version: int
    output: str
    max_tokens: int
    system: str
    user: str
    filled: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Hash of all that is sent, for the audit trail."""
        return hashlib.sha256(f"{self.system}\0{self.user}".encode()).hexdigest()


@cache
def load(prompt_id: str) -> Prompt:
    """The prompt of that id; its file is named after it with underscores. Raises PromptError."""
    file = files("prompts") / f"{prompt_id.replace('-', '_')}.md"
    if not file.is_file():
        raise PromptError(f"there is no prompt {prompt_id!r}")
    prompt = parse(file.read_text(encoding="utf-8"))
    if prompt.prompt_id != prompt_id:
        raise PromptError(f"prompt {prompt_id!r} calls itself {prompt.prompt_id!r}")
    return prompt


def parse(text: str) -> Prompt:
    """Read and check the text of a prompt file. Raises PromptError."""
    meta, body = _split_front_matter(text)
    system, line, question = body.partition(_QUESTION_LINE)
    if not line:
        raise PromptError("a prompt needs a line '## Question' between instructions and values")
    inputs = _inputs(meta["inputs"])
    _check_placeholders(inputs, system, question)
    return Prompt(
        prompt_id=str(meta["id"]),
        version=_positive(meta, "version"),
        output=str(meta["output"]),
        max_tokens=_positive(meta, "max_tokens"),
        inputs=inputs,
        system=system.strip(),
        question=question.strip(),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def render(prompt: Prompt, values: Mapping[str, str]) -> Question:
    """Fill a prompt. Trusted values must look like Tenon's own words; the others go behind a fence with a fresh mark.

    Raises PromptError when the values are not exactly the declared inputs or a trusted one is not plain.
    """
    if set(values) != set(prompt.inputs):
        raise PromptError(f"prompt {prompt.prompt_id!r} takes {sorted(prompt.inputs)}, got {sorted(values)}")
    mark = secrets.token_hex(8)
    shown = {name: _shown(name, prompt.inputs[name], value, mark) for name, value in values.items()}
    user = _PLACEHOLDER.sub(lambda match: shown[match[1]], prompt.question)
    filled = tuple(shown.values())
    return Question(prompt.prompt_id, prompt.version, prompt.output, prompt.max_tokens, prompt.system, user, filled)


def _shown(name: str, trust: Trust, value: str, mark: str) -> str:
    if trust is Trust.UNTRUSTED:
        # The mark is new for each question, so text inside cannot close the fence.
        return f"<<untrusted-{mark}\n{visible(value, UNTRUSTED_LIMIT)}\nuntrusted-{mark}>>"
    if not _TRUSTED_VALUE.fullmatch(value):
        raise PromptError(f"input {name!r} is declared trusted, but its value is not plain words")
    return value


def _split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    import yaml

    opening, _, rest = text.partition("---\n")
    front, closing, body = rest.partition("\n---\n")
    if opening or not closing:
        raise PromptError("a prompt starts with front matter between two lines '---'")
    try:
        meta = yaml.safe_load(front)
    except yaml.YAMLError as error:
        raise PromptError("the front matter of a prompt is not YAML") from error
    if not isinstance(meta, dict) or set(meta) != _KEYS:
        raise PromptError(f"the front matter of a prompt has exactly the keys {sorted(_KEYS)}")
    return meta, body


def _inputs(declared: object) -> dict[str, Trust]:
    if not isinstance(declared, dict):
        raise PromptError("'inputs' maps each name to trusted or untrusted")
    try:
        return {str(name): Trust(trust) for name, trust in declared.items()}
    except ValueError as error:
        raise PromptError("an input is either trusted or untrusted") from error


def _check_placeholders(inputs: Mapping[str, Trust], system: str, question: str) -> None:
    if "{{" in system:
        raise PromptError("a placeholder stands above '## Question': values never enter the instructions")
    used = set(_PLACEHOLDER.findall(question))
    if used != set(inputs):
        raise PromptError(f"declared inputs {sorted(inputs)} are not the placeholders {sorted(used)}")


def _positive(meta: Mapping[str, Any], key: str) -> int:
    value = meta[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise PromptError(f"'{key}' of a prompt is a whole number of at least 1")
    return value
