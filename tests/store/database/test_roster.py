from dataclasses import replace
from datetime import date

import pytest

from tests.store.database.support import begin_while_open
from tests.store.support import MEMBER, SetClock, inquire
from verifier.access.fence import within
from verifier.access.principal import Facilities
from verifier.errors import Conflict, NotFound
from verifier.keeping import ENTRIES
from verifier.model.roster import Entry, Frequency
from verifier.nightly.ports import Change
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.roster import AT_ONCE, DatabaseRoster

FIRST = date(2026, 11, 2)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def roster(database: Database, keys: DataKeys, clock: SetClock) -> DatabaseRoster:
    return DatabaseRoster(database, keys, ENTRIES, clock=clock)


def enroll(number: int, facility: str = "abita-springs", **changes: object) -> Entry:
    inquiry = inquire(member=replace(MEMBER, id=f"W{number}"), facility=facility)
    return replace(Entry(f"rst_{number:05}", facility, inquiry, FIRST), **changes)


def leave_on(day: date) -> Change:
    return lambda entry: replace(entry, discharged_on=day)


def test_an_entry_comes_back_as_it_was_put(roster: DatabaseRoster) -> None:
    entry = enroll(1, frequency=Frequency.WEEKLY, answered_on=FIRST, plan_begins=date(2026, 1, 1))
    roster.add(entry)

    assert roster.find(entry.id) == entry
    assert roster.listing(limit=10) == [entry]


def test_another_facilitys_entries_do_not_exist(roster: DatabaseRoster) -> None:
    roster.add(enroll(1))
    roster.add(enroll(2, "covington"))

    with within(Facilities.of(["covington"])):
        assert [each.id for each in roster.listing(limit=10)] == ["rst_00002"]
        assert [[each.id for each in some] for some in roster.stream()] == [["rst_00002"]]
        with pytest.raises(NotFound):
            roster.find("rst_00001")
        with pytest.raises(NotFound):
            roster.change("rst_00001", leave_on(FIRST))


def test_a_person_discharged_leaves_the_list_and_may_come_back(roster: DatabaseRoster) -> None:
    roster.add(enroll(1))
    with pytest.raises(Conflict):
        roster.add(replace(enroll(1), id="rst_again"))
    roster.change("rst_00001", leave_on(date(2026, 11, 24)))
    roster.add(replace(enroll(1), id="rst_again"))

    assert [each.id for each in roster.listing(limit=10)] == ["rst_again"]
    assert [each.id for each in roster.listing(limit=10, enrolled=False)] == ["rst_00001", "rst_again"]


def test_whoever_leaves_later_is_on_the_list_till_then(roster: DatabaseRoster, clock: SetClock) -> None:
    roster.add(enroll(1, discharged_on=date(2026, 11, 26)))
    assert len(roster.listing(limit=10)) == 1

    clock.move(days=3)
    roster.change("rst_00001", lambda entry: entry)

    assert roster.listing(limit=10) == []


def test_what_the_night_notes_and_what_staff_change_meanwhile_both_stand(
    roster: DatabaseRoster, database: Database
) -> None:
    roster.add(enroll(1))

    begin_while_open(
        database,
        lambda night: roster.change_in(night, "rst_00001", lambda entry: replace(entry, answered_on=FIRST)),
        lambda: roster.change("rst_00001", lambda entry: replace(entry, frequency=Frequency.WEEKLY)),
    )

    assert roster.find("rst_00001") == enroll(1, answered_on=FIRST, frequency=Frequency.WEEKLY)


def test_a_long_list_is_gone_through_a_batch_at_a_time(roster: DatabaseRoster) -> None:
    for number in range(AT_ONCE + 3):
        roster.add(enroll(number))

    assert [len(some) for some in roster.stream()] == [AT_ONCE, 3]
