"""What Alembic runs around the steps: over the connection, and in the transaction, of whoever upgrades."""

from alembic import context

from verifier.store.database.schema import gather

context.configure(
    connection=context.config.attributes["connection"], target_metadata=gather(), render_as_batch=True
)
context.run_migrations()
