"""Who changed a facility and when, and how often it was."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; what stands there is nobody's change, so the settings still say it."""
    op.add_column("facilities", sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
    op.add_column("facilities", sa.Column("changed_by", sa.Text))
    op.add_column("facilities", sa.Column("changed_at", sa.DateTime(timezone=True)))
