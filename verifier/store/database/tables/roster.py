"""The nightly list: who is enrolled where, and what is asked about them."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, String, Table

from verifier.store.database.columns import sealed, sealed_table

roster: Final[Table] = sealed_table(
    "roster",
    Column("facility", String(64), nullable=False),
    Column("enrolled", Boolean, nullable=False),  # false: discharged, and kept to be looked at
    Column("person", String(32)),  # keyed hash of facility, payer and patient; empty once discharged
    sealed("entry"),
    Index(None, "enrolled", "id"),
    Index(None, "person", unique=True),
)
