"""Time searches and pages among many verifications: ``python bench/records.py [ROWS [DATABASE_URL]]``.

Without an address a PostgreSQL of its own is started and seeded. Each figure counts decryption and decoding;
the last one is the processor time of this process, which a busy machine does not lengthen much.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import psycopg

from bench.seed_records import FIRST_DAY, member_of, open_records, seed
from tests.store.database.support import PostgresServer
from verifier.ports import Wanted
from verifier.store.database.records import DatabaseRecords

TIMES = 1_000
PAGE = 20


def measure(name: str, act: Callable[[int], object], rows: int) -> None:
    cpu = time.process_time()
    chance, took = random.Random(7), []  # noqa: S311 - repeatable on purpose
    for _ in range(TIMES):
        number = chance.randrange(rows)
        began = time.perf_counter()
        act(number)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    p50, p99, own = took[TIMES // 2], took[TIMES * 99 // 100], 1000 * (time.process_time() - cpu) / TIMES
    print(f"{name:28} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   processor {own:5.2f} ms", flush=True)


def look(records: DatabaseRecords, rows: int) -> None:
    def of_member(number: int) -> None:
        found = records.recent(limit=PAGE, wanted=Wanted(member_id=member_of(number).id))
        assert any(kept.id == f"ver_{number:09}" for kept in found)

    def of_patient(number: int) -> None:
        member = member_of(number)
        assert member.birth_date
        found = records.recent(limit=PAGE, wanted=Wanted(patient=(member.last_name, member.birth_date)))
        assert found[0].created_at >= FIRST_DAY + timedelta(minutes=number)

    measure("verification by id", lambda number: records.find(f"ver_{number:09}"), rows)
    measure("member lookup", of_member, rows)
    measure("patient lookup", of_patient, rows)
    measure("newest page of 20", lambda _: records.recent(limit=PAGE), rows)
    measure("page of 20 anywhere", lambda number: records.recent(limit=PAGE, before=f"ver_{number:09}"), rows)
    in_one = Wanted(facilities=frozenset({"covington"}))
    measure(
        "page of 20 of one facility",
        lambda number: records.recent(limit=PAGE, before=f"ver_{number:09}", wanted=in_one),
        rows,
    )


def main(rows: int, url: str | None) -> None:
    if url:
        look(open_records(url), rows)
        return
    server = PostgresServer()
    try:
        address = server.create("bench")
        seed(address, rows)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # as it does by itself a minute later
        look(open_records(address), rows)
    finally:
        server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else None)
