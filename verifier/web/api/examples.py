"""One example of each body, with invented people; tests hold every one against its schema."""

from typing import Any, Final

Json = dict[str, Any]


def _none_of(*names: str) -> Json:
    return {name: [] for name in names}


PROGRAM: Final[Json] = {
    "code": "H0015",
    "start_date": "2026-12-07",
    "weekdays": ["mon", "wed", "fri"],
    "weeks": 1,
    "allowed_amount": "325.00",
}
INQUIRY: Final[Json] = {
    "payer": "sim-commercial",
    "member": {
        "id": "XQZ4410027",
        "first_name": "Marigold",
        "last_name": "Exampleton",
        "birth_date": "1991-06-30",
        "sex": "F",
    },
    "patient": {"relationship": "self"},
    "program": PROGRAM,
    "network": "in",
}
CONSENT_GIVEN: Final[Json] = {
    "patient": {
        "member_id": "XQZ4410027",
        "first_name": "Marigold",
        "last_name": "Exampleton",
        "birth_date": "1991-06-30",
    },
    "facility": "abita-springs",
    "purposes": ["payment"],
    "recipients": ["health_plans"],
    "information": "That I ask for treatment here, and what my plan covers of it",
    "right_to_revoke": "At any time, in writing to the facility",
    "redisclosure": "May be passed on as HIPAA permits, but not used against me in legal proceedings",
    "signature": {
        "name": "Marigold Exampleton",
        "method": "on_paper",
        "signed_on": "2026-11-20",
        "capacity": None,
    },
    "expires_on": None,
}
CONSENT: Final[Json] = CONSENT_GIVEN | {
    "id": "cns_8f14e45fceea167a5a36de",
    "recorded_at": "2026-11-24T15:04:05+00:00",
    "revoked_at": None,
}
TERMS: Final[Json] = {
    "network": "in",
    "deductible_rule": "copay_first",
    "deductible": {
        "structure": "embedded",
        "individual": {"total": "1000.00", "remaining": "0.00"},
        "family": None,
    },
    "out_of_pocket": {"individual": {"total": "5000.00", "remaining": "4100.00"}, "family": None},
    "copay": {"amount": "40.00", "per": "day"},
}
ESTIMATE_REQUEST: Final[Json] = {"terms": TERMS, "program": PROGRAM}

_SHARES: Final[Json] = {
    "allowed": "325.00",
    "deductible": "0.00",
    "copay": "40.00",
    "coinsurance": "0.00",
    "not_covered": "0.00",
    "balance": "0.00",
    "patient": "40.00",
    "plan": "285.00",
}
_PROGRAM_SHARES: Final[Json] = _SHARES | {
    "allowed": "975.00",
    "copay": "120.00",
    "patient": "120.00",
    "plan": "855.00",
}
_PERIOD: Final[Json] = {"begins": "2026-12-07", "ends": "2026-12-11", "sessions": 3, **_PROGRAM_SHARES}
_SOURCE: Final[Json] = {
    "segment": 14,
    "text": "EB*B*IND*MH***27*40*****Y",
    "pointer": None,
    "reply": 0,
    "answered_by": 0,
}
ESTIMATE: Final[Json] = {
    "currency": "USD",
    "low": "120.00",
    "expected": "120.00",
    "high": "120.00",
    "confidence": {"score": 100, "level": "high"},
    "totals": _PROGRAM_SHARES,
    "sessions": [{"date": day, **_SHARES} for day in ("2026-12-07", "2026-12-09", "2026-12-11")],
    "weeks": [{"label": "2026-W50", **_PERIOD}],
    "plan_years": [{"label": "2026-01-01", **_PERIOD}],
    "milestones": {"deductible_met_on": None, "out_of_pocket_met_on": None, "visits_exhausted_on": None},
    "collectable_by_provider": "120.00",
    "assumptions": [],
    "steps": [{"what": "copay", "value": "40.00", "from": _SOURCE, "note": None, "rule": None}],
    "incomplete": False,
    "terms": None,
    "later_bill": None,
}

