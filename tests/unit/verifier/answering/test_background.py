import threading
import time
from concurrent.futures import CancelledError

import pytest

from tests.store.support import await_until
from verifier.answering.background import Background
from verifier.errors import Busy


def test_what_does_not_fit_is_turned_away_and_fits_again_later() -> None:
    background, ready = Background(workers=1, waiting=1), threading.Event()
    running = background.start(lambda: ready.wait(10), lane="a")
    waiting = background.start(lambda: "done", lane="a")

    with pytest.raises(Busy):
        background.start(lambda: "too much", lane="b")
    ready.set()

    assert (running.waits, waiting.waits) == (False, True)
    assert (running.future.result(10), waiting.future.result(10)) == (True, "done")
    assert background.start(lambda: "again", lane="a").future.result(10) == "again"
    background.close()


def test_closing_drops_what_waits_and_awaits_what_runs() -> None:
    background, begun, go = Background(workers=1, waiting=1), threading.Event(), threading.Event()
    ready = threading.Timer(0.1, go.set)

    def work() -> bool:
        begun.set()
        return go.wait(10)

    running, waiting = background.start(work, lane="a"), background.start(lambda: "never", lane="a")
    begun.wait(10)
    ready.start()
    background.close()

    assert running.future.done()
    assert running.future.result() is True
    with pytest.raises(CancelledError):
        waiting.future.result()
    with pytest.raises(Busy):
        background.start(lambda: "closed", lane="a")


def test_a_job_that_fails_gives_its_thread_back() -> None:
    background = Background(workers=1, waiting=0)

    with pytest.raises(ZeroDivisionError):
        background.start(lambda: 1 // 0, lane="a").future.result(10)
    await_until(lambda: not background._running["a"])

    assert background.start(lambda: "next", lane="a").future.result(10) == "next"
    background.close()


def test_a_lane_that_hangs_holds_half_of_what_the_others_leave() -> None:
    background, go = Background(workers=16, waiting=100), threading.Event()

    def count_running(lane: str) -> int:
        return sum(not background.start(lambda: go.wait(10), lane=lane).waits for _ in range(20))

    assert [count_running(lane) for lane in "abc"] == [8, 4, 2]
    assert not background.start(lambda: "served", lane="healthy").waits
    go.set()
    background.close()


def test_jobs_of_a_full_lane_do_not_delay_those_of_another() -> None:
    background, go = Background(workers=4, waiting=8), threading.Event()
    for _ in range(5):
        background.start(lambda: go.wait(10), lane="hung")

    began = time.monotonic()
    for _ in range(50):
        assert background.start(lambda: "done", lane="healthy").future.result(10) == "done"
        await_until(lambda: not background._running["healthy"])
    taken = time.monotonic() - began
    go.set()
    background.close()

    assert taken < 2


def test_a_lane_may_not_fill_the_queue_alone_and_is_served_in_order() -> None:
    background, go = Background(workers=2, waiting=8), threading.Event()
    order: list[int] = []
    background.start(lambda: go.wait(10), lane="hung")
    jobs = [background.start(lambda number=number: order.append(number), lane="hung") for number in range(4)]  # type: ignore[misc]

    with pytest.raises(Busy, match="this payer"):
        background.start(lambda: None, lane="hung")
    assert background.start(lambda: "other", lane="other").future.result(10) == "other"
    go.set()
    for job in jobs:
        job.future.result(10)
    background.close()

    assert order == [0, 1, 2, 3]
