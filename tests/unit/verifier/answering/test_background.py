import threading
from concurrent.futures import CancelledError

import pytest

from verifier.answering.background import Background
from verifier.errors import Busy


def test_what_does_not_fit_is_turned_away_and_fits_again_later() -> None:
    background, ready = Background(workers=1, waiting=1), threading.Event()
    running = background.start(lambda: ready.wait(10))
    waiting = background.start(lambda: "done")

    with pytest.raises(Busy):
        background.start(lambda: "too much")
    ready.set()

    assert (running.result(10), waiting.result(10)) == (True, "done")
    assert background.start(lambda: "again").result(10) == "again"
    background.close()


def test_closing_drops_what_waits_and_awaits_what_runs() -> None:
    background, begun, go = Background(workers=1, waiting=1), threading.Event(), threading.Event()
    ready = threading.Timer(0.1, go.set)

    def work() -> bool:
        begun.set()
        return go.wait(10)

    running, waiting = background.start(work), background.start(lambda: "never")
    begun.wait(10)
    ready.start()
    background.close()

    assert running.done()
    assert running.result() is True
    with pytest.raises(CancelledError):
        waiting.result()
    with pytest.raises(Busy):
        background.start(lambda: "closed")
