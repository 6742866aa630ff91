"""ngrok: authtokens and API keys of two parts; name and call tell.

Keys: https://ngrok.com/docs/agent/#authtokens
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="ngrok-token",
        title="ngrok authtoken",
        pattern=None,
        names=("ngrok",),
        secret_name="NGROK_AUTHTOKEN",
        rotate_url="https://dashboard.ngrok.com/get-started/your-authtoken",
        revoke="Reset the authtoken.",
        generate=shaped("2", (ALPHANUMERIC, 26), "_", (ALPHANUMERIC, 21)),
        calls=(
            Call("pyngrok.ngrok.set_auth_token", "token", 0),
            Call("pyngrok.conf.PyngrokConfig", "auth_token"),
            Call("ngrok.set_auth_token", "token", 0),
        ),
    ),
)
