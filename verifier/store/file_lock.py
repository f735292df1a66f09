"""A lock on a file, for which threads and processes of this machine wait, and are woken when it is free.

The kernel gives it free when who holds it dies. But it belongs to what was opened. A process that is forked
meanwhile shares that, and would hold the lock for as long as it lives: so it closes what it was born with.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_guard: Final = threading.Lock()  # nobody forks between a file's being opened and its being noted
_open: Final[set[int]] = set()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock on the file at *path*, which is made if need be.

    Raises:
        OSError: it cannot be opened.
    """
    with _guard:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        _open.add(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        with _guard:
            if file in _open:
                _open.remove(file)
                os.close(file)


def _close_inherited() -> None:
    for file in _open:
        os.close(file)
    _open.clear()
    _guard.release()


os.register_at_fork(before=_guard.acquire, after_in_parent=_guard.release, after_in_child=_close_inherited)
