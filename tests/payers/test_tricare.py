"""The TRICARE program as it asks: the shipped contract, then by whom and in which place it asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from payers.kit.deadline import Deadline
from payers.kit.program import Destination, Program
from payers.programs.tricare.program import Tricare
from tests.payers.clocks import StandingDay
from verifier.errors import BadInput
from verifier.model.coverage import Coverage, CoveredPerson
from verifier.model.inquiry import Inquiry, Member, Patient, Relationship
from verifier.model.military import TricareFacts
from verifier.model.question import Question
from verifier.model.verification import Answer, Outcome
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry
from verifier.testing.people import FACILITY, INQUIRY, MEMBER
from verifier.testing.program_contract import ProgramContract, ScriptedChannel, active, rejection

SSN, DOD_ID, DBN = "999887777", "1234509876", "99988777701"
SPONSOR = Member("Invented", date(1980, 5, 6), "Sam", SSN)
CHILD = Patient(Relationship.CHILD, "Kit", "Invented", birth_date=date(2008, 7, 8))


@pytest.fixture(name="program")
def _program() -> Iterator[Tricare]:
    program = Tricare(StandingDay())
    yield program
    program.close()


class TestTricareKeepsTheContract(ProgramContract):
    inquiry: Inquiry = replace(INQUIRY, member=replace(MEMBER, id=SSN))

    @pytest.fixture(name="program")
    def _program(self) -> Iterator[Program]:
        program = Tricare(StandingDay())
        yield program
        program.close()


def ask(
    program: Tricare,
    channel: ScriptedChannel,
    member: Member,
    patient: Patient,
    sponsor_id: str | None = None,
) -> Answer:
    inquiry = replace(INQUIRY, member=member, patient=patient, tricare=TricareFacts(sponsor_id=sponsor_id))
    return program.ask(inquiry, FACILITY, Destination("East", "99727", channel), Deadline.after(5))


def place(question: Question) -> tuple[str | None, str | None, str | None]:
    """Say by which number, of which subscriber, about which dependent a question asks."""
    dependent = None if question.patient.relationship is Relationship.SELF else question.patient.first_name
    return question.subscriber.id, question.subscriber.first_name, dependent


def refuse(*codes: str) -> Coverage:
    refusals = [rejection(RejectionClass.MEMBER, code) for code in codes]
    mendable = tuple(each._replace(retry=Retry.WITH_CHANGES) for each in refusals)
    return Coverage(CoverageStatus.REJECTED, rejections=mendable)


def found(question: Question, _deadline: Deadline) -> Coverage:
    """Answer with the patient asked about as the subscriber or the dependent, as asked."""
    is_self = question.patient.relationship is Relationship.SELF
    asked = question.subscriber if is_self else question.patient
    person = CoveredPerson("self", question.subscriber.id, None, asked.first_name, None, asked.last_name)
    return replace(
        active(question, _deadline), patient=replace(person, birth_date=asked.birth_date), subscriber=person
    )


@pytest.mark.parametrize(
    ("sponsor_id", "member_id", "expected"),
    [
        (SSN, None, (SSN, "Sam", "Kit")),
        ("999-88-7777", None, (SSN, "Sam", "Kit")),
        (DOD_ID, None, (DOD_ID, "Sam", "Kit")),
        (DBN, None, (DBN, "Kit", None)),
        (None, DBN, (DBN, "Kit", None)),
        (None, SSN, (SSN, "Sam", "Kit")),
        (DBN, SSN, (DBN, "Kit", None)),  # what the desk calls the sponsor's comes first
    ],
)
def test_the_kind_of_the_number_tells_who_stands_in_the_question(
    program: Tricare, sponsor_id: str | None, member_id: str | None, expected: object
) -> None:
    channel = ScriptedChannel(active)

    ask(program, channel, replace(SPONSOR, id=member_id), CHILD, sponsor_id)

    assert [place(question) for question in channel.questions] == [expected]
    assert channel.questions[0].service_types == ("30",)
    assert channel.questions[0].subscriber.ssn is None


@pytest.mark.parametrize("code", ["71", "72", "73", "75"])
def test_a_refusal_is_answered_with_the_other_numbers_and_places(program: Tricare, code: str) -> None:
    channel = ScriptedChannel(refuse(code))

    answer = ask(program, channel, SPONSOR, CHILD, DBN)

    assert [place(question) for question in channel.questions] == [
        (DBN, "Kit", None),
        (SSN, "Sam", "Kit"),
        (DBN, "Sam", "Kit"),
        (SSN, "Kit", None),
    ]
    assert [attempt.detail for attempt in answer.attempts] == [
        f"rejected: {code}",
        f"asked again by social security number, with the sponsor as the subscriber: rejected: {code}",
        f"asked again by DoD benefits number, with the sponsor as the subscriber: rejected: {code}",
        f"asked again by social security number, with the patient as the subscriber: rejected: {code}",
    ]
    assert answer.coverage.status is CoverageStatus.REJECTED


def test_the_search_ends_where_the_patient_is_found(program: Tricare) -> None:
    channel = ScriptedChannel(refuse("75"), found)

    answer = ask(program, channel, SPONSOR, CHILD, DBN)

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert [attempt.outcome for attempt in answer.attempts] == [Outcome.REJECTED, Outcome.ANSWERED]
    assert "FOUND_BY_SEARCH" in {warning.code for warning in answer.coverage.warnings}


def test_what_is_found_by_another_number_has_to_be_the_patient(program: Tricare) -> None:
    def find_a_brother(question: Question, deadline: Deadline) -> Coverage:
        answer = found(question, deadline)
        assert answer.patient is not None
        return replace(answer, patient=replace(answer.patient, first_name="Kyle"))

    answer = ask(program, ScriptedChannel(refuse("75"), find_a_brother), SPONSOR, CHILD, DBN)

    assert answer.coverage.status is CoverageStatus.REJECTED


def test_a_sponsor_is_asked_about_once_by_each_number(program: Tricare) -> None:
    channel = ScriptedChannel(refuse("72"))

    ask(program, channel, replace(SPONSOR, ssn=DOD_ID), Patient(), DBN)

    numbers = [question.subscriber.id for question in channel.questions]
    assert numbers[:3] == [DBN, SSN, DOD_ID]
    assert len(numbers) <= 4


@pytest.mark.parametrize(
    ("sponsor_id", "member_id", "pointers"),
    [
        (None, None, {"/tricare/sponsor_id"}),
        ("12345678", None, {"/tricare/sponsor_id"}),
        ("W1234567890", SSN, {"/tricare/sponsor_id"}),
        (None, "ABC123456", {"/member/id"}),
    ],
)
def test_a_number_tricare_does_not_have_is_refused_before_a_call_is_paid_for(
    program: Tricare, sponsor_id: str | None, member_id: str | None, pointers: set[str]
) -> None:
    channel = ScriptedChannel(active)

    with pytest.raises(BadInput) as refused:
        ask(program, channel, replace(SPONSOR, id=member_id), CHILD, sponsor_id)

    assert set(refused.value.errors) == pointers
    assert channel.questions == []
    assert not any(number in str(refused.value) for number in (SSN, "12345678", "ABC123456"))


@pytest.mark.parametrize("code", ["42", "43", "79"])
def test_a_refusal_that_is_not_the_numbers_fault_ends_the_asking(program: Tricare, code: str) -> None:
    category = RejectionClass.PAYER_UNAVAILABLE if code == "42" else RejectionClass.PROVIDER
    channel = ScriptedChannel(Coverage(CoverageStatus.REJECTED, rejections=(rejection(category, code),)))

    ask(program, channel, SPONSOR, CHILD, DBN)

    assert len(channel.questions) == 1
