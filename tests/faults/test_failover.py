"""The next route is taken only when the question cannot have been paid for on the one before."""

from collections.abc import Callable

import pytest

from payers.kit.bulkhead import Lane
from payers.kit.deadline import Deadline
from payers.kit.guard import Guard
from payers.simulator.scenarios import Scenario
from tests.faults.rooms import NOBODY, WELL, Rooms, play
from verifier.model.verification import Outcome
from verifier.model.vocabulary import CoverageStatus

MAY_BE_PAID = {
    "silent": play("silent"),
    "hangs up": play("hang_up"),
    "drops the reply": play("drop", bytes=100),
    "garbage": play("garbage", bytes=500),
    "another member's reply": play("wrong_member"),
    "another question's reply": play("wrong_trace"),
    "500": play("http", status="500 Internal Server Error"),
    "503": play("http", status="503 Service Unavailable"),
    "504": play("http", status="504 Gateway Timeout"),
    "400": play("http", status="400 Bad Request"),
    "401": play("http", status="401 Unauthorized"),
    "an envelope error": play("envelope_error"),
    "out of order": play("aaa", codes=["42"], follow_up="R", loop="2100A"),
    "refused": play("aaa", codes=["75"], follow_up="N"),
}


@pytest.mark.parametrize("scenario", MAY_BE_PAID.values(), ids=MAY_BE_PAID)
def test_after_a_possible_payment_the_second_payer_hears_nothing(scenario: Scenario) -> None:
    with Rooms([scenario, WELL]) as rooms:
        answer = rooms.ask(seconds=1.5)

        assert (rooms.count(0), rooms.count(1)) == (1, 0)
    assert answer.coverage.status in {CoverageStatus.UNKNOWN, CoverageStatus.REJECTED}


def open_breaker(rooms: Rooms) -> None:
    assert rooms.state
    guard = Guard(rooms.state, "routed", "route-0")
    guard._change(lambda line, now: (line._replace(circuit=line.circuit._replace(probe_at=now + 60)), None))


def fill_bulkhead(rooms: Rooms) -> None:
    assert rooms.state
    guard = Guard(rooms.state, "routed", "route-0", Lane.INTERACTIVE)
    for _ in range(48):
        guard.enter(Deadline.after(60))


@pytest.mark.parametrize(
    ("first", "prepare", "outcome"),
    [
        (NOBODY, None, Outcome.UNREACHABLE),
        (play("http", status="429 Too Many Requests"), None, Outcome.THROTTLED),
        (WELL, open_breaker, Outcome.HELD),
        (WELL, fill_bulkhead, Outcome.HELD),
    ],
    ids=["no connection", "429", "breaker open", "bulkhead full"],
)
def test_when_nothing_was_sent_the_second_payer_answers_and_is_paid_once(
    first: Scenario | None, prepare: Callable[[Rooms], None] | None, outcome: Outcome
) -> None:
    with Rooms([first, WELL]) as rooms:
        if prepare:
            prepare(rooms)
        answer = rooms.ask(seconds=2)

        assert rooms.count(1) == 1
    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert [each.outcome for each in answer.attempts] == [outcome, Outcome.ANSWERED]
    assert [(each.detail or "")[13:20] for each in answer.attempts] == ["route-0", "route-1"]
    assert "MAY_BE_PAID_TWICE" not in {each.code for each in answer.coverage.warnings}


@pytest.mark.parametrize("kind", ["hang_up", "garbage"])
def test_a_deployment_may_choose_to_pay_twice_and_is_told_when_it_may_have(kind: str) -> None:
    with Rooms([play(kind, bytes=100), WELL], {"may_pay_twice": True}) as rooms:
        answer = rooms.ask()

        assert (rooms.count(0), rooms.count(1)) == (1, 1)
    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert "MAY_BE_PAID_TWICE" in {each.code for each in answer.coverage.warnings}
    assert (answer.attempts[-1].detail or "").endswith("may have been paid for twice")


def test_the_same_question_is_not_sent_again_for_90_seconds_and_the_answer_says_when() -> None:
    with Rooms([play("hang_up", times=1), WELL]) as rooms:
        answers = [rooms.ask()]
        for seconds in (1, 88, 2):
            rooms.watch.skipped += seconds
            answers.append(rooms.ask())

        assert (rooms.count(0), rooms.count(1)) == (2, 0)
    assert [answer.attempts[0].outcome for answer in answers] == [
        Outcome.BAD_REPLY,
        Outcome.HELD,
        Outcome.HELD,
        Outcome.ANSWERED,
    ]
    (warning,) = [each for each in answers[1].coverage.warnings if each.code == "ASKED_TOO_SOON"]
    assert "ask again in 89 seconds" in warning.text
