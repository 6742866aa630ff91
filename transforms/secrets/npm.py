"""npm: access tokens begin with `npm_` and end in the checksum that GitHub's have, too.

Keys: https://docs.npmjs.com/about-access-tokens
Checksum: https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
"""

from random import Random

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, checksum, text


def _is_whole(token: str) -> bool:
    return checksum(token[4:34]) == token[34:]


def _token(rng: Random) -> str:
    body = text(rng, ALPHANUMERIC, 30)
    return f"np{'m'}_{body}{checksum(body)}"


KINDS = (
    SecretKind(
        id="npm-token",
        title="npm access token",
        pattern=r"npm_[0-9A-Za-z]{36}\b",
        names=("npm",),
        marks=("npm_",),
        secret_name="NPM_TOKEN",
        rotate_url="https://www.npmjs.com/settings/~/tokens",
        revoke="Delete the token in the settings.",
        generate=_token,
        harm=Harm.TAKE_OVER,
        check=_is_whole,
    ),
)
