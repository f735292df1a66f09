"""Verifications, and what went over the wire for each."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "verifications",
        *_sealed(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("member_index", sa.String(32)),
        sa.Column("patient_index", sa.String(32)),
        sa.Column("content", sa.LargeBinary),
        sa.Index(None, "created_at", "id"),
        sa.Index(None, "facility", "created_at", "id"),
        sa.Index(None, "member_index", "created_at", "id"),
        sa.Index(None, "patient_index", "created_at", "id"),
    )
    op.create_table(
        "exchanges",
        *_sealed(),
        sa.Column(
            "verification_id", sa.String(80), sa.ForeignKey("verifications.id"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.LargeBinary),
        sa.Column("reply", sa.LargeBinary),
    )


def _sealed() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data_key", sa.String(16), sa.ForeignKey("data_keys.id"), nullable=False, index=True),
    )
