"""GitHub: personal, OAuth and app tokens. The classic ones end in a checksum, which tells them from a mention.

Keys: https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
Checksum: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
"""

from random import Random

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, checksum, shaped, text

_ROTATE = "https://github.com/settings/tokens"


def _is_whole(token: str) -> bool:
    return checksum(token[4:34]) == token[34:]


def _classic(rng: Random) -> str:
    body = text(rng, ALPHANUMERIC, 30)
    return f"gh{'p'}_{body}{checksum(body)}"


KINDS = (
    SecretKind(
        id="github-token",
        title="GitHub token",
        pattern=r"gh[pousr]_[0-9A-Za-z]{36}\b",
        names=("github", "gh"),
        marks=("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        secret_name="GITHUB_TOKEN",
        rotate_url=_ROTATE,
        revoke="Delete the token in the developer settings of its owner.",
        generate=_classic,
        check=_is_whole,
        calls=(Call("github.Github", "login_or_token", 0), Call("github.Auth.Token", "token", 0)),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="github-fine-grained-token",
        title="GitHub fine-grained token",
        pattern=r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}\b",
        names=(),
        marks=("github_pat_",),
        secret_name="GITHUB_TOKEN",
        rotate_url=_ROTATE,
        revoke="Delete the token in the developer settings of its owner.",
        generate=shaped("github", "_pat_", (ALPHANUMERIC, 22), "_", (ALPHANUMERIC, 59)),
        harm=Harm.TAKE_OVER,
    ),
)
