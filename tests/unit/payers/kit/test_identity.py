from dataclasses import replace
from datetime import date
from random import Random

import pytest

from payers.kit.identity import answers
from verifier.model.coverage import Coverage, CoveredPerson, Trace
from verifier.model.inquiry import Member, Patient, Relationship
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.people import FACILITY

TWIN = date(2012, 5, 5)
ASKED = Question(
    payer_name="Plan",
    payer_id="PLAN",
    provider=FACILITY,
    subscriber=Member("O'Contract Jr", date(1984, 2, 29), "Ingrid", "W55500001"),
    patient=Patient(),
    date_of_service=date(2026, 11, 24),
    service_types=("30",),
    trace="ABC123",
)
SELF = CoveredPerson("self", "W55500001", None, "INGRID", None, "OCONTRACT", None, date(1984, 2, 29))
OURS, THEIRS, NONE = Trace(numbers=("abc123",)), Trace(numbers=("ZZZ999",)), Trace()
OTHER_DAY = date(1990, 1, 1)

CASES = {
    # with our trace
    "the person asked about": (OURS, {}, True),
    "another birth date": (OURS, {"birth_date": OTHER_DAY}, False),
    "another member altogether": (
        OURS,
        {"id": "X1234567", "first_name": "A", "last_name": "BROWN", "birth_date": OTHER_DAY},
        False,
    ),
    "a corrected id": (OURS, {"id": "X1234567"}, True),
    "a maiden name": (OURS, {"last_name": "MAIDEN"}, True),
    "a nickname": (OURS, {"first_name": "INGA"}, True),
    "married and called otherwise, same id and birth date": (
        OURS,
        {"first_name": "INA", "last_name": "MARRIED"},
        True,
    ),
    "only the birth date in common": (
        OURS,
        {"id": "X1234567", "first_name": "ANNA", "last_name": "BROWN"},
        False,
    ),
    "a twin with an id of their own": (OURS, {"id": "X1234567", "first_name": "ANNA"}, False),
    "another id and a longer last name": (OURS, {"id": "X1234567", "last_name": "OCONTRACTER"}, False),
    "another id and no birth date": (OURS, {"id": "X1234567", "birth_date": None}, False),
    "both names other and no birth date": (
        OURS,
        {"first_name": "ANNA", "last_name": "BROWN", "birth_date": None},
        False,
    ),
    "a birth date that means unknown": (OURS, {"birth_date": date(1001, 1, 1)}, True),
    "a suffix of the id": (OURS, {"id": "W55500001-01", "birth_date": None}, True),
    "an id without its prefix": (OURS, {"id": "55500001", "birth_date": None}, True),
    "a name cut off": (OURS, {"last_name": "OCONTR", "id": None}, True),
    "nothing but our trace": (
        OURS,
        {"id": None, "first_name": None, "last_name": None, "birth_date": None},
        True,
    ),
    # with the trace of another question
    "another trace": (THEIRS, {}, False),
    "another trace beside ours": (Trace(numbers=("ZZZ999", "ABC123")), {}, True),
    "our trace as the reference only": (Trace(reference="ABC123"), {}, True),
    "a reference of the payer's own": (Trace(reference="77"), {}, True),
    # without a trace the person has to be certain
    "no trace, the person asked about": (NONE, {}, True),
    "no trace, no birth date": (NONE, {"birth_date": None}, True),
    "no trace, another first name": (NONE, {"first_name": "ANNA"}, False),
    "no trace, another id": (NONE, {"id": "X1234567"}, False),
    "no trace, no id": (NONE, {"id": None}, True),
    "no trace, neither id nor birth date": (NONE, {"id": None, "birth_date": None}, False),
    "no trace, only the id": (
        NONE,
        {"first_name": None, "last_name": None, "birth_date": None},
        False,
    ),
}


@pytest.mark.parametrize(("trace", "change", "expected"), CASES.values(), ids=CASES)
def test_a_reply_answers_us_by_its_trace_and_its_person(
    trace: Trace, change: dict[str, object], *, expected: bool
) -> None:
    coverage = Coverage(CoverageStatus.ACTIVE, subscriber=replace(SELF, **change), trace=trace)

    assert answers(coverage, ASKED) is expected


@pytest.mark.parametrize(
    ("trace", "status", "expected"),
    [
        (OURS, CoverageStatus.REJECTED, True),
        (NONE, CoverageStatus.REJECTED, True),
        (NONE, CoverageStatus.UNKNOWN, True),
        (OURS, CoverageStatus.ACTIVE, True),
        (NONE, CoverageStatus.ACTIVE, False),
        (NONE, CoverageStatus.INACTIVE, False),
        (THEIRS, CoverageStatus.REJECTED, False),
    ],
)
def test_a_reply_about_nobody_may_only_refuse(
    trace: Trace, status: CoverageStatus, *, expected: bool
) -> None:
    assert answers(Coverage(status, trace=trace), ASKED) is expected


def test_a_twin_who_shares_id_and_birth_date_is_told_apart_without_a_trace() -> None:
    question = replace(ASKED, patient=Patient(Relationship.CHILD, "Castor", "Contract", birth_date=TWIN))
    castor = CoveredPerson("child", None, None, "CASTOR", None, "CONTRACT", None, TWIN)
    pollux = replace(castor, first_name="POLLUX")

    found = [
        answers(Coverage(CoverageStatus.ACTIVE, subscriber=SELF, patient=twin), question)
        for twin in (castor, pollux)
    ]

    assert found == [True, False]


def test_the_subscribers_own_reply_does_not_answer_for_a_dependent() -> None:
    question = replace(ASKED, patient=Patient(Relationship.CHILD, "Castor", "Contract", birth_date=TWIN))

    assert not answers(Coverage(CoverageStatus.ACTIVE, subscriber=SELF, trace=OURS), question)


def test_shuffled_replies_never_cross() -> None:
    random = Random(7)  # noqa: S311 - a test's dice
    days = [date(1970 + number % 40, 1 + number % 12, 1 + number % 28) for number in range(60)]
    questions = [
        replace(
            ASKED,
            subscriber=Member(f"Name{number}", day, f"First{number}", f"ID{number:07}"),
            trace=f"T{number:05}",
        )
        for number, day in enumerate(days)
    ]
    replies = [
        Coverage(
            CoverageStatus.ACTIVE,
            subscriber=CoveredPerson(
                "self",
                each.subscriber.id,
                None,
                each.subscriber.first_name,
                None,
                each.subscriber.last_name,
                None,
                each.subscriber.birth_date,
            ),
            trace=Trace(numbers=random.choice([(each.trace,), ()])),
        )
        for each in questions
    ]

    accepted = {
        (asked, answered)
        for asked, question in enumerate(questions)
        for answered, reply in enumerate(replies)
        if answers(reply, question)
    }

    assert accepted == {(number, number) for number in range(60)}


def test_a_refusal_may_name_the_subscriber_of_a_dependent_asked_about() -> None:
    child = Patient(Relationship.CHILD, "Kit", "Contract", birth_date=TWIN)
    about_child = replace(ASKED, patient=child)
    refusal = Coverage(CoverageStatus.REJECTED, subscriber=SELF, trace=OURS)

    assert answers(refusal, about_child)
    assert not answers(replace(refusal, subscriber=replace(SELF, birth_date=OTHER_DAY)), about_child)
    assert not answers(replace(refusal, status=CoverageStatus.ACTIVE), about_child)
