"""MongoDB Atlas: secrets of service accounts begin with `mdb_sa_sk_`.

Keys: https://www.mongodb.com/docs/atlas/api/service-accounts-overview/
"""

from transforms.secrets.kinds import ALPHANUMERIC, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="mongodb-atlas-secret",
        title="MongoDB Atlas service account secret",
        pattern=r"mdb_sa_sk_[0-9A-Za-z_-]{40}(?![0-9A-Za-z_-])",
        names=("atlas",),
        marks=("mdb_sa_sk_",),
        secret_name="MONGODB_ATLAS_CLIENT_SECRET",
        rotate_url="https://cloud.mongodb.com/v2#/org",
        revoke="Revoke the secret of the service account.",
        generate=shaped("mdb_s", "a_sk_", (ALPHANUMERIC, 40)),
        harm=Harm.TAKE_OVER,
    ),
)
