"""Heroku: API tokens begin with `HRKU-`; older ones are UUIDs, which the name tells.

Keys: https://devcenter.heroku.com/articles/authentication
"""

from transforms.secrets.kinds import BASE64URL, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="heroku-key",
        title="Heroku API key",
        pattern=r"HRKU-AA[0-9A-Za-z_-]{58}(?![0-9A-Za-z_-])",
        names=("heroku",),
        marks=("HRKU-",),
        secret_name="HEROKU_API_KEY",
        rotate_url="https://dashboard.heroku.com/account/applications",
        revoke="Revoke the authorization.",
        generate=shaped("HRK", "U-AA", (BASE64URL, 57), "q"),
        harm=Harm.TAKE_OVER,
    ),
)
