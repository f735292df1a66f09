"""How grave a change is stands beside its report, so that the gravest of many are found without opening any.

What was found before counts as gravest until it is no longer new: nobody knows without opening it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column, and the index of the digest in place of that of the time alone."""
    column = sa.Column("severity", sa.SmallInteger(), nullable=False, server_default="0")
    with op.batch_alter_table("change_reports") as batch:
        batch.add_column(column)
    with op.batch_alter_table("change_reports") as batch:
        batch.alter_column("severity", server_default=None)
    op.drop_index("ix_change_reports_created_at", "change_reports")
    listed = ["created_at", "severity", "facility", "position"]
    op.create_index("ix_change_reports_created_at_severity_facility_position", "change_reports", listed)
