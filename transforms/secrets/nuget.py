"""NuGet: API keys begin with `oy2`.

Keys: https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys
"""

from transforms.secrets.kinds import LOWER_DIGITS, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="nuget-key",
        title="NuGet API key",
        pattern=r"oy2[0-9a-z]{43}\b",
        names=("nuget",),
        marks=("oy2",),
        secret_name="NUGET_API_KEY",
        rotate_url="https://www.nuget.org/account/apikeys",
        revoke="Delete the key.",
        generate=shaped("o", "y2", (LOWER_DIGITS, 43)),
        harm=Harm.TAKE_OVER,
    ),
)
