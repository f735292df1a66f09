"""Control numbers: they never repeat among threads, nor among processes that have slots of their own."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.x12.writer import HIGHEST_NUMBER, ClockSource, ControlNumbers, Numbers

ROOT = Path(__file__).parents[4]
A_MILLISECOND = 1_000_000
ISSUING = """
import json, sys
from payers.x12.writer import ClockSource, ControlNumbers
slot, slots = map(int, sys.argv[1:])
numbers = ControlNumbers(ClockSource(slot, slots))
sys.stdin.read(1)  # all begin together
print(json.dumps([numbers.issue() for _ in range(2_000)]))
"""


class Listed:
    """A source that gives what it was told to."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = iter(numbers)

    def next_number(self) -> int:
        return next(self.numbers)


def issue_in_processes(slots: list[tuple[int, int]]) -> list[list[Numbers]]:
    processes = [
        subprocess.Popen(  # noqa: S603 - this interpreter and the text above
            [sys.executable, "-c", ISSUING, str(slot), str(of)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True,
        )
        for slot, of in slots
    ]  # fmt: skip
    for process in processes:
        assert process.stdin
        process.stdin.write("!")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in processes]
    return [[Numbers(*row) for row in json.loads(answer)] for answer in answers]


def test_a_number_wraps_into_nine_digits_and_is_never_zero() -> None:
    numbers = ControlNumbers(Listed(0, HIGHEST_NUMBER - 1, HIGHEST_NUMBER, 10**30))

    assert [numbers.issue().interchange_number for _ in range(4)] == [
        1,
        HIGHEST_NUMBER,
        1,
        10**30 % HIGHEST_NUMBER + 1,
    ]


def test_group_follows_interchange_and_the_one_transaction_is_number_one() -> None:
    issued = ControlNumbers(Listed(4710)).issue()

    assert issued[:3] == (4711, 4711, 1)
    assert len(issued.reference) == 32
    assert issued.reference == issued.reference.upper()


@given(st.lists(st.integers(0, 10**19), min_size=1, max_size=50))
def test_the_clock_may_stand_still_or_step_back_and_no_number_comes_twice(moments: list[int]) -> None:
    source = ClockSource(clock=iter(moments).__next__)

    numbers = [source.next_number() for _ in moments]

    assert numbers == sorted(set(numbers))


@given(st.data(), st.integers(2, 64))
def test_sources_with_different_slots_never_meet_whatever_their_clocks_say(
    data: st.DataObject, slots: int
) -> None:
    moments = st.lists(st.integers(0, 10**12), min_size=20, max_size=20)
    one, other = data.draw(st.lists(st.integers(0, slots - 1), min_size=2, max_size=2, unique=True))
    first = ClockSource(one, slots, iter(data.draw(moments)).__next__)
    second = ClockSource(other, slots, iter(data.draw(moments)).__next__)

    numbers = [source.next_number() for source in (first, second) for _ in range(20)]

    assert len(set(numbers)) == 40


def test_the_horizon_of_the_clock_is_eleven_days() -> None:
    start, days = 1_795_000_000_000 * A_MILLISECOND, 11 * 86_400_000 * A_MILLISECOND
    numbers = ControlNumbers(ClockSource(clock=iter([start, start + days]).__next__))

    assert numbers.issue().interchange_number != numbers.issue().interchange_number


@pytest.mark.parametrize(("slot", "slots"), [(1, 1), (-1, 4), (0, 0)])
def test_a_slot_must_be_one_of_the_slots(slot: int, slots: int) -> None:
    with pytest.raises(ValueError, match="slot"):
        ClockSource(slot, slots)


def let_another_thread_run() -> int:
    """Stand still as a clock, and give way to the other threads in the middle of an issue."""
    sleep(0)
    return 0


@pytest.mark.parametrize("source", [ClockSource(), ClockSource(3, 8, let_another_thread_run)])
def test_threads_never_get_the_same_number(source: ClockSource) -> None:
    numbers = ControlNumbers(source)
    with ThreadPoolExecutor(8) as threads:
        issued = list(threads.map(lambda _: numbers.issue(), range(8_000)))

    assert len({number.interchange_number for number in issued}) == 8_000
    assert len({number.reference for number in issued}) == 8_000


def test_processes_with_slots_never_get_the_same_number() -> None:
    issued = [number for part in issue_in_processes([(slot, 4) for slot in range(4)]) for number in part]

    assert len({number.interchange_number for number in issued}) == 8_000
    assert len({number.reference for number in issued}) == 8_000


def test_processes_that_share_nothing_still_never_get_the_same_reference() -> None:
    parts = issue_in_processes([(0, 1)] * 3)

    assert len({number.reference for part in parts for number in part}) == 6_000
    assert [len({number.interchange_number for number in part}) for part in parts] == [2_000] * 3
