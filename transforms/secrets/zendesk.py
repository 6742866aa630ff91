"""Zendesk: API tokens of 40 characters; name and call tell.

Keys: https://support.zendesk.com/hc/en-us/articles/4408889192858
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="zendesk-token",
        title="Zendesk API token",
        pattern=None,
        names=("zendesk",),
        secret_name="ZENDESK_API_TOKEN",
        rotate_url=None,
        revoke="Delete the token in the admin centre.",
        generate=shaped((ALPHANUMERIC, 40)),
        calls=(Call("zenpy.Zenpy", "token"),),
    ),
)
