"""What each idempotency key stands for."""

from typing import Final

from sqlalchemy import Column, Index, Table

from verifier.store.database.columns import Moment, sealed, sealed_table

idempotency: Final[Table] = sealed_table(
    "idempotency",  # id: keyed hash of who asked, which route, and the key
    Column("expires_at", Moment, nullable=False),
    sealed("claim"),
    Index(None, "expires_at"),
)
