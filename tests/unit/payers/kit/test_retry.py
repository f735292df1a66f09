from random import Random

import pytest

from payers.kit import retry
from payers.kit.http import refuse
from payers.kit.retry import INTERACTIVE, NIGHTLY, Action, Verdict, judge, judge_fault, judge_rejection
from payers.x12.acknowledgement import RECEIVED, REFUSED
from payers.x12.response_271 import read_coverages
from verifier.errors import (
    AskedTooSoon,
    BadReply,
    PayerFault,
    PayerHeld,
    PayerRefused,
    PayerTimeout,
    PayerUnreachable,
)
from verifier.model.coverage import Coverage, Rejection, Source, unknown_coverage
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry

LOST = Verdict(Action.RETRY, fails=True, reached=True, unanswered=True)
STOP = Verdict(Action.STOP, fails=False, reached=True, unanswered=False)
FAULTS = {
    "time is up": (PayerTimeout(""), LOST),
    "cut off, garbled, another's": (BadReply(""), LOST),
    "something else": (PayerFault(""), LOST),
    "no connection": (PayerUnreachable(""), Verdict(Action.RETRY, fails=True, reached=False)),
    "held back here": (PayerHeld(""), Verdict(Action.RETRY, fails=None, reached=False)),
    "asked too soon": (AskedTooSoon(""), Verdict(Action.RETRY, fails=None, reached=True)),
    "an envelope error": (PayerRefused(""), STOP),
    "301": (refuse(301), STOP),
    "400": (refuse(400), STOP),
    "401": (refuse(401), STOP),
    "404": (refuse(404), STOP),
    "408": (refuse(408), LOST),
    "429": (refuse(429), Verdict(Action.SLOW, fails=None, reached=False)),
    "500": (refuse(500), LOST),
    "502": (refuse(502), LOST),
    "503": (refuse(503), LOST),
    "504": (refuse(504), LOST),
}


@pytest.mark.parametrize(("fault", "verdict"), FAULTS.values(), ids=FAULTS)
def test_each_fault_has_its_verdict(fault: PayerFault, verdict: Verdict) -> None:
    assert judge_fault(fault) == verdict


BLANK = " " * 10
ISA = f"ISA*00*{BLANK}*00*{BLANK}*ZZ*{'A':15}*ZZ*{'B':15}*261124*0905*^*00501*000000001*0*T*:"
HEAD = [
    ISA,
    "GS*HB*A*B*20261124*0905*1*X*005010X279A1",
    "ST*271*0001*005010X279A1",
    "BHT*0022*11*1*20261124*0905",
]
LOOPS = {
    "2000A": ["HL*1**20*1"],
    "2100A": ["NM1*PR*2*PLAN*****PI*12345"],
    "2100B": ["HL*2*1*21*1", "NM1*1P*2*CLINIC*****XX*1999999984"],
    "2100C": ["HL*3*2*22*0", "NM1*IL*1*SNAIL*MOLLY****MI*M1234567"],
}
TAIL = ["SE*9*0001", "GE*1*1", "IEA*1*000000001", ""]


def read_refusal(*segments: str, loop: str = "2100C") -> Coverage:
    """Read a whole 271 with these AAA segments in *loop*, as a payer sends it."""
    before = list(LOOPS)[: list(LOOPS).index(loop) + 1]
    levels = [segment for each in before for segment in LOOPS[each]]
    (coverage,) = read_coverages("~".join([*HEAD, *levels, *segments, *TAIL]))
    return coverage


