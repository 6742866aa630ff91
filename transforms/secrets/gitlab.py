"""GitLab: personal, project, group and deploy tokens.

Keys: https://docs.gitlab.com/security/tokens/#token-prefixes
"""

from transforms.secrets.kinds import ALPHANUMERIC, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="gitlab-token",
        title="GitLab token",
        pattern=r"gl(?:pat|dt|rt|oas|ptt|ft|cbt|agent|soat|imt|ffct)-[0-9A-Za-z_.-]{20,320}(?![0-9A-Za-z_-])",
        names=("gitlab",),
        marks=(
            "glpat-",
            "gldt-",
            "glrt-",
            "gloas-",
            "glptt-",
            "glft-",
            "glcbt-",
            "glagent-",
            "glsoat-",
            "glimt-",
            "glffct-",
        ),
        secret_name="GITLAB_TOKEN",
        rotate_url="https://gitlab.com/-/user_settings/personal_access_tokens",
        revoke="Revoke the token on the access tokens page.",
        generate=shaped("gl", "pat-", (ALPHANUMERIC, 20)),
        calls=(Call("gitlab.Gitlab", "private_token", 1),),
        harm=Harm.TAKE_OVER,
    ),
)
