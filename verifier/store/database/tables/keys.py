"""Wrapped data keys, and how often each sealed row was written."""

from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from verifier.store.database.columns import Moment, metadata

data_keys: Final = Table(
    "data_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("generation", Integer, nullable=False),  # the highest seals; 0 is the key of keyed names
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

marks: Final = Table(
    "marks",
    metadata,
    Column("name", String(64), primary_key=True),  # keyed hash of table and row: it leads nobody to the row
    Column("version", Integer, nullable=False),
)
