"""`verifier worker` lives on when its engine gives up, and ends all it started when it is told to."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.night import OPERATOR, find, is_over, night
from tests.store.support import Server, await_until


@pytest.mark.timeout(300)
def test_an_engine_that_is_killed_costs_no_call_that_is_under_way(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with night(tmp_path / "data", server.url, payers=4, people=12, latency=(2.0, 2.0)) as site:
        worker = site.start("worker", "--processes", "4")
        await_until(lambda: len(worker.turns) == 4, 60)
        with site.house() as house:
            desk = house.nightly.run_desk(OPERATOR)
            run_id = desk.start()[0].run.id
            await_until(lambda: site.simulator.ledger.paid >= 4, 60)
            left = [*worker.turns]
            os.kill(worker.engines[0], signal.SIGKILL)
            await_until(lambda: is_over(desk.progress(run_id)), 120)
        found = find(site)
        await_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left), 30)
    server.kill()

    assert found.states == {"done": 12}
    assert (sum(found.paid.values()), sum(found.repeats.values())) == (12, 0)


@pytest.mark.timeout(300)
def test_a_worker_whose_engine_gave_up_works_off_the_night_and_ends_in_order(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with night(tmp_path / "data", server.url, payers=2, people=6, latency=(0.1, 0.2)) as site:
        worker = site.start("worker", "--processes", "1")
        await_until(lambda: worker.turns, 60)
        first = [*worker.engines]
        server.kill()  # together with a turn: the engine may give up
        for pid in (*worker.turns, *first):  # and now it does for certain
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        server.start()
        with site.house() as house:
            desk = house.nightly.run_desk(OPERATOR)
            run_id = desk.start()[0].run.id
            await_until(lambda: is_over(desk.progress(run_id)), 120)
        last = [*worker.engines, *worker.turns]
        assert worker.process
        worker.process.terminate()
        code = worker.process.wait(60)
        found = find(site)
    server.kill()

    assert found.states == {"done": 6}
    assert not set(first) & set(last)
    assert code == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in last)
