"""Bird (MessageBird): access keys of 25 characters; name and call tell.

Keys: https://developers.messagebird.com/api/#authentication
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="messagebird-key",
        title="MessageBird access key",
        pattern=None,
        names=("messagebird",),
        secret_name="MESSAGEBIRD_ACCESS_KEY",
        rotate_url="https://docs.bird.com/applications/general/organization-settings/access-keys",
        revoke="Delete the key.",
        generate=shaped((ALPHANUMERIC, 25)),
        calls=(Call("messagebird.Client", "access_key", 0),),
    ),
)
