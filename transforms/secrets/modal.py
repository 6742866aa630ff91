"""Modal: secrets of tokens begin with `as-`; name and call tell.

Keys: https://modal.com/docs/guide
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="modal-token",
        title="Modal token secret",
        pattern=None,
        names=("modal token",),
        secret_name="MODAL_TOKEN_SECRET",
        rotate_url="https://modal.com/settings/tokens",
        revoke="Delete the token in the settings.",
        generate=shaped("as", "-", (ALPHANUMERIC, 22)),
        calls=(Call("modal.Client.from_credentials", "token_secret", 1),),
    ),
)
