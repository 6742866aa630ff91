"""LaunchDarkly: SDK keys begin with `sdk-`, access tokens with `api-`, each with a UUID.

Keys: https://launchdarkly.com/docs/home/account/environment/keys
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="launchdarkly-key",
        title="LaunchDarkly key",
        pattern=r"(?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        names=("launchdarkly", "ld sdk"),
        marks=("sdk-", "api-"),
        secret_name="LAUNCHDARKLY_SDK_KEY",
        rotate_url="https://app.launchdarkly.com/settings/authorization",
        revoke="Reset the key.",
        generate=shaped("sd", "k-", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("ldclient.config.Config", "sdk_key", 0),),
    ),
)
