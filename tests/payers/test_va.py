"""The VA program: the shipped contract, then when VA is asked and what its answer is worth."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from payers.kit.deadline import Deadline
from payers.kit.json_text import Node
from payers.kit.plug import Tools
from payers.kit.program import AnswersAlone, Destination, Program
from payers.lighthouse.facts import Fact, find_fact
from payers.lighthouse.veterans import read_status
from payers.programs.va.program import Va, plug
from tests.payers.checks import Nobody
from verifier.errors import BadInput, PayerTimeout
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Inquiry
from verifier.model.military import VaFacts
from verifier.model.verification import Answer
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.people import FACILITY, INQUIRY
from verifier.testing.program_contract import ProgramContract, ScriptedChannel

REFERRED = VaFacts(
    referral_number="VA0012345678",
    referral_begins=date(2026, 11, 1),
    referral_ends=date(2027, 4, 30),
    visits_authorized=24,
    visits_used=0,
    icn="1012667145V762142",
)
VETERAN = replace(INQUIRY, va=REFERRED)


class TestVaKeepsTheContract(ProgramContract):
    inquiry = VETERAN

    @pytest.fixture(name="program")
    def _program(self) -> Program:
        return Va()


def ask(channel: ScriptedChannel, inquiry: Inquiry = VETERAN) -> Answer:
    return Va().ask(inquiry, FACILITY, Destination("VA", "VA", channel), Deadline.after(5))


def say(word: str, reason: str | None = None) -> Coverage:
    attributes: dict[str, Any] = {"veteran_status": word, "not_confirmed_reason": reason}
    return read_status(Node({"data": {"id": REFERRED.icn, "attributes": attributes}}))


def test_the_question_carries_what_finds_a_veteran_and_nothing_of_the_referral() -> None:
    channel = ScriptedChannel(say("confirmed"))
    facts = replace(
        REFERRED, street="1 Nowhere Lane", city="Covington", state="LA", zip="70433", access_token="t"
    )

    ask(channel, replace(INQUIRY, va=facts))

    (question,) = channel.questions
    veteran = question.veteran
    assert veteran is not None
    assert (veteran.icn, veteran.access_token) == ("1012667145V762142", "t")
    assert (veteran.street, veteran.city, veteran.state, veteran.zip) == (
        "1 Nowhere Lane",
        "Covington",
        "LA",
        "70433",
    )
    assert "VA0012345678" not in f"{veteran.icn}{question}"


CONFIRMED, NO = say("confirmed"), say("not confirmed", "NOT_TITLE_38")
FAILED, UNFOUND = say("not confirmed", "ERROR"), say("not confirmed", "PERSON_NOT_FOUND")


@pytest.mark.parametrize(
    ("said", "number", "expected"),
    [
        (CONFIRMED, "VA0012345678", CoverageStatus.ACTIVE),
        (CONFIRMED, None, CoverageStatus.UNKNOWN),
        (CONFIRMED, "VA 0012345678", CoverageStatus.UNKNOWN),
        (NO, None, CoverageStatus.INACTIVE),
        (NO, "VA0012345678", CoverageStatus.INACTIVE),
        (FAILED, "VA0012345678", CoverageStatus.UNKNOWN),
        (UNFOUND, "VA0012345678", CoverageStatus.REJECTED),
    ],
)
def test_a_veteran_confirmed_is_covered_only_with_a_referral(
    said: Coverage, number: str | None, expected: CoverageStatus
) -> None:
    answer = ask(ScriptedChannel(said), replace(INQUIRY, va=replace(REFERRED, referral_number=number)))

    assert answer.coverage.status is expected
    assert find_fact(answer.coverage, Fact.STATUS) == find_fact(said, Fact.STATUS)


def test_an_answer_that_proves_no_coverage_is_no_fault_that_an_older_answer_would_mend() -> None:
    unreferred = replace(INQUIRY, va=replace(REFERRED, referral_number=None))

    answers = [ask(ScriptedChannel(said), unreferred) for said in (CONFIRMED, FAILED, PayerTimeout("late"))]

    assert {answer.coverage.status for answer in answers} == {CoverageStatus.UNKNOWN}
    assert [answer.is_fault for answer in answers] == [False, True, True]


def test_what_nobody_gave_is_no_error_and_the_referral_counts() -> None:
    refusal = BadInput(
        "VA cannot be asked about this Veteran without the fields named.", {"/va/icn": "is needed"}
    )

    answer = ask(ScriptedChannel(refusal), replace(INQUIRY, va=None))

    assert answer.coverage.status is CoverageStatus.UNKNOWN
    assert answer.attempts == ()
    (warning,) = answer.coverage.warnings
    assert warning.code == "VA_NOT_ASKED"
    assert "Missing: icn." in warning.text


@pytest.mark.parametrize("errors", [{"/va/icn": "is not of the form VA gives out"}, {}])
def test_what_was_given_wrongly_is_the_callers_matter(errors: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        ask(ScriptedChannel(BadInput("no", errors)))


def test_without_a_connection_it_says_that_va_was_not_asked() -> None:
    program = plug.build(Tools(Nobody()))

    assert isinstance(program, AnswersAlone)
    answer = program.answer_alone("VA community care")
    assert answer.is_fault
    assert answer.attempts == ()
    assert [each.code for each in answer.coverage.warnings] == ["VA_NOT_ASKED"]
