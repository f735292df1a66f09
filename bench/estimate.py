"""Time an estimate with its range from a payer's reply, beside one from plain terms; fails beyond the budget.

Run: python bench/estimate.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from verifier.estimation.estimator import estimate_coverage, estimate_terms
from verifier.model.coverage import Benefit, Coverage
from verifier.model.program import Program, Weekday
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period
from verifier.testing.builders import benefit, coverage

BUDGET_MILLISECONDS = 2.0
ROUNDS = 300
PROGRAM = Program(
    code="S9480",
    start_date=date(2026, 12, 7),  # the plan year ends inside the program
    weekdays=(Weekday.MON, Weekday.WED, Weekday.FRI),
    weeks=8,
    closed=(date(2026, 12, 25), date(2027, 1, 1)),
    allowed_amount=Decimal("325.00"),
    place_of_service="57",  # the rows name others, so several may hold
)


def reply() -> Coverage:
    return coverage(*limits(), *shares(), *bystanders())


def limits() -> list[Benefit]:
    return [
        benefit(kind=kind, level=level, network=network, period=period, amount=Decimal(amount))
        for kind, amounts in (
            (BenefitKind.DEDUCTIBLE, (1500, 1250)),
            (BenefitKind.OUT_OF_POCKET, (5000, 4000)),
        )
        for level in (CoverageLevel.INDIVIDUAL, CoverageLevel.FAMILY)
        for network in (Network.IN, Network.OUT)
        for period, amount in zip((Period.CALENDAR_YEAR, Period.REMAINING), amounts, strict=True)
    ]


def shares() -> list[Benefit]:
    message = ("Includes services of the group's own network",)
    return [
        benefit(services=("A4", "A8"), network=network, period=Period.VISIT, amount=Decimal(25), **row)
        for network in (Network.IN, Network.OUT)
        for row in ({}, {"messages": message}, {"places_of_service": ("11",)}, {"places_of_service": ("02",)})
    ] + [
        benefit(kind=BenefitKind.COINSURANCE, services=services, rate=Decimal(rate), **row)
        for services, rate in ((("A4", "A8"), "0.2"), (("30",), "0.1"))
        for row in ({}, {"messages": message}, {"places_of_service": ("22",)})
    ]


def bystanders() -> list[Benefit]:
    active = benefit(kind=BenefitKind.ACTIVE, network=Network.UNKNOWN, plan_text="OPEN CHOICE")
    others = [benefit(services=(code,), amount=Decimal(40)) for code in ("33", "47", "86", "98", "AL", "UC")]
    limited = benefit(
        kind=BenefitKind.LIMITATION,
        services=("A8",),
        quantity=Decimal(60),
        quantity_qualifier="visits",
        period=Period.CALENDAR_YEAR,
    )
    return [active, active._replace(services=("MH", "A8")), *others, limited]


def milliseconds(action: Callable[[], object]) -> float:
    action()
    return statistics.median(_once(action) for _ in range(ROUNDS))


def _once(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def main() -> int:
    answer = reply()
    estimate = estimate_coverage(answer, PROGRAM, network=Network.IN)
    assert estimate.terms is not None
    terms = estimate.terms
    plain = milliseconds(lambda: estimate_terms(terms, PROGRAM))
    ranged = milliseconds(lambda: estimate_coverage(answer, PROGRAM, network=Network.IN))
    unsettled = milliseconds(lambda: estimate_coverage(answer, PROGRAM, network=Network.UNKNOWN))
    print(f"{len(answer.benefits)} benefits, {len(estimate.sessions)} sessions, median of {ROUNDS}")
    print(f"  plain terms          {plain:6.3f} ms  {estimate.expected}")
    print(f"  reply, with range    {ranged:6.3f} ms  {estimate.low} to {estimate.high}")
    print(f"  network not told     {unsettled:6.3f} ms  (for comparison; both networks are read)")
    print(f"  budget               {BUDGET_MILLISECONDS:6.3f} ms")
    return 0 if ranged <= BUDGET_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
