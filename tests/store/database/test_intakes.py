"""Requests for a free verification, as both databases keep them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from tests.store.database.support import at_once
from tests.store.support import MEMBER, NOON, SetClock
from verifier.access.fence import within
from verifier.access.principal import NO_FACILITY, Facilities
from verifier.answering.intaking import step
from verifier.answering.queue import EVERYTHING, Sought
from verifier.errors import NotFound
from verifier.keeping import INTAKES
from verifier.model.inquiry import Patient, Relationship
from verifier.model.intake import Asker, Intake, IntakeState, Reach
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.intakes import DatabaseIntakes
from verifier.store.database.tables.intakes import intakes as table

MONTH = timedelta(days=30)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def intakes(database: Database, keys: DataKeys, clock: SetClock) -> DatabaseIntakes:
    return DatabaseIntakes(database, keys, INTAKES, clock=clock, retention=MONTH)


def build(number: int, **changes: object) -> Intake:
    intake = Intake(
        id=f"int_{number}",
        facility="abita-springs",
        created_at=NOON + timedelta(minutes=number),
        state=IntakeState.NEW,
        asker=Asker.LOVED_ONE,
        reach=Reach("Bo Testkind", "985-555-0142", "bo@riverbend.example"),
        member=MEMBER,
        patient=Patient(Relationship.CHILD, "Bo", "Testkind", birth_date=MEMBER.birth_date),
        payer_text="SIMULATED PPO",
    )
    return replace(intake, **changes)


def ids(intakes: DatabaseIntakes, before: str | None = None, limit: int = 100, **sought: object) -> list[str]:
    return [each.id for each in intakes.listing(Sought(**sought), limit=limit, before=before)]  # type: ignore[arg-type]


def test_a_request_comes_back_whole(intakes: DatabaseIntakes) -> None:
    intakes.add(build(1))

    assert intakes.find("int_1") == build(1)


def test_nothing_of_a_person_stands_in_the_clear(intakes: DatabaseIntakes, database: Database) -> None:
    intakes.add(build(1))

    with database.read() as connection:
        (row,) = connection.execute(select(table)).mappings()
    words = repr(dict(row))
    assert not [
        secret for secret in ("Testkind", "Testcase", "985-555", "riverbend", "W199") if secret in words
    ]


@pytest.mark.parametrize("strange", ["", "int_none", "\ud800", "é", "x" * 10_000, "\0", "' OR 1=1 --"])
def test_an_id_nobody_gave_is_not_found(strange: str, intakes: DatabaseIntakes) -> None:
    intakes.add(build(1))

    with pytest.raises(NotFound):
        intakes.find(strange)
    with pytest.raises(NotFound):
        intakes.change(strange, lambda intake: intake)
    assert ids(intakes, before=strange) == []


def test_the_queue_is_filtered_counted_and_paged(intakes: DatabaseIntakes) -> None:
    intakes.add(build(1, assignee="usr_1"))
    intakes.add(build(2, state=IntakeState.NEEDS_CALL, assignee="usr_1"))
    intakes.add(build(3, state=IntakeState.NEEDS_CALL))

    assert ids(intakes) == ["int_3", "int_2", "int_1"]
    assert ids(intakes, states=frozenset({IntakeState.NEEDS_CALL})) == ["int_3", "int_2"]
    assert ids(intakes, assignee="usr_1") == ["int_2", "int_1"]
    assert ids(intakes, is_free=True) == ["int_3"]
    assert ids(intakes, before="int_3", limit=1) == ["int_2"]
    assert intakes.tally().counts == {
        IntakeState.NEW: 1,
        IntakeState.VERIFYING: 0,
        IntakeState.NEEDS_CALL: 2,
        IntakeState.READY_FOR_REVIEW: 0,
        IntakeState.DONE: 0,
    }


def test_the_stamp_is_another_one_after_every_change_and_only_for_whom_it_concerns(
    intakes: DatabaseIntakes,
) -> None:
    stamps = [intakes.tally().stamp]
    intakes.add(build(1))
    stamps.append(intakes.tally().stamp)
    intakes.change("int_1", partial(step, who="user:usr_1", now=NOON, what="moved"))
    stamps.append(intakes.tally().stamp)

    assert len(set(stamps)) == 3
    with within(Facilities.of(["covington"])):
        assert intakes.tally().stamp == stamps[0]


def test_a_facility_out_of_reach_has_no_requests_and_whoever_asks_for_help_is_inside_no_fence(
    intakes: DatabaseIntakes,
) -> None:
    with within(NO_FACILITY):
        intakes.add(build(1))
        assert ids(intakes) == []
    with within(Facilities.of(["covington"])):
        assert ids(intakes) == []
        assert intakes.tally().counts[IntakeState.NEW] == 0
        with pytest.raises(NotFound):
            intakes.find("int_1")
        with pytest.raises(NotFound):
            intakes.change("int_1", lambda intake: intake)
    with within(Facilities.of(["abita-springs"])):
        assert ids(intakes) == ["int_1"]


def test_of_many_who_change_a_request_at_once_every_change_is_kept(intakes: DatabaseIntakes) -> None:
    intakes.add(build(1))

    def note(number: int) -> None:
        intakes.change("int_1", partial(step, who="user:usr_1", now=NOON, what=f"{number}"))

    at_once([partial(note, number) for number in range(8)])

    assert sorted(each.what for each in intakes.find("int_1").steps) == [str(number) for number in range(8)]


def test_many_are_changed_at_once_as_far_as_they_are_within_reach(intakes: DatabaseIntakes) -> None:
    for intake in (build(1), build(2), build(3, facility="covington")):
        intakes.add(intake)
    move = partial(step, who="user:usr_1", now=NOON, what="moved")

    with within(Facilities.of(["abita-springs"])):
        changed = intakes.change_all(dict.fromkeys(("int_2", "int_3", "int_1", "int_9"), move))

    assert changed == {"int_1": intakes.find("int_1"), "int_2": intakes.find("int_2")}
    assert [len(intakes.find(f"int_{number}").steps) for number in (1, 2, 3)] == [1, 1, 0]


def test_a_verification_leads_back_to_its_requests(intakes: DatabaseIntakes) -> None:
    intakes.add(build(1, verification_id="ver_1"))
    intakes.add(build(2))

    assert (list(intakes.of_verification("ver_1")), list(intakes.of_verification("ver_2"))) == (["int_1"], [])


def test_past_its_retention_a_request_is_gone_and_purged(intakes: DatabaseIntakes, clock: SetClock) -> None:
    intakes.add(build(1))
    intakes.add(build(2, created_at=NOON + timedelta(days=20)))
    clock.move(days=31)

    assert ids(intakes) == ["int_2"]
    with pytest.raises(NotFound):
        intakes.find("int_1")
    assert intakes.purge() == 1
    assert [each.id for each in intakes.listing(EVERYTHING, limit=9)] == ["int_2"]
