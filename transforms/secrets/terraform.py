"""HCP Terraform: tokens hold `.atlasv1.` after 14 characters.

Keys: https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="terraform-token",
        title="HCP Terraform token",
        pattern=r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_-]{60,70}(?![0-9A-Za-z_-])",
        names=("tfe", "atlas token", "terraform"),
        marks=(".atlasv1.",),
        secret_name="TFE_TOKEN",
        rotate_url="https://app.terraform.io/app/settings/tokens",
        revoke="Delete the token.",
        generate=shaped((ALPHANUMERIC, 14), ".atlasv1.", (ALPHANUMERIC, 67)),
        harm=Harm.TAKE_OVER,
    ),
)
