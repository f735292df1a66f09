"""What the tables share: their naming, their times in UTC, and sealed columns."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
SEALED: Final = "sealed"


class Moment(TypeDecorator[datetime]):
    """A time, aware and in UTC on the way in and out of both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own signature
        """Turn an aware time to UTC."""
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own signature
        """Turn what the database says into UTC; SQLite forgets the offset."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sealed(name: str) -> Column[bytes]:
    """Build a column that holds health data: bytes that `SealedRows` alone writes and reads."""
    return Column(name, LargeBinary, info={SEALED: True})


def sealed_table(name: str, *columns: Any) -> Table:  # noqa: ANN401 - columns, constraints and indexes
    """Build a table with sealed columns, and what `SealedRows` needs beside them.

    ``version`` counts the writes of a row, ``data_key`` names the key that sealed it: no row can be written
    under a key that is gone, and no key can go while a row needs it.
    """
    return Table(
        name,
        metadata,
        Column("id", String(80), primary_key=True),
        Column("version", Integer, nullable=False),
        Column("data_key", ForeignKey("data_keys.id"), nullable=False, index=True),
        *columns,
    )


def sealed_columns(table: Table) -> list[str]:
    """Name the columns of *table* that are sealed."""
    return [column.name for column in table.columns if column.info.get(SEALED)]
