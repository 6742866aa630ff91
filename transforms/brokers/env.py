"""The environment of the process: what a platform's own secret settings, Docker secrets or systemd credentials fill."""

from transforms.brokers import Broker, Setting

BROKER = Broker(
    id="env",
    title="Environment variables",
    over_network=False,
    settings=(Setting("SECRETS_BACKEND", "env, which is the default"),),
    put="export {name}=<value>",
    check='test -n "${name}"',
    place="{name}",
    steps=("Set them in the secret settings of the platform that runs the app, not in a file of the repository.",),
)
