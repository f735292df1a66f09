"""Time searches and pages among many verifications: ``python bench/records.py [ROWS [DATABASE_URL]]``.

Without an address a PostgreSQL of its own is started and seeded; each figure counts decryption and decoding.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from bench.seed_records import FIRST_DAY, member_of, open_records, seed
from tests.store.database.support import PostgresServer
from verifier.ports import Wanted
from verifier.store.database.records import DatabaseRecords

TIMES = 1_000
PAGE = 20


def measure(name: str, act: Callable[[int], object], rows: int) -> None:
    chance, took = random.Random(7), []  # noqa: S311 - repeatable on purpose
    for _ in range(TIMES):
        number = chance.randrange(rows)
        began = time.perf_counter()
        act(number)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    print(f"{name:34} p50 {took[TIMES // 2]:6.2f} ms   p99 {took[TIMES * 99 // 100]:6.2f} ms")


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
        records = open_records(server.create("bench"))
        seed(records, rows)
        look(records, rows)
    finally:
        server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else None)
