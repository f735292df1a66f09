"""The form data of ``POST /v1/coverages`` (Availity Coverages 1.0.0, createCoverage)."""

from collections.abc import Iterator
from typing import Final

from payers.x12.names import fold
from verifier.errors import BadInput
from verifier.model.inquiry import Member, Patient, Relationship
from verifier.model.question import Question

RELATIONSHIPS: Final = {
    Relationship.SELF: "18",
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.OTHER: "G8",
}
NAMES: Final = ("first_name", "last_name", "birth_date")

Fields = list[tuple[str, str]]


def write_form(question: Question) -> Fields:
    """Write *question* as name and value of each field; the trace travels as the patient's account number.

    Names are written in plain capitals, as an inquiry in X12 has them: Availity makes one of it.

    Raises:
        BadInput: what finds the member is missing; ``errors`` names the fields as an inquiry has them.
    """
    _check(question)
    return [(name, value) for name, value in _list_fields(question) if value]


def _list_fields(question: Question) -> Iterator[tuple[str, str | None]]:
    provider, member = question.provider, question.subscriber
    patient = member if question.patient.relationship is Relationship.SELF else question.patient
    yield "payerId", question.payer_id
    yield "providerLastName", fold(provider.name)
    yield "providerNpi", provider.npi
    yield "providerTaxId", provider.tax_id and provider.tax_id.replace("-", "")
    yield "placeOfService", provider.place_of_service
    yield "asOfDate", question.date_of_service.isoformat()
    for service in question.service_types:
        yield "serviceType", service
    yield "procedureCode", question.procedure
    yield "memberId", member.id
    yield "patientSSN", member.ssn if not member.id else None
    yield "groupNumber", member.group_number
    yield from _list_person(patient)
    yield "subscriberRelationship", RELATIONSHIPS[question.patient.relationship]
    yield "patientAccountNumber", question.trace


def _list_person(person: Member | Patient) -> Iterator[tuple[str, str | None]]:
    for field, value in (
        ("patientLastName", person.last_name),
        ("patientFirstName", person.first_name),
        ("patientMiddleName", person.middle_name),
        ("patientSuffix", person.suffix),
    ):
        yield field, fold(value) if value else None
    yield "patientBirthDate", person.birth_date.isoformat() if person.birth_date else None
    yield "patientGender", person.sex


def _check(question: Question) -> None:
    member, patient = question.subscriber, question.patient
    errors: dict[str, str] = {}
    if not (member.id or member.ssn):
        errors |= {
            f"/member/{name}": "is needed for want of a member id"
            for name in NAMES
            if not getattr(member, name)
        }
    if patient.relationship is not Relationship.SELF:
        errors |= {
            f"/patient/{name}": "is needed to find a dependent"
            for name in NAMES
            if not getattr(patient, name)
        }
        if not member.id:
            errors["/member/id"] = "is needed to find a dependent"
    if not question.service_types and not question.procedure:
        errors["/service_types"] = "must hold a service type, or a procedure be asked"
    if errors:
        raise BadInput("The question is not complete; give or correct the fields named.", errors)
