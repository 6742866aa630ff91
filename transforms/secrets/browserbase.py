"""Browserbase: API keys begin with `bb_live_`; name and call tell the others.

Keys: https://docs.browserbase.com
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="browserbase-key",
        title="Browserbase API key",
        pattern=None,
        names=("browserbase",),
        secret_name="BROWSERBASE_API_KEY",
        rotate_url="https://www.browserbase.com/settings",
        revoke="Make a new key in the settings of the project.",
        generate=shaped("bb", "_live_", (ALPHANUMERIC, 27)),
        calls=(Call("browserbase.Browserbase", "api_key"), Call("browserbase.AsyncBrowserbase", "api_key")),
    ),
)
