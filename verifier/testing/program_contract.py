# ruff: noqa: S101 - assert is what a suite is made of
"""The contract of a program, as a suite: subclass it, say how your program is built, run it.

    class TestMyProgram(ProgramContract):
        @pytest.fixture(name="program")
        def _program(self) -> Iterator[Program]: ...

The channel is scripted: what matters here is what a program makes of answers and of faults.
"""

import time
from collections.abc import Callable, Iterable
from threading import Lock

import pytest

from payers.kit.deadline import Deadline
from payers.kit.program import Destination, Program
from verifier.errors import (
    BadInput,
    BadReply,
    PayerFault,
    PayerRefused,
    PayerThrottled,
    PayerTimeout,
    PayerUnreachable,
)
from verifier.model.coverage import Benefit, Coverage, Rejection, Source
from verifier.model.inquiry import Inquiry
from verifier.model.question import Question
from verifier.model.verification import Answer, Outcome
from verifier.model.vocabulary import BenefitKind, CoverageStatus, RejectionClass, Retry
from verifier.testing.builders import benefit
from verifier.testing.people import FACILITY, INQUIRY, find_secrets

Play = Callable[[Question, Deadline], Coverage]

FAULTS: dict[Outcome, PayerFault] = {
    Outcome.TIMEOUT: PayerTimeout("No answer in time."),
    Outcome.UNREACHABLE: PayerUnreachable("No connection."),
    Outcome.REFUSED: PayerRefused("No entry."),
    Outcome.THROTTLED: PayerThrottled("Too many.", 429),
    Outcome.BAD_REPLY: BadReply("No sense."),
    Outcome.UNAVAILABLE: PayerFault("No idea."),
}


