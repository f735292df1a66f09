"""Requests for a free verification; who asks, and for whom, is sealed."""

from typing import Final

from sqlalchemy import Column, Index, String, Table

from verifier.store.database.columns import Moment, sealed, sealed_table

intakes: Final[Table] = sealed_table(
    "intakes",
    Column("created_at", Moment, nullable=False),
    Column("facility", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("assignee", String(80)),
    Column("verification_id", String(80)),
    sealed("content"),  # the intake whole
    Index(None, "created_at", "id"),
    Index(None, "facility", "state", "created_at", "id"),
    Index(None, "verification_id"),
    Index(None, "state", "created_at", "id", "facility", "version"),  # counts are made of it alone
    Index(None, "assignee", "state", "created_at", "id"),
)
