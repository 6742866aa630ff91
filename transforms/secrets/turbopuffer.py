"""turbopuffer: API keys begin with `tpuf_`.

Keys: https://turbopuffer.com/docs/quickstart
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="turbopuffer-key",
        title="turbopuffer API key",
        pattern=r"tpuf_[0-9A-Za-z_-]{24,64}(?![0-9A-Za-z_-])",
        names=("turbopuffer", "tpuf"),
        marks=("tpuf_",),
        secret_name="TURBOPUFFER_API_KEY",
        rotate_url="https://turbopuffer.com/dashboard",
        revoke="Expire the key in the dashboard.",
        generate=shaped("tp", "uf_", (ALPHANUMERIC, 32)),
        calls=(Call("turbopuffer.Turbopuffer", "api_key"), Call("turbopuffer.AsyncTurbopuffer", "api_key")),
    ),
)
