"""Alembic's entry: migrations run on the connection that ``database.connect.migrate`` brings."""

from alembic import context

from inpoint.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
