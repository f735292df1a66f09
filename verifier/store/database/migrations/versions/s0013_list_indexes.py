"""Lists that stay quick however much is kept: the queue by state and by whose it is, the audit trail."""

from alembic import op

revision = "0013"
down_revision = "0012"

BEGINNINGS = {"what": "text_pattern_ops"}


def upgrade() -> None:
    """Add the indexes."""
    by_state = ["state", "created_at", "id", "facility", "version"]
    op.create_index("ix_intakes_state_created_at_id_facility_version", "intakes", by_state)
    by_assignee = ["assignee", "state", "created_at", "id"]
    op.create_index("ix_intakes_assignee_state_created_at_id", "intakes", by_assignee)
    for name in ("who", "action", "at"):
        op.create_index(f"ix_audit_events_{name}_sequence", "audit_events", [name, "sequence"])
    what = ["what", "sequence"]
    op.create_index("ix_audit_events_what_sequence", "audit_events", what, postgresql_ops=BEGINNINGS)
