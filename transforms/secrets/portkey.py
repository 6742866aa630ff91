"""Portkey: API keys without a prefix; name and call tell.

Keys: https://portkey.ai/docs/product/enterprise-offering/org-management/api-keys-authn-and-authz
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="portkey-key",
        title="Portkey API key",
        pattern=None,
        names=("portkey",),
        secret_name="PORTKEY_API_KEY",
        rotate_url="https://app.portkey.ai/api-keys",
        revoke="Delete the key.",
        generate=shaped((ALPHANUMERIC, 28)),
        calls=(Call("portkey_ai.Portkey", "api_key"),),
    ),
)
