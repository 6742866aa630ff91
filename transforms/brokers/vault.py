"""HashiCorp Vault and OpenBao: key/value store version 2, signed in to with the platform's own identity."""

from transforms.brokers import Broker, Handed, Setting

BROKER = Broker(
    id="vault",
    title="HashiCorp Vault or OpenBao (KV version 2)",
    over_network=True,
    settings=(
        Setting("SECRETS_BACKEND", "vault", Handed.CHOSEN),
        Setting("SECRETS_PREFIX", "the folder of this app, e.g. shop", Handed.PASSED),
        Setting("VAULT_ADDR", "address of the server"),
        Setting(
            "VAULT_ROLE",
            "role of the workload (kubernetes or jwt); or VAULT_ROLE_ID and VAULT_SECRET_ID",
            Handed.PASSED,
        ),
    ),
    put="vault kv put -mount=secret $SECRETS_PREFIX/{name} value=<value>",
    check="vault kv metadata get -mount=secret $SECRETS_PREFIX/{name}",
    place="secret/$SECRETS_PREFIX/{name}",
    passed=("VAULT_ROLE_ID", "VAULT_SECRET_ID"),
    in_container="A container signs in with VAULT_ROLE_ID and VAULT_SECRET_ID, VAULT_ROLE and VAULT_JWT_PATH, or "
    "VAULT_TOKEN.",
    steps=("Give the role of the app a policy that may read secret/data/$SECRETS_PREFIX/* and nothing else.",),
)
