"""The resources an answer contains: patient, subscriber, coverage, insurer."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from schemas.fhir.concepts import COVERAGE_CLASS, GENDERS, RELATIONSHIP, Json, concept, drop_empty, identifier
from verifier.model.coverage import Coverage, CoveredPerson, Plan
from verifier.model.inquiry import Inquiry, Member, Patient, Relationship
from verifier.model.verification import Verification

PATIENT, SUBSCRIBER, COVERAGE, INSURER = "patient", "subscriber", "coverage", "insurer"
MEMBER_NUMBER: Final = concept(("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"))
NOT_TOLD: Final = CoveredPerson()
NO_PLAN: Final = Plan()

Named = CoveredPerson | Member | Patient


def refer(name: str) -> Json:
    """Refer to a contained resource."""
    return {"reference": f"#{name}"}


def list_contained(verification: Verification) -> Iterator[Json]:
    """Write who the answer is about, under which coverage of which insurer; as the payer has it, if told."""
    inquiry, coverage = verification.inquiry, verification.coverage
    own = inquiry.patient.relationship is Relationship.SELF
    told = (coverage.patient, coverage.subscriber) if coverage else (None, None)
    member_id = (told[1] and told[1].id) or inquiry.member.id
    yield _write_person(PATIENT, told[0] or NOT_TOLD, inquiry.member if own else inquiry.patient)
    if not own:
        yield _write_person(SUBSCRIBER, told[1] or NOT_TOLD, inquiry.member)
    yield _write_coverage(inquiry, coverage.plan if coverage else NO_PLAN, member_id)
    yield _write_insurer(inquiry, coverage)


def _write_person(name: str, told: Named, asked: Named) -> Json:
    person = told if told.last_name else asked
    given = [each for each in (person.first_name, person.middle_name) if each]
    suffix = [person.suffix] if person.suffix else []
    words = drop_empty({"family": person.last_name, "given": given, "suffix": suffix})
    return drop_empty(
        {
            "resourceType": "Patient",
            "id": name,
            "name": [words] if words else None,
            "gender": GENDERS.get(str(person.sex)) if person.sex else None,
            "birthDate": _day(person.birth_date or asked.birth_date),
        }
    )


def _write_coverage(inquiry: Inquiry, plan: Plan, member_id: str | None) -> Json:
    own = inquiry.patient.relationship is Relationship.SELF
    classes = (
        ("group", plan.group_number or inquiry.member.group_number, plan.group_name),
        ("plan", plan.name, plan.name),
    )
    return drop_empty(
        {
            "resourceType": "Coverage",
            "id": COVERAGE,
            "status": "active",
            "identifier": [{"type": MEMBER_NUMBER, "value": member_id}] if member_id else None,
            "type": concept(text=plan.insurance_type),
            "subscriber": refer(PATIENT if own else SUBSCRIBER),
            "subscriberId": member_id,
            "beneficiary": refer(PATIENT),
            "relationship": concept((RELATIONSHIP, inquiry.patient.relationship.value)),
            "period": write_period(plan),
            "payor": [refer(INSURER)],
            "class": [
                drop_empty({"type": concept((COVERAGE_CLASS, kind)), "value": value, "name": name})
                for kind, value, name in classes
                if value
            ],
        }
    )


def write_period(plan: Plan) -> Json:
    """Write how long the plan is good for, as far as the payer said."""
    return drop_empty({"start": _day(plan.begins), "end": _day(plan.ends)})


def _write_insurer(inquiry: Inquiry, coverage: Coverage | None) -> Json:
    named = coverage.payer if coverage else None
    theirs = {"value": named.id} if named and named.id else {}
    return drop_empty(
        {
            "resourceType": "Organization",
            "id": INSURER,
            "identifier": [identifier("payer", inquiry.payer), *([theirs] if theirs else [])],
            "name": named and named.name,
        }
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
