"""The audit trail: its links, what of them is sealed, and where the chain ends.

What is sealed stands apart, so that it can be sealed anew by a newer key while no link is ever written again:
each link's hash is over the plain text.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from verifier.store.database.columns import metadata, sealed, sealed_table

audit_events: Final = Table(
    "audit_events",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("action", String(20), nullable=False),
    Column("result", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("member", String(64), nullable=False, index=True),  # keyed hashes of whom it was about
    Column("person", String(64), nullable=False, index=True),
    Column("hash", LargeBinary, nullable=False),
    Index(None, "who", "sequence"),
    Index(None, "action", "sequence"),
    Index(None, "at", "sequence"),
    Index(None, "what", "sequence", postgresql_ops={"what": "text_pattern_ops"}),  # found by its beginning
)

audit_details: Final[Table] = sealed_table(
    "audit_details",
    Column("sequence", ForeignKey("audit_events.sequence"), nullable=False, unique=True),
    sealed("detail"),
)

audit_head: Final = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one chain
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
