"""Reads a CoverageEligibilityRequest as a strict FHIR R4 server does, everything it refers to contained.

Kept apart from `payers.fhir` on purpose: whatever that writes is read here by other eyes.
"""

import json
from datetime import date
from typing import Any, Final

from payers.simulator.inquiries import EligibilityInquiry, Person

SEXES: Final = {"female": "F", "male": "M"}

Resource = dict[str, Any]


class SubmissionFault(Exception):
    """A request this server does not take; the text says which rule it breaks, and no value."""


def read_submission(body: bytes) -> tuple[EligibilityInquiry, str]:
    """Read the one CoverageEligibilityRequest in *body*, everything it refers to contained; and its system.

    Raises:
        SubmissionFault: it is none, or lacks what R4 or this payer requires.
    """
    try:
        request = json.loads(body)
        contained = {f"#{each['id']}": each for each in request["contained"]}
        return _read_request(request, contained), request["identifier"][0]["system"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise SubmissionFault("The body is no CoverageEligibilityRequest with all it refers to.") from None


def _read_request(request: Resource, contained: dict[str, Resource]) -> EligibilityInquiry:
    if request["resourceType"] != "CoverageEligibilityRequest" or request["status"] != "active":
        raise SubmissionFault("The resource is an active CoverageEligibilityRequest.")
    if not set(request["purpose"]) <= {"auth-requirements", "benefits", "discovery", "validation"}:
        raise SubmissionFault("The purpose is one that R4 knows.")
    date.fromisoformat(request["created"])
    date.fromisoformat(request["servicedDate"])
    coverage = contained[request["insurance"][0]["coverage"]["reference"]]
    patient = contained[request["patient"]["reference"]]
    subscriber = contained[coverage["subscriber"]["reference"]]
    provider, insurer = (contained[request[name]["reference"]] for name in ("provider", "insurer"))
    is_same = patient is subscriber
    relationship = coverage["relationship"]["coding"][0]["code"]
    return EligibilityInquiry(
        sender=("ZZ", ""),
        receiver=("ZZ", ""),
        application=("", ""),
        usage="T",
        interchange="",
        group="",
        transaction="",
        reference="",
        payer_id=insurer["identifier"][0]["value"],
        provider=(
            "NM1",
            "1P",
            "2",
            provider["name"],
            "",
            "",
            "",
            "",
            "XX",
            provider["identifier"][0]["value"],
        ),
        trace=(request["identifier"][0]["value"],),
        subscriber=_read_person(subscriber, coverage.get("subscriberId", ""), "self"),
        dependent=None if is_same else _read_person(patient, "", relationship),
        service_types=tuple(
            item["category"]["coding"][0]["code"] for item in request["item"] if "category" in item
        ),
    )


def _read_person(patient: Resource, identifier: str, relationship: str) -> Person:
    name = patient["name"][0]
    return Person(
        last_name=name.get("family", ""),
        first_name=name.get("given", [""])[0],
        id=identifier,
        birth_date=date.fromisoformat(patient["birthDate"]) if "birthDate" in patient else None,
        sex=SEXES.get(patient.get("gender", ""), "U"),
        relationship=relationship,
    )
