"""Contentful: management tokens begin with `CFPAT-`.

Keys: https://www.contentful.com/developers/docs/references/authentication/
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="contentful-token",
        title="Contentful management token",
        pattern=r"CFPAT-[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])",
        names=("contentful",),
        marks=("CFPAT-",),
        secret_name="CONTENTFUL_MANAGEMENT_TOKEN",
        rotate_url="https://app.contentful.com/account/profile/cma_tokens",
        revoke="Revoke the token.",
        generate=shaped("CFP", "AT-", (BASE64URL, 42), "q"),
        calls=(Call("contentful_management.Client", "access_token", 0), Call("contentful.Client", "access_token", 1)),
    ),
)
