"""Runway: API secrets are `key_` and 128 hexadecimal digits, in a file that speaks of Runway.

Keys: https://docs.dev.runwayml.com
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="runway-secret",
        title="Runway API secret",
        pattern=r"key_[0-9a-f]{128}\b",
        names=("runway", "runwayml"),
        marks=("runway", "RUNWAY", "Runway"),
        secret_name="RUNWAYML_API_SECRET",
        rotate_url="https://dev.runwayml.com",
        revoke="Disable the key in the developer portal.",
        generate=shaped("k", "ey_", (HEX, 128)),
        calls=(Call("runwayml.RunwayML", "api_key"), Call("runwayml.AsyncRunwayML", "api_key")),
    ),
)