class ScriptedChannel:
    """Plays one part for each question in turn, the last one again and again; keeps the questions."""

    name = "scripted"

    def __init__(self, *plays: Play | Coverage | Exception) -> None:
        """Take the parts: a coverage to give, an error to raise, or a function of question and deadline."""
        self.questions: list[Question] = []
        self._plays = plays
        self._lock = Lock()

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Play the next part."""
        with self._lock:
            play = self._plays[min(len(self.questions), len(self._plays) - 1)]
            self.questions.append(question)
        if isinstance(play, Coverage):
            return play
        if isinstance(play, Exception):
            raise play
        return play(question, deadline)


def row(text: str, services: Iterable[str] = ("30",)) -> Benefit:
    """Build a row that says active, read from the segment *text*."""
    return benefit(kind=BenefitKind.ACTIVE, code="1", services=tuple(services), source=Source(1, text))


def rejection(category: RejectionClass, code: str = "75") -> Rejection:
    """Build one refusal."""
    return Rejection(
        code, "meaning", "C", "2100C", category, Retry.NEVER, "advice", Source(1, f"AAA*N**{code}*C")
    )


def active(question: Question, _deadline: Deadline) -> Coverage:
    """Answer that the plan is active, for the service asked."""
    text = f"EB*1**{question.service_types[0]}"
    return Coverage(CoverageStatus.ACTIVE, benefits=(row(text, question.service_types),))


def dawdle(_question: Question, deadline: Deadline) -> Coverage:
    """Take all the time there is and fail, as an honest channel does."""
    time.sleep(deadline.left)
    raise PayerTimeout("No answer in time.")


class ProgramContract:
    """What every program keeps to."""

    inquiry: Inquiry = INQUIRY

    @pytest.fixture(name="program")
    def _program(self) -> Program:
        """Build your program: override this."""
        pytest.fail("override the fixture 'program'")

    def ask(self, program: Program, channel: ScriptedChannel, seconds: float = 5.0) -> Answer:
        """Put the inquiry over *channel*."""
        destination = Destination("Contract Health Plan", "CONTRACT", channel)
        return program.ask(self.inquiry, FACILITY, destination, Deadline.after(seconds))

    def test_it_has_a_name(self, program: Program) -> None:
        """The directory calls it by it."""
        assert program.name

    def test_an_answer_is_an_answer(self, program: Program) -> None:
        """The good case works at all."""
        channel = ScriptedChannel(active)

        answer = self.ask(program, channel)

        assert answer.coverage.status is CoverageStatus.ACTIVE
        assert len(answer.attempts) == len(channel.questions)
        assert {attempt.outcome for attempt in answer.attempts} == {Outcome.ANSWERED}
        assert {each.channel for each in answer.coverage.answered_by} == {"scripted"}

    def test_what_was_asked_is_recorded_beside_what_was_answered(self, program: Program) -> None:
        """A payer that ignores the service asked is found out."""
        channel = ScriptedChannel(Coverage(CoverageStatus.ACTIVE, benefits=(row("EB*1**30"),)))

        coverage = self.ask(program, channel).coverage

        put = [code for question in channel.questions for code in question.service_types]
        assert sorted(coverage.asked) == sorted(put)  # later questions travel side by side
        assert coverage.answered == tuple(code for code in coverage.asked if code == "30")

    @pytest.mark.parametrize("outcome", FAULTS, ids=str)
    def test_a_payers_fault_is_unknown_and_ends_the_asking(self, program: Program, outcome: Outcome) -> None:
        """An outage is no exception, and above all no inactive coverage."""
        channel = ScriptedChannel(FAULTS[outcome])

        answer = self.ask(program, channel)

        assert answer.is_fault
        assert answer.coverage.warnings
        assert [attempt.outcome for attempt in answer.attempts] == [outcome]
        assert len(channel.questions) == 1
        assert find_secrets(f"{answer.coverage.warnings}{answer.attempts}") == []

    @pytest.mark.parametrize("category", [RejectionClass.MEMBER, RejectionClass.PROVIDER], ids=str)
    def test_a_refusal_of_member_or_provider_ends_the_asking(
        self, program: Program, category: RejectionClass
    ) -> None:
        """No other service type finds a member."""
        channel = ScriptedChannel(Coverage(CoverageStatus.REJECTED, rejections=(rejection(category),)))

        answer = self.ask(program, channel)

        assert answer.coverage.status is CoverageStatus.REJECTED
        assert [each.code for each in answer.coverage.rejections] == ["75"]
        assert [attempt.outcome for attempt in answer.attempts] == [Outcome.REJECTED]

    def test_a_fault_after_the_first_answer_leaves_that_answer(self, program: Program) -> None:
        """What is known stays known; what failed is on record."""
        channel = ScriptedChannel(active, PayerTimeout("No answer in time."))

        answer = self.ask(program, channel)

        assert answer.coverage.status is CoverageStatus.ACTIVE
        assert len(answer.attempts) == len(channel.questions)
        later = answer.attempts[1:]
        assert all(attempt.outcome is Outcome.TIMEOUT for attempt in later)
        unanswered = [each for each in answer.coverage.warnings if each.code == "SERVICE_TYPE_NOT_ANSWERED"]
        assert len(unanswered) == len(later)

    def test_the_deadline_is_one_for_all_questions(self, program: Program) -> None:
        """Slow answers do not add up."""
        started = time.monotonic()
        answer = self.ask(program, ScriptedChannel(active, dawdle), seconds=0.3)

        assert time.monotonic() - started < 0.3 + 0.25
        assert answer.coverage.status is CoverageStatus.ACTIVE

    def test_a_question_that_cannot_be_written_is_the_callers_matter(self, program: Program) -> None:
        """The caller hears which field is to blame."""
        with pytest.raises(BadInput):
            self.ask(program, ScriptedChannel(BadInput("no", {"/member/id": "is needed"})))

    @pytest.mark.parametrize("status", CoverageStatus, ids=str)
    def test_its_rules_ask_nobody_and_say_the_same_twice(
        self, program: Program, status: CoverageStatus
    ) -> None:
        """They are read for cached answers too, and for an outage as well as for an answer."""
        coverage = Coverage(status)

        once, twice = (program.rules(self.inquiry, FACILITY, coverage) for _ in range(2))

        assert once == twice
