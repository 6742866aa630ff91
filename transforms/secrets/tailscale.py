"""Tailscale: keys begin with `tskey-` and the kind of key.

Keys: https://tailscale.com/kb/1215/oauth-clients
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="tailscale-key",
        title="Tailscale key",
        pattern=r"tskey-[a-z]{3,9}-[0-9A-Za-z]{8,24}-[0-9A-Za-z]{20,40}\b",
        names=("tailscale",),
        marks=("tskey-",),
        secret_name="TAILSCALE_AUTHKEY",
        rotate_url="https://login.tailscale.com/admin/settings/keys",
        revoke="Revoke the key.",
        generate=shaped("tskey", "-auth-", (ALPHANUMERIC, 12), "CNTRL-", (ALPHANUMERIC, 32)),
        harm=Harm.TAKE_OVER,
    ),
)
