"""Joins the answers of two payers about one patient, each with its own say.

Whose word counts: for cost shares and refusals of behavioral care its administrator's; for the deductible and
the out-of-pocket maximum of the whole plan the medical payer's, where it told them; for everything, that of
the plan that actually pays. What does not count is kept as superseded.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from payers.kit.merge import merge
from verifier.model.coverage import ActualPayer, Benefit, CarveOut, Coverage
from verifier.model.coverage import Warning as Oddity
from verifier.model.vocabulary import BenefitKind, Network

WHOLE_PLAN: Final = "30"
BEHAVIORAL: Final = frozenset(  # X12 service types of mental health and substance use care
    {
        "A4",
        "A5",
        "A6",
        "A7",
        "A8",
        "AI",
        "AJ",
        "AK",
        "BB",
        "BC",
        "CE",
        "CF",
        "CG",
        "CH",
        "CI",
        "CJ",
        "MH",
        "RT",
    }
)
ANY_NETWORK: Final = frozenset({Network.BOTH, Network.UNKNOWN})
SHARES: Final = frozenset({BenefitKind.COPAY, BenefitKind.COINSURANCE})
REFUSALS: Final = frozenset({BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION})
ACCUMULATORS: Final = frozenset({BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET})
POINTERS: Final = frozenset(  # say who else there is, and nothing of prices
    {
        BenefitKind.OTHER_PAYER,
        BenefitKind.MANAGED_CARE,
        BenefitKind.CONTACT,
        BenefitKind.OTHER_SOURCE,
        BenefitKind.PRIMARY_CARE_PROVIDER,
        BenefitKind.PROVIDER,
    }
)


def join_administrator(
    medical: Coverage, administrator: Coverage, followed: Iterable[CarveOut] = ()
) -> Coverage:
    """Join what the administrator of behavioral care says to what the medical payer says.

    *followed* are the carve-outs that led to the administrator; they stay, and say that it answered.
    """
    sender, led = _find_place(medical, administrator), frozenset(followed)
    carve_outs = tuple(
        each._replace(answered_by=sender) if each in led else each for each in medical.carve_outs
    )
    tells_shares = any(row.kind in SHARES and is_behavioral(row.services) for row in administrator.benefits)
    outranked = REFUSALS | (SHARES if tells_shares else frozenset())
    limits = [row for row in medical.benefits if _is_plan_limit(row)]
    joined = merge(
        [
            _set_aside(
                replace(medical, carve_outs=carve_outs),
                lambda row: row.kind in outranked and is_behavioral(row.services),
            ),
            _set_aside(administrator, lambda row: _is_plan_limit(row) and _is_told(row, limits)),
        ]
    )
    return replace(joined, warnings=(*joined.warnings, *_compare_limits(limits, administrator)))


def join_actual_payer(nominal: Coverage, actual: Coverage, named: ActualPayer) -> Coverage:
    """Join the answer of the plan that actually pays, which counts, to that of the payer that *named* it."""
    others = tuple(each for each in nominal.other_coverage if each.source != named.source)
    joined = merge(
        [
            actual,
            _set_aside(
                # a refusal by one that does not pay says nothing of the coverage
                replace(nominal, other_coverage=others, actual_payer=named, rejections=()),
                lambda row: row.kind not in POINTERS,
            ),
        ]
    )
    moved = joined.actual_payer or named
    carve_outs = tuple(
        each._replace(answered_by=0) if each.source == moved.source else each for each in joined.carve_outs
    )
    return replace(joined, carve_outs=carve_outs, actual_payer=moved._replace(answered_by=0))


def is_behavioral(services: Iterable[str]) -> bool:
    """Tell whether behavioral care is among these service types by name."""
    return not BEHAVIORAL.isdisjoint(services)


def _find_place(first: Coverage, second: Coverage) -> int:
    """Tell which place *second*'s answerer gets in the list of both."""
    answerers = tuple(dict.fromkeys((*first.answered_by, *second.answered_by)))
    return answerers.index(second.answered_by[0]) if second.answered_by else 0


def _set_aside(coverage: Coverage, gives_way: Callable[[Benefit], bool]) -> Coverage:
    aside = tuple(row for row in coverage.benefits if gives_way(row))
    kept = tuple(row for row in coverage.benefits if not gives_way(row))
    return replace(coverage, benefits=kept, superseded=(*coverage.superseded, *aside))


def _is_plan_limit(row: Benefit) -> bool:
    return row.kind in ACCUMULATORS and (not row.services or WHOLE_PLAN in row.services)


def _is_told(row: Benefit, limits: Sequence[Benefit]) -> bool:
    """Tell whether one of *limits* is the same limit for the same people in the same network."""
    return any(
        (row.kind, row.level) == (limit.kind, limit.level)
        and (row.network is limit.network or limit.network in ANY_NETWORK)
        for limit in limits
    )


def _compare_limits(limits: Sequence[Benefit], administrator: Coverage) -> Iterator[Oddity]:
    """Warn where the administrator tells other amounts for the limits of the whole plan."""
    told = {(row.kind, row.level, row.period, row.amount) for row in limits}
    if any(
        _is_plan_limit(row)
        and _is_told(row, limits)
        and (row.kind, row.level, row.period, row.amount) not in told
        for row in administrator.benefits
    ):
        yield Oddity(
            "ACCUMULATORS_DIFFER",
            "The administrator of behavioral health tells another deductible or out-of-pocket maximum than "
            "the medical payer, whose amounts are used. Ask whether behavioral health has limits of its own.",
        )
