"""What a runner does with jobs that come seldom, wait, or are broken."""

import threading
from datetime import datetime, timedelta

import pytest

from tests.store.support import NOON, SetClock, await_until
from verifier.errors import Unavailable
from verifier.news.runner import Job, Runner


class Counting:
    """Work that counts its turns, and may fail."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.at: list[datetime] = []
        self._fault = fault

    def __call__(self, now: datetime) -> None:
        self.at.append(now)
        if self._fault:
            raise self._fault


def test_a_job_is_done_no_oftener_than_it_asks(caplog: pytest.LogCaptureFixture) -> None:
    clock, often, seldom = SetClock(), Counting(), Counting()
    with Runner([Job("often", often), Job("seldom", seldom, timedelta(hours=1))], clock, pause=0.001):
        await_until(lambda: len(often.at) > 5)
        assert seldom.at == [NOON]
        clock.move(hours=1)
        await_until(lambda: len(seldom.at) > 1)

    assert seldom.at == [NOON, NOON + timedelta(hours=1)]
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [(Unavailable("away"), "broken waits: Unavailable"), (KeyError("W199003344"), "broken failed: KeyError")],
)
def test_what_is_broken_keeps_no_other_from_its_work(
    fault: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken, other = Counting(fault), Counting()
    with Runner([Job("broken", broken), Job("other", other)], SetClock(), pause=0.001):
        await_until(lambda: len(other.at) > 3)

    assert len(broken.at) > 3
    assert set(caplog.messages) == {said}


def test_it_ends_when_whoever_serves_ends() -> None:
    before = threading.active_count()
    with Runner([Job("nothing", Counting())], SetClock(), pause=60.0):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
