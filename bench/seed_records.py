"""Fill a database with verifications of invented people: ``python bench/seed_records.py DATABASE_URL ROWS``.

Two verifications and a half for each member, a minute between two; the same rows whoever seeds.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from schemas.snapshot import dump_verification, load_verification
from tests.store.support import ACTIVE, INQUIRY, MASTER, MEMBER
from verifier.clock import SystemClock
from verifier.model.inquiry import Member
from verifier.model.verification import Verification, VerificationStatus
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.upgrade import upgrade
from verifier.store.sealed import Codec

AT_ONCE = 2_000
FACILITIES = ("abita-springs", "covington", "mandeville", "slidell")
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
COVERAGE = replace(ACTIVE.coverage, benefits=ACTIVE.coverage.benefits * 10)  # some 20 lines


def open_records(url: str) -> DatabaseRecords:
    database = Database.open(url)
    upgrade(database)
    codec, retention = Codec(dump_verification, load_verification), timedelta(days=36_500)
    keys = DataKeys.open(database, MASTER)
    return DatabaseRecords(database, keys, codec, clock=SystemClock(), retention=retention)


def member_of(number: int) -> Member:
    """Give the member whom verification *number* is about."""
    person = number * 2 // 5
    born = date(1950, 1, 1) + timedelta(days=person % 20_000)
    return replace(MEMBER, id=f"W{person:09}", last_name=f"Testcase {person % 5_000}", birth_date=born)


def write(rows: int) -> Iterator[Verification]:
    for number in range(rows):
        inquiry = replace(INQUIRY, member=member_of(number), facility=FACILITIES[number % len(FACILITIES)])
        moment = FIRST_DAY + timedelta(minutes=number)
        yield Verification(
            f"ver_{number:09}", VerificationStatus.COMPLETE, inquiry, moment, coverage=COVERAGE, as_of=moment
        )


def seed(records: DatabaseRecords, rows: int) -> None:
    began, waiting = time.perf_counter(), list[Verification]()
    for verification in write(rows):
        waiting.append(verification)
        if len(waiting) == AT_ONCE:
            records.save_new(waiting)
            waiting.clear()
    if waiting:
        records.save_new(waiting)
    print(f"{rows:,} verifications seeded in {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    seed(open_records(sys.argv[1]), int(sys.argv[2]))
