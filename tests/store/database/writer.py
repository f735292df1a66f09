"""Writers of verifications that are killed: ``URL KILLS SEED`` prints the acknowledged ids as JSON.

Each writer is forked from this process, which has everything imported and no connection open.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace

from tests.store.support import ACTIVE, INQUIRY, MASTER, NOON, YEAR
from verifier.clock import SystemClock
from verifier.keeping import VERIFICATIONS
from verifier.model.verification import Exchange, Verification, VerificationStatus
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords


def write(url: str, turn: int, acknowledge: int) -> None:
    database = Database.open(url)
    keys = DataKeys(database, MASTER)
    records = DatabaseRecords(database, keys, VERIFICATIONS, clock=SystemClock(), retention=YEAR)
    for number in range(1_000_000):
        inquiry = replace(INQUIRY, facility=f"{turn}")
        name = f"ver_{turn}_{number}"
        records.save(Verification(name, VerificationStatus.PENDING, inquiry, NOON))
        answered = Verification(name, VerificationStatus.COMPLETE, inquiry, NOON, coverage=ACTIVE.coverage)
        records.save(answered, [Exchange("caqh_core", NOON, b"ISA" * 500, b"ISA" * 500)] * 2)
        os.write(acknowledge, f"{name}\n".encode())


def kill_one(url: str, turn: int, seconds: float) -> list[str]:
    """Kill a writer *seconds* after its first acknowledgement; return all of them."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            write(url, turn, said)
        finally:
            os._exit(3)
    os.close(said)
    text = os.read(heard, 1000)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(heard, "rb") as rest:
        text += rest.read()
    return text.decode().split("\n")[:-1]  # what follows the last line end was not said whole


def main(url: str, kills: str, seed: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    acknowledged = [
        name for turn in range(int(kills)) for name in kill_one(url, turn, chance.uniform(0.0, 0.05))
    ]
    print(json.dumps(acknowledged))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
