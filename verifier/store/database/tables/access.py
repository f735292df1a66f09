"""People, their sessions, the keys of programs, tallies of guesses, and emergencies.

Sets of words (roles, scopes, facilities) stand with blanks between them.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from verifier.store.database.columns import Moment, metadata, sealed, sealed_table

users: Final = sealed_table(
    "users",
    Column("email_index", String(255), nullable=False),  # keyed hash, or what came before (see `address`)
    Column("roles", String(100), nullable=False),
    Column("facilities", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("totp_step", BigInteger, nullable=False),  # the last one used up
    sealed("password"),
    sealed("totp"),
    sealed("address"),  # empty until `DatabaseUsers.seal_addresses` meets a row from before it was sealed
    Index(None, "email_index", unique=True),
)

recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("prefix", String(16), nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("facilities", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("owner_id", ForeignKey("users.id")),
    Column("revoked_at", Moment),
    Index(None, "digest", unique=True),
)

tries: Final = Table(
    "tries",
    metadata,
    Column("name", String(64), primary_key=True),  # keyed hash: an address on the network is a person's too
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
)

emergencies: Final = sealed_table(
    "emergencies",
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("facility", String(64), nullable=False),
    Column("begins_at", Moment, nullable=False, index=True),
    Column("ends_at", Moment, nullable=False),
    Column("reviewed_by", ForeignKey("users.id")),
    Column("tell_at", Moment, index=True),  # when to tell of it by mail, or to try again; none: it was told
    sealed("reason"),
    Index(None, "user_id", "ends_at"),
)
