"""The tables as they are now. `migrations` says how a database gets there; a test compares the two."""

import sqlalchemy as sa

metadata = sa.MetaData()

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),  # the order of arrival
    sa.Column("guid", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("installation_id", sa.BigInteger, nullable=False),
    sa.Column("repository", sa.Text, nullable=False),
    sa.Column("repository_id", sa.BigInteger, nullable=False),
    sa.Column("pull_number", sa.BigInteger, nullable=False),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),  # empty: the delivery asks for no job
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("happened_at", sa.Float, nullable=False),  # by GitHub's clock: deliveries may come out of order
    sa.Column("received_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.UniqueConstraint("guid", "attempt"),
)

installations = sa.Table(
    "installations",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("blob_sha", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("stored_at", sa.Float, nullable=False),
)

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("control", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("repository_id", sa.BigInteger, nullable=False),
    sa.Column("pull_number", sa.BigInteger, nullable=False),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
)

patches = sa.Table(
    "patches",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("control", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("gate", sa.Text, nullable=False),
)

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("repository_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("pull_number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("repository", sa.Text, nullable=False),
    sa.Column("head_sha", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("repository_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("pull_number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("control", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("happened_at", sa.Float, nullable=False),
)

accepted_risks = sa.Table(
    "accepted_risks",
    metadata,
    sa.Column("repository_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("control", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("accepted_at", sa.Float, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
)

executors = sa.Table(
    "executors",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("beat", sa.Float, nullable=False),
)

secret_copies = sa.Table(
    "secret_copies",
    metadata,
    sa.Column("seal", sa.Text, primary_key=True),  # a keyed hash: says that two values are the same, never which
    sa.Column("repository", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("places", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
)

audit_trail = sa.Table(
    "audit_trail",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("happened_at", sa.Float, nullable=False),
)
