"""Examples of what staff put to a verification, with invented people."""

from typing import Any, Final

from verifier.web.api.examples import VERIFICATION

Json = dict[str, Any]

CALL_REPORT: Final[Json] = {
    "representative": "Dana R.",
    "reference_number": "I-20261124-0042",
    "called_at": "2026-11-24T15:30:00+00:00",
    "facts": [
        {"code": "authorization", "value": "required"},
        {"code": "cost_share", "value": {"copay": "40.00", "per": "day"}},
    ],
}
NOTE: Final[Json] = {"text": "Called twice; the plan's member services close at 5 pm Eastern."}
SIGN_OFF: Final[Json] = {"revision": "complete 2026-11-24T15:04:06+00:00 0"}
_FACT: Final[Json] = {
    "called_at": "2026-11-24T15:30:00+00:00",
    "representative": "Dana R.",
    "reference_number": "I-20261124-0042",
    "recorded_by": "user:usr_8f14e45fceea167a",
    "recorded_at": "2026-11-24T15:31:10+00:00",
}
WITH_FACTS: Final[Json] = VERIFICATION | {
    "unknowns": [],
    "facts": [fact | _FACT for fact in CALL_REPORT["facts"]],
    "notes": [{"by": "user:usr_8f14e45fceea167a", "at": "2026-11-24T15:32:00+00:00", **NOTE}],
    "review": {"by": "user:usr_c9f0f895fb98ab91", "at": "2026-11-24T16:00:00+00:00"},
    "revision": "complete 2026-11-24T15:04:06+00:00 2",
}
