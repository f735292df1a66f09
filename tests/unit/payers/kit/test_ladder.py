from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from payers.kit.deadline import Deadline
from payers.kit.ladder import Climb, climb
from payers.kit.program import Destination
from payers.programs.commercial import Commercial
from verifier.errors import PayerTimeout
from verifier.model.coverage import Coverage, CoveredPerson, Rejection, Source
from verifier.model.inquiry import Member, Patient, Relationship, Sex
from verifier.model.question import Question
from verifier.model.verification import Outcome
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry
from verifier.testing.people import FACILITY, INQUIRY
from verifier.testing.program_contract import ScriptedChannel, row

BORN = date(1984, 2, 29)
MEMBER = Member("Lopez-Garcia", BORN, "Ines", "W55500001", sex=Sex.FEMALE, group_number="G1")
CHILD = Patient(Relationship.CHILD, "Teo", "Lopez-Garcia", birth_date=date(2012, 5, 5))
ASKED = Question("Plan", "PLAN", FACILITY, MEMBER, Patient(), date(2026, 11, 24), ("30",))
FOR_CHILD = replace(ASKED, patient=CHILD)
INES = CoveredPerson("self", "W55500001", None, "INES", None, "LOPEZ GARCIA", None, BORN)

Plays = Callable[[Question, Deadline], Coverage]


def refuse(
    *codes: str | None,
    follow_up: str | None = "C",
    retry: Retry = Retry.WITH_CHANGES,
    category: RejectionClass = RejectionClass.MEMBER,
) -> Coverage:
    """Refuse for the member's sake, with these reject codes."""
    rejections = tuple(
        Rejection(code, "meaning", follow_up, "2100C", category, retry, "", Source(1, "AAA"))
        for code in codes
    )
    return Coverage(CoverageStatus.REJECTED, rejections=rejections)


def find(person: CoveredPerson = INES, status: CoverageStatus = CoverageStatus.ACTIVE) -> Coverage:
    return Coverage(status, subscriber=person, patient=person, benefits=(row("EB*1"),))


def search(*plays: Coverage | Exception | Plays, question: Question = ASKED) -> tuple[Climb, list[Question]]:
    channel = ScriptedChannel(*plays)
    return climb(channel, question, Deadline.after(5)), channel.questions


def describe(question: Question) -> str:
    """Say in short who is asked about: subscriber, then patient."""
    member, patient = question.subscriber, question.patient
    words = [f"{member.id or '-'} {member.first_name or '-'} {member.last_name or '-'}"]
    if patient.relationship is not Relationship.SELF:
        words.append(f"{patient.relationship} {patient.first_name} {patient.last_name}")
    return ", ".join(words)


STEPS = {
    "not found": (
        ASKED,
        ["75"],
        [
            "W55500001 - -",
            "W55500001 Ines LOPEZGARCIA",
            "W55500001 - -, other Ines Lopez-Garcia",
        ],
    ),
    "not found, in words": (
        ASKED,
        [None],
        [
            "W55500001 - -",
            "W55500001 Ines LOPEZGARCIA",
            "W55500001 - -, other Ines Lopez-Garcia",
        ],
    ),
    "the name is wrong": (
        ASKED,
        ["73"],
        ["W55500001 - -", "W55500001 Ines LOPEZGARCIA", "W55500001 Ines GARCIA"],
    ),
    "a plain name is wrong": (
        replace(ASKED, subscriber=replace(MEMBER, last_name="Brown")),
        ["73"],
        ["W55500001 - -"],
    ),
    "without an id only the same name is tried": (
        replace(ASKED, subscriber=replace(MEMBER, id=None)),
        ["75"],
        ["- Ines LOPEZGARCIA"],
    ),
    "a suffix goes first": (
        replace(ASKED, subscriber=replace(MEMBER, last_name="Brown", suffix="III")),
        ["75"],
        [
            "W55500001 - -",
            "W55500001 Ines Brown",
            "W55500001 - -, other Ines Brown",
        ],
    ),
    "the sex is wrong": (ASKED, ["74"], ["W55500001 Ines Lopez-Garcia"]),
    "the group is wrong": (ASKED, ["78"], ["W55500001 Ines Lopez-Garcia"]),
    "the id is wrong": (ASKED, ["72"], ["W55500001 - -, other Ines Lopez-Garcia"]),
    "a dependent not found": (
        FOR_CHILD,
        ["75"],
        [
            "W55500001 - -, child Teo Lopez-Garcia",
            "W55500001 Ines Lopez-Garcia, child Teo LOPEZGARCIA",
            "W55500001 Teo Lopez-Garcia",
        ],
    ),
    "the subscriber is known, the dependent is not": (
        FOR_CHILD,
        ["77"],
        [
            "W55500001 Ines Lopez-Garcia, child Teo LOPEZGARCIA",
            "W55500001 Ines Lopez-Garcia, child Teo GARCIA",
            "W55500001 Teo Lopez-Garcia",
        ],
    ),
    "a wrong birth date is not guessed": (ASKED, ["71"], []),
    "a missing one neither": (ASKED, ["58"], []),
    "a wrong birth date beside a wrong name": (ASKED, ["71", "73"], []),
    "nobody is searched for without a birth date": (
        replace(ASKED, subscriber=replace(MEMBER, birth_date=None)),
        ["75"],
        [],
    ),
    "nor without a first name": (replace(ASKED, subscriber=replace(MEMBER, first_name=None)), ["75"], []),
}


