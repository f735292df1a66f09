import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from payers.kit.circuit import Condition
from payers.kit.deadline import Deadline
from payers.kit.guard import Guard, GuardedChannel
from tests.store.counters import KEEP, add_one
from tests.store.support import RING, Server, connect
from verifier.calls import CallState
from verifier.errors import AskedTooSoon, PayerHeld, PayerTimeout, PayerUnreachable
from verifier.store.call_state import MOST_KEPT, LocalCallState, SharedCallState
from verifier.store.connection import Connection
from verifier.testing.people import QUESTION, SECRETS
from verifier.testing.program_contract import ScriptedChannel

ROOT = Path(__file__).parents[2]


@pytest.fixture
def state(connection: Connection) -> SharedCallState:
    return SharedCallState(connection, RING)


@pytest.fixture
def another(server: Server) -> Iterator[SharedCallState]:
    """The same state as another process sees it."""
    connection = connect(server.url)
    yield SharedCallState(connection, RING)
    connection.close()


def add(state: CallState, name: str = "number", keep: timedelta = KEEP) -> int:
    return state.change(name, add_one, keep=keep)


def read(state: CallState, name: str = "number") -> str | None:
    return state.change(name, lambda text, _: (text, text), keep=KEEP)


def test_what_one_process_changes_the_other_sees(state: SharedCallState, another: SharedCallState) -> None:
    assert [add(state), add(another), add(another), add(state), add(another)] == [1, 2, 3, 4, 5]


def test_names_are_apart(state: SharedCallState) -> None:
    assert [add(state, "one"), add(state, "two"), add(state, "one")] == [1, 1, 2]


def test_a_text_taken_away_is_gone_everywhere(state: SharedCallState, another: SharedCallState) -> None:
    add(state)
    another.change("number", lambda _text, _now: (None, None), keep=KEEP)

    assert [read(state), add(state)] == [None, 1]


def test_a_text_is_forgotten_in_time(
    state: SharedCallState, another: SharedCallState, server: Server
) -> None:
    add(state, keep=timedelta(milliseconds=60))
    with server.redis() as redis:
        (key,) = redis.keys()
        assert 0 < redis.pttl(key) <= 60
    time.sleep(0.08)

    assert [add(another), add(state)] == [1, 2]


def test_time_is_that_of_redis_whatever_the_clock_here_says(connection: Connection) -> None:
    state = SharedCallState(connection, RING, monotonic=lambda: time.monotonic() + 1e6)

    for _ in range(3):
        told = state.change("name", lambda _, now: ("text", now), keep=KEEP)
        assert abs(told - time.time()) < 1


def test_changes_of_many_processes_and_threads_are_none_of_them_lost(server: Server, tmp_path: Path) -> None:
    start = tmp_path / "start"
    command = [sys.executable, "-m", "tests.store.counters", server.url, start, "250"]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    start.touch()
    for process in processes:
        process.communicate(timeout=60)
    connection = connect(server.url)

    assert read(SharedCallState(connection, RING)) == "1000"
    connection.close()


def test_names_are_hashed_and_texts_hold_nothing_of_a_person(state: SharedCallState, server: Server) -> None:
    channel = GuardedChannel(ScriptedChannel(PayerTimeout("")), Guard(state, "plan", "wire"))
    with pytest.raises(PayerTimeout):
        channel.ask(QUESTION, Deadline.after(5))

    with server.redis() as redis:
        kept = [part.decode() for key in redis.scan_iter() for part in (key, redis.get(key))]
    assert len(kept) == 4
    whole = " ".join(kept).casefold()
    assert [secret for secret in (*SECRETS, "plan") if secret.casefold() in whole] == []


def test_what_somebody_else_put_there_is_replaced(
    state: SharedCallState, another: SharedCallState, server: Server
) -> None:
    add(state)
    with server.redis() as redis:
        (key,) = redis.keys()
        redis.set(key, b"\xff\x00 garbage")
    replaced = another.change("number", lambda text, _: ("7", text), keep=KEEP)

    assert (replaced or "").endswith("garbage")
    assert read(state) == "7"


def fail(state: CallState, times: int) -> list[str]:
    channel = GuardedChannel(ScriptedChannel(PayerUnreachable("")), Guard(state, "plan", "wire"))
    got = []
    for _ in range(times):
        try:
            channel.ask(QUESTION, Deadline.after(5))
        except PayerUnreachable as fault:
            got.append(type(fault).__name__)
    return got


def test_all_processes_see_one_breaker(state: SharedCallState, another: SharedCallState) -> None:
    got = [*fail(state, 3), *fail(another, 3), *fail(state, 1)]

    assert got == ["PayerUnreachable"] * 5 + ["PayerHeld"] * 2
    assert Guard(another, "plan", "wire").tell_condition() is Condition.OPEN


def test_all_processes_know_a_question_that_may_be_with_the_payer(
    state: SharedCallState, another: SharedCallState
) -> None:
    for each, fault in ((state, PayerTimeout), (another, AskedTooSoon)):
        channel = GuardedChannel(ScriptedChannel(PayerTimeout("")), Guard(each, "plan", "wire"))
        with pytest.raises(fault):
            channel.ask(QUESTION, Deadline.after(5))


def test_all_processes_share_the_places(state: SharedCallState, another: SharedCallState) -> None:
    guards = [Guard(each, "plan", "wire", pause=lambda _: None) for each in (state, another)]
    for number in range(48):
        guards[number % 2].enter(Deadline.after(5))

    with pytest.raises(PayerHeld):
        guards[0].enter(Deadline.after(0.01))


def test_without_redis_each_process_goes_on_with_what_it_knew(own_server: Server) -> None:
    connections = [connect(own_server.url), connect(own_server.url)]
    states = [SharedCallState(each, RING) for each in connections]
    fail(states[0], 5)
    add(states[1])
    own_server.kill()

    assert fail(states[0], 2) == ["PayerHeld"] * 2
    assert [add(states[1]), add(states[1]), add(states[0])] == [2, 3, 1]
    assert fail(states[1], 6) == ["PayerUnreachable"] * 5 + ["PayerHeld"]
    for connection in connections:
        connection.close()


def test_redis_killed_in_the_middle_stops_nobody(own_server: Server) -> None:
    connection = connect(own_server.url)
    state = SharedCallState(connection, RING)
    with ThreadPoolExecutor(8) as pool:
        counted = [pool.submit(add, state) for _ in range(400)]
        own_server.kill()
        numbers = [future.result(20) for future in counted]
    connection.close()

    assert sorted(numbers) == list(range(1, 401))


def test_a_server_that_never_was_there_is_no_error(tmp_path: Path) -> None:
    connection = connect(f"unix://{tmp_path}/none.sock")
    state = SharedCallState(connection, RING)

    assert [add(state), add(state)] == [1, 2]
    connection.close()


def test_the_state_of_one_process_is_bounded_and_forgets_in_time() -> None:
    now = [0.0]
    state = LocalCallState(lambda: now[0])
    for number in range(MOST_KEPT + 1):
        add(state, f"name {number}")

    assert (read(state, "name 0"), read(state, "name 1")) == (None, "1")
    now[0] = 60.0
    assert read(state, "name 2") is None
