"""What payers last told of each person, what changed, and who is told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_changes()
    _make_webhooks()


def _make_changes() -> None:
    op.create_table(
        "known_facts",
        *_sealed(),
        sa.Column("verification_id", sa.String(80), nullable=False, index=True),
        sa.Column("facts", sa.LargeBinary),
    )
    op.create_table(
        "change_reports",
        *_sealed(),
        sa.Column("position", sa.BigInteger, nullable=False, index=True, unique=True),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("verification_id", sa.String(80), nullable=False, index=True),
        sa.Column("report", sa.LargeBinary),
        sa.Index(None, "facility", "position"),
    )
    op.create_table(
        "unanswered",
        *_sealed(),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("verification_id", sa.String(80), nullable=False, index=True),
        sa.Column("reason", sa.LargeBinary),
    )
    op.create_table(
        "feed_positions",
        sa.Column("feed", sa.String(40), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )


def _make_webhooks() -> None:
    op.create_table(
        "webhooks",
        *_sealed(),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("events", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.Column("disabled_why", sa.String(40)),
        sa.Column("removed_at", MOMENT),
        sa.Column("address", sa.LargeBinary),
        sa.Column("signing", sa.LargeBinary),
    )
    op.create_table(
        "webhook_messages",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("record_ids", sa.Text, nullable=False),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("webhook_id", sa.String(80), sa.ForeignKey("webhooks.id"), nullable=False),
        sa.Column(
            "message_id", sa.String(80), sa.ForeignKey("webhook_messages.id"), nullable=False, index=True
        ),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("leased_until", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.String(40)),
        sa.Index(None, "webhook_id", "message_id", unique=True),
        sa.Index(None, "next_at"),
    )


def _sealed() -> tuple[sa.Column[str], sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data_key", sa.String(16), sa.ForeignKey("data_keys.id"), nullable=False, index=True),
    )
