import random
import threading
import time
from datetime import timedelta

import pytest

from tests.store import proxy as toxics
from tests.store.proxy import Proxy
from tests.store.support import ACTIVE, INACTIVE, NOON, RING, Server, connect
from verifier.keeping import SNAPSHOTS
from verifier.ports import Snapshot
from verifier.store.cache import EncryptedCache
from verifier.store.connection import Connection
from verifier.store.encryption import KeyRing
from verifier.store.sealed import Codec

HOUR = timedelta(hours=1)
KEY = '["1234567893","sim","W199003344"]'
OTHER_KEY = '["1234567893","sim","W199003345"]'
ACTIVE_NOW = Snapshot(ACTIVE, NOON)
INACTIVE_NOW = Snapshot(INACTIVE, NOON)


@pytest.fixture
def cache(connection: Connection) -> EncryptedCache:
    return EncryptedCache(connection, RING, SNAPSHOTS)


def read_entries(server: Server) -> dict[bytes, bytes]:
    with server.redis() as redis:
        return {name: redis.get(name) for name in redis.scan_iter()}


def test_a_snapshot_comes_back_whole(cache: EncryptedCache) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)

    assert cache.get(KEY) == ACTIVE_NOW
    assert cache.get(OTHER_KEY) is None


def test_a_snapshot_is_gone_when_its_time_is_over(cache: EncryptedCache, server: Server) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    [name] = read_entries(server)

    with server.redis() as redis:
        assert 3_500_000 < redis.pttl(name) <= 3_600_000
        redis.pexpire(name, 1)
    time.sleep(0.01)

    assert cache.get(KEY) is None


def test_ten_thousand_flipped_entries_are_all_refused(cache: EncryptedCache, server: Server) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    [(name, sealed)] = read_entries(server).items()
    chance = random.Random(20261124)  # noqa: S311 - repeatable, and no secret

    with server.redis() as redis:
        for _ in range(10_000):
            flipped = bytearray(sealed)
            flipped[chance.randrange(len(sealed))] ^= 1 << chance.randrange(8)
            redis.set(name, bytes(flipped))
            assert cache.get(KEY) is None
        redis.set(name, sealed)

    assert cache.get(KEY) == ACTIVE_NOW


@pytest.mark.parametrize(
    "content", [b"", b"\x01", b"{}", b"x" * 21, b"cos\nsystem\n(S'true'\ntR.", b"\x80\x04K\x01."]
)
def test_what_others_put_there_is_a_miss(content: bytes, cache: EncryptedCache, server: Server) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    [name] = read_entries(server)

    with server.redis() as redis:
        redis.set(name, content)

    assert cache.get(KEY) is None


def test_two_swapped_entries_are_both_refused(cache: EncryptedCache, server: Server) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    cache.put(OTHER_KEY, INACTIVE_NOW, keep=HOUR)
    (first, first_sealed), (second, second_sealed) = read_entries(server).items()

    with server.redis() as redis:
        redis.mset({first: second_sealed, second: first_sealed})

    assert cache.get(KEY) is cache.get(OTHER_KEY) is None


def test_an_entry_of_another_form_is_a_miss(cache: EncryptedCache, connection: Connection) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    next_release = EncryptedCache(connection, RING, Codec(SNAPSHOTS.dump, SNAPSHOTS.load, version=2))

    assert next_release.get(KEY) is None


def test_an_entry_of_another_kind_in_redis_is_a_miss(cache: EncryptedCache, server: Server) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    [name] = read_entries(server)
    with server.redis() as redis:
        redis.delete(name)
        redis.rpush(name, b"list")

    assert cache.get(KEY) is None


def test_a_deployment_with_another_key_sees_nothing(cache: EncryptedCache, connection: Connection) -> None:
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    stranger = EncryptedCache(connection, KeyRing.of([b"s" * 32]), SNAPSHOTS)

    assert stranger.get(KEY) is None


def test_one_leads_and_the_next_one_may_lead_after_it(cache: EncryptedCache) -> None:
    with cache.leading(KEY, lease=60) as first, cache.leading(KEY, lease=60) as second:
        assert (first, second) == (True, False)
    with cache.leading(KEY, lease=60) as third, cache.leading(OTHER_KEY, lease=60) as other:
        assert (third, other) == (True, True)


