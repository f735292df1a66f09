"""What the form of a new verification holds to begin with, and how what came back becomes an inquiry."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from verifier.model.consent import EVERY_PAYER, Purpose
from verifier.model.inquiry import Facility
from verifier.model.program import Program
from verifier.offers import fill_in
from verifier.wording import us_day

USUAL_CODE: Final = "H0015"
LEAD: Final = timedelta(days=4)
RIGHT_TO_REVOKE: Final = (
    "I may revoke this consent at any time, in writing or by word of mouth to the program, except as far as "
    "it has been relied on already."
)
REDISCLOSURE: Final = (
    "Health plans and others bound by HIPAA may pass the records on as HIPAA permits, except in proceedings "
    "against me, unless I consent to that or a court orders it."
)
INFORMATION: Final = (
    "My name, date of birth and insurance numbers, and that I ask for treatment at this program: what is "
    "needed to find out what my plan covers and what I will owe."
)
STATEMENT: Final = (INFORMATION, RIGHT_TO_REVOKE, REDISCLOSURE)  # 42 CFR 2.31(a)


def first_monday(today: date) -> date:
    """Return the first Monday far enough ahead to begin on."""
    ready = today + LEAD
    return ready + timedelta(days=-ready.weekday() % 7)


def usual_values(facility: Facility, today: date) -> dict[str, tuple[str, ...]]:
    """Return the values of the form's program fields for a *facility* as it usually runs its program."""
    code = next((offer.code for offer in facility.programs if offer.code), USUAL_CODE)
    program = fill_in(Program(code, first_monday(today), ()), facility)
    return {
        "facility": (facility.id,),
        "program.code": (code,),
        "program.start_date": (program.start_date.isoformat(),),
        "program.weekdays": tuple(str(day) for day in program.weekdays),
        "program.weeks": _text(program.weeks),
        "program.hours_per_session": _text(program.hours_per_session),
        "program.billed_amount": _text(program.billed_amount),
        "network": ("unknown",),
        "patient.relationship": ("self",),
    }


def to_inquiry(data: Mapping[str, Any]) -> dict[str, Any]:
    """Take out of the form's *data* what belongs to no inquiry; a consent is another record."""
    told = {name: value for name, value in data.items() if name not in {"consent", "once"}}
    patient = told.get("patient", {})
    if patient.get("relationship") == "self" and len(patient) == 1:
        del told["patient"]
    return told


def to_consent(data: Mapping[str, Any], facility: str | None) -> dict[str, Any] | None:
    """Write the consent that was signed for this question; ``None`` where nobody signed one here."""
    signature = data.get("consent", {})
    if "name" not in signature:
        return None
    return {
        "patient": _patient(data),
        "facility": facility,
        "purposes": [Purpose.PAYMENT.value],
        "recipients": [EVERY_PAYER],
        "information": INFORMATION,
        "right_to_revoke": RIGHT_TO_REVOKE,
        "redisclosure": REDISCLOSURE,
        "signature": {
            "name": signature["name"],
            "method": signature.get("method"),
            "signed_on": signature.get("signed_on"),
        },
    }


def _patient(data: Mapping[str, Any]) -> dict[str, Any]:
    """Name the patient as the consent does: the member, unless told otherwise."""
    member, patient = data.get("member", {}), data.get("patient", {})
    own = member if patient.get("relationship", "self") == "self" else patient
    named = {name: own.get(name) for name in ("first_name", "last_name", "birth_date")}
    return {name: value for name, value in named.items() if value} | (
        {"member_id": member["id"]} if "id" in member else {}
    )


def _text(value: int | Decimal | None) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def show_day(day: date | None) -> tuple[str, ...]:
    """Return a day as it is typed."""
    return () if day is None else (us_day(day),)
