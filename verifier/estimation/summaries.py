"""The ledger added up: over the whole program, by ISO week, by plan year."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby

from verifier.estimation.plan_years import YearStart
from verifier.model.estimate import PeriodCost, Reset, SessionCost, Shares
from verifier.money import ZERO


def add_up(costs: Iterable[SessionCost]) -> Shares:
    """Add the shares of all sessions."""
    return Shares(*(sum(column, ZERO) for column in zip(*(cost.shares for cost in costs), strict=True)))


def by_week(costs: Sequence[SessionCost]) -> tuple[PeriodCost, ...]:
    """Add up each ISO week, labelled ``2026-W50``."""
    return _by(costs, _week)


def by_plan_year(
    costs: Sequence[SessionCost], resets: Iterable[Reset], start: YearStart
) -> tuple[PeriodCost, ...]:
    """Add up each plan year, labelled with its first day.

    A reset begins a plan year; before the first one, and without any, the year begins as *start* says.
    """
    begins = sorted(reset.date for reset in resets)
    own = YearStart(begins[0].month, begins[0].day) if begins else start

    def label(day: date) -> str:
        past = [begin for begin in begins if begin <= day]
        return (past[-1] if past else own.on_or_before(day)).isoformat()

    return _by(costs, label)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _by(costs: Sequence[SessionCost], label: Callable[[date], str]) -> tuple[PeriodCost, ...]:
    return tuple(
        _period(name, list(group)) for name, group in groupby(costs, key=lambda cost: label(cost.date))
    )


def _period(name: str, costs: list[SessionCost]) -> PeriodCost:
    return PeriodCost(name, costs[0].date, costs[-1].date, len(costs), add_up(costs))
