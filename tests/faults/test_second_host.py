"""A worker on another machine takes its share of a run: nothing is shared but the database and Redis."""

import base64
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.night import OPERATOR, find, is_over, night
from tests.faults.second_host import ACCEPTED, offering, second_host, tunnel, why_not
from tests.store.database.support import PostgresServer
from tests.store.support import Server, await_until
from verifier.store.database.engine import Database
from verifier.store.database.upgrade import upgrade

PEOPLE = 48
KEY = base64.b64encode(bytes(range(32))).decode()
PORTS = {"redis": 26_379, "database": 25_432}


@pytest.mark.timeout(400)
@pytest.mark.skipif(why_not() is not None, reason=why_not() or "")
def test_a_worker_on_a_second_host_takes_its_share_of_a_run(tmp_path: Path) -> None:
    server, postgres = Server(tmp_path), PostgresServer()
    url = postgres.create("night")
    database = Database.open(url)
    upgrade(database)
    database.close()
    terms = {"DATABASE_URL": url, "VERIFIER_KEY": KEY, "VERIFIER_LOG_LEVEL": "error"}
    with night(tmp_path / "one", server.url, payers=6, people=PEOPLE, latency=(0.3, 0.5), **terms) as site:
        simulated = urlsplit(site.simulator.url)
        with second_host() as there:
            targets = {
                PORTS["redis"]: str(server.socket),
                PORTS["database"]: f"{postgres.directory}/.s.PGSQL.5432",
                simulated.port or 0: (simulated.hostname or "", simulated.port or 0),
            }
            with offering(targets) as counted:
                relay = tunnel(there, [*PORTS.values(), simulated.port or 0])
                far = {
                    "VERIFIER_DATA": str(tmp_path / "two"),
                    "REDIS_URL": f"redis://127.0.0.1:{PORTS['redis']}/0",
                    "DATABASE_URL": f"postgresql://verifier@127.0.0.1:{PORTS['database']}/night",
                }
                (tmp_path / "two").mkdir()
                site.start("worker", "--processes", "2")
                site.start("worker", "--processes", "2", "--no-schedule", before=there, **far)
                await_until(
                    lambda counted=counted: counted[ACCEPTED] >= 2, 120
                )  # it reached database and Redis
                time.sleep(5)
                with site.house() as house:
                    desk, give_up = house.nightly.run_desk(OPERATOR), time.monotonic() + 200
                    run_id = desk.start()[0].run.id
                    while not is_over(desk.progress(run_id)):
                        assert time.monotonic() < give_up, desk.progress(run_id)
                        time.sleep(0.5)
                found = find(site)
                for program in site.programs:
                    program.kill_all()
                relay.kill()
                relay.wait()
    server.kill()
    postgres.stop()

    assert found.states == {"done": PEOPLE}
    assert (found.repeated, found.unflagged) == (0, [])
    assert PEOPLE // 6 <= counted[simulated.port or 0] <= PEOPLE - PEOPLE // 6
