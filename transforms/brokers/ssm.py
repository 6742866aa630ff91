"""AWS Systems Manager Parameter Store: encrypted parameters, read by the role of whatever runs the app."""

from transforms.brokers import Broker, Handed, Setting

BROKER = Broker(
    id="ssm",
    title="AWS Systems Manager Parameter Store",
    over_network=True,
    settings=(
        Setting("SECRETS_BACKEND", "ssm", Handed.CHOSEN),
        Setting("SECRETS_PREFIX", "the folder of this app, e.g. shop", Handed.PASSED),
        Setting("AWS_REGION", "the region that keeps the parameters"),
    ),
    put="aws ssm put-parameter --type SecureString --name /$SECRETS_PREFIX/{name} --value '<value>'",
    check="aws ssm describe-parameters --parameter-filters Key=Name,Values=/$SECRETS_PREFIX/{name}",
    place="/$SECRETS_PREFIX/{name}",
    in_container="A container signs in by the role of its machine; elsewhere give it AWS_PROFILE and ~/.aws.",
    steps=("Give the role of the app ssm:GetParameter on parameter/$SECRETS_PREFIX/* and kms:Decrypt on its key.",),
)
