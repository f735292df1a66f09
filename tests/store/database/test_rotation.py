import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.store.database import rotate
from tests.store.support import ACTIVE, INQUIRY, MASTER, NOON, SetClock
from verifier.errors import Unavailable
from verifier.keeping import SNAPSHOTS, VERIFICATIONS
from verifier.model.verification import Verification, VerificationStatus
from verifier.ports import Claim, Kept, Snapshot
from verifier.store.cache import EncryptedCache
from verifier.store.connection import Connection
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.rotation import Rotation
from verifier.store.database.sealed_rows import SealedRows
from verifier.store.database.tables.keys import data_keys
from verifier.store.database.tables.verifications import verifications
from verifier.store.encryption import KeyRing, SealBroken, load_keys
from verifier.store.key_service import HeldMasterKey, MasterKeyFile

ROOT = Path(__file__).parents[3]
DAY = timedelta(days=1)


def open_records(database: Database, keys: DataKeys) -> DatabaseRecords:
    return DatabaseRecords(database, keys, VERIFICATIONS, clock=SetClock(), retention=30 * DAY)


def build(number: int) -> Verification:
    done = VerificationStatus.COMPLETE
    return Verification(f"ver_{number}", done, INQUIRY, NOON, coverage=ACTIVE.coverage, as_of=NOON)


def stored(database: Database, name: str) -> dict[str, object]:
    with database.read() as connection:
        found = connection.execute(select(verifications).where(verifications.c.id == name))
        return dict(found.mappings().one())


def key_ids(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(select(data_keys.c.id)))


def ignore(table: str, done: int, total: int) -> None:
    """Tell nobody."""


@contextmanager
def under_load(work: Callable[[int], object], *, threads: int) -> Iterator[list[BaseException]]:
    """Do *work* again and again in threads while the context lasts; yields what went wrong."""
    faults: list[BaseException] = []
    done, started = threading.Event(), threading.Barrier(threads + 1)

    def go_on(number: int) -> None:
        started.wait()
        turn = number
        while not done.is_set():
            turn += threads
            try:
                work(turn)
            except BaseException as error:  # noqa: BLE001 - the test must tell of it
                faults.append(error)

    working = [threading.Thread(target=go_on, args=(number,)) for number in range(threads)]
    for thread in working:
        thread.start()
    started.wait()
    try:
        yield faults
    finally:
        done.set()
        for thread in working:
            thread.join()


def test_no_read_or_write_fails_while_keys_rotate_and_the_old_key_then_opens_nothing(
    database: Database, keys: DataKeys
) -> None:
    records = open_records(database, keys)
    for number in range(250):
        records.save(build(number))
    records.claim("key", Claim("fingerprint", Kept(201, {}, b"answer")), keep=DAY)
    old_key, old_row = keys.current(), stored(database, "ver_7")
    reads = []

    def look(turn: int) -> None:
        fresh = open_records(database, DataKeys(database, MASTER))  # remembers no key of before
        assert fresh.find(f"ver_{turn % 250}").coverage == ACTIVE.coverage
        assert len(records.recent(limit=5)) == 5
        reads.append(turn)

    def write(turn: int) -> None:
        records.save(build(turn % 250))

    told: list[tuple[str, int, int]] = []
    with under_load(look, threads=3) as read_faults, under_load(write, threads=1) as write_faults:
        for _ in range(2):
            assert (
                Rotation(database, DataKeys(database, MASTER), MASTER).run(
                    lambda *progress: told.append(progress)
                )
                == 1
            )

    assert read_faults == write_faults == []
    assert len(reads) > 10
    assert {table for table, _, _ in told} >= {"verifications", "idempotency"}
    assert old_key.id.hex() not in key_ids(database)
    fresh = DataKeys(database, MASTER)
    assert fresh.find(old_key.id) is None
    with database.read() as connection, pytest.raises(SealBroken):
        SealedRows(verifications, fresh).open(connection, old_row)
    assert open_records(database, fresh).find("ver_7") == build(7)
    assert open_records(database, fresh).claim("key", Claim("other"), keep=DAY)


