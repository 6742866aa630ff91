"""Render: API keys begin with `rnd_`.

Keys: https://render.com/docs/api#1-create-an-api-key
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="render-key",
        title="Render API key",
        pattern=r"rnd_[0-9A-Za-z]{28,36}\b",
        names=("render api",),
        marks=("rnd_",),
        secret_name="RENDER_API_KEY",
        rotate_url="https://dashboard.render.com/u/settings#api-keys",
        revoke="Revoke the key.",
        generate=shaped("rn", "d_", (ALPHANUMERIC, 32)),
        harm=Harm.TAKE_OVER,
    ),
)
