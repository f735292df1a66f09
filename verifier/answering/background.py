"""`Background`: a bounded number of threads, and a bounded number of jobs waiting for one."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from verifier.errors import Busy

Result = TypeVar("Result")


class Background:
    """Does jobs in threads of its own; what does not fit is turned away at once."""

    def __init__(self, *, workers: int, waiting: int) -> None:
        """Run *workers* jobs at once and let *waiting* more wait."""
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="verification")
        self._places = threading.BoundedSemaphore(workers + waiting)

    def start(self, job: Callable[[], Result]) -> "Future[Result]":
        """Begin *job*, or queue it.

        Raises:
            Busy: there is no place left, or the service is closing.
        """
        if not self._places.acquire(blocking=False):
            raise Busy("Too many verifications are under way; ask again in a minute.")
        try:
            future = self._pool.submit(job)
        except RuntimeError as error:
            self._places.release()
            raise Busy("The service is closing; ask again in a minute.") from error
        future.add_done_callback(lambda _: self._places.release())
        return future

    def close(self) -> None:
        """Drop the jobs that wait, and return when those under way are done."""
        self._pool.shutdown(wait=True, cancel_futures=True)
