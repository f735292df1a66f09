"""Who is due on a date: the policy of an entry, and the days on which coverage turns whatever the policy.

A date on which nobody could be asked, because service or payer was down, is made up for once: an entry is
due on every date until a run has answered it, and that answer serves all dates that were missed.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from verifier.errors import BadInput
from verifier.estimation.schedule import session_dates
from verifier.model.program import Program
from verifier.model.roster import Entry, Frequency

DAY: Final = timedelta(days=1)
WEEK: Final = 7
LOOKS_BACK: Final = 62  # days: no entry waits longer than a month for a day on which it is due


class Cause(StrEnum):
    """Why an entry is due; of several, the weightiest."""

    NEW_YEAR = "new_year"
    PLAN_RENEWAL = "plan_renewal"
    FIRST_OF_MONTH = "first_of_month"
    SESSION = "session"
    WEEKLY = "weekly"
    NIGHTLY = "nightly"
    CAUGHT_UP = "caught_up"  # it was due on an earlier date, and nobody answered then


def find_cause(entry: Entry, day: date) -> Cause | None:
    """Say why *entry* is due on *day*; ``None`` when it is not, or was answered on that date already."""
    if not _is_enrolled(entry, day) or entry.stopped or _is_answered(entry, day):
        return None
    if cause := find_own_cause(entry, day):
        return cause
    missed = (day - offset * DAY for offset in range(1, LOOKS_BACK))
    for each in missed:
        if each < entry.enrolled_on or _is_answered(entry, each):
            return None
        if find_own_cause(entry, each):
            return Cause.CAUGHT_UP
    return None


def find_own_cause(entry: Entry, day: date) -> Cause | None:
    """Say why *entry* is due on *day* by itself, whatever was missed before."""
    if (day.month, day.day) == (1, 1):
        return Cause.NEW_YEAR
    if is_renewal(entry, day):
        return Cause.PLAN_RENEWAL
    if day.day == 1:
        return Cause.FIRST_OF_MONTH
    return BY_POLICY[entry.frequency](entry, day)


def is_renewal(entry: Entry, day: date) -> bool:
    """Tell whether the plan is another one from *day* on: the day after its last, or a year after its first.

    The anniversary of 29 February is 1 March where there is none.
    """
    if entry.plan_ends is not None and entry.plan_ends < date.max and day == entry.plan_ends + DAY:
        return True
    begins = entry.plan_begins
    if begins is None or day <= begins:
        return False
    leapless = (begins.month, begins.day) == (2, 29) and not _has_leap_day(day.year)
    return (day.month, day.day) == ((3, 1) if leapless else (begins.month, begins.day))


def _is_enrolled(entry: Entry, day: date) -> bool:
    return entry.enrolled_on <= day and (entry.discharged_on is None or day < entry.discharged_on)


def _is_answered(entry: Entry, day: date) -> bool:
    return entry.answered_on is not None and entry.answered_on >= day


def _has_leap_day(year: int) -> bool:
    return (date(year, 3, 1) - DAY).day == 29  # noqa: PLR2004 - the day itself


@lru_cache(maxsize=512)
def _sessions(program: Program) -> frozenset[date]:
    try:
        return frozenset(session_dates(program))
    except BadInput:  # it could be scheduled when it was enrolled; a facility's schedule may change
        return frozenset()


def _before_session(entry: Entry, day: date) -> Cause | None:
    return Cause.SESSION if day in _sessions(entry.inquiry.program) else None


def _weekly(entry: Entry, day: date) -> Cause | None:
    return Cause.WEEKLY if (day - entry.enrolled_on).days % WEEK == 0 else None


BY_POLICY: Final[Mapping[Frequency, Callable[[Entry, date], Cause | None]]] = MappingProxyType(
    {
        Frequency.NIGHTLY: lambda _, __: Cause.NIGHTLY,
        Frequency.WEEKLY: _weekly,
        Frequency.FIRST_OF_MONTH: lambda _, __: None,
        Frequency.BEFORE_EACH_SESSION: _before_session,
    }
)
