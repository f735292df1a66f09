"""The queue of those who write to an SQLite file, across processes; nobody is held up by the dead."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.store.support import await_until
from verifier.store.database.queue import Queue

HOLD = """
import os, sys, time
from pathlib import Path
from verifier.store.database.queue import Queue
os.nice(int(sys.argv[3]))
with Queue(Path(sys.argv[1])).turn(30):
    Path(sys.argv[2]).touch()
    while Path(sys.argv[2]).exists():
        time.sleep(0.005)
"""


def hold(path: Path, told: Path, nice: int = 0) -> "subprocess.Popen[bytes]":
    """Let another process take a turn, of which it tells by a file, and keep it until that file is gone."""
    return subprocess.Popen([sys.executable, "-c", HOLD, str(path), str(told), str(nice)])  # noqa: S603 - ours


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "verifier.db"


def test_a_process_waits_for_the_turn_of_another(path: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    other = hold(path, told)
    await_until(told.exists)
    taken = threading.Event()

    def take() -> None:
        with Queue(path).turn(30):
            taken.set()

    thread = threading.Thread(target=take)
    thread.start()
    assert not taken.wait(0.3)
    told.unlink()
    assert taken.wait(10)
    thread.join()
    assert other.wait(10) == 0


def test_what_a_process_held_that_died_is_free(path: Path, tmp_path: Path) -> None:
    other = hold(path, tmp_path / "told")
    await_until((tmp_path / "told").exists)
    os.kill(other.pid, signal.SIGKILL)
    other.wait()

    with Queue(path).turn(1) as mine:
        assert mine


def test_a_thread_that_waits_too_long_behind_others_of_its_process_is_told(path: Path) -> None:
    queue, told = Queue(path), []

    def take() -> None:
        with queue.turn(0.1) as mine:
            told.append(mine)

    with queue.turn(1) as mine:
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    take()

    assert (mine, told) == (True, [False, True])


def test_of_all_that_are_behind_one_stands_in_the_queue(path: Path, tmp_path: Path) -> None:
    first = hold(path, tmp_path / "first")
    await_until((tmp_path / "first").exists)
    behind = [hold(path, tmp_path / f"behind-{number}", nice=5) for number in range(4)]
    time.sleep(1.5)  # they stand at their doors
    queue, began = Queue(path), time.monotonic()
    taken: list[float] = []

    def take() -> None:
        with queue.turn(30):
            taken.append(time.monotonic() - began)

    person = threading.Thread(target=take)
    person.start()
    time.sleep(0.2)
    (tmp_path / "first").unlink()
    turns = 0
    while not taken:  # each of those behind ends its turn as soon as it has it
        for told in tmp_path.glob("behind-*"):
            told.unlink()
            turns += 1
        time.sleep(0.005)
    for process in (first, *behind):
        while process.poll() is None:
            for told in tmp_path.glob("behind-*"):
                told.unlink()
            time.sleep(0.005)
    person.join()

    assert turns <= 2  # of four


def test_a_process_that_is_forked_meanwhile_holds_no_turn(path: Path) -> None:
    pipe, end = os.pipe()
    with Queue(path).turn(1):
        child = os.fork()
        if child == 0:  # it lives until the other end of the pipe is closed
            os.close(end)
            os.read(pipe, 1)
            os._exit(0)
    taken = threading.Event()

    def take() -> None:
        with Queue(path).turn(1):
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    was_free = taken.wait(5)
    os.close(end)
    os.waitpid(child, 0)

    assert was_free


def test_where_no_file_can_be_made_the_turn_is_taken_all_the_same(tmp_path: Path) -> None:
    with Queue(tmp_path / "nowhere" / "verifier.db").turn(1) as mine:
        assert mine
