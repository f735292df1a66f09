"""The trail on both databases: no gap, no fork, no change unnoticed, nobody's name in the clear."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from tests.store.support import NOON
from verifier.errors import AuditUnavailable
from verifier.model.audit import Action, Context, Event, Flaw, Person, Result, TrailCheck
from verifier.store.audit_chain import CHANGED, MISSING, UNREADABLE, Head
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.tables.audit import audit_details, audit_events, audit_head

ANA = Person("W199-003344", "Testcase", "Ana", date(1988, 4, 12))
CONTEXT = Context("user:1", "req-1", "GET /v1/verifications/<verification_id>", "asked at the desk for Ana")
EVENT = Event(Action.READ, "verification ver_1", CONTEXT, NOON, whose=ANA)
WITHOUT_PERSON = Event(
    Action.LOGIN, "session", Context("nobody", "req-2"), NOON + timedelta(microseconds=1), Result.REFUSED
)
WRITERS = 100
SAFE_TRIGGERS = {
    "sqlite": ("DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"),
    "postgresql": ("DROP TRIGGER audit_events_append_only ON audit_events",),
}


@pytest.fixture
def trail(database: Database, keys: DataKeys) -> DatabaseTrail:
    return DatabaseTrail(database, keys)


def take_triggers_away(connection: Connection) -> None:
    for statement in SAFE_TRIGGERS[connection.dialect.name]:
        connection.execute(text(statement))


def write(trail: DatabaseTrail, count: int) -> None:
    trail.record(*(replace(EVENT, what=f"verification ver_{number}") for number in range(count)))


def test_an_empty_trail_is_sound(trail: DatabaseTrail) -> None:
    assert trail.verify([]) == TrailCheck(0, 0, None)


def test_what_is_recorded_is_found_by_the_member_or_the_person_however_written(trail: DatabaseTrail) -> None:
    trail.record(EVENT, WITHOUT_PERSON)

    assert trail.about(Person("w199003344")) == [EVENT]
    assert trail.about(Person(None, "TESTCASE", "ana", date(1988, 4, 12))) == [EVENT]
    assert trail.about(Person("W199003345")) == []
    assert trail.about(Person()) == []
    assert trail.verify([]) == TrailCheck(2, 0, None)


def test_a_hundred_writers_at_once_leave_no_gap_and_no_fork(trail: DatabaseTrail) -> None:
    together, faults = threading.Barrier(WRITERS), list[BaseException]()

    def record() -> None:
        together.wait()
        try:
            trail.record(EVENT, WITHOUT_PERSON)
        except BaseException as error:  # noqa: BLE001 - whatever it is, there must be none
            faults.append(error)

    threads = [threading.Thread(target=record) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert trail.verify([]) == TrailCheck(2 * WRITERS, 0, None)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_events SET who = 'user:2'", "DELETE FROM audit_events", "UPDATE audit_events SET at = at"],
)
def test_the_database_itself_refuses_to_change_a_link(
    trail: DatabaseTrail, database: Database, statement: str
) -> None:
    write(trail, 3)

    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(text(statement))

    assert trail.verify([]).flaw is None


def edit(connection: Connection, at: int) -> int:
    connection.execute(update(audit_events).where(audit_events.c.sequence == at).values(who="user:2"))
    return at


def remove(connection: Connection, at: int) -> int:
    connection.execute(delete(audit_details).where(audit_details.c.sequence == at))
    connection.execute(delete(audit_events).where(audit_events.c.sequence == at))
    return at


def add(connection: Connection, at: int) -> int:
    last = (
        connection.execute(select(audit_events).order_by(audit_events.c.sequence.desc())).mappings().first()
    )
    assert last
    forged = dict(last) | {"sequence": last["sequence"] + 1}
    connection.execute(insert(audit_events).values(forged))
    connection.execute(update(audit_head).values(sequence=forged["sequence"]))
    return int(forged["sequence"]) if at else 0


def swap(connection: Connection, at: int) -> int:
    other = at % 20 + 1
    whats = {
        sequence: connection.scalar(select(audit_events.c.what).where(audit_events.c.sequence == sequence))
        for sequence in (at, other)
    }
    for sequence, what in ((at, whats[other]), (other, whats[at])):
        connection.execute(update(audit_events).where(audit_events.c.sequence == sequence).values(what=what))
    return min(at, other)


def cut(connection: Connection, at: int) -> int:
    """Cut the tail as well as it can be done: the head goes back too."""
    connection.execute(delete(audit_details).where(audit_details.c.sequence >= at))
    last = connection.scalar(select(audit_events.c.hash).where(audit_events.c.sequence == at - 1)) or bytes(
        32
    )
    connection.execute(delete(audit_events).where(audit_events.c.sequence >= at))
    connection.execute(update(audit_head).values(sequence=at - 1, hash=last))
    return at


def swap_details(connection: Connection, at: int) -> int:
    other = at % 20 + 1
    details = {
        sequence: connection.scalar(
            select(audit_details.c.detail).where(audit_details.c.sequence == sequence)
        )
        for sequence in (at, other)
    }
    for sequence, detail in ((at, details[other]), (other, details[at])):
        moved = update(audit_details).where(audit_details.c.sequence == sequence)
        connection.execute(moved.values(detail=detail))
    return min(at, other)


WAYS: list[Callable[[Connection, int], int]] = [edit, remove, add, swap, cut, swap_details]


def test_every_mutation_of_the_stored_rows_is_named_by_its_first_bad_row(
    trail: DatabaseTrail, database: Database
) -> None:
    write(trail, 20)
    anchor = trail.head()
    dice = random.Random(7)  # noqa: S311 - repeatable, no secrets
    with database.begin() as connection:
        take_triggers_away(connection)
    expected, found = [], []
    for way in WAYS * 10:
        with pytest.raises(InterruptedError), database.begin() as connection:  # noqa: PT012 - undone each time
            expected.append((way.__name__, way(connection, dice.randrange(1, 21))))
            flaw = trail.verify_within(connection, [anchor]).flaw
            found.append((way.__name__, flaw.sequence if flaw else None))
            raise InterruptedError

    assert found == expected
    assert trail.verify([anchor]) == TrailCheck(20, 1, None)


def test_a_cut_tail_is_found_by_the_anchor(trail: DatabaseTrail, database: Database) -> None:
    write(trail, 5)
    anchor = trail.head()
    with database.begin() as connection:
        take_triggers_away(connection)
        cut(connection, 4)

    assert trail.verify([]).flaw is None
    assert trail.verify([anchor]).flaw == Flaw(4, MISSING)


def test_an_edit_and_a_detail_of_another_are_told_apart(trail: DatabaseTrail, database: Database) -> None:
    write(trail, 3)
    with database.begin() as connection:
        take_triggers_away(connection)
        swap_details(connection, 2)
    assert trail.verify([]).flaw == Flaw(2, UNREADABLE)
    with database.begin() as connection:
        edit(connection, 1)
    assert trail.verify([]).flaw == Flaw(1, CHANGED)


def test_while_the_database_is_away_nothing_is_recorded_and_that_is_said(
    keys: DataKeys, tmp_path: Path
) -> None:
    away = Database.open(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(AuditUnavailable):
        DatabaseTrail(away, keys).record(EVENT)
    with pytest.raises(AuditUnavailable):
        DatabaseTrail(away, keys).head()
    away.close()


def test_nobodys_name_and_no_reason_is_in_the_clear(trail: DatabaseTrail, database: Database) -> None:
    trail.record(EVENT)

    with database.read() as connection:
        rows = [*connection.execute(select(audit_events)), *connection.execute(select(audit_details))]
    stored = repr([tuple(row) for row in rows]).casefold()
    assert not any(word in stored for word in ("testcase", "ana", "w199", "003344", "1988", "asked"))


def test_the_head_tells_where_the_chain_ends(trail: DatabaseTrail) -> None:
    assert trail.head() == Head(0, bytes(32))
    write(trail, 2)
    assert trail.head().sequence == 2
