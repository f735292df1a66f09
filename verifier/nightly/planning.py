"""A run is planned from the list: who is due on its date, a batch at a time; never all are held at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from verifier.access.fence import reach
from verifier.errors import NotFound
from verifier.model.inquiry import Facility
from verifier.model.payment import PlanKind
from verifier.model.reverification import Run
from verifier.model.roster import Entry
from verifier.nightly.desk import Night
from verifier.nightly.due import find_cause
from verifier.nightly.hours import EASTERN, HETS, THREE, Hours, Whose
from verifier.nightly.ports import Due, Runs

NO_TIME: Final = timedelta(hours=1)  # for a lane whose payer's day is over before it begins


class PayerClock(NamedTuple):
    """A clock that payers are asked by: whose it is, and its time zone (IANA)."""

    whose: Whose
    zone: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of a date would do: people by payer, and why they are due."""

    day: date
    payers: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    calls: int = 0  # to be paid for at most, when every payer answers
    clocks: Counter[PayerClock] = field(
        default_factory=Counter
    )  # people by the clock their payer is asked by


def find_hours(night: Night, payer: str, facility: Facility | None, opens: time = THREE) -> Hours:
    """Return the hours of *payer* for questions of *facility*.

    They are by the payer's own clock or, where the directory does not tell its time zone, by the facility's,
    or, where that is not known either, by that of the organization.
    """
    try:
        if night.payers.kind(payer) is PlanKind.MEDICARE:
            return Hours(EASTERN, opens, HETS)
        own = night.payers.zone(payer)
    except NotFound:  # it is asked about all the same, so that whoever is enrolled is told of it
        own = None
    theirs = facility.time_zone if facility else None
    known = ((own, Whose.PAYER), (theirs, Whose.FACILITY), (night.zone, Whose.ORGANIZATION))
    zone, whose = next((zone, whose) for zone, whose in known if zone)
    return Hours(zone, opens, whose=whose)


def find_clock(night: Night, payer: str, facility: str) -> PayerClock:
    """Tell by which clock *payer* is asked for the people of *facility*."""
    hours = find_hours(night, payer, night.facilities.get(facility))
    return PayerClock(hours.whose, hours.zone)


def plan(night: Night, runs: Runs, run: Run, *, opens: time = THREE) -> int:
    """Add an item for everybody who is due and has none, and count them; doing it again adds nobody twice."""
    added = 0
    for some in _stream_due(night, run.day):
        added += runs.add(run, [_place(night, entry, cause, run.day, opens) for entry, cause in some])
    if reach().every:  # whoever acts for some facilities plans theirs, and the schedule the rest
        runs.mark_planned(run.id)
    return added


def preview(night: Night, day: date) -> Plan:
    """Say what a run of *day* would do, and change nothing."""
    found, calls = Plan(day), 0
    for some in _stream_due(night, day):
        found.payers.update(entry.inquiry.payer for entry, _ in some)
        found.causes.update(cause for _, cause in some)
        found.clocks.update(find_clock(night, entry.inquiry.payer, entry.facility) for entry, _ in some)
        calls += sum(night.payers.count_calls(entry.inquiry) for entry, _ in some)
    return replace(found, calls=calls)


def _stream_due(night: Night, day: date) -> Iterator[Sequence[tuple[Entry, str]]]:
    for some in night.roster.stream():
        for gone in (each for each in some if each.discharged_on and each.discharged_on <= day):
            night.roster.change(gone.id, lambda entry: entry)  # written anew, it leaves the list on its day
        causes = ((entry, find_cause(entry, day)) for entry in some)
        yield [(entry, cause.value) for entry, cause in causes if cause]


def _place(night: Night, entry: Entry, cause: str, day: date, opens: time) -> Due:
    hours = find_hours(night, entry.inquiry.payer, night.facilities.get(entry.facility), opens)
    begin, end = find_span(hours, day, night.clock.now())
    return Due(entry.id, entry.facility, entry.inquiry.payer, cause, begin, end)


def find_span(hours: Hours, day: date, now: datetime) -> tuple[datetime, datetime]:
    """Tell from when until when the people of a lane can be asked about."""
    windows = list(hours.windows(day))
    opening, end = hours.next_opening(now, day), windows[-1][1]
    return (opening, end) if opening else (now, max(end, now + NO_TIME))
