"""Google Cloud Secret Manager, signed in to by application default credentials: the app's own service account."""

from transforms.brokers import Broker, Handed, Setting

BROKER = Broker(
    id="gcp",
    title="Google Cloud Secret Manager",
    over_network=True,
    settings=(
        Setting("SECRETS_BACKEND", "gcp", Handed.CHOSEN),
        Setting("SECRETS_PREFIX", "the first part of the names of this app's secrets, e.g. shop", Handed.PASSED),
        Setting(
            "GOOGLE_CLOUD_PROJECT",
            "the project that keeps the secrets, if the platform does not say it",
            Handed.PASSED,
        ),
    ),
    put="printf %s '<value>' | gcloud secrets create $SECRETS_PREFIX-{name} --data-file=-",
    check="gcloud secrets describe $SECRETS_PREFIX-{name}",
    place="$SECRETS_PREFIX-{name}",
    in_container="A container signs in by the service account of its machine; elsewhere give it "
    "GOOGLE_APPLICATION_CREDENTIALS, and the file that it names.",
    steps=("Give the service account of the app roles/secretmanager.secretAccessor on these secrets alone.",),
)
