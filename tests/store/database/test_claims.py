import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.store.support import SetClock
from verifier.ports import Claim, Kept
from verifier.store.database.claims import DatabaseClaims
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.tables.idempotency import idempotency
from verifier.store.encryption import SealBroken

DAY = timedelta(hours=24)
MINE, YOURS = Claim("fingerprint"), Claim("other")
ANSWERED = Claim("fingerprint", Kept(201, {"Location": "/v1/x/1"}, b"\x00{}\xff"))


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def claims(database: Database, keys: DataKeys, clock: SetClock) -> DatabaseClaims:
    return DatabaseClaims(database, keys, clock=clock)


def test_the_first_claim_stands(claims: DatabaseClaims) -> None:
    assert claims.claim("key", MINE, keep=DAY) is None
    assert claims.claim("key", YOURS, keep=DAY) == MINE
    assert claims.claim("other key", YOURS, keep=DAY) is None


def test_a_settled_claim_stands_and_a_released_one_does_not(claims: DatabaseClaims) -> None:
    claims.claim("key", MINE, keep=DAY)
    claims.settle("key", ANSWERED, keep=DAY)
    assert claims.claim("key", YOURS, keep=DAY) == ANSWERED

    claims.release("key")
    assert claims.claim("key", YOURS, keep=DAY) is None


def test_a_claim_whose_maker_died_ends_with_its_time(claims: DatabaseClaims, clock: SetClock) -> None:
    claims.claim("key", MINE, keep=timedelta(minutes=5))

    clock.move(minutes=4, seconds=59)
    assert claims.claim("key", YOURS, keep=DAY) == MINE
    clock.move(seconds=1)
    assert claims.claim("key", YOURS, keep=DAY) is None
    assert claims.claim("key", MINE, keep=DAY) == YOURS


def test_claims_that_have_ended_are_forgotten(claims: DatabaseClaims, clock: SetClock) -> None:
    claims.claim("key", MINE, keep=timedelta(minutes=5))
    claims.claim("other", MINE, keep=DAY)
    clock.move(minutes=5)

    assert claims.forget_ended() == 1
    assert claims.claim("other", YOURS, keep=DAY) == MINE


def test_of_fifty_claims_at_once_one_is_first(claims: DatabaseClaims) -> None:
    for turn in range(4):
        got: list[str | None] = []
        start = threading.Barrier(50)

        def claim(
            number: int, turn: int = turn, start: threading.Barrier = start, got: list[str | None] = got
        ) -> None:
            start.wait()
            standing = claims.claim(f"key {turn}", Claim(f"request {number}"), keep=DAY)
            got.append(standing.fingerprint if standing else None)

        threads = [threading.Thread(target=claim, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        counted = Counter(got)
        assert counted.pop(None) == 1
        assert list(counted.values()) == [49]


def test_a_changed_claim_is_refused(claims: DatabaseClaims, database: Database) -> None:
    claims.claim("key", MINE, keep=DAY)
    with database.begin() as connection:
        connection.execute(update(idempotency).values(claim=b"{}"))

    with pytest.raises(SealBroken):
        claims.claim("key", YOURS, keep=DAY)
