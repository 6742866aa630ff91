"""HubSpot: tokens of private apps begin with `pat-na1-` or `pat-eu1-`.

Keys: https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="hubspot-token",
        title="HubSpot token",
        pattern=r"pat-(?:na|eu|ap)\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        names=("hubspot",),
        marks=("pat-na", "pat-eu", "pat-ap"),
        secret_name="HUBSPOT_ACCESS_TOKEN",
        rotate_url="https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview",
        revoke="Rotate the token of the app.",
        generate=shaped("pat-", "na1-", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("hubspot.HubSpot", "access_token"),),
    ),
)
