"""E2B: API keys are `e2b_` and 40 hexadecimal digits.

Keys: https://e2b.dev/docs/api-key
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="e2b-key",
        title="E2B API key",
        pattern=r"e2b_[0-9a-f]{40}\b",
        names=("e 2",),
        marks=("e2b_",),
        secret_name="E2B_API_KEY",
        rotate_url="https://e2b.dev/dashboard?tab=keys",
        revoke="Delete the key in the dashboard.",
        generate=shaped("e2", "b_", (HEX, 40)),
        calls=(
            Call("e2b_code_interpreter.Sandbox", "api_key"),
            Call("e2b.Sandbox", "api_key"),
            Call("e2b_code_interpreter.AsyncSandbox.create", "api_key"),
            Call("e2b_code_interpreter.Sandbox.create", "api_key"),
            Call("e2b.AsyncSandbox.create", "api_key"),
            Call("e2b.Sandbox.create", "api_key"),
        ),
    ),
)
