import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from tests.store.support import (
    ACTIVE,
    INQUIRY,
    MEMBER,
    NOON,
    SetClock,
)
from verifier.access.fence import within
from verifier.access.principal import NO_FACILITY, Facilities
from verifier.answering.signing import add_note
from verifier.errors import NotFound
from verifier.keeping import VERIFICATIONS
from verifier.model.inquiry import Inquiry, Patient, Relationship
from verifier.model.review import Note
from verifier.model.verification import Exchange, Verification, VerificationStatus
from verifier.ports import Wanted
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.tables.keys import marks
from verifier.store.database.tables.verifications import exchanges, verifications
from verifier.store.encryption import SealBroken

MONTH = timedelta(days=30)
AT_ABITA = replace(INQUIRY, facility="abita-springs")
CHILD = Patient(Relationship.CHILD, "Bo", "Testkind", birth_date=date(2009, 2, 28))


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def records(database: Database, keys: DataKeys, clock: SetClock) -> DatabaseRecords:
    return DatabaseRecords(database, keys, VERIFICATIONS, clock=clock, retention=MONTH)


def build(number: int, minutes: float = 0, inquiry: Inquiry = AT_ABITA, **changes: object) -> Verification:
    moment = NOON + timedelta(minutes=minutes)
    built = Verification(f"ver_{number}", VerificationStatus.COMPLETE, inquiry, moment)
    return replace(built, coverage=ACTIVE.coverage, as_of=moment, attempts=ACTIVE.attempts, **changes)


def list_ids(
    records: DatabaseRecords, limit: int = 100, before: str | None = None, **wanted: object
) -> list[str]:
    return [kept.id for kept in records.recent(limit=limit, before=before, wanted=Wanted(**wanted))]


def test_a_verification_comes_back_whole_and_is_replaced_under_its_id(records: DatabaseRecords) -> None:
    pending = replace(build(1), status=VerificationStatus.PENDING, coverage=None, as_of=None)

    records.save(pending)
    assert records.find("ver_1") == pending
    records.save(build(1))

    assert records.find("ver_1") == build(1)
    assert list_ids(records) == ["ver_1"]


@pytest.mark.parametrize(
    "strange", ["", "ver_none", "../x", "\ud800", "é", "x" * 10_000, "\r\n*1", "\0", "' OR 1=1 --"]
)
def test_an_id_nobody_gave_is_not_found(strange: str, records: DatabaseRecords) -> None:
    records.save(build(1))

    with pytest.raises(NotFound):
        records.find(strange)
    assert list_ids(records, before=strange) == []


