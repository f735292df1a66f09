"""A run is planned from the list: who is due on its date, a batch at a time; never all are held at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from verifier.access.fence import reach
from verifier.errors import NotFound
from verifier.model.inquiry import Facility
from verifier.model.payment import PlanKind
from verifier.model.reverification import Run
from verifier.model.roster import Entry
from verifier.nightly.desk import Night
from verifier.nightly.due import find_cause
from verifier.nightly.hours import EASTERN, HETS, THREE, Hours
from verifier.nightly.ports import Due, Runs

NO_TIME: Final = timedelta(hours=1)  # for a lane whose payer's day is over before it begins


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of a date would do: people by payer, and why they are due."""

    day: date
    payers: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    calls: int = 0  # to be paid for at most, when every payer answers


def find_hours(night: Night, payer: str, facility: Facility | None, opens: time = THREE) -> Hours:
    """Return the hours of *payer* for questions of *facility*: by its own clock, else by the facility's."""
    place = (facility and facility.time_zone) or EASTERN
    try:
        if night.payers.kind(payer) is PlanKind.MEDICARE:
            return Hours(EASTERN, opens, HETS)
        return Hours(night.payers.zone(payer) or place, opens)
    except NotFound:  # it is asked about all the same, so that whoever is enrolled is told of it
        return Hours(place, opens)


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
        calls += sum(night.payers.count_calls(entry.inquiry) for entry, _ in some)
    return Plan(day, found.payers, found.causes, calls)


def _stream_due(night: Night, day: date) -> Iterator[Sequence[tuple[Entry, str]]]:
    for some in night.roster.stream():
        for gone in (each for each in some if each.discharged_on and each.discharged_on <= day):
            night.roster.replace(gone)  # it leaves the list, now that its day has come
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