_PERSON: Final[Json] = {
    "relationship": "self",
    "id": "XQZ4410027",
    "id_qualifier": "MI",
    "first_name": "MARIGOLD",
    "last_name": "EXAMPLETON",
    "birth_date": "1991-06-30",
    "sex": "F",
    "references": [],
    **dict.fromkeys(("middle_name", "suffix", "address")),
}
_BENEFIT: Final[Json] = {
    "kind": "copay",
    "code": "B",
    "services": ["MH"],
    "level": "individual",
    "network": "in",
    "period": "visit",
    "amount": "40.00",
    "authorization": "unknown",
    "unlimited": False,
    "dates": {},
    "source": _SOURCE,
    **dict.fromkeys(("procedure", "rate", "quantity", "quantity_qualifier", "insurance_type", "plan_text")),
    **_none_of("delivery", "places_of_service", "messages", "references", "entities"),
}
COVERAGE: Final[Json] = {
    "status": "active",
    "payer": {"name": "SIMULATED COMMERCIAL", "id": "SIMCOM"},
    "answered_by": [{"payer": "sim-commercial", "channel": "caqh_core"}],
    "subscriber": _PERSON,
    "patient": _PERSON,
    "plan": {
        "name": "INVENTED CHOICE",
        "group_number": "G-1002",
        "insurance_type": "PPO",
        "begins": "2026-01-01",
        "dates": {"plan": ["2026-01-01/.."]},
        **dict.fromkeys(("group_name", "ends", "premium_paid_to")),
    },
    "benefits": [_BENEFIT],
    "asked": ["MH"],
    "answered": ["MH"],
    "trace": {
        "interchange": "000000101",
        "group": "101",
        "transaction": "0001",
        "reference": None,
        "numbers": [],
    },
    "extras": {},
    "actual_payer": None,
    **_none_of("rejections", "other_coverage", "carve_outs", "warnings", "messages", "superseded"),
}
VERIFICATION: Final[Json] = {
    "id": "ver_8f14e45fceea167a",
    "status": "complete",
    "created_at": "2026-11-24T15:04:05+00:00",
    "inquiry": INQUIRY,
    "coverage": COVERAGE,
    "estimate": ESTIMATE,
    "as_of": "2026-11-24T15:04:06+00:00",
    "freshness": {"origin": "live", "age": 0, "reason": None},
    "decision": {"verdict": "caution", "reasons": ["Nobody said whether authorization is needed."]},
    "unknowns": [{"code": "AUTHORIZATION", "question": "Does H0015 need prior authorization?"}],
    "notices": [],
    "attempts": [
        {
            "channel": "caqh_core",
            "service_types": ["MH"],
            "outcome": "answered",
            "duration": 0.84,
            "detail": None,
            "payer": "sim-commercial",
        }
    ],
    "after_primary": None,
    "problem": None,
    **_none_of("remarks", "actions", "payment_order", "facts", "notes"),
    "review": None,
    "revision": "complete 2026-11-24T15:04:06+00:00 0",
}
PENDING: Final[Json] = VERIFICATION | {
    "status": "pending",
    **dict.fromkeys(("coverage", "estimate", "as_of", "freshness", "decision")),
    "unknowns": [],
    "attempts": [],
    "revision": "pending  0",
}
VERIFICATION_PAGE: Final[Json] = {
    "items": [
        {
            "id": "ver_8f14e45fceea167a",
            "status": "complete",
            "created_at": "2026-11-24T15:04:05+00:00",
            "as_of": "2026-11-24T15:04:06+00:00",
            "payer": "sim-commercial",
            "coverage": "active",
            "estimate": {name: ESTIMATE[name] for name in ("low", "expected", "high", "confidence")},
            "freshness": VERIFICATION["freshness"],
            "decision": VERIFICATION["decision"],
        }
    ],
    "next": None,
}
SEARCH: Final[Json] = {"member": {"last_name": "Exampleton", "birth_date": "1991-06-30"}}
EVIDENCE: Final[Json] = {
    "verification_id": "ver_8f14e45fceea167a",
    "exchanges": [
        {
            "channel": "caqh_core",
            "at": "2026-11-24T15:04:05+00:00",
            "request": {
                "content_type": "application/edi-x12",
                "encoding": "utf-8",
                "content": "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*SIMCOM         *261124*...",
            },
            "reply": {
                "content_type": "application/edi-x12",
                "encoding": "utf-8",
                "content": "ISA*00*          *00*          *ZZ*SIMCOM         *ZZ*CLINIC         *261124*...",
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
REPLY: Final = "ISA*00*          *00*          *ZZ*SIMCOM         *ZZ*CLINIC         *261124*1504*^*00501*..."
SERVICE_CODES: Final[Json] = {
    "items": [
        {
            "code": "H0015",
            "label": "Intensive outpatient program, substance use",
            "unit": "day",
            "track": "sud",
            "level": "iop",
            "by_contract": False,
            "note": "",
            "source": "HCPCS",
            "confirmed": True,
        }
    ]
}
PAYER: Final[Json] = {
    "id": "sim-commercial",
    "name": "Simulated Commercial",
    "program": "commercial",
    "aliases": ["Simcom"],
    "card_texts": ["SIMULATED CHOICE PPO"],
    "payer_ids": ["SIMCOM"],
    "requires": ["member.id", "member.last_name", "member.birth_date"],
    "service_types": [],
    "line": "commercial",
    "states": [],
    "routes": [
        {
            "connection": "simulator",
            "payer_id": "SIMULATED",
            "source": {"text": "the payer simulator", "year": 2026, "confirmed": True},
        }
    ],
    "behavioral_health": None,
    "reachable": True,
}
_WINDOWS: Final = (
    {
        "seconds": 900,
        "calls": 4,
        "success_rate": None,
        "unavailable_rate": None,
        "p50": None,
        "p95": None,
        "note": "not enough calls to tell",
    },
    {
        "seconds": 86400,
        "calls": 212,
        "success_rate": "0.97",
        "unavailable_rate": "0.02",
        "p50": 1.819,
        "p95": 5.551,
        "note": None,
    },
)
PAYER_HEALTH: Final[Json] = {
    "payer": "sim-commercial",
    "windows": [*_WINDOWS],
    "routes": [{"route": "caqh_core", "breaker": "closed", "windows": [*_WINDOWS]}],
}
PAYERS: Final[Json] = {
    "items": [
        {
            "id": "sim-commercial",
            "name": "Simulated Commercial",
            "score": 92.0,
            "matched_on": "Simulated Commercial",
            "reachable": True,
        }
    ]
}
