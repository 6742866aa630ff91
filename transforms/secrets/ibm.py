"""IBM Cloud: API keys of 44 characters; the name tells.

Keys: https://cloud.ibm.com/docs/account?topic=account-userapikey
"""

from transforms.secrets.kinds import BASE64URL, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="ibm-key",
        title="IBM Cloud API key",
        pattern=None,
        names=("ibm", "watson", "watsonx", "ibmcloud"),
        secret_name="IBM_CLOUD_API_KEY",
        rotate_url="https://cloud.ibm.com/iam/apikeys",
        revoke="Delete the key.",
        generate=shaped((BASE64URL, 44)),
        calls=(
            Call("ibm_cloud_sdk_core.authenticators.IAMAuthenticator", "apikey", 0),
            Call("ibm_watsonx_ai.Credentials", "api_key"),
        ),
        harm=Harm.TAKE_OVER,
    ),
)
