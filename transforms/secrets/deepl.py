"""DeepL: authentication keys are UUIDs, for the free plan with `:fx` behind them.

Keys: https://developers.deepl.com/docs/getting-started/auth
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="deepl-key",
        title="DeepL authentication key",
        pattern=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:fx\b",
        names=("deepl",),
        marks=(":fx",),
        secret_name="DEEPL_AUTH_KEY",
        rotate_url="https://www.deepl.com/your-account/keys",
        revoke="Deactivate the key in the account.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12), ":fx"),
        calls=(Call("deepl.Translator", "auth_key", 0), Call("deepl.DeepLClient", "auth_key", 0)),
    ),
)
