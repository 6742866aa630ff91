"""What a literal's text looks like: nothing, prose, a name, a placeholder, a guessable word, a password, random.

Entropy alone decides nothing: real passwords are short and weak, and hard negatives are long. A shape says what kind of
text it is; name and role say what that means.
"""

import itertools
import re
from enum import StrEnum

from transforms.secrets.vocabulary import words

LONGEST_SECRET = 4_000


class Shape(StrEnum):
    """What kind of text a value is."""

    NOTHING = "nothing"  # empty, a template, a word for "none"
    TEXT = "text"  # prose, a path, an address, a regular expression
    NAME = "name"  # of a variable, a field, a header
    PLACEHOLDER = "placeholder"  # "put yours here"
    WEAK = "weak"  # a default that everybody knows: postgres, dev-secret
    WORD = "word"  # letters only
    MIXED = "mixed"  # as people choose passwords
    RANDOM = "random"
    HASH = "hash"  # of a password


_NOTHING = words(
    "none null nil undefined true false yes no string str text integer int bool boolean float object array bearer "
    "basic digest jwt oauth oauth2 apikey unknown missing anonymous guest empty not_set notset unset n/a na "
    "not-needed notneeded not-required no-key ollama lm-studio local-key no-key-required sk-no-key-required sk-none "
    "hidden required optional invalid wrong hs256 hs512 rs256 es256 sha256 md5 bcrypt argon2 pbkdf2 pbkdf2_sha256 "
    "utf-8 header cookie query body access refresh id_token redacted [redacted] masked filtered [filtered] disabled "
    "enabled auto"
)
_TEMPLATE = re.compile(
    r"\*{3,}|\$\{|\{\{|\$\(|%\(\w+\)s|^%s|\{[\w.!:\[\]\"']*\}|^\$\w+$|<%|^\$\{\{|^ENC\[|^vault:|^!\w|^op://|^env:"
)
_MASK = re.compile(r"^[*•xX.\-_#]{2,}$")
_INSTRUCTION = re.compile(
    r"^<[^<>]*>$|^\[[A-Za-z _-]+\]$|\.\.\.|…|[xX]{4,}|(?-i:(?<![A-Z])Your(?=[A-Z_]))|openssl[-_ ]rand|"
    r"(?<![a-z])(?:get|copy)[-_ ](?:this|it|one|yours?|from)(?![a-z])|at[-_ ]least[-_ ]\d|\d[-_ ]char"
    r"|(?<![a-z])your(?![a-z])|youre?[-_ ]|[-_]your|^your[a-z]|change[-_ ]?(?:me|this|it|in|before)|replace|insert|"
    r"(?<![a-z])(?:enter|put|paste|add|use|set|fill)[-_ ](?:a|an|the|your|in|this|here|strong|secure)|todo|fixme|dummy|"
    r"example|sample|placeholder|fake[-_]|[-_]fake|[-_ ]here$|here[-_]|goes[-_ ]here|not[-_ ]?set|tbd|whatever|foobar|"
    r"lorem|^my[-_]?(?:super[-_]?)?(?:secret|api|key|token|password|access|verify)|^(?:some|any|a)[-_](?:secret|random|long|key|"
    r"token|password)|generate[-_ ]|random[-_ ](?:string|key|secret)|min[-_ ]\d+|"
    r"(?:for|in)[-_ ]tests?[-_ ]only|not[-_ ]a[-_ ]real[-_ ]",
    re.IGNORECASE,
)
_WEAK_PARTS = words(
    "dev development develop secret secrets key keys fallback default local localhost test testing tests tester "
    "testuser testpass postgres postgresql mysql mongo mongodb redis root admin administrator user username pass "
    "password passwd pwd token super insecure unsafe django flask fastapi jwt my app demo please prod production in "
    "only not for use this change me changeme supersecret mysecret secretkey devsecret devkey ci staging temp tmp "
    "guest some string rabbitmq minio minioadmin mypassword passw0rd p4ssw0rd letmein qwerty abc abcd hello world toor "
    "oracle sa system foo bar baz asdf the is a very long signing auth session api access client db database service "
    "backend server docker compose pytest unittest unsecure unsecured"
)
_PROVISIONAL = words(
    "dev development develop fallback default local localhost test testing demo insecure unsecure unsafe staging ci "
    "tmp temp"
)
_WEAK_DIGITS = re.compile(r"(?:0*1?2?3?4?5?6?7?8?9?0?|(\d)\1*)")
_FAKE = re.compile(
    r"example|placeholder|redacted|dummy|changeme|change_me"
    r"|(?:^|[-_. ])(?:your|fake|sample|mock|insert|replace)(?:[-_. ]|$)|x{5,}|(.)\1{6,}|\*{3}|\.{3}|…"
    r"|eyJzdWIiOiIxMjM0NTY3ODkw|JBSWY3DPEHPK3PXP|0123456|1234567|abcdefg|abcdef0?12|a1b2c3|deadbeef|qwerty|[-_]here\b|testkey|notreal",
    re.IGNORECASE,
)
_HASH = re.compile(
    r"^(?:\$2[abxy]?\$\d\d\$|\$argon2|pbkdf2[_:]sha\d+(?::\d+)?\$|scrypt:[\d:]+\$|\$6\$|\$5\$|\$apr1\$|\{SSHA\})"
)
_ADDRESS = re.compile(
    r"^[A-Za-z][\w+.-]*://|^(?:/|\./|\.\./|~/|[A-Za-z]:\\)|^arn:|^[\w.+-]+@[\w-]+\.[a-z]{2,6}$|^www\.|^data:|^ssh-|"
    r"^-----BEGIN (?!.*PRIVATE)|^[a-z-]+/[a-z0-9.+-]+$|^[a-z][\w-]*(?:\.[a-z][\w-]*)+/[A-Za-z][\w./-]*$|"
    r"^[a-z][\w-]*(?:/[a-z][\w-]*)+$"
)
_PATTERN = re.compile(
    r"^\^|\$$(?<=[)\]}*+]\$)|\\[dwsb.]|\[\^?(?:a-z|A-Z|0-9)|\(\?|^<\w|</|&\w+;|^#(?:[a-z][\w-]*|[0-9A-Fa-f]{3,8})$"
    r"|^\.[a-z][\w-]+$"
)
_DOTTED = re.compile(r"^[A-Za-z_]+(?:\??\.[A-Za-z_]+)+(?:\[\w*\]|\(\))?$")
_VARIABLE = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^--?[a-z][a-z-]+$")
_HEADER = re.compile(r"^[xX]-[A-Za-z-]+$|^[A-Z][a-z]+(?:-[A-Z][A-Za-z]+)+$|^(?:Authorization|Bearer|Token|Basic)$")
_LABEL = re.compile(r"^[A-Z][a-z]+$")  # "Password", "Passwort": what a form says
_APP_PASSWORD = re.compile(r"^[a-z]{4}(?: [a-z]{4}){3}$")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORD = words(
    "password passwd pwd pass secret token key keys credential credentials auth api access passphrase pw otp code"
)
_DOCUMENTED = re.compile(
    r"[0-9A-Za-z/+]EXAMPLE(?![a-z])|EXAMPLE[0-9A-Za-z/+]|1a2b3c4d"
)  # in the vendors' own documentation
# No word of these is ever read in a second way (`++`, `(?>`): a long text of them would take a time without end.
_CAMEL_CASE = re.compile(r"(?:[A-Z]{0,3}\d?[A-Z]?[a-z]{2,}+)++[A-Z]?")
_SPOKEN = r"(?>(?=[A-Za-z]?[a-z]*[aeiouyAEIOUY])[A-Z]?[a-z]+|[a-z]{1,2}|[A-Z]{2,8}|\d{1,4})"  # a word has a vowel
_SPELLED = re.compile(rf"{_SPOKEN}(?:[-_.]{_SPOKEN})*")  # Words_Of_A_NAME
_OF_A_CHAIN = re.compile(r"0x[0-9a-fA-F]{40}")  # the address of an account or contract: everybody may know it
_CROSSED_OUT = re.compile(r"[xX]{6,}")
_BASE_64 = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z+/]{36,}={0,2}")
_DIGITS_OF_16 = re.compile(r"(?=.*\d)(?=.*[a-f])(?:[0-9a-f]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.I)
_RUN = re.compile(r"[a-z]+|[A-Z]+|\d+")
_CUT_OUT = re.compile(r"[\w-]\.{3}[\w-]|^(?=\w{6,24}$)\w+_{3}\w+$")  # the middle of a key was taken out
_CUT_TOKEN = re.compile(r"^eyJ[\w-]+\.[\w-]+\.[\w-]{0,19}$")  # a signed token with a word for its signature
_IN_ORDER = 6  # letters that follow each other as in the alphabet: no generator makes them


def shape_of(value: str) -> Shape:
    """The shape of a value."""
    text = value.strip()
    lower = text.lower()
    if len(text) < 2 or lower in _NOTHING or _TEMPLATE.search(text) or _MASK.match(text) or _DOCUMENTED.search(text):
        return Shape.NOTHING
    if len(text) > LONGEST_SECRET or "\n" in text or not text.isprintable():
        return Shape.TEXT
    if text.endswith(("...", "…")):
        return Shape.PLACEHOLDER  # only the beginning of one
    if _HASH.match(text):
        return Shape.HASH
    if _CUT_OUT.search(text) or _CUT_TOKEN.match(text) or _counted_out(text):
        return Shape.PLACEHOLDER  # no more than a part of one, or what stands for one
    if _APP_PASSWORD.match(text) or (_BASE_64.fullmatch(text) and random_looking(text)):
        return Shape.RANDOM
    if any(map(str.isspace, text)) or not text.isascii() or _ADDRESS.search(text) or _PATTERN.search(text):
        return (
            Shape.PLACEHOLDER
            if _is_instruction(text) and len(text) < 60 and (" " not in text or text[0] == "<")
            else Shape.TEXT
        )
    if _is_instruction(text):
        return Shape.PLACEHOLDER
    return _single_word(text)


def fake(key: str) -> bool:
    """Whether something with the shape of a vendor's key is an invented one: words or runs that no generator makes."""
    return _FAKE.search(key) is not None or len(set(key)) < min(8, len(key) // 2) or _counted_out(key)


def made(text: str) -> bool:
    """Whether a machine made a password that is too short for `random_looking`: its characters change all the time."""
    plain = re.sub(r"[^0-9A-Za-z]", "", text)
    mixed = all(re.search(each, plain) for each in ("[a-z]", "[A-Z]", r"\d"))
    return len(plain) >= 12 and mixed and len(_RUN.findall(plain)) >= len(plain) / 2 and not _counted_out(text)


def provisional(text: str) -> bool:
    """Whether a default says of itself that it is for development: `dev-key-1`, `test-secret-2024`."""
    return ordinary(text) and bool(_PROVISIONAL & {part.lower() for part in _PART.findall(text)})


def ordinary(text: str) -> bool:
    """Whether a text is made of the words alone that everybody would try, with a few digits: `pass1234`."""
    letters = [part.lower() for part in _PART.findall(text)]
    return len(re.sub(r"[^0-9]", "", text)) <= 4 and all(part in _WEAK_PARTS for part in letters)


def guessable(phrase: str) -> bool:
    """Whether a phrase is made of the words alone that everybody would try: `a secret key`."""
    return _is_weak([part.lower() for part in _PART.findall(phrase)], re.sub(r"[^0-9]", "", phrase))


def random_looking(text: str) -> bool:
    """Whether a machine made this: long, and its letters and digits change places too often for words."""
    plain = re.sub(r"[^0-9A-Za-z]", "", text)
    if len(plain) < 16:
        return False
    if _DIGITS_OF_16.fullmatch(text):
        return len(set(plain)) >= 8
    if _CAMEL_CASE.fullmatch(text) or _SPELLED.fullmatch(text):
        return False
    runs = len(_RUN.findall(plain))
    if runs >= len(plain) / 4 and len(set(plain)) >= 8:
        return True
    return plain.isalpha() and re.search(r"[^aeiouyAEIOUY]{7}", plain) is not None


def _counted_out(text: str) -> bool:
    """Letters in the order of the alphabet, whatever stands between them: `a1b2c3d4e5f6`, `abc123def456`."""
    letters = [ord(letter) for letter in text.lower() if "a" <= letter <= "z"]
    counted, run = 0, 1
    for one, two in itertools.pairwise(letters):
        run = run + 1 if two == one + 1 else 1
        counted += _IN_ORDER if run == _IN_ORDER else run > _IN_ORDER
    return counted * 3 > len(letters)  # among 64 hexadecimal digits there may be six in order by chance


def _is_instruction(text: str) -> bool:
    made = len(text) >= 24 and random_looking(text) and _CROSSED_OUT.search(text) is None
    return _INSTRUCTION.search(text) is not None and not made


def _single_word(text: str) -> Shape:
    if _VARIABLE.match(text) or _HEADER.match(text) or _LABEL.match(text) or _OF_A_CHAIN.fullmatch(text):
        return Shape.TEXT
    if _DOTTED.match(text) and not random_looking(text):
        return Shape.TEXT
    if random_looking(text):
        return Shape.RANDOM
    letters = [part.lower() for part in _PART.findall(text)]
    digits = re.sub(r"[^0-9]", "", text)
    if _is_weak(letters, digits):
        return Shape.NAME if _is_field_name(text, letters, digits) else Shape.WEAK
    if not digits and re.fullmatch(r"[A-Za-z_-]+", text):
        if text.isalpha() and not text.islower() and len(letters) * 2.5 > len(text) >= 8:
            return Shape.MIXED  # capitals anywhere: no word, and no two of them
        return Shape.NAME if _SECRET_WORD & set(letters) and len(letters) > 1 else Shape.WORD
    if re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+", text) and _SECRET_WORD & set(letters):
        return Shape.NAME
    return Shape.MIXED


def _is_weak(letters: list[str], digits: str) -> bool:
    if digits and len(digits) > 4 and not letters:
        return _WEAK_DIGITS.fullmatch(digits) is not None
    return not digits and bool(letters) and all(part in _WEAK_PARTS for part in letters)


def _is_field_name(text: str, letters: list[str], digits: str) -> bool:
    """`access_token`, `api-key`, `password`: made of words for secrets alone, as names of fields are."""
    return not digits and all(part in _SECRET_WORD for part in letters) and re.fullmatch(r"[\w-]+", text) is not None
