import pytest

from payers.kit.deadline import Deadline


def test_a_deadline_counts_down_to_nothing_and_no_further() -> None:
    now = [100.0]
    deadline = Deadline.after(10, lambda: now[0])

    assert (deadline.left, deadline.passed, deadline.require()) == (10, False, 10)

    now[0] = 109.5

    assert (deadline.left, deadline.passed) == (0.5, False)

    now[0] = 110

    assert (deadline.left, deadline.passed) == (0, True)
    with pytest.raises(TimeoutError):
        deadline.require()


def test_a_sooner_deadline_never_outlives_the_one_it_is_part_of() -> None:
    deadline = Deadline.after(10, lambda: 100.0)

    assert [deadline.sooner(seconds).left for seconds in (3, 30)] == [3, 10]
