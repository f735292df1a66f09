"""`Queue`: who writes to an SQLite file next, of all the threads and processes of this machine.

SQLite keeps no queue: whoever finds it locked looks again after pauses that grow to a tenth of a second, and
the more there are, the longer some of them have bad luck. So they queue here, for locks on files beside it.
The kernel wakes those who wait in the order in which they came, and gives free what a process held that died.

Processes that are behind at the processor are behind here, too: of all of them together one stands in the
queue at a time, so that a person waits for one of them at most.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

TURN: Final = "-turn"  # what the names of the files end in
BEHIND: Final = "-behind"


class Queue:
    """The queue for one file."""

    def __init__(self, path: Path) -> None:
        """Queue for the database at *path*."""
        self._writing = threading.Lock()
        last = [BEHIND] if os.nice(0) > 0 else []
        self._doors = [path.with_name(path.name + end) for end in (*last, TURN)]

    @contextmanager
    def turn(self, seconds: float) -> Iterator[bool]:
        """Take the turn; yields false when it did not come within *seconds* behind others of this process.

        Only whoever is first of its process waits for other processes, and for as long as it takes.
        """
        if not self._writing.acquire(timeout=seconds):
            yield False
            return
        try:
            with ExitStack() as stack:
                for door in self._doors:
                    stack.enter_context(_alone(door))
                yield True
        finally:
            self._writing.release()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    # Opened anew each time: a lock belongs to what was opened, which a process that is forked would share.
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        yield  # out of turn: the database's own lock is there all the same
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
