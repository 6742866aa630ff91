"""What texts look like. Whatever looks like a key or a password here is made of pieces, and of nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.secrets import kinds, sample
from transforms.secrets.values import Shape, fake, guessable, made, random_looking, shape_of

MADE = [kind.id for kind in kinds() if kind.id.endswith(("-key", "-token", "-secret")) and kind.pattern is None]
SHAPES = {
    Shape.NOTHING: [
        "",
        " ",
        "x",
        "none",
        "bearer",
        "HS256",
        "${DB_PASSWORD}",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
        "{{ secret }}",
        "%(pw)s",
        "{password}",
        "********",
        "xxx",
        "ollama",
        "not-needed",
        "$PASSWORD",
        "string",
        "user:***",
    ],
    Shape.TEXT: [
        "Enter password: ",
        "/run/secrets/key",
        "https://x.io/token",
        "sqlite:///a.db",
        "a@b.io",
        "secret.json",
        "django.contrib.auth.X",
        "X-API-Key",
        "Authorization",
        "OPENAI_API_KEY",
        "Password",
        "密码",
        "^[a-z]+$",
        "arn:aws:x",
        "io.some.protocol/subscriptionId",
        "application/json",
        "-----BEGIN PUBLIC KEY-----",
        "two\nlines",
        "answer.data?.client_secret",
        "#password-field",
        "#c0ffee",
    ],
    Shape.NAME: [
        "access_token",
        "api-key",
        "reset_password",
        "shop_password",
        "token_obtain_pair",
        "secret",
        "password",
    ],
    Shape.PLACEHOLDER: [
        "your-api-key",
        "YOUR_API_KEY",
        "<your key>",
        "change-me",
        "changeme123",
        "sk-...",
        "$2b$12$...",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
        "insert_key",
        "replace-this",
        "my-secret-key",
        "some-random-key",
        "put-your-key-here",
        "example-password",
        "a1" + "b2c3d4e5f6g7h8",
        "cs_live_" + "8a7b6c5d4e3f2g1h",
        "abcd efgh " + "ijkl mnop",
        "H0ycCFem" + "mC4wyf1...qoIpBo",
        "AIzaSy___" + "IDByT70",
        "eyJhbGciOiJub25lIn0." + "eyJ1c2VyIjoiYSJ9.signature",
    ],
    Shape.WEAK: ["postgres", "root", "dev-secret", "dev-secret-key", "fallback-secret", "admin", "123456", "letmein"],
    Shape.WORD: ["adb", "adminpass", "correcthorse"],
    Shape.MIXED: [
        "hunter" + "22",
        "Sup3r" + "cat",
        "pass" + "word123",
        "898300" + "1441",
        "a!b@c#",
        "#Engine" + "7",
        "yOoi" + "ODNuXIYb",
    ],
    Shape.RANDOM: ["kdhw mxpo qnbv trfs", "zk8Qw1" + "Lm4xVt7" + "b2Ng9", "9f8e7d6c" * 4],
    Shape.HASH: ["$2b$12$" + "abcdefghijklmnopqrstuv", "pbkdf2_sha256$600000$salt$hash=", "$argon2id$v=19$m=1$x$y"],
}


@pytest.mark.parametrize(("shape", "text"), [(shape, text) for shape, texts in SHAPES.items() for text in texts])
def test_a_text_has_its_shape(shape: Shape, text: str) -> None:
    assert shape_of(text) is shape


@pytest.mark.parametrize("kind", MADE)
def test_what_a_machine_made_looks_random(kind: str) -> None:
    shapes = [shape_of(sample(kind, seed)) for seed in range(40)]
    assert set(shapes) <= {Shape.RANDOM, Shape.MIXED}
    assert shapes.count(Shape.RANDOM) >= 36  # now and then chance puts letters beside letters


@pytest.mark.parametrize("made", ["0f3a9c", "1e2d3c4b", "a7"])
def test_hexadecimal_digits_and_uuids_are_made_by_machines(made: str) -> None:
    digits = (made * 32)[:31] + "7"
    uuid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    assert random_looking(digits) == random_looking(uuid) == (len(set(digits)) >= 8)


@given(st.text(max_size=5_000))
def test_every_text_has_a_shape(text: str) -> None:
    assert shape_of(text) in Shape


@pytest.mark.parametrize(
    "words",
    [
        "correct-horse-battery-staple",
        "super_secret_jwt_key_2024",
        "thisisalongpassphrase",
        "S3ContentLocationDescription",
        "GlueDataCatalogConfiguration",
    ],
)
def test_words_are_not_random_however_long(words: str) -> None:
    assert not random_looking(words)


@pytest.mark.parametrize(
    "invented",
    [
        "sk_live_" + "x" * 24,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk-" + "1234567890abcdef" * 3,
        "ghp_" + "a" * 36,
        "your-key-here",
        "sk_live_" + "a1b2c3d4e5f6g7h8",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3" + "ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    ],
)
def test_an_invented_key_is_a_fake(invented: str) -> None:
    assert fake(invented)


def test_a_short_password_may_be_made_by_a_machine_too() -> None:
    assert made("npg_" + "Xh7Tv2gf9EQ5")
    assert not any(map(made, ("Summer2024" + "abc", "abc123xyz", "correcthorse", "AbC123" + "XyZ")))


def test_a_phrase_may_be_the_first_that_anybody_tries() -> None:
    assert guessable("a secret key")
    assert guessable("some string")
    assert not guessable("hard to guess string")


@pytest.mark.parametrize("part", ["b", "ab_", "Ab-", "AAaa", "a1", "A_", "${A}", "xX"])
@pytest.mark.parametrize("end", ["", "==", "!", "\0"])
def test_a_long_text_is_read_once_through_whatever_it_repeats(part: str, end: str) -> None:
    """A pattern that can read a part in two ways would outlast whoever waits for it."""
    text = part * 60 + end
    assert shape_of(text) in Shape
    assert random_looking(text) in (True, False)
