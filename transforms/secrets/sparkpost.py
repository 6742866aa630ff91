"""SparkPost: API keys are 40 hexadecimal digits; name and call tell.

Keys: https://developers.sparkpost.com/api/#header-authentication
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="sparkpost-key",
        title="SparkPost API key",
        pattern=None,
        names=("sparkpost",),
        secret_name="SPARKPOST_API_KEY",
        rotate_url="https://app.sparkpost.com/account/api-keys",
        revoke="Delete the key.",
        generate=shaped((HEX, 40)),
        calls=(Call("sparkpost.SparkPost", "api_key", 0),),
    ),
)
