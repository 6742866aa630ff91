"""Azure Key Vault, signed in to by the managed or workload identity of whatever runs the app."""

from transforms.brokers import Broker, Handed, Setting

BROKER = Broker(
    id="azure",
    title="Azure Key Vault",
    over_network=True,
    settings=(
        Setting("SECRETS_BACKEND", "azure", Handed.CHOSEN),
        Setting("SECRETS_PREFIX", "the first part of the names of this app's secrets, e.g. shop", Handed.PASSED),
        Setting("AZURE_KEYVAULT_URL", "address of the key vault: https://<vault>.vault.azure.net"),
    ),
    put="az keyvault secret set --id $AZURE_KEYVAULT_URL/secrets/$SECRETS_PREFIX-{dashed} --value '<value>'",
    check="az keyvault secret list-versions --id $AZURE_KEYVAULT_URL/secrets/$SECRETS_PREFIX-{dashed}",
    place="$SECRETS_PREFIX-{dashed}",
    passed=("AZURE_CLIENT_ID",),
    in_container="A container signs in by the managed identity of its machine (AZURE_CLIENT_ID says which of several); "
    "elsewhere give it AZURE_TENANT_ID and AZURE_CLIENT_SECRET as well.",
    steps=("Give the identity of the app the role Key Vault Secrets User on this vault alone.",),
)
