"""Questions a payer has and has not answered: found again, for a while, by one asker."""

from payers.kit.pending import MOST, Pending, Taken

TAKEN = Taken("5550001", "TRACE0001")


class Hand:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_question_is_found_again_until_it_is_claimed() -> None:
    pending = Pending(60, Hand())
    pending.remember(b"question", TAKEN)

    assert pending.recall(b"question") == TAKEN
    assert pending.recall(b"another") is None
    assert pending.claim(b"question") == TAKEN
    assert pending.claim(b"question") is None


def test_a_question_is_forgotten_in_time() -> None:
    hand = Hand()
    pending = Pending(60, hand)
    pending.remember(b"question", TAKEN)

    hand.seconds += 60

    assert pending.recall(b"question") is None
    assert pending.claim(b"question") is None


def test_no_more_is_kept_than_there_is_room_for() -> None:
    pending = Pending(60, Hand())
    for number in range(MOST + 1):
        pending.remember(b"%d" % number, TAKEN)

    assert pending.recall(b"0") is None
    assert pending.recall(b"1") == TAKEN


def test_nothing_of_a_question_is_kept_that_could_be_read() -> None:
    pending = Pending(60, Hand())
    pending.remember(b"memberId=W55500001", TAKEN)

    assert b"W55500001" not in repr(vars(pending)).encode()
