import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.support import (
    ACTIVE,
    INQUIRY,
    NOON,
    RING,
    VERIFICATIONS,
    Server,
    SetClock,
    connect,
)
from verifier.errors import NotFound
from verifier.model.verification import Verification, VerificationStatus
from verifier.ports import Claim
from verifier.store.connection import Connection
from verifier.store.records import EncryptedRecords

DAY = timedelta(hours=24)
MINE, YOURS = Claim("fingerprint", "ver_1"), Claim("other", "ver_2")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def records(connection: Connection, clock: SetClock) -> EncryptedRecords:
    return EncryptedRecords(connection, RING, VERIFICATIONS, clock=clock)


@pytest.fixture
def lone_records(own_server: Server, clock: SetClock) -> Iterator[EncryptedRecords]:
    connection = connect(own_server.url)
    yield EncryptedRecords(connection, RING, VERIFICATIONS, clock=clock)
    connection.close()


def build(
    number: int, minutes: float = 0, status: VerificationStatus = VerificationStatus.COMPLETE
) -> Verification:
    moment = NOON + timedelta(minutes=minutes)
    return Verification(f"ver_{number}", status, INQUIRY, moment, coverage=ACTIVE.coverage, as_of=moment)


def list_ids(records: EncryptedRecords, limit: int = 100, before: str | None = None) -> list[str]:
    return [kept.id for kept in records.recent(limit=limit, before=before)]


def test_a_verification_comes_back_whole_and_is_replaced_under_its_id(records: EncryptedRecords) -> None:
    pending = replace(build(1), status=VerificationStatus.PENDING, coverage=None, as_of=None)

    records.save(pending)
    assert records.find("ver_1") == pending
    records.save(build(1))

    assert records.find("ver_1") == build(1)
    assert list_ids(records) == ["ver_1"]


@pytest.mark.parametrize(
    "strange", ["", "ver_none", "verifier:recent", "../x", "\ud800", "é", "x" * 10_000, "\r\n*1"]
)
def test_an_id_nobody_gave_is_not_found_and_harms_nothing(
    strange: str, records: EncryptedRecords, connection: Connection
) -> None:
    records.save(build(1))

    with pytest.raises(NotFound):
        records.find(strange)
    assert list_ids(records, before=strange or "nobody") == []

    assert not connection.is_away


