"""How fast one payer is asked for one NPI, and how patient a run is."""

from datetime import timedelta

import pytest

from verifier.nightly.judging import Terms, find_parking, find_pause
from verifier.nightly.pacing import SLOWEST, Bucket, Pacer, read_bucket
from verifier.store.call_state import LocalCallState


class Hand:
    """A clock that a test moves."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def count_in(seconds: float, pacer: Pacer, hand: Hand, npi: str = "1234567893") -> int:
    """Ask whenever it may be, for so long, and count."""
    asked, end = 0, hand.seconds + seconds
    while hand.seconds < end:
        wait = pacer.take("payer", npi)
        asked += not wait
        hand.seconds += wait or 0.001
    return asked


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def pacer(hand: Hand) -> Pacer:
    return Pacer(LocalCallState(hand), per_minute=60)


def test_a_payer_is_asked_so_often_a_minute_and_not_in_bursts(pacer: Pacer, hand: Hand) -> None:
    assert count_in(60, pacer, hand) == pytest.approx(60, abs=2)
    hand.seconds += 3600
    assert count_in(10, pacer, hand) == pytest.approx(10, abs=2)  # an hour of rest saves nothing up


def test_each_npi_and_each_payer_has_a_pace_of_its_own(pacer: Pacer) -> None:
    assert [pacer.take("payer", "1"), pacer.take("payer", "2"), pacer.take("other", "1")] == [0.0, 0.0, 0.0]
    assert pacer.take("payer", "1") > 0


def test_a_payer_that_says_too_many_gets_half_as_many_and_more_again_with_each_answer(
    pacer: Pacer, hand: Hand
) -> None:
    count_in(5, pacer, hand)
    pacer.slow("payer", "1234567893")
    assert count_in(60, pacer, hand) == pytest.approx(30, abs=2)
    for _ in range(5):
        pacer.recover("payer", "1234567893")
    assert count_in(60, pacer, hand) == pytest.approx(60, abs=2)


def test_it_is_never_slower_than_one_a_minute() -> None:
    bucket = Bucket()
    for _ in range(20):
        bucket = bucket.slow(1.0)

    assert bucket.rate == SLOWEST


@pytest.mark.parametrize("text", ["", "[]", "[1,2]", "garbage", '["a",1,2]', "{}", "null"])
def test_a_state_that_cannot_be_read_is_as_good_as_none(text: str) -> None:
    assert read_bucket(text) == Bucket()


def test_the_pause_doubles_is_drawn_evenly_and_is_never_too_soon() -> None:
    terms = Terms()
    longest = [find_pause(terms, tries, lambda _, most: most) for tries in range(1, 7)]
    shortest = [find_pause(terms, tries, lambda least, _: least) for tries in range(1, 7)]

    assert longest == [timedelta(minutes=each) for each in (2, 4, 8, 16, 30, 30)]
    assert set(shortest) == {timedelta(seconds=90)}  # CAQH CORE: no sooner, when no answer came


def test_a_payer_is_left_alone_longer_and_longer() -> None:
    parked = [find_parking(Terms(), faults) for faults in range(9)]

    assert parked == [None] * 3 + [timedelta(minutes=each) for each in (2, 4, 8, 16, 30, 30)]
