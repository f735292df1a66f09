import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.store.support import await_until
from verifier.answering.flights import Flights
from verifier.errors import NotFound, PayerTimeout


class Moment:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def share(flights: Flights[str], fly: object, name: str = "question", **changes: float) -> str:
    given = {"asked_at": flights.now(), "patience": 10.0} | changes
    return flights.share(name, fly, **given)  # type: ignore[arg-type]


def test_those_who_come_while_it_is_under_way_share_it() -> None:
    flights, ready, calls = Flights[str](), threading.Event(), []

    def fly() -> str:
        calls.append(1)
        ready.wait(10)
        return "answer"

    with ThreadPoolExecutor(20) as pool:
        futures = [pool.submit(share, flights, fly) for _ in range(20)]
        await_until(lambda: bool(calls))
        ready.set()

    assert [future.result() for future in futures] == ["answer"] * 20
    assert len(calls) == 1


def test_who_asked_before_it_landed_shares_it_and_who_asks_later_does_not() -> None:
    moment = Moment()
    flights: Flights[str] = Flights(monotonic=moment)
    before = flights.now()
    moment.seconds += 1
    share(flights, lambda: "first")

    assert share(flights, lambda: "second", asked_at=before) == "first"
    assert share(flights, lambda: "second") == "second"


def test_another_question_is_another_flight() -> None:
    flights: Flights[str] = Flights()
    before = flights.now() - 1
    share(flights, lambda: "first", "one")

    assert share(flights, lambda: "second", "another", asked_at=before) == "second"


def test_an_error_is_shared_too() -> None:
    flights: Flights[str] = Flights()
    before = flights.now() - 1

    def fail() -> str:
        raise NotFound("no such payer")

    with pytest.raises(NotFound):
        share(flights, fail)
    with pytest.raises(NotFound):
        share(flights, lambda: "never", asked_at=before)
    assert share(flights, lambda: "next") == "next"


def test_a_follower_gives_up_after_its_patience() -> None:
    flights, ready = Flights[str](), threading.Event()
    aloft = threading.Event()

    def fly() -> str:
        aloft.set()
        ready.wait(10)
        return "late"

    leader = threading.Thread(target=share, args=(flights, fly))
    leader.start()
    aloft.wait(10)

    with pytest.raises(PayerTimeout):
        share(flights, lambda: "never", patience=0.01)
    ready.set()
    leader.join()


def test_what_landed_is_forgotten() -> None:
    moment = Moment()
    flights: Flights[str] = Flights(monotonic=moment)
    for number in range(100):
        share(flights, lambda: "answer", f"question {number}")
        moment.seconds += 1

    assert len(flights._landed) <= 31
    assert flights._aloft == {}
