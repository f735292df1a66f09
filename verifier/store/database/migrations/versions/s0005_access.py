"""People, sessions, keys of programs, tallies of guesses, emergencies."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_users()
    _make_keys()
    _make_emergencies()


def _make_users() -> None:
    op.create_table(
        "users",
        *_sealed(),
        sa.Column("email", sa.String(255), nullable=False, index=True, unique=True),
        sa.Column("roles", sa.String(100), nullable=False),
        sa.Column("facilities", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("password", sa.LargeBinary),
        sa.Column("totp", sa.LargeBinary),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.String(80), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(80), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "tries",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False, index=True),
    )


def _make_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, index=True, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("facilities", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.String(80), sa.ForeignKey("users.id")),
        sa.Column("revoked_at", MOMENT),
    )


def _make_emergencies() -> None:
    op.create_table(
        "emergencies",
        *_sealed(),
        sa.Column("user_id", sa.String(80), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False, index=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reviewed_by", sa.String(80), sa.ForeignKey("users.id")),
        sa.Column("reason", sa.LargeBinary),
    )
    op.create_index("ix_emergencies_user_id_ends_at", "emergencies", ["user_id", "ends_at"])


def _sealed() -> tuple[sa.Column[str], sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data_key", sa.String(16), sa.ForeignKey("data_keys.id"), nullable=False, index=True),
    )
