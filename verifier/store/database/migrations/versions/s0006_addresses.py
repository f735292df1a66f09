"""E-mail addresses of staff: sealed, and found by a blind index.

A step has no keys. It makes room; `DatabaseUsers.seal_addresses` fills it when keys are first at hand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make room for the sealed address, and call the column of the plain one what it becomes."""
    op.add_column("users", sa.Column("address", sa.LargeBinary))
    op.drop_index("ix_users_email", "users")
    op.execute("ALTER TABLE users RENAME COLUMN email TO email_index")
    op.create_index("ix_users_email_index", "users", ["email_index"], unique=True)
