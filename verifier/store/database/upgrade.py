"""Bring the database to its present form, and tell whether it is there."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from verifier.store.database import migrations
from verifier.store.database.engine import Database

LOCK = 0x76657269666965  # any number that nobody else locks in this database


def upgrade(database: Database) -> None:
    """Take every step that is missing, all or none; of several who do so at once one works and the rest wait.

    Raises:
        Unavailable: the database is away, or another upgrade takes longer than a lock may be waited for.
    """
    with database.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_config(connection), "head")


def is_current(database: Database) -> bool:
    """Tell whether no step is missing."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _newest()


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _config(connection: Connection | None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", migrations.__path__[0].replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
