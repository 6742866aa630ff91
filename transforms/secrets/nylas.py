"""Nylas: API keys begin with `nyk_v0_`.

Keys: https://developer.nylas.com/docs/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="nylas-key",
        title="Nylas API key",
        pattern=r"nyk_v0_[0-9A-Za-z]{60,68}\b",
        names=("nylas",),
        marks=("nyk_v0_",),
        secret_name="NYLAS_API_KEY",
        rotate_url="https://dashboard-v3.nylas.com",
        revoke="Delete the key in the dashboard.",
        generate=shaped("nyk", "_v0_", (ALPHANUMERIC, 64)),
        calls=(Call("nylas.Client", "api_key", 0),),
    ),
)
