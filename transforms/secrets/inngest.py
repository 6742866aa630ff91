"""Inngest: signing keys begin with `signkey-`.

Keys: https://www.inngest.com/docs/reference/python/overview/env-vars
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="inngest-signing-key",
        title="Inngest signing key",
        pattern=r"signkey-(?:prod|test|branch)-[0-9a-f]{32,64}\b",
        names=("inngest",),
        marks=("signkey-",),
        secret_name="INNGEST_SIGNING_KEY",
        rotate_url="https://app.inngest.com/env/production/manage/signing-key",
        revoke="Rotate the signing key of the environment.",
        generate=shaped("sign", "key-prod-", (HEX, 64)),
        calls=(Call("inngest.Inngest", "signing_key"),),
        harm=Harm.TAKE_OVER,
    ),
)
