"""Pulumi Cloud: access tokens are `pul-` and 40 hexadecimal digits.

Keys: https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/
"""

from transforms.secrets.kinds import HEX, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="pulumi-token",
        title="Pulumi access token",
        pattern=r"pul-[0-9a-f]{40}\b",
        names=("pulumi",),
        marks=("pul-",),
        secret_name="PULUMI_ACCESS_TOKEN",
        rotate_url="https://app.pulumi.com/account/tokens",
        revoke="Delete the token.",
        generate=shaped("pu", "l-", (HEX, 40)),
        harm=Harm.TAKE_OVER,
    ),
)
