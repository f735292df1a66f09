"""Requests for a free verification."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "intakes",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data_key", sa.String(16), sa.ForeignKey("data_keys.id"), nullable=False, index=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("assignee", sa.String(80)),
        sa.Column("verification_id", sa.String(80), index=True),
        sa.Column("content", sa.LargeBinary),
        sa.Index(None, "created_at", "id"),
        sa.Index(None, "facility", "state", "created_at", "id"),
    )