SEARCH = Verdict(Action.SEARCH)
STAFF = Verdict(Action.STAFF)
OUTAGE = Verdict(Action.RETRY, fails=True)
REPLIES = {
    "42 of the payer": ("2100A", ["AAA*N**42*R"], OUTAGE),
    "42 of the gateway": ("2000A", ["AAA*Y**42*P"], OUTAGE),
    "42 that must not be sent again": ("2100A", ["AAA*N**42*N"], OUTAGE),
    "42 about one person": ("2100C", ["AAA*N**42*R"], OUTAGE._replace(fails=False)),
    "80": ("2000A", ["AAA*N**80*R"], LOST),
    "79 alone": ("2100A", ["AAA*N**79*C"], STAFF),
    "79 beside 42": ("2100A", ["AAA*N**79*N", "AAA*N**42*R"], OUTAGE),
    "04": ("2000A", ["AAA*N**04*R"], Verdict(Action.SLOW, fails=None)),
    "41": ("2100B", ["AAA*N**41*N"], STOP),
    "43": ("2100B", ["AAA*N**43*C"], STOP),
    "51": ("2100B", ["AAA*N**51*C"], STOP),
    "58": ("2100C", ["AAA*N**58*C"], STAFF),
    "62": ("2100C", ["AAA*N**62*C"], STAFF),
    "71": ("2100C", ["AAA*N**71*C"], STAFF),
    "72": ("2100C", ["AAA*N**72*C"], SEARCH),
    "73": ("2100C", ["AAA*N**73*C"], SEARCH),
    "75": ("2100C", ["AAA*N**75*C"], SEARCH),
    "75 not to be sent again": ("2100C", ["AAA*N**75*N"], STOP),
    "75, told to wait": ("2100C", ["AAA*N**75*W"], Verdict(Action.WAIT)),
    "75, it will come back by itself": ("2100C", ["AAA*N**75*S"], Verdict(Action.STOP)),
    "71 beside 73": ("2100C", ["AAA*N**73*C", "AAA*N**71*C"], STAFF),
    "98": ("2100C", ["AAA*N**98*N"], STOP),
}


@pytest.mark.parametrize(("loop", "segments", "verdict"), REPLIES.values(), ids=REPLIES)
def test_each_refusal_has_its_verdict_by_code_follow_up_and_place(
    loop: str, segments: list[str], verdict: Verdict
) -> None:
    assert judge(read_refusal(*segments, loop=loop)) == verdict


@pytest.mark.parametrize("status", [CoverageStatus.ACTIVE, CoverageStatus.INACTIVE])
def test_an_answer_is_no_failure(status: CoverageStatus) -> None:
    assert judge(Coverage(status)) == Verdict(Action.NONE)


def test_a_receipt_is_no_answer_and_the_question_may_still_be_at_work() -> None:
    assert judge(unknown_coverage(RECEIVED)) == Verdict(Action.RETRY, fails=None, unanswered=True)


def test_a_question_turned_away_by_a_translator_is_for_staff() -> None:
    assert judge(unknown_coverage(REFUSED)) == STOP


def test_not_found_in_words_is_searched_for() -> None:
    said = Rejection(
        None, "no such member", None, None, RejectionClass.MEMBER, Retry.WITH_CHANGES, "", Source(1, "MSG")
    )

    assert judge_rejection(said) == SEARCH


@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        (PayerUnreachable(""), True),
        (PayerTimeout(""), False),
        (BadReply(""), False),
        (refuse(503), False),
        (refuse(429), False),
    ],
)
def test_a_person_is_served_a_second_try_only_when_nothing_was_sent(
    fault: PayerFault, *, pauses: bool
) -> None:
    verdict, random = judge_fault(fault), Random(1)  # noqa: S311 - no secret

    assert (INTERACTIVE.pause(1, verdict, random) is not None) == pauses
    assert INTERACTIVE.pause(2, verdict, random) is None


def test_nightly_work_tries_four_times_with_pauses_drawn_from_nothing_to_half_an_hour() -> None:
    random = Random(1)  # noqa: S311 - no secret
    drawn = [[NIGHTLY.pause(attempt, LOST, random) for _ in range(500)] for attempt in (1, 2, 3, 4)]

    assert drawn[3] == [None] * 500
    assert [round(max(pause or 0 for pause in each), -2) for each in drawn[:3]] == [200, 500, 1000]
    assert all(min(pause or 0 for pause in each) < 20 for each in drawn[:3])
    assert (NIGHTLY._replace(attempts=99).pause(50, LOST, random) or 0) <= 1800


@pytest.mark.parametrize("verdict", [STOP, STAFF, SEARCH, Verdict(Action.WAIT), Verdict(Action.NONE)])
def test_nightly_work_does_not_repeat_what_a_repetition_cannot_mend(verdict: Verdict) -> None:
    assert NIGHTLY.pause(1, verdict, Random(1)) is None  # noqa: S311 - no secret


def test_retries_are_paid_from_the_budget_of_whoever_is_asking() -> None:
    grants = iter([True, False])

    assert retry.may_retry()
    with retry.budgeted(lambda: next(grants)):
        assert [retry.may_retry(), retry.may_retry()] == [True, False]
    assert retry.may_retry()
