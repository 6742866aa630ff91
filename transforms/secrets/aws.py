"""Amazon Web Services: access key ids, which have a fixed shape, secret keys beside them without one, and Bedrock keys.

Keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
"""

from transforms.secrets.kinds import ALPHANUMERIC, BASE32, Call, Harm, SecretKind, shaped

_ROTATE = "https://console.aws.amazon.com/iam/home#/security_credentials"
_REVOKE = "Deactivate, then delete the access key in IAM; use a role in its place where the app runs on AWS."

KINDS = (
    SecretKind(
        id="aws-access-key",
        title="AWS access key id",
        pattern=r"(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        names=(),
        marks=("AKIA", "ASIA"),
        secret_name="AWS_ACCESS_KEY_ID",
        rotate_url=_ROTATE,
        revoke=_REVOKE,
        generate=shaped("AK", "IA", (BASE32, 16)),
        calls=(Call("boto3.client", "aws_access_key_id"), Call("boto3.Session", "aws_access_key_id")),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="aws-secret-key",
        title="AWS secret access key",
        pattern=None,
        names=("aws",),
        secret_name="AWS_SECRET_ACCESS_KEY",
        rotate_url=_ROTATE,
        revoke=_REVOKE,
        generate=shaped((ALPHANUMERIC + "+/", 40)),
        calls=(
            Call("boto3.client", "aws_secret_access_key"),
            Call("boto3.resource", "aws_secret_access_key"),
            Call("boto3.Session", "aws_secret_access_key"),
        ),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="aws-bedrock-key",
        title="Amazon Bedrock API key",
        pattern=r"ABSK[0-9A-Za-z+/]{109,269}={0,2}(?![0-9A-Za-z+/=])",
        names=("bedrock",),
        marks=("ABSK",),
        secret_name="AWS_BEARER_TOKEN_BEDROCK",
        rotate_url="https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
        revoke="Delete the key in Bedrock; use a role in its place where the app runs on AWS.",
        generate=shaped("AB", "SK", (ALPHANUMERIC, 128)),
    ),
)
