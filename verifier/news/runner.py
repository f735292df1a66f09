"""`Runner`: does what is due, again and again, in a thread of whoever serves."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from verifier.clock import Clock
from verifier.errors import VerifierError

PAUSE: Final = 2.0  # seconds between two looks

log = logging.getLogger(__name__)


class Job(NamedTuple):
    """What is done with the time it is, and how often at most."""

    name: str
    work: Callable[[datetime], object]
    every: timedelta = timedelta(0)


class Runner:
    """One thread; any number of processes may have one: each piece of work is taken by one of them."""

    def __init__(self, jobs: Sequence[Job], clock: Clock, *, pause: float = PAUSE) -> None:
        """Look every *pause* seconds."""
        self._jobs = jobs
        self._clock = clock
        self._pause = pause
        self._done: dict[str, datetime] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="news", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._pause):
            for job in self._jobs:
                self._do(job, self._clock.now())

    def _do(self, job: Job, now: datetime) -> None:
        last = self._done.get(job.name)
        if last is not None and now - last < job.every:
            return
        self._done[job.name] = now
        try:
            job.work(now)
        except VerifierError as error:  # something is away; a later look may find it
            log.warning("%s waits: %s", job.name, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one that is broken keeps no other from its work
            log.error("%s failed: %s", job.name, type(error).__name__)  # noqa: TRY400 - a trace may hold values
