"""One example of each FHIR body, with invented people."""

from typing import Any, Final

Json = dict[str, Any]

_PATIENT: Final[Json] = {
    "resourceType": "Patient",
    "id": "patient",
    "name": [{"family": "Exampleton", "given": ["Marigold"]}],
    "gender": "female",
    "birthDate": "1991-06-30",
}
_INSURER: Final[Json] = {
    "resourceType": "Organization",
    "id": "insurer",
    "identifier": [{"system": "urn:benefits-verifier:payer", "value": "sim-commercial"}],
}
_COVERAGE: Final[Json] = {
    "resourceType": "Coverage",
    "id": "coverage",
    "status": "active",
    "subscriber": {"reference": "#patient"},
    "subscriberId": "XQZ4410027",
    "beneficiary": {"reference": "#patient"},
    "payor": [{"reference": "#insurer"}],
}
REQUEST: Final[Json] = {
    "resourceType": "CoverageEligibilityRequest",
    "contained": [_PATIENT, _INSURER, _COVERAGE],
    "status": "active",
    "purpose": ["benefits"],
    "patient": {"reference": "#patient"},
    "servicedDate": "2026-12-07",
    "created": "2026-11-24",
    "insurer": {"reference": "#insurer"},
    "insurance": [{"coverage": {"reference": "#coverage"}}],
    "item": [
        {
            "productOrService": {
                "coding": [
                    {
                        "system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                        "code": "H0015",
                    }
                ]
            },
            "quantity": {"value": 24},
            "extension": [
                {"url": "urn:benefits-verifier:weekday", "valueCode": day} for day in ("mon", "wed", "fri")
            ],
        }
    ],
}
_HEAD: Final[Json] = {
    "resourceType": "CoverageEligibilityResponse",
    "contained": [_PATIENT, _COVERAGE, _INSURER],
    "identifier": [{"system": "urn:benefits-verifier:verification", "value": "ver_8f14e45fceea167a"}],
    "status": "active",
    "purpose": ["validation", "benefits"],
    "patient": {"reference": "#patient"},
    "servicedDate": "2026-12-07",
    "created": "2026-11-24T15:04:05+00:00",
    "request": {
        "identifier": {"system": "urn:benefits-verifier:verification", "value": "ver_8f14e45fceea167a"}
    },
    "insurer": {"reference": "#insurer"},
}
RESPONSE: Final[Json] = _HEAD | {
    "outcome": "complete",
    "disposition": "The payer says that the coverage is active on the date asked about.",
    "insurance": [{"coverage": {"reference": "#coverage"}, "inforce": True}],
}
QUEUED: Final[Json] = _HEAD | {
    "outcome": "queued",
    "disposition": "Not answered yet; ask for this response again.",
}
