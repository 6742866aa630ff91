"""AgentOps: API keys are UUIDs; name and call tell.

Keys: https://docs.agentops.ai
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="agentops-key",
        title="AgentOps API key",
        pattern=None,
        names=("agentops",),
        secret_name="AGENTOPS_API_KEY",
        rotate_url="https://app.agentops.ai/settings/projects",
        revoke="Rotate the key of the project.",
        generate=shaped((HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)),
        calls=(Call("agentops.init", "api_key", 0),),
    ),
)
