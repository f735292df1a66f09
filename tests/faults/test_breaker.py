"""A breaker opens for every way a payer fails, closes when it is well, and takes no refusal for a fault."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from payers.simulator.scenarios import Scenario
from tests.faults.rooms import NOBODY, WELL, Rooms, play
from verifier.model.verification import Outcome
from verifier.model.vocabulary import CoverageStatus

FAILURES = {
    "silent": play("silent"),
    "hangs up": play("hang_up"),
    "drops the reply": play("drop", bytes=100),
    "drips": play("drip", bytes=1, seconds=0.1),
    "garbage": play("garbage", bytes=500),
    "cut off": play("truncated", bytes=200),
    "500": play("http", status="500 Internal Server Error"),
    "503": play("http", status="503 Service Unavailable"),
    "out of order": play("aaa", codes=["42"], follow_up="R", loop="2100A"),
    "no response behind": play("aaa", codes=["80"], follow_up="R", loop="2000A"),
}
ANSWERS = {
    "well": WELL,
    "unknown member": play("aaa", codes=["75"], follow_up="N"),
    "wrong id": play("aaa", codes=["72"], follow_up="N"),
    "wrong birth date": play("aaa", codes=["71"]),
    "wrong name": play("aaa", codes=["73"], follow_up="N"),
    "provider not on file": play("aaa", codes=["51"], loop="2100B"),
    "too many calls": play("http", status="429 Too Many Requests"),
    "not let in": play("http", status="401 Unauthorized"),
}


@pytest.mark.parametrize("scenario", FAILURES.values(), ids=FAILURES)
def test_five_failures_open_it_and_then_nothing_goes_out(scenario: Scenario) -> None:
    with Rooms([scenario]) as rooms, ThreadPoolExecutor(5) as pool:
        failed = list(pool.map(lambda number: rooms.ask(number, seconds=2), range(5)))
        held = [rooms.ask(number) for number in range(5, 15)]

        assert rooms.count() == 5
    assert {answer.coverage.status for answer in (*failed, *held)} == {CoverageStatus.UNKNOWN}
    assert [[each.outcome for each in answer.attempts] for answer in held] == [[Outcome.HELD]] * 10


def test_a_payer_that_is_not_there_opens_it() -> None:
    with Rooms([NOBODY]) as rooms:
        outcomes = [rooms.ask(number).attempts[0].outcome for number in range(7)]

    assert outcomes == [Outcome.UNREACHABLE] * 5 + [Outcome.HELD] * 2


@pytest.mark.parametrize("scenario", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_never_opens_it_whatever_it_says(scenario: Scenario) -> None:
    with Rooms([scenario]) as rooms:
        for number in range(15):
            rooms.ask(number)

        assert rooms.count() == 15
        assert rooms.gateway.tell_condition("routed", "route-0") == "closed"


def test_it_probes_and_closes_when_the_payer_is_well_again() -> None:
    outage = play("aaa", codes=["42"], follow_up="R", loop="2100A", times=6)
    with Rooms([outage]) as rooms:
        for number in range(5):
            rooms.ask(number)
        seen: list[tuple[float, int, str]] = []
        for seconds in (9.0, 1.1, 10.0, 10.1, 0.1, 0.1):
            rooms.watch.skipped += seconds
            rooms.ask(20)
            condition = rooms.gateway.tell_condition("routed", "route-0")
            seen.append((round(rooms.watch.skipped, 1), rooms.count(), str(condition)))

    assert seen == [
        (9.0, 5, "open"),
        (10.1, 6, "open"),  # the first probe failed
        (20.1, 6, "open"),
        (30.2, 7, "half_open"),  # the second was answered
        (30.3, 8, "closed"),  # so was the third
        (30.4, 9, "closed"),
    ]


def test_while_a_payer_is_down_at_most_one_call_in_ten_seconds_goes_out() -> None:
    with Rooms([play("aaa", codes=["42"], follow_up="R", loop="2100A")]) as rooms:
        for number in range(5):
            rooms.ask(number)
        for _ in range(120):  # ten minutes, a question every five seconds
            rooms.watch.skipped += 5
            rooms.ask(20)

        assert rooms.count() - 5 == 5  # after 10, 30, 70, 150 and 310 seconds
