"""`Background`: a bounded number of threads, shared out so that no payer that hangs can take them all.

Each job belongs to a lane, its payer. A lane runs at most half as many jobs as the others leave threads for:
one payer that hangs holds half of the threads, a second one half of the rest, and so on.
"""

import contextvars
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from verifier.errors import Busy

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Started(Generic[Result]):
    """A job that was taken; one that *waits* has no thread yet."""

    future: "Future[Result]"
    waits: bool


@dataclass(frozen=True, slots=True)
class _Job(Generic[Result]):
    lane: str
    work: Callable[[], Result]
    future: "Future[Result]" = field(default_factory=Future)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self.context.run(self.work))
        except BaseException as error:  # noqa: BLE001 - whoever waits must be told whatever it is
            self.future.set_exception(error)


class Background:
    """Does jobs in threads of its own; what does not fit is turned away at once."""

    def __init__(self, *, workers: int, waiting: int) -> None:
        """Run *workers* jobs at once and let *waiting* more wait, of one lane at most half of them."""
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="verification")
        self._workers = workers
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._waiting: deque[_Job[Any]] = deque()
        self._closing = False

    def start(self, work: Callable[[], Result], *, lane: str) -> Started[Result]:
        """Begin *work*, or queue it behind that of its *lane*.

        Raises:
            Busy: there is no place left, or the service is closing.
        """
        job = _Job(lane, work)
        with self._lock:
            if self._closing:
                raise Busy("The service is closing; ask again in a minute.")
            if self._has_thread(lane):
                self._run(job)
                return Started(job.future, waits=False)
            self._queue(job)
            return Started(job.future, waits=True)

    def close(self) -> None:
        """Drop the jobs that wait, and return when those under way are done."""
        with self._lock:
            self._closing = True
            dropped = list(self._waiting)
            self._waiting.clear()
        for job in dropped:
            job.future.cancel()
            job.future.set_running_or_notify_cancel()
        self._pool.shutdown(wait=True)

    def _has_thread(self, lane: str) -> bool:
        others = self._running.total() - self._running[lane]
        share = max(1, (self._workers - others) // 2)
        return self._running.total() < self._workers and self._running[lane] < share

    def _queue(self, job: _Job[Result]) -> None:
        same = sum(other.lane == job.lane for other in self._waiting)
        if same >= (self._most_waiting + 1) // 2:
            raise Busy("Too many verifications with this payer are under way; ask again in a minute.")
        if len(self._waiting) >= self._most_waiting:
            raise Busy("Too many verifications are under way; ask again in a minute.")
        self._waiting.append(job)

    def _run(self, job: _Job[Any]) -> None:
        self._running[job.lane] += 1
        self._pool.submit(self._work, job)

    def _work(self, job: _Job[Any]) -> None:
        try:
            job.run()
        finally:
            with self._lock:
                self._running[job.lane] -= 1
                self._advance()

    def _advance(self) -> None:
        """Give free threads to the oldest jobs whose lanes may have one."""
        while job := next((job for job in self._waiting if self._has_thread(job.lane)), None):
            self._waiting.remove(job)
            self._run(job)
