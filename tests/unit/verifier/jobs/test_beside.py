"""What runs beside a command, in processes of its own: real ones, that die when and as they are told."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from tests.store.support import await_until
from verifier.jobs import beside
from verifier.jobs.beside import Beside

LIVES = "import os, signal, time; signal.signal(15, lambda *_: os._exit(0)); {told}; time.sleep(60)"
DIES = "{told}; raise SystemExit(73)"


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """Let a program of a few words stand in for a command, and give the file that names each of its lives."""
    told = tmp_path / "told"

    def write(script: str) -> Path:
        words = script.format(told=f"import os; open({str(told)!r}, 'a').write(f'{{os.getpid()}} ')")
        monkeypatch.setattr(beside, "_write", lambda command: [sys.executable, "-c", words, *command])
        told.touch()
        return told

    return write


def lives(told: Path) -> list[int]:
    return [int(word) for word in told.read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_dies_is_started_again_and_what_lives_is_ended_with_it(
    play: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    told = play(LIVES)
    with caplog.at_level(logging.WARNING), Beside([["worker"]], os.environ, pause=0.01):
        await_until(lambda: len(lives(told)) == 1)
        os.kill(lives(told)[0], signal.SIGKILL)
        await_until(lambda: len(lives(told)) == 2)

    assert not any(is_alive(pid) for pid in lives(told))
    (line,) = caplog.messages
    assert line.startswith("worker ended by itself (exit code -9); it is started again in")


def test_what_dies_again_and_again_is_started_after_pauses_that_grow(
    play: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told = play(DIES)
    monkeypatch.setattr(beside, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(beside, "LONGEST_PAUSE", 0.4)
    monkeypatch.setattr(beside, "_Program", Noting)
    Noting.pauses.clear()
    began = time.monotonic()
    with caplog.at_level(logging.WARNING), Beside([["worker"]], os.environ, pause=0.1):
        await_until(lambda: len(lives(told)) == 5)

    assert Noting.pauses[:4] == pytest.approx([0.1, 0.2, 0.4, 0.4])
    assert time.monotonic() - began >= 0.1 + 0.2 + 0.4 + 0.4
    assert "exit code 73" in caplog.text


def test_what_worked_for_a_while_is_started_again_as_if_for_the_first_time(
    play: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = play(DIES)
    monkeypatch.setattr(beside, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(beside, "GROWN_UP", 0.0)
    monkeypatch.setattr(beside, "_Program", Noting)
    Noting.pauses.clear()
    with Beside([["worker"]], os.environ, pause=0.05):
        await_until(lambda: len(lives(told)) == 4)

    assert Noting.pauses[:3] == pytest.approx([0.05] * 3)


class Noting(beside._Program):
    """Notes how long each pause is."""

    pauses: ClassVar[list[float]] = []

    def _rest(self, now: float, dead: object) -> None:
        super()._rest(now, dead)  # type: ignore[arg-type]
        self.pauses.append(self._due - now)
