"""When a payer may be asked at night: its own time, daylight saving included.

No payer before 03:00 of its own day, when its systems have turned the date; Medicare's HETS wants no bulk
traffic from 07:00 to 19:00 Eastern time, Monday to Friday (CMS, HETS 270/271 companion guide). Where nobody
has said which clock a payer goes by, another's serves, and the hours say whose (`Whose`). Every moment
in here is aware; what a wall clock shows twice or never, when it is put back or forward, is settled in
`first_moment`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EASTERN: Final = "America/New_York"  # of whoever has not said where they are
DAY: Final = timedelta(days=1)
THREE: Final = time(3)
MIDNIGHT: Final = time(0)
WORKDAYS: Final = frozenset(range(5))  # Monday to Friday


class Whose(StrEnum):
    """By whose clock a payer's night ends: its own or, where that is not known, the next one that is."""

    PAYER = "payer"
    FACILITY = "facility"  # most payers of a facility are of its region
    ORGANIZATION = "organization"  # whose date the run goes by


@dataclass(frozen=True, slots=True)
class Closed:
    """Hours of the wall clock in which a payer wants no bulk traffic, on these days of the week."""

    weekdays: frozenset[int]
    begins: time
    ends: time


HETS: Final = Closed(WORKDAYS, time(7), time(19))


@dataclass(frozen=True, slots=True)
class Hours:
    """A payer's hours for nightly questions, by the wall clock of *zone*, and *whose* that is."""

    zone: str = EASTERN
    opens: time = THREE
    closed: Closed | None = None
    whose: Whose = Whose.PAYER

    def may_ask(self, moment: datetime, day: date) -> bool:
        """Tell whether the payer may be asked at *moment* for the run of *day*."""
        return any(begin <= moment < end for begin, end in self.windows(day))

    def next_opening(self, moment: datetime, day: date) -> datetime | None:
        """Return *moment* if the payer may be asked then, else when it opens next for the run of *day*."""
        later = (max(begin, moment) for begin, end in self.windows(day) if moment < end)
        return next(later, None)

    def windows(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """List from when until when the payer may be asked on its own *day*, in UTC and in order."""
        begin, end = first_moment(day, self.opens, self.zone), first_moment(day + DAY, MIDNIGHT, self.zone)
        if self.closed is None or day.weekday() not in self.closed.weekdays:
            yield begin, end
            return
        shut = first_moment(day, self.closed.begins, self.zone)
        again = first_moment(day, self.closed.ends, self.zone)
        yield from (each for each in ((begin, shut), (max(begin, again), end)) if each[0] < each[1])


def first_moment(day: date, hour: time, zone: str) -> datetime:
    """Return, in UTC, when the wall clock of *zone* first shows *hour* on *day*, or first shows a later one.

    An hour that the clock shows twice (it is put back) counts from the first time; one that it never shows
    (it is put forward) from the moment it jumps over it.
    """
    known = find_zone(zone)
    local = datetime.combine(day, hour, known)
    moment = local.astimezone(UTC)
    shown = moment.astimezone(known).replace(tzinfo=None)
    if shown == datetime.combine(day, hour):
        return moment
    return _find_jump(moment - DAY / 4, moment + DAY / 4, datetime.combine(day, hour), known)


def local_date(moment: datetime, zone: str) -> date:
    """Return the date that it is in *zone* at *moment*."""
    return moment.astimezone(find_zone(zone)).date()


@lru_cache(maxsize=64)
def find_zone(name: str) -> ZoneInfo:
    """Return the zone of this IANA name; one that is not known counts as Eastern time."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(EASTERN)


def _find_jump(before: datetime, after: datetime, wanted: datetime, zone: ZoneInfo) -> datetime:
    """Halve the time between until the second is found at which the clock jumps over *wanted*."""
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        shown = middle.astimezone(zone).replace(tzinfo=None)
        before, after = (before, middle) if shown >= wanted else (middle, after)
    return after.replace(microsecond=0)
