"""CoverageEligibilityRequest (FHIR R4): one eligibility question about one patient, in a single resource.

``$submit`` takes a CoverageEligibilityRequest or a Bundle with one (http://hl7.org/fhir/R4,
OperationDefinition CoverageEligibilityRequest-submit). The single resource is sent, with patient, coverage,
insurer and provider contained: nobody has to look anything up, and nothing is created on the payer's server.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from payers.fhir.concepts import HL7, SERVICE_TYPE, X12
from payers.fhir.response import TRACE_SYSTEM
from verifier.errors import BadInput
from verifier.model.inquiry import Facility, Member, Patient, Relationship, Sex
from verifier.model.question import Question

Resource = dict[str, Any]

NPI: Final = "http://hl7.org/fhir/sid/us-npi"
TAX_ID: Final = "urn:oid:2.16.840.1.113883.4.4"
SSN: Final = "http://hl7.org/fhir/sid/us-ssn"
CPT: Final = "http://www.ama-assn.org/go/cpt"
HCPCS: Final = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
IDENTIFIER_TYPE: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
GENDERS: Final = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.UNKNOWN: "unknown"}


def write_request(question: Question, created: date) -> Resource:
    """Write *question* as a CoverageEligibilityRequest made on *created*; its identifier is the trace.

    Raises:
        BadInput: what finds the member is missing; ``errors`` names the fields as an inquiry has them.
    """
    _check(question)
    return {
        "resourceType": "CoverageEligibilityRequest",
        "contained": list(_list_contained(question)),
        "identifier": [{"system": TRACE_SYSTEM, "value": question.trace}],
        "status": "active",
        "purpose": ["validation", "benefits"],
        "patient": {"reference": "#patient"},
        "servicedDate": question.date_of_service.isoformat(),
        "created": created.isoformat(),
        "provider": {"reference": "#provider"},
        "insurer": {"reference": "#insurer"},
        "insurance": [{"focal": True, "coverage": {"reference": "#coverage"}}],
        "item": list(_list_items(question)),
    }


def _check(question: Question) -> None:
    people: list[tuple[str, Member | Patient]] = []
    if not (question.subscriber.id or question.subscriber.ssn):
        people.append(("/member", question.subscriber))
    if _is_dependent(question):
        people.append(("/patient", question.patient))
    names = ("first_name", "last_name", "birth_date")
    errors = {
        f"{pointer}/{name}": "is needed to find the person"
        for pointer, person in people
        for name in names
        if not getattr(person, name)
    }
    if not question.service_types and not question.procedure:
        errors["/service_types"] = "must hold a service type, or a procedure be asked"
    if errors:
        raise BadInput("The question is not complete; give or correct the fields named.", errors)


def _is_dependent(question: Question) -> bool:
    return question.patient.relationship is not Relationship.SELF


def _list_contained(question: Question) -> Iterator[Resource]:
    subscriber = question.subscriber
    if _is_dependent(question):
        yield _write_person("patient", question.patient)
        yield _write_person("subscriber", subscriber, _list_member_numbers(subscriber))
    else:
        yield _write_person("patient", subscriber, _list_member_numbers(subscriber))
    yield _write_coverage(question)
    yield _write_organization("insurer", question.payer_name, [{"value": question.payer_id}])
    yield _write_organization(
        "provider", question.provider.name, list(_list_provider_numbers(question.provider))
    )


def _list_member_numbers(member: Member) -> list[Resource]:
    if member.id:
        kind = {"coding": [{"system": IDENTIFIER_TYPE, "code": "MB"}]}
        return [{"type": kind, "value": member.id}]
    return [{"system": SSN, "value": member.ssn}] if member.ssn else []


def _list_provider_numbers(provider: Facility) -> Iterator[Resource]:
    yield {"system": NPI, "value": provider.npi}
    if provider.tax_id:
        yield {"system": TAX_ID, "value": provider.tax_id}


def _write_person(
    identifier: str, person: Member | Patient, numbers: list[Resource] | None = None
) -> Resource:
    given = [name for name in (person.first_name, person.middle_name) if name]
    name = {"use": "official", "family": person.last_name, "given": given}
    suffix = [person.suffix] if person.suffix else None
    return _drop_empty(
        {
            "resourceType": "Patient",
            "id": identifier,
            "identifier": numbers,
            "name": [_drop_empty({**name, "suffix": suffix})],
            "gender": GENDERS[person.sex] if person.sex else None,
            "birthDate": person.birth_date.isoformat() if person.birth_date else None,
        }
    )


def _write_coverage(question: Question) -> Resource:
    subscriber = "#subscriber" if _is_dependent(question) else "#patient"
    group = question.subscriber.group_number
    kind = {"coding": [{"system": f"{HL7}coverage-class", "code": "group"}]}
    relationship = {"system": f"{HL7}subscriber-relationship", "code": str(question.patient.relationship)}
    return _drop_empty(
        {
            "resourceType": "Coverage",
            "id": "coverage",
            "status": "active",
            "subscriber": {"reference": subscriber},
            "subscriberId": question.subscriber.id,
            "beneficiary": {"reference": "#patient"},
            "relationship": {"coding": [relationship]},
            "payor": [{"reference": "#insurer"}],
            "class": [{"type": kind, "value": group}] if group else None,
        }
    )


def _write_organization(identifier: str, name: str, numbers: list[Resource]) -> Resource:
    return {"resourceType": "Organization", "id": identifier, "identifier": numbers, "name": name}


def _list_items(question: Question) -> Iterator[Resource]:
    for service in question.service_types:
        systems = (f"{HL7}ex-benefitcategory", f"{X12}{SERVICE_TYPE}")
        yield {"category": {"coding": [{"system": system, "code": service} for system in systems]}}
    if question.procedure:
        system = HCPCS if question.procedure[0].isalpha() else CPT
        yield {"productOrService": {"coding": [{"system": system, "code": question.procedure}]}}


def _drop_empty(resource: Resource) -> Resource:
    """Leave out what was not given: FHIR knows no null and no empty list."""
    return {name: value for name, value in resource.items() if value}
