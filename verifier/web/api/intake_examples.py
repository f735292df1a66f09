"""Examples of requests for a free verification, with invented people."""

from typing import Any, Final

from verifier.web.api.examples import CONSENT, INQUIRY

Json = dict[str, Any]

REACH: Final[Json] = {"name": "Marigold Exampleton", "phone": "985-555-0142", "email": None}
TOKEN: Final = f"1795532645.abita-springs.8f14e45fceea167a5a36de.{'0' * 64}"
REQUEST: Final[Json] = {
    "facility": "abita-springs",
    "asker": "patient",
    "reach": REACH,
    "member": INQUIRY["member"],
    "payer": "sim-commercial",
    "consent": {"name": "Marigold Exampleton"},
    "token": TOKEN,
}
WORDING: Final[Json] = {
    "information": "That I ask Abita Springs Recovery for treatment, and what my health plan covers of it",
    "right_to_revoke": "At any time, by telling Abita Springs Recovery",
    "redisclosure": "May be passed on as HIPAA permits, but not used against me in a proceeding",
}
FORM: Final[Json] = {
    "facility": "abita-springs",
    "name": "Abita Springs Recovery",
    "token": TOKEN,
    "wait_seconds": 8,
    "work_bits": 16,
    "consent": WORDING,
}
RECEIPT: Final[Json] = {
    "id": "int_8f14e45fceea167a5a36de",
    "received_at": "2026-11-24T15:04:05+00:00",
    "consent": CONSENT,
}
PAYERS: Final[Json] = {
    "items": [
        {
            "id": "sim-commercial",
            "name": "Simulated Commercial",
            "requires": ["member.id", "member.last_name", "member.birth_date"],
        }
    ]
}
_ROW: Final[Json] = {
    "id": "int_8f14e45fceea167a5a36de",
    "facility": "abita-springs",
    "created_at": "2026-11-24T15:04:05+00:00",
    "state": "new",
    "asker": "patient",
    "payer": "sim-commercial",
    "assignee": None,
    "verification_id": None,
}
INTAKE: Final[Json] = _ROW | {
    "reach": REACH,
    "member": INQUIRY["member"],
    "patient": {"relationship": "self"},
    "payer_text": None,
    "consent_id": CONSENT["id"],
    "steps": [{"at": "2026-11-24T15:10:00+00:00", "by": "user:usr_8f14e45fceea167a", "what": "given back"}],
}
PAGE: Final[Json] = {
    "items": [_ROW],
    "counts": {"new": 1, "verifying": 0, "needs_call": 0, "ready_for_review": 0, "done": 0},
    "next": None,
}
ASSIGNMENT: Final[Json] = {"user_id": "usr_8f14e45fceea167a"}
MOVE: Final[Json] = {"state": "done"}
ORDER: Final[Json] = {"network": "in"}
