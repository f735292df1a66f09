"""How long an answer may be served, and when it may not be served however young it is.

An answer is never served across a boundary at which coverage usually turns:

- the month: the calendar month of *as of* and of now must be the same in UTC and in every zone of the fifty
  states. So an answer of 30 November 23:50 in Hawaii is not served on 1 December in New York, and the other
  way round;
- the plan year: no anniversary of the plan's first day lies between them, where the payer gave that day
  (calendar plan years turn with a month anyway);
- the plan's own last day, and the day premiums are paid to, have not passed between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from verifier.model.coverage import Plan
from verifier.model.verification import Answer, Attempt, Freshness, Origin, Outcome
from verifier.model.vocabulary import CoverageStatus, Retry
from verifier.ports import Snapshot

NEVER: Final = timedelta(0)
DAY: Final = timedelta(days=1)
ZONES: Final = (0, *range(-10, -3))  # hours from UTC: UTC itself, Hawaii to Eastern daylight time
COVERED_OR_NOT: Final = frozenset({CoverageStatus.ACTIVE, CoverageStatus.INACTIVE})
ANSWERS: Final = frozenset({Outcome.ANSWERED, Outcome.REJECTED})
FAULTS: Final = MappingProxyType(
    {
        Outcome.UNAVAILABLE: "the payer said that it cannot answer now",
        Outcome.TIMEOUT: "the payer did not answer in time",
        Outcome.UNREACHABLE: "the payer could not be reached",
        Outcome.REFUSED: "the payer's system refused the call",
        Outcome.THROTTLED: "the payer's system takes no more questions at the moment",
        Outcome.BAD_REPLY: "the payer's reply could not be trusted",
        Outcome.HELD: "the payer is not being asked, because it failed a moment ago or has too much to do",
    }
)


@dataclass(frozen=True, slots=True)
class Life:
    """How long answers live: served as fresh, served when the payer fails, refusals not asked again."""

    fresh: timedelta = timedelta(hours=24)
    stale: timedelta = timedelta(hours=72)
    negative: timedelta = timedelta(minutes=15)

    def keep_for(self, answer: Answer) -> timedelta:
        """Tell how long to keep *answer*: zero for a payer's fault, and for "ask again later"."""
        if answer.coverage.status in COVERED_OR_NOT:
            return self.stale
        return self._fresh_for(answer)

    def is_fresh(self, snapshot: Snapshot, now: datetime, max_age: int | None) -> bool:
        """Tell whether *snapshot* may be served without asking; *max_age* in seconds can only shorten."""
        limit = self._fresh_for(snapshot.answer)
        wanted = limit if max_age is None else min(limit, timedelta(seconds=max_age))
        return _age(snapshot, now) < wanted and not is_outdated(snapshot, now)

    def is_better_than_nothing(self, snapshot: Snapshot, now: datetime) -> bool:
        """Tell whether *snapshot* may be served, marked as stale, because the payer fails."""
        known = snapshot.answer.coverage.status in COVERED_OR_NOT
        return known and _age(snapshot, now) <= self.stale and not is_outdated(snapshot, now)

    def _fresh_for(self, answer: Answer) -> timedelta:
        if answer.coverage.status in COVERED_OR_NOT:
            return self.negative if is_partial(answer.attempts) else self.fresh
        if answer.coverage.status is CoverageStatus.REJECTED:
            later = any(rejection.retry is Retry.LATER for rejection in answer.coverage.rejections)
            return NEVER if later else self.negative
        return NEVER


def is_outdated(snapshot: Snapshot, now: datetime) -> bool:
    """Tell whether a boundary lies between the answer and *now*, at which coverage usually turns."""
    days = [(_local_day(snapshot.as_of, hours), _local_day(now, hours)) for hours in ZONES]
    if any((taken.year, taken.month) != (today.year, today.month) for taken, today in days):
        return True
    turns = list(_turns(snapshot.answer.coverage.plan, now.date()))
    return any(taken < turn <= today for taken, today in days for turn in turns)


def describe_age(snapshot: Snapshot, now: datetime, origin: Origin, reason: str | None = None) -> Freshness:
    """Say where an answer came from and how many seconds old it is."""
    return Freshness(origin, int(_age(snapshot, now).total_seconds()), reason)


def explain_fault(answer: Answer) -> str:
    """Say in a few words what went wrong with the payer, by the last call that failed."""
    faults = [FAULTS[attempt.outcome] for attempt in answer.attempts if attempt.outcome in FAULTS]
    return faults[-1] if faults else "the payer could not answer"


def _age(snapshot: Snapshot, now: datetime) -> timedelta:
    return max(NEVER, now - snapshot.as_of)  # a machine's clock may be a little ahead of another's


def _local_day(moment: datetime, hours: int) -> date:
    return (moment + timedelta(hours=hours)).date()


def _turns(plan: Plan, today: date) -> Iterator[date]:
    """List the first days on which the plan may be another one."""
    yield from (last + DAY for last in (plan.ends, plan.premium_paid_to) if last and last < date.max)
    if plan.begins and plan.begins < today:
        yield _anniversary(plan.begins, today.year)
        yield _anniversary(plan.begins, today.year - 1)


def _anniversary(begins: date, year: int) -> date:
    return date(year, 3, 1) if (begins.month, begins.day) == (2, 29) else begins.replace(year=year)


def is_partial(attempts: tuple[Attempt, ...]) -> bool:
    """Tell whether some part of the question was left unanswered: its last call failed."""
    last = {attempt.service_types: attempt.outcome for attempt in attempts}
    return not ANSWERS.issuperset(last.values())