@pytest.mark.parametrize(("question", "codes", "steps"), STEPS.values(), ids=STEPS)
def test_the_reject_code_decides_in_which_words_is_asked_again(
    question: Question, codes: list[str | None], steps: list[str]
) -> None:
    climbed, asked = search(refuse(*codes), question=question)

    assert [describe(each) for each in asked] == [describe(question), *steps]
    assert climbed.counts is climbed.results[0]
    assert not climbed.found


@pytest.mark.parametrize("question", [ASKED, FOR_CHILD], ids=["subscriber", "dependent"])
def test_never_more_than_four_questions_and_no_two_alike(question: Question) -> None:
    climbed, asked = search(refuse("75"), question=question)

    assert len(climbed.results) == 4
    assert len({repr(describe(each)) for each in asked}) == 4


def test_the_sex_and_the_group_number_are_left_out_when_they_are_to_blame() -> None:
    _, (_, without_sex) = search(refuse("74"))
    _, (_, without_group) = search(refuse("78"))

    assert (without_sex.subscriber, without_group.subscriber) == (
        replace(MEMBER, sex=None),
        replace(MEMBER, group_number=None),
    )


@pytest.mark.parametrize(
    "refusal",
    [
        refuse("75", follow_up="N"),
        refuse("75", follow_up="W"),
        refuse("75", retry=Retry.NEVER),
        refuse("75", category=RejectionClass.PROVIDER),
        Coverage(CoverageStatus.REJECTED),
        Coverage(CoverageStatus.UNKNOWN, rejections=refuse("75").rejections),
        Coverage(CoverageStatus.INACTIVE),
    ],
    ids=["not to be sent again", "told to wait", "never", "provider", "no reason", "unknown", "inactive"],
)
def test_other_answers_are_not_searched_after(refusal: Coverage) -> None:
    assert len(search(refusal)[1]) == 1


def test_a_fault_is_not_searched_after() -> None:
    assert len(search(PayerTimeout("No answer in time."))[1]) == 1


def test_the_first_step_that_finds_the_patient_is_the_last() -> None:
    climbed, asked = search(refuse("75"), refuse("75"), find(), refuse("75"))

    assert len(asked) == 3
    assert climbed.found
    assert climbed.counts.coverage == find()
    assert [result.attempt.detail for result in climbed.results] == [
        "rejected: 75",
        "asked again by member id, without the name: rejected: 75",
        "asked again with another spelling of the last name",
    ]


def test_inactive_is_a_find_too() -> None:
    climbed, _ = search(refuse("75"), find(status=CoverageStatus.INACTIVE))

    assert climbed.counts.coverage
    assert climbed.counts.coverage.status is CoverageStatus.INACTIVE