def test_paging_shows_each_once_newest_first_even_those_of_one_moment(records: EncryptedRecords) -> None:
    kept = [build(number, minutes=number // 5) for number in range(23)]
    for verification in kept:
        records.save(verification)

    pages, before = [], None
    while page := records.recent(limit=4, before=before):
        pages.append([verification.id for verification in page])
        before = page[-1].id

    newest_first = sorted(kept, key=lambda each: (each.created_at, each.id), reverse=True)
    assert [id_ for page in pages for id_ in page] == [each.id for each in newest_first]
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]


def test_a_verification_past_its_retention_is_gone_from_everywhere(
    records: EncryptedRecords, clock: SetClock, server: Server
) -> None:
    records.save(build(1))
    with server.redis() as redis:
        assert 86_300_000 < redis.pttl("verifier:verification:ver_1") <= 86_400_000
    clock.move(hours=24, seconds=1)
    records.save(build(2, minutes=24 * 60))
    records.save(build(1))

    with server.redis() as redis:
        assert redis.zrange("verifier:recent", 0, -1) == [b"ver_2"]
    assert list_ids(records) == ["ver_2"]


def test_a_changed_or_moved_verification_is_not_found(records: EncryptedRecords, server: Server) -> None:
    records.save(build(1))
    records.save(build(2))
    with server.redis() as redis:
        sealed = redis.get("verifier:verification:ver_1")
        redis.set("verifier:verification:ver_2", sealed)
        redis.set("verifier:verification:ver_1", sealed[:-1] + bytes([sealed[-1] ^ 1]))

    for verification_id in ("ver_1", "ver_2"):
        with pytest.raises(NotFound):
            records.find(verification_id)
    assert list_ids(records) == []


def test_while_redis_is_away_this_process_remembers(
    lone_records: EncryptedRecords, own_server: Server, clock: SetClock
) -> None:
    lone_records.save(build(1))
    own_server.kill()

    lone_records.save(build(2, 1, VerificationStatus.PENDING))
    lone_records.save(build(2, 1))
    lone_records.save(build(3, 2))

    assert lone_records.find("ver_2") == build(2, 1)
    assert list_ids(lone_records) == ["ver_3", "ver_2"]
    assert list_ids(lone_records, before="ver_3") == ["ver_2"]
    with pytest.raises(NotFound):
        lone_records.find("ver_1")
    clock.move(hours=24, seconds=61)
    assert list_ids(lone_records) == ["ver_3"]


def test_after_an_outage_both_halves_are_found_in_order(connection: Connection, clock: SetClock) -> None:
    records = EncryptedRecords(connection, RING, VERIFICATIONS, clock=clock)
    records.save(build(1, 1))
    records.save(build(4, 4))
    connection._away = True
    connection._probe_at = float("inf")
    records.save(build(2, 2))
    records.save(build(3, 3))
    connection._away = False
    records.save(build(5, 5))

    assert list_ids(records) == ["ver_5", "ver_4", "ver_3", "ver_2", "ver_1"]
    assert list_ids(records, limit=2, before="ver_4") == ["ver_3", "ver_2"]
    assert list_ids(records, limit=2, before="ver_3") == ["ver_2", "ver_1"]


def test_what_one_process_remembers_is_bounded(connection: Connection, clock: SetClock) -> None:
    records = EncryptedRecords(connection, RING, VERIFICATIONS, clock=clock)
    connection._away = True
    connection._probe_at = float("inf")
    for number in range(1100):
        records.save(build(number, minutes=number / 60))

    assert len(list_ids(records, limit=5000)) == 1000
    assert records.find("ver_1099").id == "ver_1099"


def test_the_first_claim_stands(records: EncryptedRecords) -> None:
    assert records.claim("key", MINE, keep=DAY) is None
    assert records.claim("key", YOURS, keep=DAY) == MINE
    assert records.claim("other key", YOURS, keep=DAY) is None


def test_a_settled_claim_stands_and_a_released_one_does_not(records: EncryptedRecords) -> None:
    records.claim("key", MINE, keep=DAY)
    records.settle("key", replace(MINE, answered=True), keep=DAY)
    assert records.claim("key", YOURS, keep=DAY) == replace(MINE, answered=True)

    records.release("key")
    assert records.claim("key", YOURS, keep=DAY) is None


def test_of_fifty_claims_at_once_one_is_first(records: EncryptedRecords) -> None:
    first = []
    start = threading.Barrier(50)

    def claim(number: int) -> None:
        start.wait()
        if records.claim("key", Claim("fingerprint", f"ver_{number}"), keep=DAY) is None:
            first.append(number)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(first) == 1


def test_claims_hold_in_this_process_while_redis_is_away(
    lone_records: EncryptedRecords, own_server: Server, clock: SetClock
) -> None:
    own_server.kill()

    assert lone_records.claim("key", MINE, keep=DAY) is None
    assert lone_records.claim("key", YOURS, keep=DAY) == MINE
    lone_records.settle("key", replace(MINE, answered=True), keep=DAY)
    assert lone_records.claim("key", YOURS, keep=DAY) == replace(MINE, answered=True)
    clock.move(hours=25)
    assert lone_records.claim("key", YOURS, keep=DAY) is None
    lone_records.release("key")
    assert lone_records.claim("key", MINE, keep=DAY) is None


def test_a_changed_claim_is_none(records: EncryptedRecords, server: Server) -> None:
    records.claim("key", MINE, keep=DAY)
    with server.redis() as redis:
        [name] = redis.keys("verifier:claim:*")
        redis.set(name, b"{}")

    assert records.claim("key", YOURS, keep=DAY) is None
