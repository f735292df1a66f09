import json

import pytest

from payers.kit.budget import Budget
from payers.kit.bulkhead import MOST_AT_ONCE, Bulkhead, Lane

PERSON, NIGHT = Lane.INTERACTIVE, Lane.NIGHTLY


def fill(bulkhead: Bulkhead, lane: Lane, now: float = 0.0, lease: float = 60.0) -> tuple[Bulkhead, int]:
    """Let callers of *lane* in until one is refused, who goes away."""
    for number in range(1000):
        bulkhead, entered = bulkhead.enter(now, f"{lane} {now} {number}", lane, lease=lease)
        if not entered:
            return bulkhead.give_up(f"{lane} {now} {number}"), number
    raise AssertionError


def test_a_payer_gets_so_many_at_once_and_no_more() -> None:
    bulkhead, entered = fill(Bulkhead(), PERSON)

    assert entered == len(bulkhead.taken) == MOST_AT_ONCE == 48
    assert fill(bulkhead.leave(1, f"{PERSON} 0.0 7", slowed=False), PERSON, 1)[1] == 1


def test_nightly_work_has_half_of_the_places_and_people_all_that_are_left() -> None:
    bulkhead, nightly = fill(Bulkhead(), NIGHT)

    assert nightly == 24
    assert fill(bulkhead, PERSON)[1] == 24


def test_nightly_work_gets_nothing_while_a_person_waits() -> None:
    bulkhead, _ = fill(Bulkhead(), PERSON)
    bulkhead, entered = bulkhead.enter(1, "waits", PERSON, lease=60)
    bulkhead = bulkhead.leave(1, f"{PERSON} 0.0 0", slowed=False)

    assert not entered
    assert not bulkhead.enter(1, "night", NIGHT, lease=60)[1]
    bulkhead, entered = bulkhead.enter(1, "waits", PERSON, lease=60)
    assert entered
    assert bulkhead.waiting == {}


def test_a_payer_that_takes_one_at_a_time_takes_a_nightly_one_when_it_was_content_for_a_while() -> None:
    slowed = Bulkhead(limit=1, slowed_at=100)

    assert not slowed.enter(109, "night", NIGHT, lease=60)[1]
    bulkhead, entered = slowed.enter(110, "night", NIGHT, lease=60)
    assert entered
    assert not bulkhead.enter(110, "another", NIGHT, lease=60)[1]
    assert bulkhead.leave(112, "night", slowed=False).limit == 2


def test_whoever_stopped_waiting_without_a_word_is_forgotten_after_a_second() -> None:
    bulkhead = Bulkhead(waiting={"gone": 1.0})

    assert not bulkhead.enter(0.9, "night", NIGHT, lease=60)[1]
    assert bulkhead.enter(1.0, "night", NIGHT, lease=60)[1]


def test_the_places_of_a_process_that_died_come_back_by_themselves() -> None:
    bulkhead, _ = fill(Bulkhead(), PERSON, lease=10)

    assert fill(bulkhead, PERSON, now=9.9)[1] == 0
    assert fill(bulkhead, PERSON, now=10.0)[1] == 48


def test_a_throttled_caller_goes_on_with_half_as_many_once_a_burst() -> None:
    bulkhead, _ = fill(Bulkhead(), PERSON, now=100)
    for number in range(40):
        bulkhead = bulkhead.leave(100.5, f"{PERSON} 100 {number}", slowed=True)

    assert bulkhead.limit == 24
    assert bulkhead.leave(102, "", slowed=True).limit == 4  # half of the eight that were out
    assert Bulkhead(limit=1).leave(500, "", slowed=True).limit == 1


def test_nightly_work_has_no_place_where_only_one_is_left() -> None:
    assert not Bulkhead(limit=1).enter(0, "night", NIGHT, lease=60)[1]


def test_a_content_payer_gets_one_more_with_each_answer() -> None:
    slowed = Bulkhead(limit=4, slowed_at=100)

    assert slowed.leave(109, "", slowed=False).limit == 4
    assert slowed.leave(110, "", slowed=False).limit == 5
    assert Bulkhead().leave(110, "", slowed=False).limit == 48


def test_it_travels_as_json() -> None:
    bulkhead, _ = Bulkhead().enter(0, "one", NIGHT, lease=60)
    back = Bulkhead(*json.loads(json.dumps(bulkhead)))

    assert fill(back, NIGHT)[1] == 23
    assert back.leave(1, "one", slowed=False) == bulkhead.leave(1, "one", slowed=False)


@pytest.mark.parametrize(("calls", "granted"), [(0, 1), (9, 1), (10, 1), (20, 2), (500, 50)])
def test_a_tenth_of_the_calls_may_be_retried_and_always_one(calls: int, granted: int) -> None:
    budget = Budget()
    for _ in range(calls):
        budget = budget.spend_on_call(5.0)
    grants = 0
    for _ in range(100):
        budget, is_granted = budget.spend_on_retry(5.0)
        grants += is_granted

    assert grants == granted


def test_a_budget_that_was_spent_comes_back_after_ten_seconds() -> None:
    budget, _ = Budget().spend_on_retry(0.0)

    assert [budget.spend_on_retry(now)[1] for now in (0.5, 9.5, 10.0)] == [False, False, True]
