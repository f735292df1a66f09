"""Fill a database with what else lies on a desk, of invented people, beside the verifications that are there.

Requests, the nightly list, what changed since yesterday, and an audit trail.
"""

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from bench.seed_records import AT_ONCE, FACILITIES, member_of
from tests.access import OPERATOR
from tests.store.support import INQUIRY, MASTER
from verifier.clock import SystemClock
from verifier.keeping import CHANGES, ENTRIES, INTAKES
from verifier.model.audit import Action, Event, Person
from verifier.model.change import Change, ChangeKind, ChangeReport, Severity
from verifier.model.intake import Asker, Intake, IntakeState, Reach, Step
from verifier.model.roster import Entry, Frequency
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.changes import DatabaseChanges
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.intakes import DatabaseIntakes
from verifier.store.database.roster import DatabaseRoster

Item = TypeVar("Item")

FOREVER: Final = timedelta(days=36_500)
# Of a hundred requests, how many are in each state: most are done, some wait.
STATES: Final = (
    *(IntakeState.DONE,) * 90,
    *(IntakeState.NEW,) * 4,
    *(IntakeState.VERIFYING,) * 2,
    *(IntakeState.NEEDS_CALL,) * 2,
    *(IntakeState.READY_FOR_REVIEW,) * 2,
)
CHANGED: Final = 400  # people since yesterday
ON_THE_LIST: Final = 10_000
MINUTE: Final = timedelta(minutes=1)


def write_intakes(rows: int, users: Sequence[str]) -> Iterator[Intake]:
    now = SystemClock().now()
    for number in range(rows):
        state, user = STATES[number % len(STATES)], users[number % len(users)]
        worked = state is not IntakeState.NEW
        yield Intake(
            f"int_{number:022}",
            FACILITIES[number % len(FACILITIES)],
            now - MINUTE * (rows - number),
            state,
            Asker.PATIENT,
            Reach("Somebody Testcase", phone="(985) 555-0100"),
            member_of(number),
            payer="aetna",
            assignee=user if worked else None,
            verification_id=f"ver_{number:09}" if worked else None,
            steps=(Step(now, f"user:{user}", "taken over"),) if worked else (),
        )


def write_entries() -> Iterator[Entry]:
    today = SystemClock().now().date()
    for number in range(ON_THE_LIST):
        person, facility = number * 5 // 2 + 1, FACILITIES[number % len(FACILITIES)]
        inquiry = replace(INQUIRY, member=member_of(person), facility=facility)
        yield Entry(f"rst_{number:022}", facility, inquiry, today, Frequency.NIGHTLY)


def write_reports(rows: int) -> Iterator[ChangeReport]:
    now = SystemClock().now()
    for number in range(CHANGED):
        severity = tuple(Severity)[number % len(Severity)]
        change = Change(
            ChangeKind.COVERAGE_ENDED, severity, "The deductible left is another one.", None, None
        )
        own, facility = rows - 1 - number, FACILITIES[number % len(FACILITIES)]
        yield ChangeReport(
            f"chg_{number:022}", f"ver_{own:09}", None, facility, now - MINUTE * number, (change,)
        )


def write_events(rows: int, users: Sequence[str]) -> Iterator[Event]:
    now = SystemClock().now()
    for number in range(rows):
        member = member_of(number)
        whose = Person(member.id, member.last_name, member.first_name, member.birth_date)
        context = replace(OPERATOR, who=f"user:{users[number % len(users)]}")
        moment = now - MINUTE * (rows - number) / 10
        yield Event(Action.READ, f"verification ver_{number:09}", context, moment, whose=whose)


def seed(url: str, rows: int, users: Sequence[str]) -> None:
    """Seal and keep it all, requests and events as many as *rows*."""
    began, clock = time.perf_counter(), SystemClock()
    with closing(Database.open(url)) as database:
        keys = DataKeys.open(database, MASTER)
        intakes = DatabaseIntakes(database, keys, INTAKES, clock=clock, retention=FOREVER)
        roster = DatabaseRoster(database, keys, ENTRIES, clock=clock)
        changes = DatabaseChanges(database, keys, CHANGES, clock=clock, announce=lambda *_: None)
        for requests in _batches(write_intakes(rows, users)):
            intakes.add_all(requests)
        with database.begin() as connection:
            entries = [roster._row(entry) for entry in write_entries()]
            roster._rows.add_all(connection, entries)
            for report in write_reports(rows):
                changes._keep(connection, report)
        trail = DatabaseTrail(database, keys)
        for events in _batches(write_events(rows, users)):
            trail.record(*events)
    print(f"The rest of the desk seeded in {time.perf_counter() - began:.0f} s", flush=True)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(itertools.islice(left, AT_ONCE)):
        yield some
