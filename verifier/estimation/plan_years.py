"""When a plan year begins, and what begins anew with it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from verifier.estimation.accumulators import hold_to_law, renew
from verifier.estimation.findings import Findings
from verifier.model.coverage import Benefit, Plan
from verifier.model.estimate import AccumulatorPair, Reset
from verifier.model.vocabulary import Network, Period

OWN_YEAR: Final = frozenset({Period.SERVICE_YEAR, Period.CONTRACT})
EVERY_YEAR_HAS: Final = 28  # days in February
PLAN_BEGIN: Final = frozenset({"plan", "plan_begin", "291", "346"})


class YearStart(NamedTuple):
    """The day of the year on which a plan year begins; the calendar year's unless told otherwise."""

    month: int = 1
    day: int = 1

    def on_or_before(self, day: date) -> date:
        """Find the beginning of the plan year that *day* lies in."""
        begins = date(day.year, self.month, self.day)
        return begins if begins <= day else date(day.year - 1, self.month, self.day)

    def after(self, day: date, last_day: date) -> Iterator[date]:
        """Yield each beginning after *day*, up to *last_day*."""
        for year in range(day.year, last_day.year + 1):
            begins = date(year, self.month, self.day)
            if day < begins <= last_day:
                yield begins


CALENDAR_YEAR: Final = YearStart()


def year_start(row: Benefit | None, plan: Plan, findings: Findings) -> YearStart:
    """Tell when the plan year of a limit's *row* begins.

    A calendar year (EB06 23) begins on 1 January, a service or contract year (22, 25) on the anniversary of
    the plan's begin; where that is not known the calendar year is assumed.
    """
    if row is None or row.period is Period.CALENDAR_YEAR:
        return CALENDAR_YEAR
    begins = _plan_begin(row, plan) if row.period in OWN_YEAR else None
    if begins is None:
        findings.assume("PLAN_YEAR_ASSUMED_CALENDAR")
        return CALENDAR_YEAR
    is_leap_day = (begins.month, begins.day) == (2, 29)
    return YearStart(begins.month, EVERY_YEAR_HAS if is_leap_day else begins.day)


def _plan_begin(row: Benefit, plan: Plan) -> date | None:
    own = (span.begins for span in row.dates if span.qualifier in PLAN_BEGIN)
    return next((day for day in own if day), None) or plan.begins


def resets_on(
    days: Iterable[date],
    limits: tuple[AccumulatorPair, AccumulatorPair],
    network: Network,
    findings: Findings,
) -> tuple[Reset, ...]:
    """Let the *limits*, deductible and out-of-pocket, begin anew on each of *days*, by this year's design."""
    resets = []
    for day in days:
        deductible, out_of_pocket = (renew(limit, findings) for limit in limits)
        resets.append(Reset(day, deductible, hold_to_law(out_of_pocket, network, day, findings)))
        findings.assume("RESET_USES_CURRENT_DESIGN")
        findings.use("plan year begins", day.isoformat())
    return tuple(resets)
