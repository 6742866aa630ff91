"""RapidAPI: keys of 50 characters, which hold `msh`, `p1` and `jsn`.

Keys: https://docs.rapidapi.com/docs/keys-and-key-rotation
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="rapidapi-key",
        title="RapidAPI key",
        pattern=r"[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{6}jsn[0-9a-f]{11}\b",
        names=("rapidapi", "rapid api"),
        marks=("jsn",),
        secret_name="RAPIDAPI_KEY",
        rotate_url="https://rapidapi.com/developer/apps",
        revoke="Rotate the key of the app.",
        generate=shaped((HEX, 10), "msh", (HEX, 15), "p1", (HEX, 6), "jsn", (HEX, 11)),
    ),
)
