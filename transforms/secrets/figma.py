"""Figma: personal access tokens begin with `figd_` or `figp_`.

Keys: https://developers.figma.com/docs/rest-api/authentication/
"""

from transforms.secrets.kinds import BASE64URL, SecretKind, shaped

KINDS = (
    SecretKind(
        id="figma-token",
        title="Figma token",
        pattern=r"(?:figd_[0-9A-Za-z_-]{38,42}|figp_[0-9A-Za-z_=-]{40,54})(?![0-9A-Za-z_=-])",
        names=("figma",),
        marks=("figd_", "figp_"),
        secret_name="FIGMA_TOKEN",
        rotate_url="https://www.figma.com/settings",
        revoke="Revoke the token.",
        generate=shaped("fi", "gd_", (BASE64URL, 39), "q"),
    ),
)
