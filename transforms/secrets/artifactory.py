"""JFrog Artifactory: API keys begin with `AKCp`, reference tokens with `cmVmdGtuOjAx`.

Keys: https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="artifactory-key",
        title="Artifactory key",
        pattern=r"(?:AKCp[0-9A-Za-z]{69}|cmVmdGtuOjAx[0-9A-Za-z]{52})\b",
        names=("artifactory", "jfrog"),
        marks=("AKCp", "cmVmdGtuOjAx"),
        secret_name="ARTIFACTORY_API_KEY",
        rotate_url=None,
        revoke="Revoke the key in the user's profile.",
        generate=shaped("AK", "Cp8", (ALPHANUMERIC, 68)),
        harm=Harm.TAKE_OVER,
    ),
)
