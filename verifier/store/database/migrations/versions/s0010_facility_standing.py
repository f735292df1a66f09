"""A facility's telephone, and whether it is a 42 CFR part 2 program."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns; the settings are read again at each start, and say who is a part 2 program."""
    op.add_column("facilities", sa.Column("part2", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("facilities", sa.Column("phone", sa.String(20)))
