"""A process that rotates the keys of the database at URL and tells its progress, until it is killed."""

import sys

from tests.store.support import MASTER
from verifier.store.database import rotation
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.rotation import Rotation


def tell(table: str, done: int, total: int) -> None:
    print(table, done, total, flush=True)  # noqa: T201 - read by the test


def main(url: str) -> None:
    rotation.AT_ONCE = 10  # small steps, so that there is time to be killed between two
    database = Database.open(url)
    Rotation(database, DataKeys(database, MASTER), MASTER).run(tell)


if __name__ == "__main__":
    main(sys.argv[1])