def test_paging_shows_each_once_newest_first_even_those_of_one_moment(records: DatabaseRecords) -> None:
    kept = [build(number, minutes=number // 5) for number in range(23)]
    for verification in kept:
        records.save(verification)

    pages, before = [], None
    while page := records.recent(limit=4, before=before):
        pages.append([verification.id for verification in page])
        before = page[-1].id

    newest_first = sorted(kept, key=lambda each: (each.created_at, each.id), reverse=True)
    assert [id_ for page in pages for id_ in page] == [each.id for each in newest_first]
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]


def test_many_are_kept_at_once(records: DatabaseRecords) -> None:
    records.save_new([build(number, number) for number in range(7)])

    assert list_ids(records, member_id="W199003344") == [f"ver_{number}" for number in reversed(range(7))]
    assert records.find("ver_3") == build(3, 3)


def test_a_record_of_another_facility_is_not_there(records: DatabaseRecords) -> None:
    records.save(build(1))
    records.save(build(2, 1, replace(INQUIRY, facility="covington")))

    assert list_ids(records, facilities=frozenset({"covington"})) == ["ver_2"]
    assert list_ids(records, facilities=frozenset({"covington", "abita-springs"})) == ["ver_2", "ver_1"]
    assert list_ids(records, facilities=frozenset()) == []
    assert records.find("ver_2", facilities=frozenset({"covington"})).id == "ver_2"
    with pytest.raises(NotFound):
        records.find("ver_1", facilities=frozenset({"covington"}))


def test_the_list_can_be_of_one_status(records: DatabaseRecords) -> None:
    records.save(build(1))
    records.save(build(2, 1, status=VerificationStatus.PENDING))

    assert list_ids(records, status=VerificationStatus.PENDING) == ["ver_2"]


@pytest.mark.parametrize(
    ("written", "looked_for", "found"),
    [
        ("W199003344", "w199003344", True),
        ("W199-003 344", " W199003344 ", True),
        ("W199003344", "W199003344", True),
        ("W199003344", "W199003345", False),
        ("W199003344", "W19900334", False),
        ("W199003344", "", False),
        ("W199003344", " - ", False),
        (None, "W199003344", False),
    ],
)
def test_a_member_is_found_by_id_however_it_is_written(
    written: str | None, looked_for: str, found: bool, records: DatabaseRecords  # noqa: FBT001 - a case
) -> None:  # fmt: skip
    records.save(build(1, inquiry=replace(AT_ABITA, member=replace(MEMBER, id=written))))

    assert list_ids(records, member_id=looked_for) == (["ver_1"] if found else [])


@pytest.mark.parametrize(
    ("written", "looked_for", "birth_date", "found"),
    [
        ("Testcase", "TESTCASE", date(1988, 4, 12), True),
        ("O'Testcase-Núñez", "otestcase nunez", date(1988, 4, 12), True),
        ("Testcase", "Testcase", date(1988, 12, 4), False),
        ("Testcase", "Testcas", date(1988, 4, 12), False),
        ("Testcase", "", date(1988, 4, 12), False),
        ("Straße", "STRASSE", date(1988, 4, 12), True),
    ],
)
def test_a_patient_is_found_by_last_name_and_birth_date_together(
    written: str, looked_for: str, birth_date: date, found: bool, records: DatabaseRecords  # noqa: FBT001 - a case
) -> None:  # fmt: skip
    records.save(build(1, inquiry=replace(AT_ABITA, member=replace(MEMBER, last_name=written))))

    assert list_ids(records, patient=(looked_for, birth_date)) == (["ver_1"] if found else [])


def test_a_patient_who_is_not_the_member_is_found_by_their_own_name(records: DatabaseRecords) -> None:
    records.save(build(1, inquiry=replace(AT_ABITA, patient=CHILD)))

    assert list_ids(records, patient=("testkind", date(2009, 2, 28))) == ["ver_1"]
    assert list_ids(records, patient=("Testcase", date(1988, 4, 12))) == []
    assert list_ids(records, member_id="W199003344") == ["ver_1"]


def test_nothing_stored_beside_the_seal_tells_of_a_person(
    records: DatabaseRecords, database: Database
) -> None:
    records.save(build(1))
    records.save(build(2, inquiry=replace(AT_ABITA, member=replace(MEMBER, birth_date=date(1990, 4, 12)))))

    with database.read() as connection:
        first, second = connection.execute(select(verifications).order_by(verifications.c.id)).mappings()

    plain = {name for name, value in first.items() if not isinstance(value, bytes)}
    assert plain == {
        "id",
        "version",
        "data_key",
        "created_at",
        "facility",
        "status",
        "held",
        "member_index",
        "patient_index",
    }
    assert first["member_index"] == second["member_index"]
    assert first["patient_index"] != second["patient_index"]


def test_a_changed_or_moved_verification_is_refused_and_left_out_of_lists(
    records: DatabaseRecords, database: Database
) -> None:
    for number in (1, 2, 3):
        records.save(build(number, number))
    with database.begin() as connection:
        sealed = connection.scalar(select(verifications.c.content).where(verifications.c.id == "ver_1"))
        for number, content in (("ver_2", sealed), ("ver_1", sealed[:-1] + bytes([sealed[-1] ^ 1]))):
            change = update(verifications).where(verifications.c.id == number)
            connection.execute(change.values(content=content))

    for verification_id in ("ver_1", "ver_2"):
        with pytest.raises(SealBroken):
            records.find(verification_id)
    assert list_ids(records) == ["ver_3"]


def test_past_its_retention_nobody_finds_it_and_a_purge_leaves_nothing_of_it(
    records: DatabaseRecords, database: Database, clock: SetClock
) -> None:
    for number in range(3):
        records.save(build(number, number * 60), [Exchange("caqh_core", NOON, b"ISA", None)])
    clock.move(days=30, hours=1)

    assert list_ids(records) == ["ver_2"]
    with pytest.raises(NotFound):
        records.find("ver_0")
    assert sorted(records.purge()) == ["ver_0", "ver_1"]

    with database.read() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (verifications, exchanges, marks)
        ]
    assert counts == [1, 1, 2]
    assert records.purge() == []


