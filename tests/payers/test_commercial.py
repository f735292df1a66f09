"""The commercial program: the shipped contract, then what is its own, then the simulator behind it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.kit.asking import choose_date, plan_services
from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.kit.program import Destination, Program
from payers.programs.commercial import Commercial, plug
from payers.simulator.server import Simulator
from tests.payers.clocks import StandingDay
from verifier.errors import PayerTimeout
from verifier.model.coverage import AnsweredBy, Coverage, PayerName
from verifier.model.inquiry import Member
from verifier.model.question import Question
from verifier.model.verification import Answer, Outcome
from verifier.model.vocabulary import BenefitKind, CoverageStatus, RejectionClass
from verifier.testing.people import FACILITY, INQUIRY
from verifier.testing.program_contract import (
    ProgramContract,
    ScriptedChannel,
    active,
    rejection,
    row,
)


@pytest.fixture(name="program")
def _program() -> Iterator[Commercial]:
    program = Commercial(StandingDay())
    yield program
    program.close()


class TestCommercialKeepsTheContract(ProgramContract):
    @pytest.fixture(name="program")
    def _program(self) -> Iterator[Program]:
        program = Commercial(StandingDay())
        yield program
        program.close()


def ask(program: Commercial, channel: ScriptedChannel, **changes: object) -> Answer:
    destination = Destination("Plan", "PLAN", channel, **changes)  # type: ignore[arg-type]
    return program.ask(INQUIRY, FACILITY, destination, Deadline.after(5))


def list_asked(channel: ScriptedChannel) -> list[tuple[str, ...]]:
    return [question.service_types for question in channel.questions]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("H0015", [("CJ",), ("AI",), ("MH",), ("30",)]),
        ("S9480", [("CH",), ("MH",), ("30",)]),
        ("H0035", [("CH",), ("MH",), ("30",)]),
        ("99999", [("CH",), ("MH",), ("30",)]),
    ],
)
def test_the_plan_follows_the_program(code: str, expected: list[tuple[str, ...]]) -> None:
    inquiry = replace(INQUIRY, program=replace(INQUIRY.program, code=code))
    destination = Destination("Plan", "PLAN", ScriptedChannel(active))

    assert list(plan_services(inquiry, destination)) == expected


def test_each_service_type_is_a_question_of_its_own_in_the_order_of_the_plan(program: Commercial) -> None:
    channel = ScriptedChannel(active)

    answer = ask(program, channel)

    assert list_asked(channel)[0] == ("CJ",)
    assert sorted(list_asked(channel)[1:]) == [("30",), ("AI",), ("MH",)]
    assert [each.service_types for each in answer.attempts] == [("CJ",), ("AI",), ("MH",), ("30",)]
    assert answer.coverage.asked == answer.coverage.answered == ("CJ", "AI", "MH", "30")
    assert [(each.services, each.source.reply) for each in answer.coverage.benefits] == [
        (("CJ",), 0),
        (("AI",), 1),
        (("MH",), 2),
        (("30",), 3),
    ]


def test_the_directory_knows_better_what_to_ask_a_payer(program: Commercial) -> None:
    channel = ScriptedChannel(active)

    ask(program, channel, service_types=("A4", "30"))

    assert list_asked(channel) == [("A4",), ("30",)]


def tell_mental_health(kind: BenefitKind) -> Callable[[Question, Deadline], Coverage]:
    """Answer that the plan is active, and a question about mental health with a row of *kind* too."""

    def answer(question: Question, deadline: Deadline) -> Coverage:
        told = active(question, deadline)
        rows = (row("EB", ("MH",))._replace(kind=kind),) if "MH" in question.service_types else ()
        return replace(told, benefits=(*told.benefits, *rows))

    return answer


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (BenefitKind.COPAY, [("MH",)]),
        (BenefitKind.COINSURANCE, [("MH",)]),
        (BenefitKind.NOT_COVERED, [("MH",)]),
        (BenefitKind.DEDUCTIBLE, [("MH",), ("30",), ("AI",), ("CJ",)]),
    ],
)
def test_what_names_addiction_is_asked_only_if_a_discreet_question_leaves_the_cost_open(
    program: Commercial, kind: BenefitKind, asked: list[tuple[str, ...]]
) -> None:
    channel = ScriptedChannel(tell_mental_health(kind))

    answer = ask(program, channel, discreet_service_types=("MH",))

    first, *others = list_asked(channel)
    assert [first, *sorted(others)] == asked
    assert sorted(answer.coverage.asked) == sorted(code for (code,) in asked)


def test_a_payer_of_several_at_once_is_asked_discreetly_in_a_question_of_its_own(program: Commercial) -> None:
    channel = ScriptedChannel(active)

    ask(program, channel, discreet_service_types=("MH", "30"), multiple_service_types=True)

    assert list_asked(channel) == [("MH", "30"), ("CJ", "AI")]


def test_a_payer_that_answers_several_is_asked_once(program: Commercial) -> None:
    channel = ScriptedChannel(active)

    answer = ask(program, channel, multiple_service_types=True)

    assert list_asked(channel) == [("CJ", "AI", "MH", "30")]
    assert len(answer.attempts) == 1


def test_the_question_says_who_asks_whom_about_whom(program: Commercial) -> None:
    channel = ScriptedChannel(active)

    ask(program, channel, multiple_service_types=True)

    assert channel.questions == [
        Question(
            payer_name="Plan",
            payer_id="PLAN",
            provider=FACILITY,
            subscriber=INQUIRY.member,
            patient=INQUIRY.patient,
            date_of_service=date(2026, 11, 30),
            service_types=("CJ", "AI", "MH", "30"),
        )
    ]


def test_the_later_questions_travel_together(program: Commercial) -> None:
    together = threading.Barrier(3, timeout=5)

    def meet(question: Question, deadline: Deadline) -> Coverage:
        together.wait()
        return active(question, deadline)

    assert len(ask(program, ScriptedChannel(active, meet)).attempts) == 4


def test_a_refused_service_type_does_not_end_the_asking(program: Commercial) -> None:
    refused = Coverage(CoverageStatus.REJECTED, rejections=(rejection(RejectionClass.REQUEST, "33"),))

    answer = ask(program, ScriptedChannel(refused, active))

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert [each.code for each in answer.coverage.rejections] == ["33"]
    assert [each.outcome for each in answer.attempts] == [Outcome.REJECTED] + [Outcome.ANSWERED] * 3
    assert answer.attempts[0].detail == "rejected: 33"


def test_a_payer_that_says_it_is_unavailable_is_not_asked_further(program: Commercial) -> None:
    down = Coverage(CoverageStatus.UNKNOWN, rejections=(rejection(RejectionClass.PAYER_UNAVAILABLE, "42"),))

    answer = ask(program, ScriptedChannel(down))

    assert answer.is_fault
    assert [each.code for each in answer.coverage.rejections] == ["42"]
    assert [each.outcome for each in answer.attempts] == [Outcome.UNAVAILABLE]


def test_an_unanswered_service_type_is_named_in_words(program: Commercial) -> None:
    channel = ScriptedChannel(active, PayerTimeout("No answer in time."), active)

    texts = [each.text for each in ask(program, channel).coverage.warnings]

    assert len(texts) == 1
    assert texts[0].startswith("The payer did not answer for ")
    assert texts[0].endswith(": No answer in time.")


def test_a_fault_is_explained_and_says_nothing_about_coverage(program: Commercial) -> None:
    coverage = ask(program, ScriptedChannel(PayerTimeout("No answer in time."))).coverage

    assert coverage.payer == PayerName("Plan")
    assert [each.code for each in coverage.warnings] == ["PAYER_TIMEOUT"]
    assert coverage.warnings[0].text.endswith("This says nothing about the coverage.")
    assert (coverage.asked, coverage.answered) == (("CJ",), ())


def test_the_answerer_is_the_payer_that_the_reply_names(program: Commercial) -> None:
    named = Coverage(CoverageStatus.ACTIVE, payer=PayerName("Actual Plan"), benefits=(row("EB*1"),))

    coverage = ask(program, ScriptedChannel(named, active)).coverage

    assert coverage.answered_by == (AnsweredBy("Actual Plan", "scripted"), AnsweredBy("Plan", "scripted"))


TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 1), TODAY),
        (date(2027, 6, 1), TODAY),
        (date(2025, 11, 24), date(2025, 11, 24)),
        (date(2025, 11, 23), TODAY),
    ],
)
def test_the_date_asked_about_is_one_that_payers_answer_for(start: date, expected: date) -> None:
    assert choose_date(start, TODAY) == expected


def test_a_leap_day_has_a_date_twelve_months_before_it() -> None:
    assert choose_date(date(2027, 2, 28), date(2028, 2, 29)) == date(2027, 2, 28)


def test_a_program_that_starts_later_is_asked_for_as_of_today_and_that_is_said(program: Commercial) -> None:
    inquiry = replace(INQUIRY, program=replace(INQUIRY.program, start_date=date(2027, 1, 4)))
    channel = ScriptedChannel(active)

    answer = program.ask(inquiry, FACILITY, Destination("Plan", "PLAN", channel), Deadline.after(5))

    assert {question.date_of_service for question in channel.questions} == {TODAY}
    (note,) = answer.coverage.warnings
    assert note.code == "DATE_OF_SERVICE_MOVED"
    assert "2027-01-04" in note.text
    assert {each.detail for each in answer.attempts} == {"date of service moved"}


def test_late_in_the_evening_no_date_is_asked_that_the_west_has_not_reached() -> None:
    program = Commercial(StandingDay(datetime(2026, 12, 1, 4, 0, tzinfo=UTC)))
    channel = ScriptedChannel(active)
    inquiry = replace(INQUIRY, program=replace(INQUIRY.program, start_date=date(2026, 12, 1)))

    program.ask(inquiry, FACILITY, Destination("Plan", "PLAN", channel), Deadline.after(5))
    program.close()

    assert channel.questions[0].date_of_service == date(2026, 11, 30)


def test_questions_that_find_no_thread_in_time_are_withdrawn() -> None:
    program = Commercial(StandingDay())
    release = threading.Event()
    for _ in range(16):
        program._asking._executor("Plan").submit(release.wait)
    channel = ScriptedChannel(active)

    started = time.monotonic()
    answer = program.ask(INQUIRY, FACILITY, Destination("Plan", "PLAN", channel), Deadline.after(0.2))
    taken = time.monotonic() - started
    release.set()
    program.close()

    assert taken < 0.2 + 0.25
    assert [each.outcome for each in answer.attempts] == [Outcome.ANSWERED] + [Outcome.TIMEOUT] * 3
    assert len(channel.questions) == 1


def test_the_plug_builds_the_program() -> None:
    program = plug.build(Tools(sender=None))  # type: ignore[arg-type]
    program.close()

    assert program.name == plug.name == "commercial"


@pytest.fixture(name="simulated", scope="module")
def _simulated() -> Iterator[tuple[Simulator, Destination]]:
    sender = HttpSender(pause=lambda _: None)
    with Simulator() as simulator:
        settings = CoreSettings(
            f"{simulator.url}/core/mime", "SENDER", "RECEIVER", simulator.user_name, simulator.password
        )
        yield simulator, Destination("Simulated", "SIMULATED", CaqhCore(settings, Tools(sender)))
    sender.close()


@pytest.mark.parametrize(
    ("name", "status", "calls"),
    [
        ("coinsurance_after_deductible", CoverageStatus.ACTIVE, 4),
        ("inactive", CoverageStatus.INACTIVE, 4),
        ("provider_not_on_file", CoverageStatus.REJECTED, 1),
        ("payer_unavailable", CoverageStatus.UNKNOWN, 1),
        ("wrong_member", CoverageStatus.UNKNOWN, 1),
        ("http_503", CoverageStatus.UNKNOWN, 1),
        ("truncated", CoverageStatus.UNKNOWN, 1),
        ("garbage", CoverageStatus.UNKNOWN, 1),
        ("acknowledgement_999", CoverageStatus.UNKNOWN, 1),
        ("acknowledgement_ta1", CoverageStatus.UNKNOWN, 1),
    ],
)
def test_the_simulated_payer_is_asked_and_understood(
    simulated: tuple[Simulator, Destination],
    program: Commercial,
    name: str,
    status: CoverageStatus,
    calls: int,
) -> None:
    simulator, destination = simulated
    person = next(scenario.person for scenario in simulator.scenarios if scenario.name == name)
    member = Member(person.last_name, person.birth_date, person.first_name, person.id)
    before = simulator.ledger.received

    answer = program.ask(replace(INQUIRY, member=member), FACILITY, destination, Deadline.after(10))

    assert answer.coverage.status is status
    assert len(answer.attempts) == simulator.ledger.received - before == calls
