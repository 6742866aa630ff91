"""Exa: API keys are UUIDs; name and call tell.

Keys: https://exa.ai/docs/auth
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="exa-key",
        title="Exa API key",
        pattern=None,
        names=("exa", "metaphor"),
        secret_name="EXA_API_KEY",
        rotate_url="https://dashboard.exa.ai/api-keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(
            Call("exa_py.Exa", "api_key", 0),
            Call("exa_py.AsyncExa", "api_key", 0),
            Call("langchain_exa.ExaSearchRetriever", "exa_api_key"),
            Call("langchain_exa.ExaSearchResults", "exa_api_key"),
        ),
    ),
)
