"""Google Cloud Secret Manager, signed in to by application default credentials: the app's own service account."""

from transforms.brokers import Broker, Setting

BROKER = Broker(
    id="gcp",
    title="Google Cloud Secret Manager",
    over_network=True,
    settings=(
        Setting("SECRETS_BACKEND", "gcp"),
        Setting("SECRETS_PREFIX", "the first part of the names of this app's secrets, e.g. shop"),
        Setting("GOOGLE_CLOUD_PROJECT", "the project that keeps the secrets, where the platform does not say it"),
    ),
    put="printf %s '<value>' | gcloud secrets create $SECRETS_PREFIX-{name} --data-file=-",
    check="gcloud secrets describe $SECRETS_PREFIX-{name}",
    place="$SECRETS_PREFIX-{name}",
    steps=("Give the service account of the app roles/secretmanager.secretAccessor on these secrets alone.",),
)
