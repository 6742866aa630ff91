"""Okta: API tokens are `00` and 40 characters, in a file that speaks of Okta.

Keys: https://developer.okta.com/docs/guides/create-an-api-token/main/
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="okta-token",
        title="Okta API token",
        pattern=r"00[0-9A-Za-z_-]{40}(?![0-9A-Za-z_-])",
        names=("okta",),
        marks=("okta", "OKTA", "Okta", "SSWS"),
        secret_name="OKTA_API_TOKEN",
        rotate_url=None,
        revoke="Revoke the token under Security, API, Tokens.",
        generate=shaped("0", "0", (BASE64URL, 39), "q"),
        calls=(Call("okta.client.Client", "config"),),
        harm=Harm.TAKE_OVER,
    ),
)
