"""Docker Hub: access tokens begin with `dckr_pat_` or `dckr_oat_`.

Keys: https://docs.docker.com/security/access-tokens/
"""

from transforms.secrets.kinds import BASE64URL, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="dockerhub-token",
        title="Docker Hub token",
        pattern=r"dckr_[po]at_[0-9A-Za-z_-]{27,32}(?![0-9A-Za-z_-])",
        names=("dockerhub", "docker hub"),
        marks=("dckr_pat_", "dckr_oat_"),
        secret_name="DOCKERHUB_TOKEN",
        rotate_url="https://app.docker.com/settings/personal-access-tokens",
        revoke="Delete the token.",
        generate=shaped("dckr", "_pat_", (BASE64URL, 26), "q"),
        harm=Harm.TAKE_OVER,
    ),
)
