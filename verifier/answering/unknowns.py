"""What the payer did not answer, as questions for a phone call; only what is still open is asked."""

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.answering.relevance import Relevant
from verifier.codes import procedures
from verifier.model.findings import Unknown
from verifier.model.published import Published
from verifier.model.vocabulary import Authorization, BenefitKind, CoverageStatus, Network, Period

COST_SHARES: Final = (BenefitKind.COPAY, BenefitKind.COINSURANCE)
LIMITS: Final = frozenset({BenefitKind.LIMITATION, BenefitKind.UNLIMITED})
REMAINING: Final = frozenset({Period.REMAINING, Period.LIFETIME_REMAINING})
SAID: Final = frozenset({Authorization.REQUIRED, Authorization.NOT_REQUIRED})


def list_unknowns(
    relevant: Relevant, published: Published | None = None, more: Sequence[Unknown] = ()
) -> tuple[Unknown, ...]:
    """List each fact that nobody answered, with the question to put to the payer.

    What *published* rules ask comes first, then *more*; what the rules answer is not asked of the payer.
    """
    first = (*(published.questions if published else ()), *more)
    asked = {unknown.code: unknown for unknown in first}
    for topic in _topics(relevant.coverage.status, published):
        if topic.is_open(relevant):
            asked.setdefault(topic.code, Unknown(topic.code, _word(topic.question, relevant)))
    return tuple(asked.values())


def _topics(status: CoverageStatus, published: Published | None) -> Iterator["Topic"]:
    topics = TOPICS if status is CoverageStatus.ACTIVE else WHEN_NOT_ACTIVE[status]
    if published is None:
        yield from topics
    elif published.proof is None:
        answered = ANSWERED_BY_RULES if published.is_priced else frozenset()
        answered |= frozenset() if published.has_network else {"network"}
        unlimited = {code for code, limit in LIMIT_TOPICS.items() if not _has_limit(published, limit)}
        yield from (topic for topic in topics if topic.code not in answered | unlimited)


def _has_limit(published: Published, limit: str) -> bool:
    """Tell whether some phase knows such a limit with something left of it; without any phase it may."""
    terms = [phase.terms for variant in published.variants for phase in variant.phases]
    pairs = [getattr(each, limit) for each in terms if each]
    return not published.is_priced or any(
        side.remaining for pair in pairs for side in (pair.individual, pair.family)
    )


def _word(question: str, relevant: Relevant) -> str:
    program = relevant.inquiry.program
    procedure = procedures.find(program.code)
    label = f"{procedure.label} ({program.code})" if procedure else f"procedure {program.code}"
    return question.format(program=label, start=program.start_date)


def _is_coverage_open(relevant: Relevant) -> bool:
    decided = (BenefitKind.ACTIVE, BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION)
    return not any(map(relevant.names_program, relevant.of_kind(*decided, *COST_SHARES)))


def _is_network_open(relevant: Relevant) -> bool:
    return relevant.inquiry.network is Network.UNKNOWN


def _is_authorization_open(relevant: Relevant) -> bool:
    return not any(benefit.authorization in SAID for benefit in relevant.benefits)


def _is_authorization_way_open(relevant: Relevant) -> bool:
    return any(benefit.authorization is Authorization.REQUIRED for benefit in relevant.benefits)


def _is_cost_share_open(relevant: Relevant) -> bool:
    return not any(map(relevant.names_program, relevant.of_kind(*COST_SHARES)))


def _is_copay_period_open(relevant: Relevant) -> bool:
    copays = [benefit for benefit in relevant.of_kind(BenefitKind.COPAY) if relevant.names_program(benefit)]
    return any(copay.period is None and copay.amount for copay in copays)


def _are_visits_open(relevant: Relevant) -> bool:
    named = filter(relevant.names_program, relevant.benefits)
    return not any(benefit.kind in LIMITS or benefit.unlimited or benefit.delivery for benefit in named)


def _are_visits_left_open(relevant: Relevant) -> bool:
    limits = [
        benefit for benefit in relevant.of_kind(BenefitKind.LIMITATION) if relevant.names_program(benefit)
    ]
    counted = [limit for limit in limits if limit.quantity is not None or limit.delivery]
    return bool(counted) and not any(
        _is_remaining(limit.period, *_periods(limit.delivery)) for limit in counted
    )


