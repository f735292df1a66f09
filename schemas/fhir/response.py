"""A verification as a CoverageEligibilityResponse (FHIR R4).

Unknown stays unknown: ``inforce`` is there only where the payer said whether the plan is in force, and an
outage has the outcome ``error`` with the words that it is no word about the patient's coverage. The estimate
has no place in this resource and is left out; the verification's own JSON has it.
"""

from datetime import UTC, datetime
from html import escape
from typing import Final

from schemas.fhir.concepts import HL7, OURS, REJECT_REASON, Json, concept, drop_empty, identifier
from schemas.fhir.items import write_items
from schemas.fhir.people import COVERAGE, INSURER, PATIENT, list_contained, refer, write_period
from verifier.model.coverage import Coverage
from verifier.model.verification import Notice, Outcome, Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus

IN_FORCE: Final = {CoverageStatus.ACTIVE: True, CoverageStatus.INACTIVE: False}
DISPOSITIONS: Final = {
    CoverageStatus.ACTIVE: "The payer says that the coverage is active on the date asked about.",
    CoverageStatus.INACTIVE: "The payer says that the coverage is not active on the date asked about.",
    CoverageStatus.REJECTED: "The payer refused the question; this says nothing of the coverage.",
    CoverageStatus.UNKNOWN: "Unknown: nobody could say. This is not a word about the patient's coverage.",
}
PENDING: Final = "Not answered yet; ask for this response again."
FAILED: Final = "Unknown: the verification failed. This is not a word about the patient's coverage."
PART_2: Final = "42_CFR_PART_2"
# HL7 DS4P: restricted, and under the policy of 42 CFR part 2
PART_2_LABELS: Final = [
    {"system": f"{HL7}v3-Confidentiality", "code": "R"},
    {"system": f"{HL7}v3-ActCode", "code": "42CFRPart2"},
]


def dump_response(verification: Verification) -> Json:
    """Write *verification* as JSON's own kinds of value."""
    coverage = verification.coverage if verification.status is VerificationStatus.COMPLETE else None
    outcome, disposition = _judge(verification, coverage)
    return drop_empty(
        {
            "resourceType": "CoverageEligibilityResponse",
            "meta": _write_meta(verification.notices),
            "text": _write_narrative(disposition, verification.notices),
            "contained": list(list_contained(verification)),
            "identifier": [identifier("verification", verification.id)],
            "status": "active",
            "purpose": ["validation", "benefits"],
            "patient": refer(PATIENT),
            "servicedDate": verification.inquiry.program.start_date.isoformat(),
            "created": _moment(verification.as_of or verification.created_at),
            "requestor": _name_facility(verification),
            "request": {"identifier": identifier("verification", verification.id)},
            "outcome": outcome,
            "disposition": disposition,
            "insurer": refer(INSURER),
            "insurance": _write_insurance(coverage) if coverage else None,
            "error": _write_errors(verification, coverage),
        }
    )


def _judge(verification: Verification, coverage: Coverage | None) -> tuple[str, str]:
    """Give outcome and disposition."""
    if verification.status is VerificationStatus.PENDING:
        return "queued", PENDING
    if coverage is None:
        return "error", FAILED
    if coverage.status in IN_FORCE:
        return "complete", DISPOSITIONS[coverage.status]
    answered = any(attempt.outcome is Outcome.ANSWERED for attempt in verification.attempts)
    partly = coverage.status is CoverageStatus.UNKNOWN and answered
    return "partial" if partly else "error", DISPOSITIONS[coverage.status]


def _write_insurance(coverage: Coverage) -> list[Json]:
    items = [item for benefit in coverage.benefits for item in write_items(benefit)]
    written = drop_empty(
        {
            "coverage": refer(COVERAGE),
            "inforce": IN_FORCE.get(coverage.status),
            "benefitPeriod": write_period(coverage.plan),
            "item": items,
        }
    )
    return [written]


def _write_errors(verification: Verification, coverage: Coverage | None) -> list[Json]:
    refusals = coverage.rejections if coverage else ()
    errors = [concept((REJECT_REASON, each.code), text=each.meaning) for each in refusals]
    silent = coverage.warnings if coverage and coverage.status is CoverageStatus.UNKNOWN else ()
    errors += [concept((f"{OURS}warning", each.code), text=each.text) for each in silent]
    if verification.status is VerificationStatus.FAILED:
        errors.append(concept(text=verification.problem or FAILED))
    return [{"code": each} for each in errors]


def _write_meta(notices: tuple[Notice, ...]) -> Json:
    return {"security": PART_2_LABELS} if any(notice.code == PART_2 for notice in notices) else {}


def _write_narrative(disposition: str, notices: tuple[Notice, ...]) -> Json:
    """Write what a person must read, the statement of 42 CFR 2.32 first of all."""
    texts = [*(notice.text for notice in notices), disposition]
    words = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>'}


def _name_facility(verification: Verification) -> Json:
    facility = verification.inquiry.facility
    return {"identifier": identifier("facility", facility)} if facility else {}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
