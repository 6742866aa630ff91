"""Meta (Facebook, Instagram, WhatsApp): access tokens begin with `EAA`.

Keys: https://developers.facebook.com/docs/facebook-login/guides/access-tokens/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="meta-token",
        title="Meta access token",
        pattern=r"EAA[0-9A-Za-z]{90,260}\b",
        names=("whatsapp", "facebook", "instagram", "fb page", "meta access", "meta app", "wa access"),
        marks=("EAA",),
        secret_name="META_ACCESS_TOKEN",
        rotate_url="https://developers.facebook.com/apps",
        revoke="Reset the app secret, or remove the system user's token.",
        generate=shaped("E", "AA", (ALPHANUMERIC, 110)),
        calls=(Call("facebook.GraphAPI", "access_token", 0), Call("pywa.WhatsApp", "token")),
    ),
)
