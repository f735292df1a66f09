"""A verification as one row of a list."""

from datetime import date, datetime
from typing import Final, NamedTuple

from verifier.model.verification import Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus
from verifier.web.staff.result.glance import LOOKS, UNKNOWN, Pays, tell_pays
from verifier.web.staff.result.whole import name_patient

OPEN: Final = {VerificationStatus.PENDING: "asking", VerificationStatus.FAILED: "not asked"}


class Row(NamedTuple):
    """What a list shows of one verification."""

    id: str
    person: str
    payer: str
    facility: str | None
    created_at: datetime
    starts: date
    look: str
    word: str
    reason: str
    pays: Pays | None
    signed_by: str | None


def tell_row(verification: Verification, payer: str) -> Row:
    """Sum up *verification* in a row; *payer* is the name of who was asked."""
    decision = verification.decision
    look, word = _judge(verification)
    return Row(
        verification.id,
        name_patient(verification),
        payer,
        verification.inquiry.facility,
        verification.created_at,
        verification.inquiry.program.start_date,
        look,
        word,
        decision.reasons[0] if decision and decision.reasons else "",
        tell_pays(verification.estimate),
        verification.review.by if verification.review else None,
    )


def _judge(verification: Verification) -> tuple[str, str]:
    if verification.status in OPEN:
        return UNKNOWN, OPEN[verification.status]
    if verification.decision is None:
        return UNKNOWN, UNKNOWN
    verdict = verification.decision.verdict.value
    status = verification.coverage.status if verification.coverage else CoverageStatus.UNKNOWN
    look = LOOKS.get(status, verdict) if verdict == "caution" else verdict
    return look, verdict
