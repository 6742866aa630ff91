"""Datadog: API keys are 32 hexadecimal digits, application keys 40; name and call tell.

Keys: https://docs.datadoghq.com/account_management/api-app-keys/
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="datadog-key",
        title="Datadog key",
        pattern=None,
        names=("datadog", "dd"),
        secret_name="DD_API_KEY",
        rotate_url="https://app.datadoghq.com/organization-settings/api-keys",
        revoke="Revoke the key.",
        generate=shaped((HEX, 32)),
        calls=(Call("datadog.initialize", "api_key"), Call("datadog.initialize", "app_key")),
    ),
)
