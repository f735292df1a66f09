"""What payers last told of each person, what changed, and whose turn it is to count."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Table

from verifier.store.database.columns import Moment, metadata, sealed, sealed_table

known_facts: Final[Table] = sealed_table(
    "known_facts",  # id: keyed hash of the person, the payer, the facility and the program
    Column("verification_id", String(80), nullable=False, index=True),
    sealed("facts"),
)

change_reports: Final[Table] = sealed_table(
    "change_reports",
    Column("position", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("severity", SmallInteger, nullable=False),  # place in `Severity`: 0 for the gravest
    Column("facility", String(64), nullable=False),
    Column("verification_id", String(80), nullable=False, index=True),
    sealed("report"),
    Index(None, "position", unique=True),
    Index(None, "facility", "position"),
    Index(None, "created_at", "severity", "facility", "position"),
)

unanswered: Final[Table] = sealed_table(
    "unanswered",  # id: as in known_facts; gone with the next answer
    Column("created_at", Moment, nullable=False),
    Column("facility", String(64), nullable=False),
    Column("verification_id", String(80), nullable=False, index=True),
    sealed("reason"),
    Index(None, "created_at"),
)

feed_positions: Final[Table] = Table(
    "feed_positions",
    metadata,
    Column("feed", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
)
