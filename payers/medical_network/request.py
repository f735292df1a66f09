"""A question as medical-network JSON: v3 of Change Healthcare, and Stedi's redesigned shape of 2026-06-01.

The clearinghouse writes a 270 from it, so a value that X12 cannot carry is refused here, by the rules of
`payers.x12.inquiry_270`. Nothing in a request but its people identifies anybody.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from payers.x12 import inquiry_270 as x12
from payers.x12.elements import Delimiters, Element, Entry, Kind, encode
from verifier.errors import BadInput
from verifier.model.inquiry import Member, Patient, Relationship, Sex
from verifier.model.question import Question

DELIMITERS: Final = Delimiters()
MEMBER_ID: Final = Element(Kind.TEXT, 2, 80, re.compile(r"[A-Za-z0-9 -]{2,80}"))
RELATIONSHIPS: Final = {
    Relationship.SPOUSE: "SPOUSE",
    Relationship.CHILD: "CHILD",
    Relationship.OTHER: "OTHER_ADULT",
}
SEXES: Final = {Sex.FEMALE: "FEMALE", Sex.MALE: "MALE"}
NAMES: Final[Mapping[str, tuple[str, Element]]] = {
    "firstName": ("first_name", x12.FIRST_NAME),
    "lastName": ("last_name", x12.LAST_NAME),
    "middleName": ("middle_name", x12.MIDDLE_NAME),
    "suffix": ("suffix", x12.SUFFIX),
}

Fields = dict[str, Any]


class _Writer:
    """Takes values through the one gate of X12, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def take(self, value: str | None, element: Element, pointer: str) -> str | None:
        """Return *value* as it can be sent; ``None`` for nothing, and for what cannot be."""
        try:
            return encode(Entry(value, element, pointer), DELIMITERS) if value else None
        except BadInput as error:
            self.errors |= error.errors
            return None

    def take_name(self, person: Member | Patient, pointer: str) -> Fields:
        """Return the parts of a person's name."""
        return {
            field: self.take(getattr(person, name), element, f"{pointer}/{name}")
            for field, (name, element) in NAMES.items()
        }

    def finish(self, fields: Fields) -> bytes:
        """Write *fields* without those that say nothing.

        Raises:
            BadInput: some value cannot be sent.
        """
        if self.errors:
            raise BadInput("The question cannot be written; correct the fields named.", self.errors)
        return json.dumps(_prune(fields), separators=(",", ":")).encode()


