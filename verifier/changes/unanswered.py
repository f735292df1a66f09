"""`why_unanswered`: why a verification leaves open whether the patient is covered."""

from verifier.answering.freshness import explain_fault
from verifier.model.verification import Answer, Origin, Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus

BROKEN = "something went wrong here, not at the payer"


def why_unanswered(verification: Verification) -> str | None:
    """Say in a few words why nobody could answer; ``None`` when somebody did, or may yet."""
    coverage, freshness = verification.coverage, verification.freshness
    if verification.status is VerificationStatus.FAILED:
        return verification.problem or BROKEN
    if verification.status is not VerificationStatus.COMPLETE or coverage is None:
        return None
    if freshness and freshness.origin is Origin.STALE:
        return freshness.reason or "the payer could not answer"
    if coverage.status is CoverageStatus.REJECTED:
        meanings = dict.fromkeys(each.meaning for each in coverage.rejections)
        return f"the payer refused the question: {'; '.join(meanings) or 'it gives no reason'}"
    answer = Answer(coverage, verification.attempts)
    return explain_fault(answer) if answer.is_fault else None
