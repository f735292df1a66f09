"""`verifier admin audit` over a real house: what was asked is in the trail; tampering with it is found."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from payers.simulator.server import Simulator
from verifier.bootstrap import CommandRooms
from verifier.cli.main import main
from verifier.web.api import examples

Run = Callable[..., Result]
MEMBER = {"id": "SIM100001", "first_name": "Jordan", "last_name": "Avery", "birth_date": "1988-04-12"}
INQUIRY = examples.INQUIRY | {"payer": "sim-multiple", "member": MEMBER}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in a data directory of its own."""

    def run(*arguments: str, **environ: str) -> Result:
        rooms = CommandRooms({"VERIFIER_DATA": str(tmp_path), **environ})
        return CliRunner().invoke(main, list(arguments), obj=rooms)

    return run


@pytest.fixture
def asked(run: Run, tmp_path: Path) -> Path:
    """One verification that was asked for; returns where the database is."""
    (tmp_path / "inquiry.json").write_text(json.dumps(INQUIRY))
    with Simulator() as simulator:
        done = run("verify", str(tmp_path / "inquiry.json"), "--json", VERIFIER_SIMULATOR_URL=simulator.url)
    assert done.exit_code == 0, done.output
    return tmp_path / "verifier.db"


def tamper(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for trigger in ("audit_events_no_update", "audit_events_no_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)


def test_what_was_asked_is_in_the_trail_with_whom_and_in_what_order(run: Run, asked: Path) -> None:
    told = json.loads(run("admin", "audit", "disclosures", "--member", "sim-100001", "--all").output)

    assert [event["action"] for event in told] == ["disclosure", "payer_call", "change", "audit"]
    assert told[0]["what"] == "payer sim-multiple"
    assert {event["result"] for event in told} == {"done"}
    assert all(event["who"].startswith("operator:") for event in told)


def test_disclosures_are_found_by_name_and_birth_date_too(run: Run, asked: Path) -> None:
    named = ("--last-name", "AVERY", "--first-name", "jordan", "--birth-date", "1988-04-12")

    told = json.loads(run("admin", "audit", "disclosures", *named).output)

    assert [event["action"] for event in told] == ["disclosure", "payer_call"]
    assert run("admin", "audit", "disclosures").exit_code == 2


def test_an_untouched_trail_is_sound_and_anchored(run: Run, asked: Path) -> None:
    assert run("admin", "audit", "anchor").output.startswith("Anchored at event ")

    found = run("admin", "audit", "verify", "--json")

    assert found.exit_code == 0
    assert json.loads(found.output)["flaw"] is None
    assert json.loads(found.output)["anchors"] >= 1
    assert "as they were written" in run("admin", "audit", "verify").output


def test_an_edited_row_is_named(run: Run, asked: Path) -> None:
    tamper(asked, "UPDATE audit_events SET who = 'nobody' WHERE sequence = 2")

    found = run("admin", "audit", "verify")

    assert (found.exit_code, found.output.split()[:2]) == (1, ["Event", "2"])


def test_a_cut_tail_is_found_by_the_anchor(run: Run, asked: Path) -> None:
    run("admin", "audit", "anchor")
    tamper(
        asked,
        "DELETE FROM audit_details WHERE sequence > 1",
        "DELETE FROM audit_events WHERE sequence > 1",
        "UPDATE audit_head SET sequence = 1, hash = (SELECT hash FROM audit_events WHERE sequence = 1)",
    )

    found = run("admin", "audit", "verify")

    assert (found.exit_code, found.output) == (1, "Event 2 is missing.\n")


def test_a_forged_anchor_is_refused(run: Run, asked: Path) -> None:
    run("admin", "audit", "anchor")
    anchors = asked.with_name("audit.anchors")
    anchors.write_bytes(anchors.read_bytes().replace(b'"sequence": ', b'"sequence": 1', 1))

    found = run("admin", "audit", "verify")

    assert found.exit_code == 2
    assert "Line 1 of the anchor file" in found.output
