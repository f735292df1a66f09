"""`verifier reverify`: what it says, and what cron reads from it."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from payers.simulator.server import Simulator
from tests.faults.night import enroll, invent, write_payers
from tests.store.support import NOON
from verifier.bootstrap import CommandRooms
from verifier.cli import progress as showing
from verifier.cli.main import main
from verifier.cli.reverify import EVERYBODY, NOT_FINISHED, SOMEBODY_MISSING, find_exit
from verifier.house import open_house
from verifier.model.reverification import ItemState, Progress, Run, RunState
from verifier.settings import Settings

RUN = Run("run_1", date(2026, 11, 24), NOON, NOON)
HALF = Progress(RUN, RunState.RUNNING, {ItemState.DONE: 40, ItemState.WAITING: 60}, changed=3)

BY_WHOSE = "6 people whose payer's time zone is not known: asked by the clock of the organization"


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A night of six people with two payers; nobody works at it."""
    scenarios = invent(2, 6)
    with Simulator(scenarios=scenarios) as simulator:
        environ = {
            "VERIFIER_DATA": str(tmp_path / "data"),
            "VERIFIER_SIMULATOR_URL": simulator.url,
            "VERIFIER_PAYERS": str(write_payers(tmp_path / "payers.toml", 2)),
            "VERIFIER_NIGHTLY_FROM": "00:00",
            "VERIFIER_LOG_LEVEL": "error",
        }
        with open_house(Settings.from_environ(environ)) as house:
            enroll(house, scenarios)
        yield environ


def run(environ: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, ["reverify", *words], obj=CommandRooms(environ))


def test_a_plan_says_who_is_due_and_how_many_calls_it_costs(environ: dict[str, str]) -> None:
    told = json.loads(run(environ, "plan", "--json").output)
    dry = json.loads(run(environ, "run", "--dry-run", "--json").output)

    assert told == dry
    assert (told["people"], told["paid_calls"]) == (6, 6)
    assert told["payers"] == {"night-0": 3, "night-1": 3}
    assert told["clocks"] == [{"whose": "organization", "time_zone": "America/New_York", "people": 6}]
    assert "6 people" in run(environ, "plan").output
    assert BY_WHOSE in run(environ, "plan").output
    assert run(environ, "status").exit_code == 2  # there is no run


@pytest.mark.parametrize("day", ["2020-01-01", "2099-01-01", "tomorrow"])
def test_a_plan_is_made_for_the_coming_year_only(environ: dict[str, str], day: str) -> None:
    assert run(environ, "plan", "--date", day).exit_code == 2


@pytest.mark.timeout(300)
def test_a_run_is_seen_through_by_workers_of_its_own(environ: dict[str, str]) -> None:
    done = run(environ, "run", "--workers", "2")

    assert done.exit_code == EVERYBODY, done.output
    assert "finished: 6 of 6 finished (6 answered)" in done.output
    assert run(environ, "status").exit_code == EVERYBODY
    again = run(environ, "run", "--workers", "0", "--json")  # nothing is left to do
    assert json.loads(again.output)["counts"] == {"done": 6}
    assert json.loads(run(environ, "report", "--json").output)["not_reached"] == []


def test_a_run_that_is_paused_is_not_finished_and_one_cancelled_names_who_was_not_reached(
    environ: dict[str, str],
) -> None:
    with open_house(Settings.from_environ(environ)) as house:
        house.nightly.runs.begin(house.nightly.night.today)
        house.nightly.watch().make_run()

    assert run(environ, "status").exit_code == NOT_FINISHED
    assert json.loads(run(environ, "pause", "--json").output)["state"] == "paused"
    assert json.loads(run(environ, "cancel", "--json").output)["state"] == "cancelled"
    report = json.loads(run(environ, "report", "--json").output)
    assert {each["last_name"] for each in report["not_reached"]} == {f"PERSON{each}" for each in range(6)}
    assert report["clocks"] == [{"whose": "organization", "time_zone": "America/New_York", "people": 6}]
    assert "PERSON3" in run(environ, "report").output
    assert BY_WHOSE in run(environ, "report").output
    assert run(environ, "resume", "--workers", "0").exit_code == NOT_FINISHED


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (replace(HALF, state=RunState.FINISHED, counts={ItemState.DONE: 9}), EVERYBODY),
        (replace(HALF, state=RunState.FINISHED, counts={ItemState.FAILED: 1}), SOMEBODY_MISSING),
        (replace(HALF, state=RunState.FINISHED, counts={ItemState.STOPPED: 1}), SOMEBODY_MISSING),
        (HALF, NOT_FINISHED),
        (replace(HALF, state=RunState.PAUSED), NOT_FINISHED),
        (replace(HALF, state=RunState.CANCELLED), NOT_FINISHED),
    ],
)
def test_the_exit_code_says_how_a_run_stands(progress: Progress, code: int) -> None:
    assert find_exit(progress) == code


@pytest.mark.parametrize(
    ("speed", "line"),
    [
        (2.0, "running: 40 of 100 finished (40 answered), 3 changed, 0 failed, 2.0/s, about 30 s left"),
        (0.0, "running: 40 of 100 finished (40 answered), 3 changed, 0 failed, 0.0/s, time left unknown"),
    ],
)
def test_where_there_is_no_terminal_a_line_says_how_far_it_is(speed: float, line: str) -> None:
    assert showing.describe(HALF, speed) == line


def test_on_a_terminal_it_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LOOK_EVERY", 0.01)
    standings = iter(
        [HALF, replace(HALF, state=RunState.FINISHED, counts={ItemState.DONE: 99, ItemState.FAILED: 1})]
    )
    screen = Console(file=io.StringIO(), force_terminal=True, width=120)

    last = showing.follow(lambda: next(standings), console=screen)

    assert last.not_reached == 1
    assert isinstance(screen.file, io.StringIO)
    assert "100/100" in screen.file.getvalue()
    assert "failed 1" in screen.file.getvalue()
