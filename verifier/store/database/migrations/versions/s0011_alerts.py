"""Which emergencies nobody was told of by mail yet."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; of what was before, nobody is told now."""
    op.add_column("emergencies", sa.Column("tell_at", sa.DateTime(timezone=True), index=True))
