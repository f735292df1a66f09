"""kill -9 of workers, schedulers, Redis and service through a night: nobody is lost or done twice."""

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.night import OPERATOR, Found, Running, Site, find, is_over, night
from tests.store.support import Server, await_until

KILLS = int(os.environ.get("VERIFIER_NIGHT_KILLS", "8"))
PEOPLE = int(os.environ.get("VERIFIER_NIGHT_PEOPLE", "60" if KILLS < 100 else "200"))
A_NIGHT = 50  # kills, at most
PROCESSES = 4
FIRST = int(os.environ.get("VERIFIER_NIGHT_SEED", "0"))  # of the nights, which are numbered from it on
VICTIMS = {"turn": 12, "engine": 2, "worker": 1, "scheduler": 3, "redis": 2, "service": 1}  # and how often
SECONDS = 900


def kill_somebody(site: Site, server: Server, worker: Running, chance: random.Random) -> bool:
    """Kill one process left to chance, and tell whether it may have been asking a payer."""
    victim = chance.choices([*VICTIMS], [*VICTIMS.values()])[0]
    if victim in {"turn", "engine"}:  # processes of the worker's, which starts them again
        await_until(lambda: worker.turns, 60)
        with suppress(ProcessLookupError):
            os.kill(chance.choice(worker.turns if victim == "turn" else worker.engines), signal.SIGKILL)
        return victim == "turn"  # one whose engine died does what is under way, and ends then
    if victim == "redis":
        server.kill()
        time.sleep(chance.uniform(0.0, 0.5))
        server.start()
        return False
    program = site.programs[{"scheduler": chance.choice([1, 2]), "service": 3}.get(victim, 0)]
    program.kill()  # the engine of a worker finds out, ends what is under way, and takes no more turns
    program.start()
    return False


def pass_a_night(folder: Path, kills: int, seed: int) -> tuple[Found, int]:
    chance, deadly = random.Random(seed), 0  # noqa: S311 - chance, not secrets
    folder.mkdir()
    server = Server(folder)
    terms = {"VERIFIER_NIGHTLY_LEASE": "3s", "VERIFIER_PAYER_DEADLINE": "5s", "VERIFIER_LOG_LEVEL": "error"}
    with night(folder, server.url, payers=8, people=PEOPLE, latency=(0.02, 0.6), **terms) as site:
        worker = site.start("worker", "--processes", str(PROCESSES), "--no-schedule")
        for _ in range(2):
            site.start("scheduler")
        site.start("serve", "--port", str(20_000 + os.getpid() % 10_000))
        with site.house() as house:
            desk, give_up = house.nightly.run_desk(OPERATOR), time.monotonic() + SECONDS
            run_id = desk.start()[0].run.id
            done, step = 0, PEOPLE / (kills + 2)
            while not is_over(standing := desk.progress(run_id)):
                assert time.monotonic() < give_up, standing
                site.revive()
                if done < kills and PEOPLE - standing.open > step * (done + 1):  # while they are at work
                    time.sleep(chance.uniform(0.0, 0.6))
                    deadly += kill_somebody(site, server, worker, chance)
                    done += 1
                time.sleep(0.05)
        found = find(site)
    server.kill()
    return found, deadly


@pytest.mark.timeout(SECONDS * (1 + KILLS // A_NIGHT))
def test_nobody_is_lost_or_done_twice_and_each_kill_costs_at_most_one_call_that_is_flagged(
    tmp_path: Path,
) -> None:
    left, number = KILLS, FIRST
    while left > 0:
        found, deadly = pass_a_night(tmp_path / f"night-{number}", min(left, A_NIGHT), seed=number)
        note(
            f"{min(left, A_NIGHT)} kills, {deadly} of workers: {found.repeated} calls repeated, "
            f"{sum(found.repeats.values())} flagged, {dict(found.states)}, "
            f"asked again after a fault {sum(found.attempts.values()) - PEOPLE}, "
            f"unflagged {[(who, found.paid[who], found.attempts[who]) for who in found.unflagged]}"
        )
        assert found.states == {"done": PEOPLE}
        assert (found.answers, found.distinct) == (PEOPLE, PEOPLE)
        assert set(found.paid) == {f"NGT{each % 8:02}{each:06}" for each in range(PEOPLE)}
        assert found.repeated <= deadly
        assert found.unflagged == []
        left, number = left - A_NIGHT, number + 1


def note(line: str) -> None:
    """Write down how a night went, for whoever runs many."""
    if out := os.environ.get("VERIFIER_NIGHT_TOLD"):
        with Path(out).open("a") as file:
            file.write(f"{line}\n")
