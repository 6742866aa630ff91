"""Hetzner Cloud: tokens of 64 letters and digits; name and call tell.

Keys: https://docs.hetzner.cloud/reference/cloud#getting-started
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="hetzner-token",
        title="Hetzner Cloud token",
        pattern=None,
        names=("hetzner", "hcloud"),
        secret_name="HCLOUD_TOKEN",
        rotate_url="https://console.hetzner.cloud",
        revoke="Delete the token of the project.",
        generate=shaped((ALPHANUMERIC, 64)),
        calls=(Call("hcloud.Client", "token", 0),),
        harm=Harm.TAKE_OVER,
    ),
)
