"""Programs run beside this one: started with it, started again when they die, ended with it.

Each is given a pipe that ends when this process does, however it ends: so none outlives a parent that was
killed (`exit_with_parent`).
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

LOOK_EVERY: Final = 1.0  # seconds
PATIENCE: Final = 90.0  # seconds for what is under way: a payer may take a minute

log = logging.getLogger(__name__)


class Beside:
    """Our own commands, each in a process of its own, for as long as the context lasts."""

    def __init__(self, commands: Sequence[Sequence[str]], environ: Mapping[str, str]) -> None:
        """Run ``verifier`` with each of *commands* in *environ*."""
        self._commands = [_write(command) for command in commands]
        self._environ = {**environ}
        self._running: list[subprocess.Popen[bytes]] = []
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="beside", daemon=True)

    def __enter__(self) -> Self:
        self._running = [self._start(command) for command in self._commands]
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._keeper.join()
        for process in self._running:
            process.terminate()
        for process in self._running:
            _end(process)

    def _keep(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            for place, process in enumerate(self._running):
                if process.poll() is not None:
                    log.warning("%s ended by itself; it is started again", self._commands[place][-1])
                    self._running[place] = self._start(self._commands[place])

    def _start(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        # Its own session: an interrupt at the terminal ends this process, which then ends that one in order.
        return subprocess.Popen(  # noqa: S603 - our own command
            command, env=self._environ, stdin=subprocess.PIPE, start_new_session=True
        )


def exit_with_parent() -> None:
    """End this process in order when the one that started it ends, whichever way.

    The pipe is read below Python's own buffer: its lock, held while a process is forked, would stop the fork.
    """
    pipe = sys.stdin.fileno()

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _write(command: Sequence[str]) -> list[str]:
    start = "from verifier.bootstrap import command_line; command_line()"
    return [sys.executable, "-c", start, *command]


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()