def test_a_legal_hold_keeps_a_verification_until_it_is_lifted(
    records: DatabaseRecords, clock: SetClock
) -> None:
    records.save(build(1))
    assert records.hold(["ver_1", "ver_none"], held=True) == 1
    records.save(build(1))  # a refresh does not lift it
    clock.move(days=31)

    assert records.purge() == []
    assert records.find("ver_1").id == "ver_1"
    records.hold(["ver_1"], held=False)
    assert records.purge() == ["ver_1"]


def test_what_went_over_the_wire_is_kept_in_order_and_replaced_whole(records: DatabaseRecords) -> None:
    first = [Exchange("caqh_core", NOON, b"ISA*1", b"\x00\xff"), Exchange("stedi", NOON, b"{}", None)]

    records.save(build(1), first)
    assert list(records.exchanges("ver_1")) == first
    records.save(build(1))  # answered from elsewhere: what was sent for it before stays
    assert list(records.exchanges("ver_1")) == first
    records.save(build(1), first[1:])
    assert list(records.exchanges("ver_1")) == first[1:]
    assert list(records.exchanges("ver_2")) == []


@pytest.mark.parametrize(
    "allowed", [NO_FACILITY, Facilities.of(["covington"])], ids=["nobody's", "another's"]
)
def test_beyond_the_fence_nothing_exists_whatever_is_asked_for(
    records: DatabaseRecords, allowed: Facilities
) -> None:
    records.save(build(1), [Exchange("core", NOON, b"ISA*asked", b"ISA*answered")])

    with within(allowed):
        with pytest.raises(NotFound):
            records.find("ver_1")
        with pytest.raises(NotFound):
            records.find("ver_1", facilities=frozenset({"abita-springs"}))
        assert list_ids(records) == []
        assert list_ids(records, facilities=frozenset({"abita-springs"})) == []
        assert list_ids(records, before="ver_1") == []
        assert list(records.exchanges("ver_1")) == []
    assert list_ids(records) == ["ver_1"]
    assert len(records.exchanges("ver_1")) == 1


def test_of_many_who_change_a_verification_at_once_every_change_is_kept(records: DatabaseRecords) -> None:
    records.save(build(1))
    notes = [Note("user:usr_1", NOON, f"note {number}") for number in range(8)]

    def add(note: Note) -> None:
        records.change("ver_1", partial(add_note, note=note))

    threads = [threading.Thread(target=add, args=(note,)) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(note.text for note in records.find("ver_1").notes) == [note.text for note in notes]


def test_a_change_that_fails_leaves_everything_as_it_was(records: DatabaseRecords) -> None:
    records.save(build(1))

    with pytest.raises(NotFound):
        records.change("ver_2", partial(add_note, note=Note("user:usr_1", NOON, "x")))
    with within(Facilities.of(["covington"])), pytest.raises(NotFound):
        records.change("ver_1", partial(add_note, note=Note("user:usr_1", NOON, "x")))

    assert records.find("ver_1") == build(1)
    assert list_ids(records) == ["ver_1"]
