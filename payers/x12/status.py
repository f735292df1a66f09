"""What a reply says of the member: active, inactive, rejected, or that nobody can say.

A payer's fault is never inactive: whatever hints at an outage makes the status unknown, unless the payer also
says that coverage is active.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from payers.x12.rejections import read_words, weigh_together
from verifier.model.coverage import Benefit, DateSpan, Rejection, Source
from verifier.model.coverage import Warning as Remark
from verifier.model.vocabulary import BenefitKind, CoverageStatus, Network, RejectionClass

WHOLE_PLAN: Final = "30"
DENIALS: Final = (BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION)
FIRM: Final = (RejectionClass.MEMBER, RejectionClass.PROVIDER)  # the payer did process the question
ENDS: Final = frozenset({"plan_end", "benefit_end", "eligibility_end", "period_end", "cobra_end"})
CONFLICT: Final = Remark(
    "STATUS_CONFLICT",
    "The payer says active and, without dates, inactive. Ask which holds on the day of service.",
)
CANNOT_PROCESS: Final = Remark(
    "CANNOT_PROCESS", "The payer could not process the question (EB*V). Ask again."
)
NOT_STATED: Final = Remark("STATUS_NOT_STATED", "The reply says neither active nor inactive. Call the payer.")


class Judgment(NamedTuple):
    """A status, every rejection it rests on, and what is odd about it."""

    status: CoverageStatus
    rejections: tuple[Rejection, ...]
    remarks: tuple[Remark, ...] = ()


def judge(benefits: Sequence[Benefit], refusals: Sequence[Rejection], messages: Iterable[str]) -> Judgment:
    """Tell what *benefits*, AAA *refusals* and loose *messages* of one patient add up to."""
    kinds = {benefit.kind for benefit in benefits}
    rejections = weigh_together(refusals) if refusals else ()
    if BenefitKind.ACTIVE in kinds:
        is_conflict = BenefitKind.INACTIVE in kinds and any(map(_ends_plan_undated, benefits))
        return Judgment(CoverageStatus.ACTIVE, rejections, (CONFLICT,) if is_conflict else ())
    rejections += _read_worded(benefits, messages, has_codes=bool(rejections))
    categories = {rejection.category for rejection in rejections}
    if RejectionClass.PAYER_UNAVAILABLE in categories:
        return Judgment(CoverageStatus.UNKNOWN, rejections)
    if (
        kinds.isdisjoint({BenefitKind.INACTIVE})
        and BenefitKind.CANNOT_PROCESS in kinds
        and categories.isdisjoint(FIRM)
    ):
        return Judgment(CoverageStatus.UNKNOWN, rejections, (CANNOT_PROCESS,))
    if rejections:
        return Judgment(CoverageStatus.REJECTED, rejections)
    if BenefitKind.INACTIVE in kinds or any(map(_denies_plan, benefits)):
        return Judgment(CoverageStatus.INACTIVE, rejections)
    return Judgment(CoverageStatus.UNKNOWN, rejections, (NOT_STATED,))


def _ends_plan_undated(benefit: Benefit) -> bool:
    is_whole = not benefit.services or WHOLE_PLAN in benefit.services
    return (
        benefit.kind is BenefitKind.INACTIVE and is_whole and not any(map(_is_closed_period, benefit.dates))
    )


def _is_closed_period(span: DateSpan) -> bool:
    return span.begins != span.ends or span.qualifier in ENDS


def _denies_plan(benefit: Benefit) -> bool:
    return benefit.kind in DENIALS and WHOLE_PLAN in benefit.services and benefit.network is not Network.OUT


def _read_worded(
    benefits: Iterable[Benefit], messages: Iterable[str], *, has_codes: bool
) -> tuple[Rejection, ...]:
    """Find refusals put into words only; beside AAA codes only an outage adds anything."""
    said = [(message, benefit.source) for benefit in benefits for message in benefit.messages]
    said += [(message, Source(None, message)) for message in messages]
    found = [rejection for message, source in said if (rejection := read_words(message, source))]
    return tuple(
        rejection
        for rejection in found
        if not has_codes or rejection.category is RejectionClass.PAYER_UNAVAILABLE
    )
