"""Splunk: tokens of the HTTP event collector are UUIDs; the name tells.

Keys: https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="splunk-token",
        title="Splunk HEC token",
        pattern=None,
        names=("splunk",),
        secret_name="SPLUNK_HEC_TOKEN",
        rotate_url=None,
        revoke="Delete the token under Data inputs.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("splunklib.client.connect", "splunkToken"), Call("splunklib.client.connect", "password")),
    ),
)
