"""SonarQube: tokens begin with `squ_`, `sqp_`, `sqa_` or `sqco_`.

Keys: https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/
"""

from transforms.secrets.kinds import HEX, SecretKind, shaped

KINDS = (
    SecretKind(
        id="sonarqube-token",
        title="SonarQube token",
        pattern=r"(?:sq[upa]_[0-9a-f]{40}|sqco_[0-9A-Za-z]{59})\b",
        names=("sonar", "sonarqube", "sonarcloud"),
        marks=("squ_", "sqp_", "sqa_", "sqco_"),
        secret_name="SONAR_TOKEN",
        rotate_url=None,
        revoke="Revoke the token on the security page of the account.",
        generate=shaped("sq", "u_", (HEX, 40)),
    ),
)
