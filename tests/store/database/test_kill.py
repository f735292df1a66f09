import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.store.database import writer
from tests.store.support import YEAR, SetClock
from verifier.keeping import VERIFICATIONS
from verifier.model.verification import VerificationStatus
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.tables.verifications import exchanges, verifications

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KILLS", "40"))  # on each database


def count_halves(database: Database) -> int:
    """Count the verifications that have one exchange: two are kept together."""
    grouped = select(exchanges.c.verification_id).group_by(exchanges.c.verification_id)
    with database.read() as connection:
        return len(connection.scalars(grouped.having(func.count() != 2)).all())


@pytest.mark.timeout(30 + 3 * KILLS)
def test_what_a_killed_process_acknowledged_is_there_and_nothing_is_half_written(
    database_url: str, keys: DataKeys
) -> None:
    command = [sys.executable, "-m", writer.__name__, database_url, str(KILLS), "7"]
    acknowledged = json.loads(
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603 - our own file
    )

    assert len(acknowledged) > KILLS
    with closing(Database.open(database_url)) as database:
        records = DatabaseRecords(database, keys, VERIFICATIONS, clock=SetClock(), retention=YEAR)
        with database.read() as connection:
            rows = connection.scalar(select(func.count()).select_from(verifications))
        found = {kept.id: kept for kept in records.recent(limit=1_000_000)}
        assert len(found) == rows
        assert set(acknowledged) <= found.keys()
        assert {found[name].status for name in acknowledged} == {VerificationStatus.COMPLETE}
        assert all(len(records.exchanges(name)) == 2 for name in acknowledged[-100:])
        assert count_halves(database) == 0
