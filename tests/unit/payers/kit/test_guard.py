import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from payers.kit import retry
from payers.kit.bulkhead import Bulkhead, Lane
from payers.kit.circuit import Condition
from payers.kit.deadline import Deadline
from payers.kit.guard import Guard, GuardedChannel
from payers.kit.http import refuse
from tests.store.support import await_until
from verifier.errors import AskedTooSoon, BadInput, BadReply, PayerHeld, PayerTimeout, PayerUnreachable
from verifier.model.coverage import Coverage, Rejection, Source
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry
from verifier.store.call_state import LocalCallState
from verifier.testing.people import QUESTION, SECRETS
from verifier.testing.program_contract import ScriptedChannel, active


class Watch:
    """A clock to set, and the state that goes by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.state = LocalCallState(lambda: self.now)

    def guard(self, *plays: object, **settings: object) -> tuple[GuardedChannel, ScriptedChannel]:
        channel = ScriptedChannel(*plays)  # type: ignore[arg-type]
        guard = Guard(self.state, "plan", "wire", pause=lambda _: None, **settings)  # type: ignore[arg-type]
        return GuardedChannel(channel, guard), channel

    def deadline(self, seconds: float = 60.0) -> Deadline:
        return Deadline.after(seconds, lambda: self.now)

    def tell_condition(self) -> Condition:
        return Guard(self.state, "plan", "wire").tell_condition()


@pytest.fixture(name="watch")
def _watch() -> Watch:
    return Watch()


def number(count: int) -> Question:
    return replace(QUESTION, subscriber=replace(QUESTION.subscriber, id=f"W{count:08}"))


def ask(watch: Watch, channel: GuardedChannel, count: int = 0, seconds: float = 60.0) -> Coverage | Exception:
    try:
        return channel.ask(number(count), watch.deadline(seconds))
    except Exception as error:  # noqa: BLE001 - what it was is what the test asks
        return error


def rejected(code: str, category: RejectionClass, status: CoverageStatus) -> Coverage:
    one = Rejection(code, "", None, "2100A", category, Retry.LATER, "", Source(1, "AAA"))
    return Coverage(status, rejections=(one,))


NOT_FOUND = rejected("75", RejectionClass.MEMBER, CoverageStatus.REJECTED)
OUT_OF_ORDER = rejected("42", RejectionClass.PAYER_UNAVAILABLE, CoverageStatus.UNKNOWN)

ENDS = {
    "not found": (NOT_FOUND, Condition.CLOSED),
    "out of order": (OUT_OF_ORDER, Condition.OPEN),
    "time is up": (PayerTimeout(""), Condition.OPEN),
    "reset": (BadReply(""), Condition.OPEN),
    "no connection": (PayerUnreachable(""), Condition.OPEN),
    "500": (refuse(500), Condition.OPEN),
    "429": (refuse(429), Condition.CLOSED),
    "401": (refuse(401), Condition.CLOSED),
    "cannot be written": (BadInput("", {}), Condition.CLOSED),
    "a fault of ours": (RuntimeError(), Condition.CLOSED),
}


@pytest.mark.parametrize(("end", "condition"), ENDS.values(), ids=ENDS)
def test_five_of_these_open_the_breaker_or_do_not(
    end: Coverage | Exception, condition: Condition, watch: Watch
) -> None:
    channel, _ = watch.guard(end)
    got = [ask(watch, channel, count) for count in range(5)]

    assert got == [end] * 5
    assert watch.tell_condition() is condition


def test_an_open_breaker_sends_nothing_and_says_so(watch: Watch) -> None:
    channel, wire = watch.guard(PayerUnreachable(""))
    got = [ask(watch, channel, count) for count in range(8)]

    assert [type(each) for each in got] == [PayerUnreachable] * 5 + [PayerHeld] * 3
    assert len(wire.questions) == 5


def test_it_closes_when_two_probes_were_answered(watch: Watch) -> None:
    channel, wire = watch.guard(*[PayerUnreachable("")] * 5, active)
    for count in range(5):
        ask(watch, channel, count)
    watch.now += 10
    got = [ask(watch, channel, count) for count in range(3)]

    assert all(isinstance(each, Coverage) for each in got)
    assert watch.tell_condition() is Condition.CLOSED
    assert len(wire.questions) == 8


def test_calls_with_hardly_any_time_prove_nothing(watch: Watch) -> None:
    channel, _ = watch.guard(PayerTimeout(""))
    for count in range(20):
        ask(watch, channel, count, seconds=0.5)

    assert watch.tell_condition() is Condition.CLOSED


def test_another_route_and_another_payer_have_breakers_of_their_own(watch: Watch) -> None:
    channel, _ = watch.guard(PayerUnreachable(""))
    for count in range(5):
        ask(watch, channel, count)

    others = [Guard(watch.state, "plan", "other wire"), Guard(watch.state, "other plan", "wire")]
    assert [guard.tell_condition() for guard in others] == [Condition.CLOSED] * 2


@pytest.mark.parametrize("fault", [PayerTimeout(""), BadReply(""), refuse(503)], ids=lambda fault: fault.code)
def test_a_question_that_may_be_with_the_payer_is_not_sent_again_for_90_seconds(
    fault: Exception, watch: Watch
) -> None:
    channel, wire = watch.guard(fault, active)
    ask(watch, channel)
    watch.now += 30
    second = ask(watch, channel)
    watch.now += 59.9
    third = ask(watch, channel)
    watch.now += 0.2

    assert isinstance(second, AskedTooSoon)
    assert second.detail.endswith("ask again in 61 seconds.")
    assert isinstance(third, AskedTooSoon)
    assert len(wire.questions) == 1
    assert isinstance(ask(watch, channel), Coverage)


@pytest.mark.parametrize(
    "end",
    [PayerUnreachable(""), refuse(429), refuse(401), OUT_OF_ORDER, NOT_FOUND],
    ids=["no connection", "429", "401", "out of order", "not found"],
)
def test_a_question_that_was_answered_or_never_sent_may_be_sent_again(
    end: Coverage | Exception, watch: Watch
) -> None:
    channel, wire = watch.guard(end)
    ask(watch, channel)
    ask(watch, channel)

    assert len(wire.questions) == 2


def test_another_day_person_or_service_is_another_question_and_another_trace_is_not(watch: Watch) -> None:
    channel, wire = watch.guard(PayerTimeout(""), active)
    ask(watch, channel)
    others = [
        replace(number(0), service_types=("MH",)),
        replace(number(0), date_of_service=number(0).date_of_service + timedelta(days=1)),
        number(1),
    ]
    for other in others:
        channel.ask(other, watch.deadline())

    with pytest.raises(AskedTooSoon):
        channel.ask(replace(number(0), trace="OTHER", payer_id="ON ANOTHER ROUTE"), watch.deadline())
    assert len(wire.questions) == 4


def test_a_wire_that_goes_on_with_a_question_under_way_may_be_asked_again(watch: Watch) -> None:
    channel, wire = watch.guard(PayerTimeout(""), active)
    channel._resumes = True

    ask(watch, channel)
    ask(watch, channel)

    assert len(wire.questions) == 2


def test_all_places_taken_holds_a_person_back_after_a_little_patience(watch: Watch) -> None:
    def pass_time(seconds: float) -> None:
        watch.now += seconds

    full = Bulkhead(limit=1).enter(watch.now, "another", Lane.INTERACTIVE, lease=60)[0]
    guard = Guard(watch.state, "plan", "wire", pause=pass_time)
    guard._change(lambda line, _: (line._replace(bulkhead=full), None))
    before = watch.now

    with pytest.raises(PayerHeld, match="as many questions as it takes"):
        guard.enter(watch.deadline())
    assert 4.9 <= watch.now - before <= 5.3
    with pytest.raises(PayerHeld):
        replace(guard, lane=Lane.NIGHTLY).enter(watch.deadline())
    with pytest.raises(PayerHeld):
        guard.enter(watch.deadline(2))
    assert watch.now - before <= 5.9


def test_throttling_lowers_what_is_asked_at_once(watch: Watch) -> None:
    channel, _ = watch.guard(refuse(429))
    ask(watch, channel)

    assert Guard(watch.state, "plan", "wire")._change(lambda line, _: (line, line.bulkhead.limit)) == 1


def test_a_place_is_given_back_however_the_call_ends(watch: Watch) -> None:
    for end in (active, RuntimeError(), PayerTimeout("")):
        ask(watch, watch.guard(end)[0])

    assert Guard(watch.state, "plan", "wire")._change(lambda line, _: (line, line.bulkhead.taken)) == {}


def test_no_more_than_48_are_under_way_whoever_asks() -> None:
    together, most, lock = [0], [0], threading.Lock()
    go = threading.Event()

    def count(question: Question, deadline: Deadline) -> Coverage:
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        go.wait(10)
        with lock:
            together[0] -= 1
        return active(question, deadline)

    state = LocalCallState()
    channels = [GuardedChannel(ScriptedChannel(count), Guard(state, "plan", "wire")) for _ in range(4)]
    with ThreadPoolExecutor(60) as pool:
        asked = [pool.submit(channels[each % 4].ask, number(each), Deadline.after(30)) for each in range(60)]
        await_until(lambda: together[0] == 48)
        go.set()

    assert all(future.result().status is CoverageStatus.ACTIVE for future in asked)
    assert most == [48]


def test_retries_within_a_call_are_paid_from_the_lines_budget(watch: Watch) -> None:
    granted: list[bool] = []

    def spend(question: Question, deadline: Deadline) -> Coverage:
        granted.extend(retry.may_retry() for _ in range(3))
        return active(question, deadline)

    channel, _ = watch.guard(spend)
    ask(watch, channel)

    assert granted == [True, False, False]


def test_state_that_cannot_be_read_is_none(watch: Watch) -> None:
    names: list[str] = []

    class Spoilt:
        def change(self, name: str, change: Callable[..., tuple[str | None, object]], **_: object) -> object:
            names.append(name)
            return change('{"a": [', 5.0)[1]

    channel = GuardedChannel(ScriptedChannel(active), Guard(Spoilt(), "plan", "wire"))  # type: ignore[arg-type]

    assert channel.ask(QUESTION, Deadline.after(5)).status is CoverageStatus.ACTIVE
    assert "line plan wire" in names


def test_nothing_of_the_member_is_in_the_text_that_is_kept(watch: Watch) -> None:
    kept: list[str] = []

    class Watching(LocalCallState):
        def put(self, *_: object) -> None:
            raise AssertionError

        def _put(self, name: str, text: str | None, keep: timedelta) -> None:
            kept.append(text or "")
            super()._put(name, text, keep)

    channel = GuardedChannel(ScriptedChannel(PayerTimeout("")), Guard(Watching(), "plan", "wire"))
    with pytest.raises(PayerTimeout):
        channel.ask(QUESTION, watch.deadline())

    assert kept
    assert [secret for secret in SECRETS for text in kept if secret in text] == []
