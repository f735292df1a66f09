"""A deliverer that is killed after a webhook took a message and before it wrote that down: ``URL``."""

import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from payers.opening import open_post
from tests.store.support import MASTER
from verifier.credentials.webhook_signing import StandardSigning
from verifier.news.delivering import Deliverer
from verifier.settings import Settings
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.outbox import DatabaseOutbox


def main(url: str) -> None:
    database = Database.open(url)
    settings = Settings(Path("/nowhere"), webhook_hosts=("localhost",))
    with open_post(settings) as post:

        def post_and_die(address: str, headers: Mapping[str, str], body: bytes) -> None:
            post(address, headers, body)
            os.kill(os.getpid(), signal.SIGKILL)

        outbox = DatabaseOutbox(database, DataKeys.open(database, MASTER))
        Deliverer(outbox, StandardSigning(), post_and_die).deliver_due(datetime.now(UTC))


if __name__ == "__main__":
    main(*sys.argv[1:])