def test_a_follower_that_leaves_does_not_take_the_lease_away(cache: EncryptedCache) -> None:
    with cache.leading(KEY, lease=60):
        with cache.leading(KEY, lease=60):
            pass
        with cache.leading(KEY, lease=60) as leads:
            assert not leads


def test_a_lease_is_given_back_after_an_error(cache: EncryptedCache) -> None:
    with pytest.raises(RuntimeError), cache.leading(KEY, lease=60):
        raise RuntimeError

    with cache.leading(KEY, lease=60) as leads:
        assert leads


def test_a_leader_that_overstays_takes_nothing_from_its_successor(cache: EncryptedCache) -> None:
    with cache.leading(KEY, lease=0.02):
        time.sleep(0.05)
        with cache.leading(KEY, lease=60) as successor:
            assert successor
            with cache.leading(KEY, lease=60) as third:
                assert not third
        with cache.leading(KEY, lease=60) as again:
            assert again


def test_an_overdue_leader_leaves_the_lease_of_its_successor_alone(cache: EncryptedCache) -> None:
    overdue = cache.leading(KEY, lease=0.02)
    overdue.__enter__()
    time.sleep(0.05)
    with cache.leading(KEY, lease=60) as successor:
        overdue.__exit__(None, None, None)
        with cache.leading(KEY, lease=60) as third:
            assert (successor, third) == (True, False)


def test_a_follower_waits_until_the_leader_is_done(cache: EncryptedCache) -> None:
    done = threading.Event()

    def follow() -> None:
        cache.wait(KEY, seconds=30)
        done.set()

    with cache.leading(KEY, lease=60):
        thread = threading.Thread(target=follow)
        thread.start()
        assert not done.wait(0.2)

    assert done.wait(10)
    thread.join()


def test_a_follower_waits_no_longer_than_it_said(cache: EncryptedCache) -> None:
    began = time.monotonic()
    with cache.leading(KEY, lease=60):
        cache.wait(KEY, seconds=0.2)

    assert 0.15 < time.monotonic() - began < 5


def test_a_dead_leader_is_waited_for_until_its_lease_ends(cache: EncryptedCache) -> None:
    dead = cache.leading(KEY, lease=0.3)
    dead.__enter__()
    began = time.monotonic()

    cache.wait(KEY, seconds=30)

    assert 0.2 < time.monotonic() - began < 10
    with cache.leading(KEY, lease=60) as leads:
        assert leads


def test_without_redis_there_is_no_cache_and_everybody_leads(own_server: Server) -> None:
    connection = Connection(own_server.url)
    cache = EncryptedCache(connection, RING, SNAPSHOTS)
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    own_server.kill()

    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    cache.wait(KEY, seconds=30)
    with cache.leading(KEY, lease=60) as first, cache.leading(KEY, lease=60) as second:
        assert (first, second) == (True, True)
    assert cache.get(KEY) is None
    connection.close()


@pytest.mark.parametrize(
    "garbage", [b"$5\r\nhello\r\n", b":1\r\n", b"+OK\r\n", b"$-1\r\n", b"*1\r\n$1\r\nx\r\n"]
)
def test_a_well_formed_answer_to_another_command_is_never_taken_for_data(
    garbage: bytes, server: Server
) -> None:
    proxy = Proxy(server.socket)
    connection = connect(proxy.url)
    cache = EncryptedCache(connection, RING, SNAPSHOTS)
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    proxy.toxic = toxics.answer(garbage)

    assert cache.get(KEY) is None
    connection.close()
    proxy.close()


def test_a_late_answer_to_one_question_is_never_served_to_another(server: Server) -> None:
    proxy = Proxy(server.socket)
    connection = Connection(proxy.url, reply_seconds=0.1)
    cache = EncryptedCache(connection, RING, SNAPSHOTS)
    cache.put(KEY, ACTIVE_NOW, keep=HOUR)
    cache.put(OTHER_KEY, INACTIVE_NOW, keep=HOUR)
    proxy.toxic = toxics.delay(0.3)
    assert cache.get(KEY) is None
    proxy.toxic = toxics.pass_on
    time.sleep(0.4)

    answers = set()
    end = time.monotonic() + 20
    while answers != {True} and time.monotonic() < end:
        answers = {cache.get(OTHER_KEY) == INACTIVE_NOW}
        assert cache.get(OTHER_KEY) in (None, INACTIVE_NOW)
        time.sleep(0.02)

    assert answers == {True}
    connection.close()
    proxy.close()
