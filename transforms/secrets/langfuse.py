"""Langfuse: secret keys begin with `sk-lf-`; those with `pk-lf-` are public.

Keys: https://langfuse.com/docs/observability/get-started
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="langfuse-key",
        title="Langfuse secret key",
        pattern=r"sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        names=("langfuse",),
        marks=("sk-lf-",),
        secret_name="LANGFUSE_SECRET_KEY",
        rotate_url="https://cloud.langfuse.com",
        revoke="Delete the pair of keys in the settings of the project.",
        generate=shaped("sk-", "lf-", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("langfuse.Langfuse", "secret_key"), Call("langfuse.callback.CallbackHandler", "secret_key")),
    ),
)
