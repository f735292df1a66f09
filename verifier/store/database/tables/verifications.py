"""Verifications, and what went over the wire for each."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from verifier.store.database.columns import Moment, sealed, sealed_table

INDEX_DIGITS: Final = 32  # of a blind index: 128 bits, so that two people do not meet by chance

verifications: Final[Table] = sealed_table(
    "verifications",
    Column("created_at", Moment, nullable=False),
    Column("facility", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("held", Boolean, nullable=False, default=False),  # a legal hold: kept past its retention
    Column("member_index", String(INDEX_DIGITS)),
    Column("patient_index", String(INDEX_DIGITS)),
    sealed("content"),  # the verification whole: inquiry, coverage, estimate, attempts and the rest
    Index(None, "created_at", "id"),
    Index(None, "facility", "created_at", "id"),
    Index(None, "member_index", "created_at", "id"),
    Index(None, "patient_index", "created_at", "id"),
)

exchanges: Final[Table] = sealed_table(
    "exchanges",
    Column("verification_id", String(80), ForeignKey("verifications.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),  # in the order of the calls, from 0
    Column("channel", String(40), nullable=False),
    Column("created_at", Moment, nullable=False),
    sealed("request"),
    sealed("reply"),
)
