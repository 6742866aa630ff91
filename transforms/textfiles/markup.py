"""Names with values in programs for browsers and in XML: `const API_KEY = "..."`, `<password>...</password>`.

Such files are full of words about passwords that people read, and of keys that every visitor is given on purpose. So
only what a machine made counts, or a password as people choose them; never a key that is public by design.
"""

import re
from collections.abc import Iterator

from transforms.secrets import Issuer, kind
from transforms.secrets.files import FileRole
from transforms.secrets.judgement import MEDIUM, Judgement, is_aside
from transforms.secrets.names import NameReading
from transforms.secrets.values import Shape, ordinary, shape_of
from transforms.secrets.vocabulary import words
from transforms.textfiles.pairs import Pair

SCRIPTS = words(".js .jsx .ts .tsx .mjs .cjs .vue .svelte .astro .html .htm")
MARKUP = words(".xml .config .plist .props")
LONGEST_PAGE = 20_000  # characters of a line: a whole page may stand in one, and what is longer is a bundle

_ASSIGNED = re.compile(
    r"(?<![\w$-])(?P<name>[A-Za-z_$][\w$-]{1,78})[\"'\]]{0,2}\s{0,9}(?::\s{0,9}[Ss]tring\s{0,9})?(?:=(?!=)|:)\s{0,9}"
    r"(?P<quote>[\"'`])(?P<value>[^\"'`\n]{6,600})(?P=quote)"
)
_FALLBACK = re.compile(
    r"\benv\.(?P<name>[A-Za-z_]\w{1,78})\s{0,9}(?:\|\||\?\?)\s{0,9}(?P<quote>[\"'`])(?P<value>[^\"'`\n]{6,600})(?P=quote)"
)
_HEADER = re.compile(
    r"\b[Aa]uthorization[\"'\]]{0,2}\s{0,9}[:=,]\s{0,9}[\"'`](?:Bearer|Token|Basic) (?P<value>[\w.~+/=-]{16,600})"
)
_ELEMENT = re.compile(r"<(?:\w+:)?(?P<name>[A-Za-z][\w.-]{1,60})>\s{0,20}(?P<value>[^<>\s]{3,400})\s{0,20}</")
_NAMED_ELEMENT = re.compile(
    r"<\w[\w:.-]{0,40}\s[^<>]{0,80}?\b(?:name|key|id)=[\"'](?P<name>[\w.-]{2,60})[\"'][^<>]{0,80}>\s{0,20}(?P<value>[^<>\s]{3,400})\s{0,20}</"
)
_VALUE = re.compile(
    r"\b(?:name|key|id)=[\"'](?P<name>[\w.:-]{2,60})[\"'][^<>]{0,120}?\b(?:value|content)=[\"'](?P<value>[^\"'<>\s]{3,400})[\"']"
)
_ATTRIBUTE = re.compile(r"(?<![\w.:-])(?P<name>[A-Za-z][\w.-]{1,60})=[\"'](?P<value>[^\"'<>\s]{3,400})[\"']")
_TEXT = re.compile(r"^\s*<string>(?P<value>[^<>\s]{3,400})</string>\s*$")  # of a property list, below its key

# what every visitor of a page is given: keys that only say whose page it is
_PUBLIC_NAME = re.compile(
    r"public|publish|anon|site_?key|maps?(?![a-z])|firebase|analytics|gtag|captcha|mapbox|posthog|segment|write_?key|"
    r"amplitude|mixpanel|sentry|pusher|clarity|hotjar|intercom|algolia|search|measurement|tracking|adsense|client_?token|"
    r"client_?side|storage|local|session_?key|cookie|csrf|xsrf|event|theme|cache|query|route",
    re.IGNORECASE,
)
_PUBLIC_VALUE = re.compile(r"pk_|pk\.|phc_|sb_publishable_|AIza|eyJ|G-|UA-|GTM-|6L[\w-]{38}$|pub[0-9a-f]{32}$|https?:")
_CHOSEN = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[^\s/\\]{6,64}")


def script_pairs(line: str) -> Iterator[Pair]:
    """Every name with its value in a line of JavaScript, TypeScript or HTML."""
    for pattern in (_ASSIGNED, _FALLBACK):
        yield from (_pair(match) for match in pattern.finditer(line))
    if match := _HEADER.search(line):
        yield Pair("auth_token", match["value"], match.start("value"))
    if "<" in line:
        yield from (_pair(match) for match in _VALUE.finditer(line))


def markup_pairs(line: str, entry: str) -> Iterator[Pair]:
    """Every name with its value in a line of XML; `entry` is the key that the line before named."""
    if entry and (match := _TEXT.match(line)):
        yield Pair(entry, match["value"], match.start("value"))
    for pattern in (_ELEMENT, _NAMED_ELEMENT, _VALUE, _ATTRIBUTE):
        yield from (_pair(match) for match in pattern.finditer(line))


def judge_markup(reading: NameReading, pair: Pair, file: FileRole) -> Judgement | None:
    """What such a pair is; None: no secret, or one that everybody may know."""
    if not reading.strong or _PUBLIC_NAME.search(pair.name) or _PUBLIC_VALUE.match(pair.value):
        return None
    shape, own = shape_of(pair.value), kind(reading.kind).issuer is Issuer.SELF
    chosen = own and shape is Shape.MIXED and _CHOSEN.fullmatch(pair.value) is not None and not ordinary(pair.value)
    if shape is not Shape.RANDOM and not (chosen and file is not FileRole.DOCS):
        return None
    return Judgement(reading.kind, MEDIUM, test_only=is_aside(file))


def _pair(match: re.Match[str]) -> Pair:
    return Pair(match["name"], match["value"], match.start("value"))
