"""Databricks: personal access tokens begin with `dapi`.

Keys: https://docs.databricks.com/aws/en/dev-tools/auth/pat
"""

from transforms.secrets.kinds import HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="databricks-token",
        title="Databricks token",
        pattern=r"dapi[0-9a-f]{32}(?:-\d)?\b",
        names=("databricks",),
        marks=("dapi",),
        secret_name="DATABRICKS_TOKEN",
        rotate_url=None,
        revoke="Delete the token in the user settings of the workspace.",
        generate=shaped("da", "pi", (HEX, 32)),
        calls=(Call("databricks.sql.connect", "access_token"), Call("databricks.sdk.WorkspaceClient", "token")),
        harm=Harm.TAKE_OVER,
    ),
)
