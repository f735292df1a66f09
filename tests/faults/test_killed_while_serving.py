"""kill -9 of the service while verifications are written: what was acknowledged is there, and whole."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from payers.simulator.server import Simulator
from tests.faults import mortal_server
from tests.store.support import YEAR, Server
from verifier.bootstrap import CommandRooms
from verifier.clock import SystemClock
from verifier.keeping import VERIFICATIONS
from verifier.model.verification import VerificationStatus
from verifier.settings import Settings
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.tables.verifications import verifications
from verifier.store.opening import open_keys

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("VERIFIER_KILLS", "20"))


@pytest.mark.timeout(120 + 6 * KILLS)
def test_what_a_killed_service_acknowledged_is_there_and_nothing_is_half_written(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with Simulator() as simulator:
        ours = {
            "VERIFIER_DATA": str(tmp_path / "data"),
            "VERIFIER_SIMULATOR_URL": simulator.url,
            "REDIS_URL": server.url,
        }
        command = [sys.executable, "-m", mortal_server.__name__, str(KILLS), "7"]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | ours, capture_output=True, check=False)  # noqa: S603 - our own file
    server.kill()
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)

    assert len(told["ids"]) > KILLS
    assert {name: told[name] for name in ("missing", "differs", "again")} == {
        "missing": [],
        "differs": [],
        "again": [],
    }
    settings = Settings.from_environ(ours)
    with closing(Database.open(settings.records_at)) as database:
        keys = open_keys(settings, database)
        records = DatabaseRecords(database, keys, VERIFICATIONS, clock=SystemClock(), retention=YEAR)
        with database.read() as connection:
            rows = connection.scalar(select(func.count()).select_from(verifications))
        opened = records.recent(limit=1_000_000)
    assert len(opened) == rows
    halves = [
        each.id
        for each in opened
        if each.status is not VerificationStatus.COMPLETE or not (each.coverage and each.estimate)
    ]
    assert set(halves).isdisjoint(told["ids"])
    assert [each for each in opened if each.id in halves and (each.coverage or each.estimate)] == []
    with CommandRooms(ours).audit() as office:
        check = office.verify()
    assert check.flaw is None
    assert check.events > len(told["ids"])
