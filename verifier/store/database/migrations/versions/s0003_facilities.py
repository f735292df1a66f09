"""The facilities and what payers allow them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "facilities",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("npi", sa.String(10), nullable=False),
        sa.Column("tax_id", sa.String(9)),
        sa.Column("state", sa.String(2)),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("place_of_service", sa.String(2)),
        sa.Column("schedule", sa.JSON),
        sa.Column("programs", sa.JSON, nullable=False),
    )
    op.create_table(
        "contract_rates",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("facility", sa.String(64), sa.ForeignKey("facilities.id"), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("network", sa.String(8), nullable=False),
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("cents", sa.Integer, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("facility", "payer", "network", "code", "valid_from"),
    )