STRANGERS = {
    "a twin": replace(INES, first_name="MARTA"),
    "another birth date": replace(INES, birth_date=date(1985, 2, 28)),
    "neither id nor last name": replace(INES, id="X7777777", last_name="BROWN"),
    "no birth date given": replace(INES, birth_date=None),
    "no first name given": replace(INES, first_name=None),
}


@pytest.mark.parametrize("person", STRANGERS.values(), ids=STRANGERS)
def test_somebody_else_is_not_found_and_the_search_ends(person: CoveredPerson) -> None:
    climbed, asked = search(refuse("75"), find(person))

    assert len(asked) == 2
    assert climbed.counts.coverage == refuse("75")
    assert (climbed.results[-1].attempt.detail or "").endswith(
        "the answer is not beyond doubt about the patient and was left out."
    )


@pytest.mark.parametrize(
    "person",
    [replace(INES, last_name="MARRIED"), replace(INES, id="X7777777"), replace(INES, id="W55500001-01")],
    ids=["another last name", "another id", "an id with a suffix"],
)
def test_a_patient_the_payer_knows_by_other_data_is_found(person: CoveredPerson) -> None:
    assert search(refuse("75"), find(person))[0].found


def test_an_answer_about_nobody_is_no_find() -> None:
    assert not search(refuse("75"), Coverage(CoverageStatus.ACTIVE))[0].found


def test_a_dependent_found_as_the_subscriber_is_compared_with_the_dependent() -> None:
    teo = CoveredPerson("self", "W55500001", None, "TEO", None, "LOPEZGARCIA", None, date(2012, 5, 5))

    assert search(refuse("77"), refuse("77"), refuse("77"), find(teo), question=FOR_CHILD)[0].found
    assert not search(refuse("77"), refuse("77"), refuse("77"), find(), question=FOR_CHILD)[0].found


def test_a_fault_on_the_way_leaves_the_payers_first_word() -> None:
    climbed, asked = search(refuse("75"), PayerTimeout("No answer in time."))

    assert len(asked) == 2
    assert climbed.counts.coverage == refuse("75")
    assert climbed.results[-1].attempt.outcome is Outcome.TIMEOUT


def test_a_refusal_of_another_kind_on_the_way_ends_the_search_and_leaves_the_first() -> None:
    climbed, asked = search(refuse("75"), refuse("71"))

    assert len(asked) == 2
    assert climbed.counts.coverage == refuse("75")


def test_there_is_no_further_question_when_time_is_up() -> None:
    now = [0.0]

    def dawdle(_question: Question, _deadline: Deadline) -> Coverage:
        now[0] = 10
        return refuse("75")

    climbed = climb(ScriptedChannel(dawdle), ASKED, Deadline.after(5, lambda: now[0]))

    assert len(climbed.results) == 1


def test_no_step_says_who_was_asked_about() -> None:
    climbed, _ = search(refuse("75"))
    said = " ".join(result.attempt.detail or "" for result in climbed.results).casefold()

    assert [word for word in ("lopez", "garcia", "ines", "w555", "1984") if word in said] == []


def test_the_program_asks_the_rest_in_the_words_that_found_the_patient() -> None:
    inquiry = replace(INQUIRY, member=MEMBER)
    channel = ScriptedChannel(refuse("75"), find())
    program = Commercial()

    answer = program.ask(inquiry, FACILITY, Destination("Plan", "PLAN", channel), Deadline.after(5))
    program.close()

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert answer.coverage.rejections == ()
    assert "FOUND_BY_SEARCH" in {each.code for each in answer.coverage.warnings}
    assert [describe(each) for each in channel.questions] == ["W55500001 Ines Lopez-Garcia"] + [
        "W55500001 - -"
    ] * 4
    assert len(answer.attempts) == 5


def test_a_search_in_vain_is_told_once_with_the_payers_own_words() -> None:
    program = Commercial()

    channel = ScriptedChannel(refuse("75"))
    inquiry = replace(INQUIRY, member=MEMBER)
    answer = program.ask(inquiry, FACILITY, Destination("Plan", "PLAN", channel), Deadline.after(5))
    program.close()

    assert [each.code for each in answer.coverage.rejections] == ["75"]
    assert [each.code for each in answer.coverage.warnings].count("SEARCHED_IN_VAIN") == 1
    assert len(answer.attempts) == 4