def rotate_and_kill(url: str, *, after: float) -> bool:
    command = [sys.executable, "-m", rotate.__name__, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own file
        assert process.stdout
        process.stdout.readline()  # the first rows are sealed anew
        time.sleep(after)
        process.kill()
    return process.returncode != 0


def test_a_rotation_that_is_killed_is_finished_by_the_next(database: Database, database_url: str) -> None:
    keys = DataKeys.open(database, MASTER)
    records = open_records(database, keys)
    for number in range(400):
        records.save(build(number))
    first = keys.current().id.hex()

    killed = sum(rotate_and_kill(database_url, after=0.003 * turn) for turn in range(3))
    assert killed

    half_done = key_ids(database)
    assert Rotation(database, DataKeys(database, MASTER), MASTER).run(ignore) == 1
    after = key_ids(database)
    assert len(half_done) == 3
    assert after == half_done - {first}
    assert len(records.recent(limit=1000)) == 400


def test_a_row_that_was_changed_stays_refused_and_holds_up_nothing(
    database: Database, keys: DataKeys
) -> None:
    records = open_records(database, keys)
    for number in (1, 2):
        records.save(build(number))
    content = stored(database, "ver_1")["content"]
    with database.begin() as connection:
        change = update(verifications).where(verifications.c.id == "ver_2").values(content=content)
        connection.execute(change)

    assert Rotation(database, keys, MASTER).run(ignore) == 1

    assert records.find("ver_1") == build(1)
    with pytest.raises(SealBroken):
        records.find("ver_2")


def test_cache_entries_are_sealed_anew_too(
    database: Database, keys: DataKeys, connection: Connection
) -> None:
    snapshot = Snapshot(ACTIVE, NOON)
    cache = EncryptedCache(connection, keys, SNAPSHOTS)
    cache.put("question", snapshot, keep=DAY)

    Rotation(database, keys, MASTER).run(ignore, cache.seal_anew)

    fresh = EncryptedCache(connection, DataKeys(database, MASTER), SNAPSHOTS)
    assert fresh.get("question") == snapshot
    [name] = connection.call(lambda redis: redis.keys("verifier:coverage:*"))
    assert 86_000_000 < connection.call(lambda redis: redis.pttl(name)) <= 86_400_000


def test_after_a_rotation_a_master_key_of_before_unwraps_nothing(database: Database) -> None:
    old, new = bytes([1]) * 32, bytes([2]) * 32
    before, during, after = (HeldMasterKey(KeyRing.of(keys)) for keys in ([old], [new, old], [new]))
    records = open_records(database, DataKeys.open(database, before))
    records.save(build(1))

    Rotation(database, DataKeys(database, during), during).run(ignore)

    assert open_records(database, DataKeys(database, after)).find("ver_1") == build(1)
    with pytest.raises(Unavailable):
        open_records(database, DataKeys(database, before)).find("ver_1")


def test_a_key_file_is_renewed_by_the_rotation_itself(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "payload.key"
    service = MasterKeyFile(path)
    [old] = load_keys(path)
    records = open_records(database, DataKeys.open(database, service))
    records.save(build(1))

    Rotation(database, DataKeys(database, service), service).run(ignore)

    [new] = load_keys(path)
    assert new != old
    assert open_records(database, DataKeys(database, service)).find("ver_1") == build(1)
    with pytest.raises(Unavailable):
        DataKeys(database, HeldMasterKey(KeyRing.of([old]))).current()


def test_a_process_that_remembers_a_retired_key_goes_on_with_the_new_one(
    database: Database, connection: Connection
) -> None:
    moment = [0.0]
    keys = DataKeys.open(database, MASTER, monotonic=partial(moment.__getitem__, 0))
    cache = EncryptedCache(connection, keys, SNAPSHOTS)
    cache.put("question", Snapshot(ACTIVE, NOON), keep=DAY)
    Rotation(database, DataKeys(database, MASTER), MASTER).run(ignore)

    moment[0] = 301.0
    cache.put("question", Snapshot(ACTIVE, NOON), keep=DAY)

    assert cache.get("question") is not None
