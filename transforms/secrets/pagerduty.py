"""PagerDuty: API keys begin with `u+`, older ones have 20 characters; name and call tell.

Keys: https://support.pagerduty.com/main/docs/api-access-keys
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="pagerduty-key",
        title="PagerDuty API key",
        pattern=None,
        names=("pagerduty", "pd api"),
        secret_name="PAGERDUTY_API_KEY",
        rotate_url="https://app.pagerduty.com/api_keys",
        revoke="Delete the key.",
        generate=shaped("u+", (ALPHANUMERIC, 18)),
        calls=(Call("pagerduty.RestApiV2Client", "api_key", 0), Call("pdpyras.APISession", "api_key", 0)),
    ),
)