def _prune(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        pruned = {name: _prune(each) for name, each in value.items()}
        return {name: each for name, each in pruned.items() if each not in (None, {}, [])}
    return [_prune(each) for each in value] if isinstance(value, list) else value


def write_v3(
    question: Question, *, control_number: str, reference: str | None = None, today: date | None = None
) -> bytes:
    """Write *question* in v3; the date is left out when it is *today*, as payers differ on that.

    Raises:
        BadInput: something needed is missing or cannot be written; ``errors`` names the fields.
    """
    x12.check(question)
    writer = _Writer()
    encounter = _write_encounter(writer, question, today)
    dependents = [_write_dependent(writer, question.patient)] if _is_dependent(question) else []
    provider = _write_provider(writer, question)
    return writer.finish(
        {
            "controlNumber": control_number,
            "submitterTransactionIdentifier": reference,
            "tradingPartnerServiceId": writer.take(question.payer_id, x12.PAYER_ID, "/payer/id"),
            "provider": {"organizationName": provider["name"], "npi": provider["npi"]},
            "subscriber": _write_subscriber(writer, question.subscriber),
            "dependents": dependents,
            "encounter": encounter,
        }
    )


def _is_dependent(question: Question) -> bool:
    return question.patient.relationship is not Relationship.SELF


def _write_provider(writer: _Writer, question: Question) -> dict[str, str | None]:
    provider = question.provider
    return {
        "name": writer.take(provider.name, x12.ORGANIZATION, "/facility/name"),
        "npi": writer.take(provider.npi, x12.NPI, "/facility/npi"),
    }


def _write_subscriber(writer: _Writer, member: Member) -> Fields:
    number = None if member.id or member.ssn is None else member.ssn.replace("-", "")
    return {
        "memberId": writer.take(member.id, MEMBER_ID, "/member/id"),
        **writer.take_name(member, "/member"),
        "dateOfBirth": _write_day(member.birth_date),
        "gender": x12.SEXES.get(member.sex) if member.sex else None,
        "groupNumber": writer.take(member.group_number, x12.GROUP_NUMBER, "/member/group_number"),
        "ssn": writer.take(number, x12.NINE_DIGITS, "/member/ssn"),
    }


def _write_dependent(writer: _Writer, patient: Patient) -> Fields:
    return {
        "individualRelationshipCode": x12.RELATIONSHIPS[patient.relationship],
        **writer.take_name(patient, "/patient"),
        "dateOfBirth": _write_day(patient.birth_date),
        "gender": x12.SEXES.get(patient.sex) if patient.sex else None,
    }


def _write_day(day: date | None) -> str | None:
    return f"{day:%Y%m%d}" if day else None


def _write_encounter(writer: _Writer, question: Question, today: date | None) -> Fields:
    services, procedure = _take_services(writer, question)
    day = question.date_of_service
    return {
        "serviceTypeCodes": services,
        "dateOfService": _write_day(None if day == today else day),
        "productOrServiceIDQualifier": "HC" if procedure else None,
        "procedureCode": procedure,
    }


def _take_services(writer: _Writer, question: Question) -> tuple[list[str | None], str | None]:
    services = [
        writer.take(code, x12.SERVICE_TYPE, f"/service_types/{place}")
        for place, code in enumerate(question.service_types)
    ]
    return services, writer.take(question.procedure, x12.PROCEDURE, "/program/code")


def write_plans(question: Question, *, today: date | None = None) -> bytes:
    """Write *question* in Stedi's redesigned shape.

    Raises:
        BadInput: something needed is missing or cannot be written; ``errors`` names the fields.
    """
    x12.check(question)
    writer, provider = _Writer(), {}
    provider = _write_provider(writer, question)
    member, patient = question.subscriber, question.patient
    return writer.finish(
        {
            "payerId": writer.take(question.payer_id, x12.PAYER_ID, "/payer/id"),
            "provider": {"name": {"organization": provider["name"]}, "npi": provider["npi"]},
            "subscriber": _restate_person(writer, member, "/member") | _restate_numbers(writer, member),
            "dependent": _restate_dependent(writer, patient) if _is_dependent(question) else None,
            "encounter": _restate_encounter(writer, question, today),
        }
    )


def _restate_person(writer: _Writer, person: Member | Patient, pointer: str) -> Fields:
    return {
        "name": {"person": writer.take_name(person, pointer)},
        "dateOfBirth": person.birth_date.isoformat() if person.birth_date else None,
        "gender": SEXES.get(person.sex) if person.sex else None,
    }


def _restate_numbers(writer: _Writer, member: Member) -> Fields:
    written = _write_subscriber(writer, member)
    return {
        "memberId": written["memberId"],
        "additionalInformation": {"groupNumber": written["groupNumber"], "ssn": written["ssn"]},
    }


def _restate_dependent(writer: _Writer, patient: Patient) -> Fields:
    return {
        **_restate_person(writer, patient, "/patient"),
        "relationToSubscriber": RELATIONSHIPS[patient.relationship],
    }


def _restate_encounter(writer: _Writer, question: Question, today: date | None) -> Fields:
    codes, procedure = _take_services(writer, question)
    services = [{"system": "STC", "value": code} for code in codes]
    if procedure:
        services.append({"system": "HCPCS", "value": procedure})
    day = question.date_of_service
    return {"services": services, "dates": {"service": {"start": None if day == today else day.isoformat()}}}
