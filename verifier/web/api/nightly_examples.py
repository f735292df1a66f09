"""One example of each body of nightly re-verification, with invented people."""

from typing import Final

from verifier.web.api.examples import INQUIRY, Json

ENROLMENT: Final[Json] = {"inquiry": INQUIRY, "frequency": "nightly"}
ENTRY: Final[Json] = {
    "id": "rst_8f14e45fceea167a5a36de",
    "facility": "abita-springs",
    "inquiry": INQUIRY,
    "frequency": "nightly",
    "enrolled_on": "2026-11-24",
    "discharged_on": None,
    "stopped": None,
    "answered_on": "2026-11-25",
    "verification_id": "ver_8f14e45fceea167a",
}
ROSTER_PAGE: Final[Json] = {"items": [ENTRY], "next": None}
CHANGE: Final[Json] = {"frequency": "weekly"}
DISCHARGE: Final[Json] = {"on": "2026-12-30"}
SHEET: Final = (
    "facility,payer,member_id,first_name,last_name,birth_date,code,start_date,weekdays,weeks,frequency\n"
    "abita-springs,sim-commercial,XQZ4410028,Juniper,Sampleton,1990-02-28,"
    "H0015,2026-12-07,mon wed fri,8,nightly\n"
)
IMPORTED: Final[Json] = {
    "added": ["rst_8f14e45fceea167a5a36de"],
    "errors": [{"line": 3, "column": "birth_date", "problem": "must be a date like 2026-12-07"}],
}
RUN: Final[Json] = {
    "id": "run_8f14e45fceea167a5a36de",
    "date": "2026-11-25",
    "created_at": "2026-11-25T06:00:03+00:00",
    "planned_at": "2026-11-25T06:00:05+00:00",
    "finished_at": None,
}
PROGRESS: Final[Json] = RUN | {
    "state": "running",
    "people": 120,
    "open": 40,
    "counts": {"asking": 2, "done": 77, "failed": 3, "waiting": 38},
    "changed": 2,
    "not_reached": 3,
    "repeats": 0,
    "parked": {"sim-commercial": "payer_down"},
}
RUN_PAGE: Final[Json] = {"items": [RUN], "next": None}
ITEM: Final[Json] = {
    "id": "itm_8f14e45fceea167a5a36de",
    "entry_id": "rst_8f14e45fceea167a5a36de",
    "facility": "abita-springs",
    "payer": "sim-commercial",
    "last_name": "Exampleton",
    "first_name": "Marigold",
    "cause": "nightly",
    "state": "failed",
    "reason": "payer_down",
    "attempts": 4,
    "not_before": "2026-11-25T08:00:00+00:00",
    "ended_at": "2026-11-25T15:59:12+00:00",
    "verification_id": "ver_8f14e45fceea167a",
    "changes": None,
    "repeats": 0,
}
ITEM_PAGE: Final[Json] = {"items": [ITEM], "next": None}
