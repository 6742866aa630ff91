"""Daytona: API keys begin with `dtn_`; name and call tell.

Keys: https://www.daytona.io/docs/api-keys/
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="daytona-key",
        title="Daytona API key",
        pattern=None,
        names=("daytona",),
        secret_name="DAYTONA_API_KEY",
        rotate_url="https://app.daytona.io/dashboard/keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped("dt", "n_", (HEX, 64)),
        calls=(Call("daytona.DaytonaConfig", "api_key"),),
    ),
)
