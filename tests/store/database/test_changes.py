"""What each answer changed, kept in the transaction that keeps the answer."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import Connection, LargeBinary, func, select, update

from schemas import snapshot
from tests.store.database.support import at_once, begin_while_open
from tests.store.support import ACTIVE, INACTIVE, INQUIRY, NOON, SetClock
from verifier.access.fence import within
from verifier.access.principal import Facilities
from verifier.answering.pricing import price_if_possible
from verifier.answering.signing import add_note
from verifier.keeping import CHANGES, VERIFICATIONS
from verifier.model.change import ChangeKind, Severity
from verifier.model.coverage import Coverage, Rejection, Source
from verifier.model.inquiry import Inquiry, Patient, Relationship
from verifier.model.review import Note
from verifier.model.verification import Attempt, Freshness, Origin, Outcome, Verification, VerificationStatus
from verifier.model.vocabulary import BenefitKind, CoverageStatus, RejectionClass, Retry
from verifier.news.ports import Tally
from verifier.news.webhook import EventType, Message
from verifier.store.database.changes import DatabaseChanges
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.tables.changes import change_reports, known_facts

MONTH: Final = timedelta(days=30)
ABITA: Final = replace(INQUIRY, facility="abita-springs")
COVINGTON: Final = replace(INQUIRY, facility="covington")
CHILD: Final = Patient(Relationship.CHILD, "Bo", "Testkind")
COMPLETED, CHANGED = EventType.VERIFICATION_COMPLETED, EventType.COVERAGE_CHANGED


class Told(list[Message]):
    """Whoever is told, until it is told to fail."""

    fails = False

    def take(self, _: Connection, message: Message) -> None:
        if self.fails:
            raise RuntimeError("killed here")
        self.append(message)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def changes(database: Database, keys: DataKeys, clock: SetClock, told: Told) -> DatabaseChanges:
    return DatabaseChanges(database, keys, CHANGES, clock=clock, announce=told.take)


@pytest.fixture
def records(database: Database, keys: DataKeys, clock: SetClock, changes: DatabaseChanges) -> DatabaseRecords:
    return DatabaseRecords(database, keys, VERIFICATIONS, clock=clock, retention=MONTH, follower=changes)


def copay(dollars: str) -> Coverage:
    rows = tuple(
        row._replace(amount=Decimal(dollars)) if row.kind is BenefitKind.COPAY else row
        for row in ACTIVE.coverage.benefits
    )
    return replace(ACTIVE.coverage, benefits=rows)


def answer(
    records: DatabaseRecords, night: int, coverage: Coverage, inquiry: Inquiry = ABITA, name: str = "ver"
) -> Verification:
    """Keep the answer of a night as the service does."""
    moment = NOON + timedelta(days=night)
    estimate = price_if_possible(inquiry, coverage, None, moment.date())
    status = VerificationStatus.COMPLETE
    made = Verification(
        f"{name}_{night}", status, inquiry, moment, coverage, estimate, moment, attempts=ACTIVE.attempts
    )
    return records.change(made.id, lambda _: made)


def kinds(changes: DatabaseChanges, after: int = 0) -> list[tuple[str, list[str]]]:
    found = changes.page(after=after, limit=100)
    return [(report.verification_id, [change.kind for change in report.changes]) for _, report in found]


def test_a_change_is_kept_with_both_verifications(records: DatabaseRecords, changes: DatabaseChanges) -> None:
    answer(records, 1, copay("30.00"))
    answer(records, 2, copay("45.00"))

    ((position, report),) = changes.page(after=0, limit=10)
    assert (position, report.since, report.verification_id) == (1, "ver_1", "ver_2")
    assert report.facility == "abita-springs"
    (change,) = report.changes
    assert (change.kind, change.before.value, change.after.value) == (
        ChangeKind.COPAY_CHANGED,
        "30.00 a day",
        "45.00 a day",
    )
    assert snapshot.load(type(report), snapshot.dump(report)) == report


def test_the_same_answer_every_night_leaves_nothing(
    records: DatabaseRecords, changes: DatabaseChanges, told: Told
) -> None:
    for night in range(5):
        answer(records, night, copay("30.00"))

    assert kinds(changes) == []
    assert [message.event for message in told] == [COMPLETED] * 5


def test_an_outage_between_two_answers_is_not_forgotten_over(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    answer(records, 1, copay("30.00"))
    answer(records, 2, Coverage(CoverageStatus.UNKNOWN))
    answer(records, 3, INACTIVE.coverage)

    assert kinds(changes) == [("ver_3", [ChangeKind.COVERAGE_ENDED])]


def test_a_new_answer_under_the_same_id_is_compared_with_the_one_it_replaces(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    first = answer(records, 1, copay("30.00"))
    pending = replace(first, status=VerificationStatus.PENDING, coverage=None, estimate=None, as_of=None)
    records.change(first.id, lambda _: pending)
    moment = NOON + timedelta(days=2)
    records.change(first.id, lambda _: replace(first, coverage=INACTIVE.coverage, as_of=moment))

    assert kinds(changes) == [("ver_1", [ChangeKind.COVERAGE_ENDED])]


def test_the_first_answer_changes_nothing_unless_somebody_waited_for_it(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    answer(records, 1, INACTIVE.coverage)
    assert kinds(changes) == []

    fail(records, 2, UNKNOWN, inquiry=COVINGTON)
    answer(records, 3, INACTIVE.coverage, COVINGTON)
    assert kinds(changes) == [("ver_3", [ChangeKind.COVERAGE_NOT_ACTIVE])]


def test_what_was_known_and_cannot_be_trusted_keeps_no_answer_from_being_kept(
    database: Database,
    records: DatabaseRecords,
    changes: DatabaseChanges,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer(records, 1, copay("30.00"))
    with database.begin() as connection:
        connection.execute(update(known_facts).values(facts=b"changed by somebody"))
    answer(records, 2, INACTIVE.coverage)
    answer(records, 3, copay("30.00"))

    assert [kept.id for kept in records.recent(limit=5)] == ["ver_3", "ver_2", "ver_1"]
    assert kinds(changes) == [("ver_3", [ChangeKind.COVERAGE_BEGAN])]
    assert "is not used (SealBroken)" in caplog.text


def test_a_note_is_no_new_answer(records: DatabaseRecords, changes: DatabaseChanges, told: Told) -> None:
    answer(records, 0, ACTIVE.coverage)
    kept = answer(records, 1, INACTIVE.coverage)
    records.change(kept.id, partial(add_note, note=Note("user:usr_1", NOON, "called")))

    assert len(kinds(changes)) == 1
    assert [message.event for message in told] == [COMPLETED, COMPLETED, CHANGED]


@pytest.mark.parametrize(
    "other",
    [
        replace(ABITA, facility="covington"),
        replace(ABITA, payer="tricare-east"),
        replace(ABITA, patient=CHILD),
        replace(ABITA, member=replace(ABITA.member, last_name="Otherwise")),
        replace(ABITA, program=replace(ABITA.program, code="S9480")),
    ],
    ids=["facility", "payer", "child", "name", "program"],
)
def test_one_is_never_compared_with_another(
    other: Inquiry, records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    answer(records, 1, copay("30.00"))
    answer(records, 2, copay("45.00"), other)

    assert kinds(changes) == []


def test_a_person_is_the_same_however_the_name_is_written_and_whatever_the_card_says(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    again = replace(ABITA.member, last_name="TÉST-CASE", id="new-number")
    answer(records, 1, copay("30.00"))
    answer(records, 2, INACTIVE.coverage, replace(ABITA, member=again))

    assert kinds(changes) == [("ver_2", [ChangeKind.COVERAGE_ENDED])]


def test_what_is_told_are_ids_and_nothing_else(records: DatabaseRecords, told: Told) -> None:
    answer(records, 0, ACTIVE.coverage)
    answer(records, 1, INACTIVE.coverage)

    _, completed, changed = told
    assert completed.record_ids == {"verification_id": "ver_1"}
    assert changed.record_ids.keys() == {"verification_id", "change_id"}
    assert changed.id != completed.id


def test_an_answer_is_not_kept_without_its_changes(
    records: DatabaseRecords, changes: DatabaseChanges, told: Told
) -> None:
    answer(records, 1, copay("30.00"))
    told.fails = True
    with pytest.raises(RuntimeError, match="killed here"):
        answer(records, 2, INACTIVE.coverage)
    told.fails = False

    assert [kept.id for kept in records.recent(limit=10)] == ["ver_1"]
    answer(records, 2, INACTIVE.coverage)
    assert kinds(changes) == [("ver_2", [ChangeKind.COVERAGE_ENDED])]


def test_the_feed_is_read_on_from_any_position(records: DatabaseRecords, changes: DatabaseChanges) -> None:
    for night in range(6):
        answer(records, night, INACTIVE.coverage if night % 2 else copay("30.00"))

    first = changes.page(after=0, limit=2)
    rest = changes.page(after=first[-1][0], limit=100)
    assert [position for position, _ in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert changes.page(after=5, limit=10) == []


def test_the_gravest_come_first_however_many_are_newer_and_all_are_counted(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    for night, coverage in enumerate(
        [copay("30.00"), INACTIVE.coverage, copay("30.00"), copay("45.00"), copay("50.00")]
    ):
        answer(records, night, coverage)
    fail(records, 7, UNKNOWN)

    found = [
        [each.verification_id for each in changes.gravest(NOON, limit=2, skip=skip)] for skip in (0, 2, 4)
    ]
    assert found == [["ver_1", "ver_4"], ["ver_3", "ver_2"], []]
    assert changes.tally(NOON) == Tally(
        Counter({Severity.URGENT: 1, Severity.IMPORTANT: 2, Severity.NOTICE: 1}), 1
    )
    assert changes.unanswered(NOON, limit=2, skip=1) == []
    later = NOON + timedelta(seconds=1)
    assert (changes.tally(later), changes.gravest(later, limit=2)) == (Tally(Counter(), 0), [])


def test_changes_of_a_facility_out_of_reach_do_not_exist(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    for inquiry, night in ((ABITA, 1), (COVINGTON, 2)):
        answer(records, night, ACTIVE.coverage, inquiry, "old")
        answer(records, night, INACTIVE.coverage, inquiry)

    with within(Facilities.of(["covington"])):
        assert [name for name, _ in kinds(changes)] == ["ver_2"]
        assert [each.facility for each in changes.gravest(NOON, limit=10)] == ["covington"]
    with within(Facilities()):
        assert kinds(changes) == []


def test_nothing_of_it_can_be_read_in_the_database(
    database: Database, records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    answer(records, 1, copay("30.00"))
    answer(records, 2, copay("45.00"))

    with database.read() as connection:
        for table in (known_facts, change_reports):
            (row,) = connection.execute(select(table)).mappings()
            written = b"".join(
                value if isinstance(column.type, LargeBinary) else str(value).encode()
                for column, value in zip(table.columns, row.values(), strict=True)
            )
            for plain in (b"30.00", b"45.00", b"copay", b"Testcase", b"sim-commercial", b"1988"):
                assert plain not in written


def test_what_is_purged_is_forgotten_here_too(
    database: Database, records: DatabaseRecords, changes: DatabaseChanges, clock: SetClock
) -> None:
    answer(records, 0, copay("30.00"))
    answer(records, 1, INACTIVE.coverage)
    clock.move(days=32)

    assert sorted(records.purge()) == ["ver_0", "ver_1"]
    assert kinds(changes) == []
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(known_facts)) == 0


def fail(records: DatabaseRecords, night: int, coverage: Coverage, **more: Any) -> None:  # noqa: ANN401
    made = unanswered(night, coverage)
    records.change(made.id, lambda _: replace(made, **more))


def unanswered(night: int, coverage: Coverage) -> Verification:
    moment = NOON + timedelta(days=night)
    timeout = (Attempt("caqh_core", ("CJ",), Outcome.TIMEOUT, 60.0),)
    status = VerificationStatus.COMPLETE
    return Verification(f"ver_{night}", status, ABITA, moment, coverage, None, moment, attempts=timeout)


UNKNOWN: Final = Coverage(CoverageStatus.UNKNOWN)
REFUSED: Final = Rejection(
    "43", "Not enrolled", "C", "2100B", RejectionClass.PROVIDER, Retry.NEVER, "", Source(1, "AAA")
)


@pytest.mark.parametrize(
    ("coverage", "more", "reason"),
    [
        (UNKNOWN, {}, "the payer did not answer in time"),
        (
            UNKNOWN,
            {"status": VerificationStatus.FAILED, "problem": "The service was stopped."},
            "The service was stopped.",
        ),
        (
            ACTIVE.coverage,
            {"freshness": Freshness(Origin.STALE, 60, "the payer said that it cannot answer now")},
            "the payer said that it cannot answer now",
        ),
        (
            Coverage(CoverageStatus.REJECTED, rejections=(REFUSED,)),
            {},
            "the payer refused the question: Not enrolled",
        ),
    ],
    ids=["time-out", "failed here", "an older answer", "refused"],
)
def test_who_is_not_answered_for_is_listed_with_the_reason_until_they_are(
    coverage: Coverage,
    more: dict[str, object],
    reason: str,
    records: DatabaseRecords,
    changes: DatabaseChanges,
) -> None:
    answer(records, 1, copay("30.00"))
    assert changes.unanswered(NOON, limit=5) == []
    fail(records, 2, coverage, **more)
    assert [(each.verification_id, each.reason) for each in changes.unanswered(NOON, limit=5)] == [
        ("ver_2", reason)
    ]
    with within(Facilities.of(["covington"])):
        assert changes.unanswered(NOON, limit=5) == []
    assert kinds(changes) == []

    answer(records, 3, copay("30.00"))
    assert changes.unanswered(NOON, limit=5) == []


def test_who_is_answered_for_while_another_failure_is_noted_is_not_listed(
    database: Database, records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    begin_while_open(
        database,
        lambda connection: changes.follow(connection, None, unanswered(1, UNKNOWN)),
        lambda: answer(records, 2, copay("30.00")),
    )

    assert changes.unanswered(NOON, limit=5) == []


def test_of_many_at_once_about_one_person_one_finds_the_change(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    answer(records, 0, copay("30.00"))
    at_once([partial(answer, records, 1, INACTIVE.coverage, ABITA, f"ver_{n}") for n in range(8)])

    assert len(kinds(changes)) == 1


def test_of_many_first_answers_at_once_each_is_compared_with_the_one_before(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    for round_ in range(5):
        person = replace(ABITA, member=replace(ABITA.member, last_name=f"Testcase {round_}"))
        at_once([partial(answer, records, round_, copay(f"{n}.00"), person, f"ver_{n}") for n in range(8)])

    found = [report for _, report in changes.page(after=0, limit=100)]
    assert len(found) == 5 * 7
    assert len({report.since for report in found}) == len(found)


def test_of_many_at_once_none_is_written_before_a_position_that_was_read(
    records: DatabaseRecords, changes: DatabaseChanges
) -> None:
    people = [replace(ABITA, member=replace(ABITA.member, last_name=f"Testcase {n}")) for n in range(24)]
    for number, person in enumerate(people):
        answer(records, 0, ACTIVE.coverage, person, f"ver_{number}")
    work = [
        partial(answer, records, 1, INACTIVE.coverage, person, f"ver_{number}")
        for number, person in enumerate(people)
    ]
    seen: list[int] = []
    done = threading.Event()

    def follow() -> None:
        while not done.is_set() or changes.page(after=max(seen, default=0), limit=1):
            seen.extend(position for position, _ in changes.page(after=max(seen, default=0), limit=5))

    reader = threading.Thread(target=follow)
    reader.start()
    at_once(work)
    done.set()
    reader.join()

    assert seen == list(range(1, 25))
