"""Programs run beside this one: started with it, started again when they die, ended with it.

Each is given a pipe that ends when this process does, however it ends: so none outlives a parent that was
killed (`exit_with_parent`). They come after all others at the processor. One that dies is started again after
a pause, which doubles while it dies young: what is wrong for good is tried again for good, but in quiet.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

LOOK_EVERY: Final = 0.5  # seconds
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
GROWN_UP: Final = 10.0  # whoever worked so long before it died is started again as if for the first time
BEHIND: Final = 10  # people who wait come first at the processor, too
PATIENCE: Final = 90.0  # seconds for what is under way: a payer may take a minute

log = logging.getLogger(__name__)


class Beside:
    """Our own commands, each in a process of its own, for as long as the context lasts."""

    def __init__(
        self, commands: Sequence[Sequence[str]], environ: Mapping[str, str], *, pause: float = FIRST_PAUSE
    ) -> None:
        """Run ``verifier`` with each of *commands* in *environ*; the first *pause* is in seconds."""
        self._programs = [_Program(command, environ, pause) for command in commands]
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="beside", daemon=True)

    def __enter__(self) -> Self:
        for program in self._programs:
            program.start()
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._keeper.join()
        for program in self._programs:
            program.tell_to_end()
        for program in self._programs:
            program.await_end()

    def _keep(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            for program in self._programs:
                program.look()


class _Program:
    """One command, and the process that carries it out at present."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], pause: float) -> None:
        self._command = command
        self._environ = {**environ}
        self._first_pause = self._pause = pause
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0  # by the monotonic clock

    def start(self) -> None:
        # Its own session: an interrupt at the terminal ends this process, which then ends that one in order.
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            _write(self._command), env=self._environ, stdin=subprocess.PIPE, start_new_session=True
        )
        self._started = time.monotonic()

    def look(self) -> None:
        """Start it again when it has died and its pause is over."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
        elif self._process.poll() is not None:
            self._rest(now, self._process)

    def _rest(self, now: float, dead: "subprocess.Popen[bytes]") -> None:
        if now - self._started >= GROWN_UP:
            self._pause = self._first_pause
        words = "%s ended by itself (exit code %d); it is started again in %.0f s"
        log.warning(words, self._command[0], dead.returncode, self._pause)
        _let_go(dead)
        self._process, self._due = None, now + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def tell_to_end(self) -> None:
        if self._process:
            self._process.terminate()

    def await_end(self) -> None:
        """Wait for what is under way, but not for ever."""
        if not self._process:
            return
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _let_go(self._process)


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


def await_signal() -> None:
    """Wait until this process is told to stop, by SIGTERM or from the terminal."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    told.wait()


def _write(command: Sequence[str]) -> list[str]:
    """Write it so that it is behind at the processor before it as much as reads its own modules."""
    start = f"import os; os.nice({BEHIND}); from verifier.bootstrap import command_line; command_line()"
    return [sys.executable, "-c", start, *command]


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin:
        process.stdin.close()
