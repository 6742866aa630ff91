"""crates.io: API tokens begin with `cio`.

Keys: https://doc.rust-lang.org/cargo/reference/publishing.html
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="cratesio-token",
        title="crates.io token",
        pattern=r"cio[0-9A-Za-z]{32}\b",
        names=("cargo registry",),
        marks=("cio",),
        secret_name="CARGO_REGISTRY_TOKEN",
        rotate_url="https://crates.io/settings/tokens",
        revoke="Revoke the token.",
        generate=shaped("c", "io", (ALPHANUMERIC, 32)),
        harm=Harm.TAKE_OVER,
    ),
)
