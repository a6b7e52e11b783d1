"""What Alembic runs: the revisions, in the transaction of whoever opened the ledger."""

from alembic import context

# There is no alembic.ini and no URL of its own: `upgrading.upgrade` hands over its connection.
context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
