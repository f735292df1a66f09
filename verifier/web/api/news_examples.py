"""One example of each body about what happened; tests hold every one against its schema."""

from typing import Any, Final

from verifier.web.cursors import EXAMPLE

Json = dict[str, Any]

CHANGE_REPORT: Final[Json] = {
    "id": "chg_8f14e45fceea167a5a36de",
    "created_at": "2026-12-02T09:12:44Z",
    "facility": "riverbend",
    "verification_id": "ver_8f14e45fceea167a5a36de",
    "since": "ver_45c48cce2e2d7fbdea1afc",
    "severity": "important",
    "changes": [
        {
            "kind": "copay_changed",
            "severity": "important",
            "text": "The copay is 60.00 a day; before, it was 40.00 a day.",
            "before": {
                "value": "40.00 a day",
                "source": {
                    "segment": 21,
                    "text": "EB*B*IND*CJ***7*40*****Y",
                    "pointer": None,
                    "reply": 0,
                    "answered_by": 0,
                },
            },
            "after": {
                "value": "60.00 a day",
                "source": {
                    "segment": 21,
                    "text": "EB*B*IND*CJ***7*60*****Y",
                    "pointer": None,
                    "reply": 0,
                    "answered_by": 0,
                },
            },
        }
    ],
    "notices": [
        {
            "code": "42_CFR_PART_2",
            "text": "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        }
    ],
}
CHANGE_PAGE: Final[Json] = {"items": [CHANGE_REPORT], "next": EXAMPLE}
WEBHOOK_REQUEST: Final[Json] = {
    "address": "https://hooks.riverbend.example/verifier",
    "events": ["coverage.changed", "reverification.finished"],
    "facility": "riverbend",
}
WEBHOOK: Final[Json] = {
    "id": "whk_8f14e45fceea167a5a36de",
    "address": "https://hooks.riverbend.example/verifier",
    "events": ["coverage.changed", "reverification.finished"],
    "facility": "riverbend",
    "created_at": "2026-12-02T09:12:44Z",
    "disabled_at": None,
    "disabled_why": None,
    "secret": None,
}
NEW_WEBHOOK: Final[Json] = WEBHOOK | {"secret": "whsec_bm90IGEga2V5LCBvbmx5IGFuIGV4YW1wbGUgb2Ygb25l"}
WEBHOOKS: Final[Json] = {"items": [WEBHOOK]}
DELIVERY: Final[Json] = {
    "id": "dlv_8f14e45fceea167a5a36de",
    "message_id": "msg_8f14e45fceea167a5a36de",
    "event": "coverage.changed",
    "announced_at": "2026-12-02T09:12:44Z",
    "state": "waiting",
    "tries": 2,
    "next_at": "2026-12-02T09:17:50Z",
    "ended_at": None,
    "outcome": "503",
}
DELIVERIES: Final[Json] = {"items": [DELIVERY]}
REPLAY: Final[Json] = {"since": "2026-12-01T00:00:00+00:00", "taken": False}
REPLAYED: Final[Json] = {"deliveries": 3}
