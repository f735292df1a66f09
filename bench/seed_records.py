"""Fill a database with verifications of invented people: ``python bench/seed_records.py DATABASE_URL ROWS``.

Two verifications and a half for each member, a minute between two; the same rows whoever seeds. Each
processor seals and writes a share.
"""

import itertools
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from tests.store.support import ACTIVE, INQUIRY, MASTER, MEMBER
from verifier.clock import SystemClock
from verifier.keeping import VERIFICATIONS
from verifier.model.inquiry import Member
from verifier.model.verification import Verification, VerificationStatus
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.upgrade import upgrade

AT_ONCE = 2_000
FACILITIES = ("abita-springs", "covington", "mandeville", "slidell")
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
COVERAGE = replace(ACTIVE.coverage, benefits=ACTIVE.coverage.benefits * 10)  # some 20 lines


def open_records(url: str) -> DatabaseRecords:
    return records_in(Database.open(url))


def records_in(database: Database) -> DatabaseRecords:
    retention = timedelta(days=36_500)
    keys = DataKeys.open(database, MASTER)
    return DatabaseRecords(database, keys, VERIFICATIONS, clock=SystemClock(), retention=retention)


def member_of(number: int) -> Member:
    """Give the member whom verification *number* is about."""
    person = number * 2 // 5
    born = date(1950, 1, 1) + timedelta(days=person % 20_000)
    return replace(MEMBER, id=f"W{person:09}", last_name=f"Testcase {person % 5_000}", birth_date=born)


def write(numbers: Iterable[int]) -> Iterator[Verification]:
    for number in numbers:
        inquiry = replace(INQUIRY, member=member_of(number), facility=FACILITIES[number % len(FACILITIES)])
        moment = FIRST_DAY + timedelta(minutes=number)
        yield Verification(
            f"ver_{number:09}", VerificationStatus.COMPLETE, inquiry, moment, coverage=COVERAGE, as_of=moment
        )


def seed_some(url: str, numbers: range) -> None:
    """Seal and keep the verifications of *numbers*, as the service itself would."""
    with closing(Database.open(url)) as database:
        records = records_in(database)
        for start in range(numbers.start, numbers.stop, AT_ONCE):
            records.save_new(list(write(range(start, min(start + AT_ONCE, numbers.stop)))))


def seed(url: str, rows: int) -> None:
    """Let every processor seal and write a share of its own."""
    began, workers = time.perf_counter(), os.cpu_count() or 1
    with closing(Database.open(url)) as database:
        upgrade(database)
        records_in(database)  # makes the data keys before the shares need them
    bounds = [rows * worker // workers for worker in range(workers + 1)]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(partial(seed_some, url), itertools.starmap(range, itertools.pairwise(bounds))))
    print(f"{rows:,} verifications seeded in {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    seed(sys.argv[1], int(sys.argv[2]))