def _periods(delivery: tuple[object, ...]) -> Iterator[Period | None]:
    return (getattr(each, "period", None) for each in delivery)


def _is_remaining(*periods: Period | None) -> bool:
    return not REMAINING.isdisjoint(periods)


def _is_deductible_open(relevant: Relevant) -> bool:
    return _lacks_remaining(relevant, BenefitKind.DEDUCTIBLE)


def _is_out_of_pocket_open(relevant: Relevant) -> bool:
    return _lacks_remaining(relevant, BenefitKind.OUT_OF_POCKET)


def _lacks_remaining(relevant: Relevant, kind: BenefitKind) -> bool:
    said = list(relevant.of_kind(kind))
    if said and all(benefit.amount == 0 for benefit in said):
        return False  # nothing can be left of nothing
    return not any(benefit.period in REMAINING and benefit.amount is not None for benefit in said)


def _is_administrator_open(relevant: Relevant) -> bool:
    coverage = relevant.coverage
    if coverage.carve_outs:
        return any(carve_out.administrator is None for carve_out in coverage.open_carve_outs)
    return not any(map(relevant.names_program, relevant.benefits))


def _is_payment_order_open(relevant: Relevant) -> bool:
    return bool(relevant.coverage.other_coverage) and not relevant.inquiry.other_coverage


def _always(_: Relevant) -> bool:
    return True


class Topic(NamedTuple):
    """A fact admissions needs: its code, when it is still open, and how to ask for it."""

    code: str
    is_open: Callable[[Relevant], bool]
    question: str


TOPICS: Final = (
    Topic("covered", _is_coverage_open, "Is {program} a covered benefit of this plan?"),
    Topic(
        "administrator",
        _is_administrator_open,
        "Who administers behavioral health benefits for this plan, and at which number?",
    ),
    Topic("network", _is_network_open, "Is the facility in network for this plan?"),
    Topic("authorization", _is_authorization_open, "Does {program} need prior authorization?"),
    Topic(
        "authorization_way",
        _is_authorization_way_open,
        "How is authorization for {program} requested, and how many days are given at first?",
    ),
    Topic("cost_share", _is_cost_share_open, "Which copay or coinsurance applies to {program}?"),
    Topic(
        "copay_period",
        _is_copay_period_open,
        "Is the copay for {program} owed per day, per week or once for the whole program?",
    ),
    Topic(
        "visit_limit",
        _are_visits_open,
        "Is there a limit on days or visits of {program}, and how many are left?",
    ),
    Topic("visits_left", _are_visits_left_open, "How many days or visits of {program} are left?"),
    Topic(
        "deductible_remaining",
        _is_deductible_open,
        "How much of the deductible is left, for the person and the family?",
    ),
    Topic(
        "out_of_pocket_remaining",
        _is_out_of_pocket_open,
        "How much of the out-of-pocket maximum is left, for the person and the family?",
    ),
    Topic(
        "payment_order", _is_payment_order_open, "Which plan pays first, this one or the other one on file?"
    ),
)
ASK_FOR_COVERAGE: Final = Topic("coverage", _always, "Is the patient covered on {start}?")
CONFIRM_INACTIVE: Final = Topic(
    "coverage", _always, "Is the coverage not active on {start}, since when, and did another plan replace it?"
)
WHEN_NOT_ACTIVE: Final = MappingProxyType(
    {
        CoverageStatus.INACTIVE: (CONFIRM_INACTIVE,),
        CoverageStatus.REJECTED: (ASK_FOR_COVERAGE, *TOPICS),
        CoverageStatus.UNKNOWN: (ASK_FOR_COVERAGE, *TOPICS),
    }
)
# Published rules that give an estimate answer these; a reply that is silent on them leaves nothing open.
ANSWERED_BY_RULES: Final = frozenset(
    {"covered", "administrator", "cost_share", "copay_period", "visit_limit", "visits_left"}
)
LIMIT_TOPICS: Final = MappingProxyType(
    {"deductible_remaining": "deductible", "out_of_pocket_remaining": "out_of_pocket"}
)
