"""`Queue`: who writes to an SQLite file next, of all the threads and processes of this machine.

SQLite keeps no queue: whoever finds it locked looks again after pauses that grow to a tenth of a second, and
the more there are, the longer some of them have bad luck. So they wait here for locks on files beside it, and
are woken as soon as it is free (`verifier.store.file_lock`).

Processes that are behind at the processor are behind here, too: of all of them together one at a time waits
beside people, so that a person's turn comes after one or two of theirs.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from verifier.store.file_lock import alone

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
                with suppress(OSError):  # out of turn: the database's own lock is there all the same
                    for door in self._doors:
                        stack.enter_context(alone(door))
                yield True
        finally:
            self._writing.release()
