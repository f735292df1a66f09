"""The nightly list; runs of re-verification, their lanes and items."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_roster()
    _make_runs()
    _make_items()


def _make_roster() -> None:
    op.create_table(
        "roster",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data_key", sa.String(16), sa.ForeignKey("data_keys.id"), nullable=False, index=True),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("enrolled", sa.Boolean, nullable=False),
        sa.Column("person", sa.String(32)),
        sa.Column("entry", sa.LargeBinary),
        sa.Index(None, "enrolled", "id"),
        sa.Index(None, "person", unique=True),
    )


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("day", sa.Date, nullable=False, index=True, unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT),
        sa.Column("finished_at", MOMENT),
    )
    op.create_table(
        "lanes",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("run_id", sa.String(80), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("not_after", MOMENT, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("called_at", MOMENT),
        sa.Column("holder", sa.String(32)),
        sa.Column("lease_until", MOMENT),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("faulty_since", MOMENT),
        sa.Column("reason", sa.String(32)),
        sa.UniqueConstraint("run_id", "payer", "facility"),
        sa.Index(None, "state", "not_before"),
    )


def _make_items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("run_id", sa.String(80), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("lane_id", sa.String(80), sa.ForeignKey("lanes.id"), nullable=False),
        sa.Column("entry_id", sa.String(80), sa.ForeignKey("roster.id"), nullable=False),
        sa.Column("facility", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("first_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("verification_id", sa.String(80)),
        sa.Column("reason", sa.String(32)),
        sa.Column("changes", sa.Integer),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.UniqueConstraint("run_id", "entry_id"),
        sa.Index(None, "lane_id", "state", "not_before"),
        sa.Index(None, "run_id", "state", "id"),
    )
