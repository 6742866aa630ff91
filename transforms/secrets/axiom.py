"""Axiom: API tokens begin with `xaat-`, personal ones with `xapt-`.

Keys: https://axiom.co/docs/reference/tokens
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="axiom-token",
        title="Axiom token",
        pattern=r"xa[ap]t-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        names=("axiom",),
        marks=("xaat-", "xapt-"),
        secret_name="AXIOM_TOKEN",
        rotate_url="https://app.axiom.co/settings/api-tokens",
        revoke="Delete the token.",
        generate=shaped("xa", "at-", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("axiom_py.Client", "token", 0),),
    ),
)
