"""Linode (Akamai): access tokens are 64 hexadecimal digits; name and call tell.

Keys: https://techdocs.akamai.com/linode-api/reference/get-started
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="linode-token",
        title="Linode token",
        pattern=None,
        names=("linode",),
        secret_name="LINODE_TOKEN",
        rotate_url="https://cloud.linode.com/profile/tokens",
        revoke="Revoke the token.",
        generate=shaped((HEX, 64)),
        calls=(Call("linode_api4.LinodeClient", "token", 0),),
        harm=Harm.TAKE_OVER,
    ),
)
