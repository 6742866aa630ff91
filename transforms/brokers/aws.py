"""AWS Secrets Manager, signed in to by the role of the machine, container or function that runs the app."""

from transforms.brokers import Broker, Handed, Setting

BROKER = Broker(
    id="aws",
    title="AWS Secrets Manager",
    over_network=True,
    settings=(
        Setting("SECRETS_BACKEND", "aws", Handed.CHOSEN),
        Setting("SECRETS_PREFIX", "the folder of this app, e.g. shop", Handed.PASSED),
        Setting("AWS_REGION", "the region that keeps the secrets"),
    ),
    put="aws secretsmanager create-secret --name $SECRETS_PREFIX/{name} --secret-string '<value>'",
    check="aws secretsmanager describe-secret --secret-id $SECRETS_PREFIX/{name}",
    place="$SECRETS_PREFIX/{name}",
    in_container="A container signs in by the role of its machine; elsewhere give it AWS_PROFILE and ~/.aws.",
    steps=("Give the role of the app secretsmanager:GetSecretValue on secret:$SECRETS_PREFIX/* and nothing else.",),
)
