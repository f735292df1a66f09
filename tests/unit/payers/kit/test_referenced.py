"""Questions of work that may be begun twice: one trace, one call, one at a time."""

import threading
from dataclasses import replace
from datetime import date
from threading import Lock
from time import monotonic

import pytest

from payers.kit.deadline import Deadline
from payers.kit.referenced import Memory, ReferencedChannel
from tests.store.support import FACILITY, MEMBER, SetClock
from verifier.errors import PayerTimeout
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Patient
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus
from verifier.ports import Snapshot

QUESTION = Question("Plan", "PLAN1", FACILITY, MEMBER, Patient(), date(2026, 12, 7), ("30",))


class Wire:
    """Answers, and knows the traces; tells how many questions were out at once."""

    name = "wire"

    def __init__(self) -> None:
        self.traces: list[str] = []
        self.out = self.most = 0

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        self.out += 1
        self.most = max(self.most, self.out)
        self.traces.append(question.trace)
        threading.Event().wait(min(0.02, deadline.left))
        self.out -= 1
        return Coverage(CoverageStatus.ACTIVE)


class Cache(dict[str, Snapshot]):
    def put(self, key: str, snapshot: Snapshot, **_: object) -> None:
        self[key] = snapshot


@pytest.fixture
def wire() -> Wire:
    return Wire()


def refer(wire: Wire, reference: str, cache: Cache | None = None) -> ReferencedChannel:
    memory = Memory(Cache() if cache is None else cache, SetClock(), Lock())
    return ReferencedChannel(wire, reference, memory)


def a_while() -> Deadline:
    return Deadline.after(30, monotonic)


def test_the_same_question_under_the_same_reference_carries_the_same_trace(wire: Wire) -> None:
    other = replace(QUESTION, service_types=("MH",))
    for reference, question in (("a", QUESTION), ("a", QUESTION), ("a", other), ("b", QUESTION)):
        refer(wire, reference).ask(question, a_while())

    first, again, another, elsewhere = wire.traces
    assert first == again
    assert len({first, another, elsewhere}) == 3
    assert MEMBER.last_name.upper() not in first


def test_whoever_takes_the_work_over_is_given_what_was_answered_and_pays_for_the_rest(wire: Wire) -> None:
    cache = Cache()
    refer(wire, "a", cache).ask(QUESTION, a_while())
    refer(wire, "a", cache).ask(QUESTION, a_while())
    refer(wire, "a", cache).ask(replace(QUESTION, service_types=("MH",)), a_while())

    assert len(wire.traces) == 2


def test_one_question_is_out_at_a_time(wire: Wire) -> None:
    channel = refer(wire, "a")
    asked = [replace(QUESTION, service_types=(code,)) for code in ("30", "MH", "A4", "CJ")]
    threads = [threading.Thread(target=channel.ask, args=(each, a_while())) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (wire.most, len(wire.traces)) == (1, 4)


def test_a_question_for_which_no_time_is_left_is_not_put(wire: Wire) -> None:
    memory = Memory(Cache(), SetClock(), Lock())
    memory.turn.acquire()

    with pytest.raises(PayerTimeout):
        ReferencedChannel(wire, "a", memory).ask(QUESTION, Deadline.after(0.01, monotonic))
    assert wire.traces == []
