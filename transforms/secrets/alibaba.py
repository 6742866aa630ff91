"""Alibaba Cloud: access key ids begin with `LTAI`; the secrets beside them have no shape.

Keys: https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="alibaba-access-key",
        title="Alibaba Cloud access key id",
        pattern=r"LTAI[0-9A-Za-z]{12,20}\b",
        names=(),
        marks=("LTAI",),
        secret_name="ALIBABA_CLOUD_ACCESS_KEY_ID",
        rotate_url="https://ram.console.aliyun.com/manage/ak",
        revoke="Disable, then delete the access key.",
        generate=shaped("LTA", "I5t", (ALPHANUMERIC, 18)),
        calls=(Call("aliyunsdkcore.client.AcsClient", "ak", 0),),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="alibaba-secret-key",
        title="Alibaba Cloud access key secret",
        pattern=None,
        names=("alibaba", "aliyun", "alicloud"),
        secret_name="ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        rotate_url="https://ram.console.aliyun.com/manage/ak",
        revoke="Disable, then delete the access key.",
        generate=shaped((ALPHANUMERIC, 30)),
        calls=(Call("aliyunsdkcore.client.AcsClient", "secret", 1), Call("oss2.Auth", "access_key_secret", 1)),
        harm=Harm.TAKE_OVER,
    ),
)
