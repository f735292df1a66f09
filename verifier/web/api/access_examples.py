"""One example of each body about people and programs; tests hold every one against its schema."""

from typing import Any, Final

Json = dict[str, Any]

SIGN_IN: Final[Json] = {
    "email": "ana.testcase@riverbend.example",
    "password": "correct horse battery staple",
    "code": "123456",
}
PRINCIPAL: Final[Json] = {
    "kind": "key",
    "id": "key_8f14e45fceea167a",
    "name": "nightly job",
    "scopes": ["read", "verify"],
    "facilities": ["riverbend"],
    "emergency": [],
    "csrf_token": None,
}
SIGNED_IN: Final[Json] = PRINCIPAL | {
    "kind": "user",
    "id": "usr_8f14e45fceea167a",
    "name": "ana.testcase@riverbend.example",
    "csrf_token": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
}
EMERGENCY_REQUEST: Final[Json] = {
    "facility": "covington",
    "reason": "The patient was brought in unable to speak; which plan is in force?",
    "minutes": 30,
}
EMERGENCY: Final[Json] = {
    "id": "emg_8f14e45fceea167a",
    "user_id": "usr_8f14e45fceea167a",
    "facility": "covington",
    "reason": "The patient was brought in unable to speak; which plan is in force?",
    "begins_at": "2026-11-25T15:04:05+00:00",
    "ends_at": "2026-11-25T15:34:05+00:00",
    "reviewed_by": None,
}
EMERGENCIES: Final[Json] = {"items": [EMERGENCY]}
