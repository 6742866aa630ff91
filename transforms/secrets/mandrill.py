"""Mailchimp Transactional (Mandrill): API keys begin with `md-`.

Keys: https://mailchimp.com/developer/transactional/guides/quick-start/
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mandrill-key",
        title="Mandrill API key",
        pattern=r"md-[0-9A-Za-z_-]{22}(?![0-9A-Za-z_-])",
        names=("mandrill",),
        marks=("md-",),
        secret_name="MANDRILL_API_KEY",
        rotate_url="https://mandrillapp.com/settings",
        revoke="Delete the key.",
        generate=shaped("m", "d-", (BASE64URL, 21), "q"),
        calls=(Call("mailchimp_transactional.Client", "api_key", 0),),
    ),
)
