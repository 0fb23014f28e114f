"""Alembic's entry: runs the migrations on the connection that `upgrade` hands over."""

from alembic import context

from bot.store import office_schema, review_schema
from bot.store.schema import metadata

# importing every module that has tables made it whole
assert metadata is office_schema.accounts.metadata is review_schema.clusters.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,  # the transaction is begun and ended by the caller
)
context.run_migrations()
