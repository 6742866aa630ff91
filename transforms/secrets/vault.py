"""HashiCorp Vault and OpenBao: tokens begin with `hvs.`, `hvb.` or `hvr.`, older ones with `s.`.

Keys: https://developer.hashicorp.com/vault/docs/concepts/tokens
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="vault-token",
        title="Vault token",
        pattern=r"hv[sbr]\.[0-9A-Za-z_-]{24,200}(?![0-9A-Za-z_-])",
        names=("vault",),
        marks=("hvs.", "hvb.", "hvr."),
        secret_name="VAULT_TOKEN",
        rotate_url=None,
        revoke="Run `vault token revoke` on it.",
        generate=shaped("hv", "s.", (BASE64URL, 24)),
        calls=(Call("hvac.Client", "token", 1),),
        harm=Harm.TAKE_OVER,
    ),
)
