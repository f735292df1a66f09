"""`verifier admin` over a real house: upgrade, rotation, rates, purge and hold, each in the audit trail."""

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
PROGRAM = {name: value for name, value in examples.INQUIRY["program"].items() if name != "allowed_amount"}
INQUIRY = examples.INQUIRY | {"payer": "sim-multiple", "member": MEMBER, "network": "in", "program": PROGRAM}
RATES = """facility,payer,network,code,amount,valid_from,valid_to
abita-springs,sim-multiple,in,H0015,310.00,2026-01-01,
abita-springs,nobody,in,H0015,310.00,2026-01-01,
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str, given: str = "", **environ: str) -> Result:
        rooms = CommandRooms({"VERIFIER_DATA": str(tmp_path), **environ})
        return CliRunner().invoke(main, arguments, input=given, obj=rooms)

    return run


@pytest.fixture
def verify(run: Run) -> Callable[[], dict[str, object]]:
    def verify() -> dict[str, object]:
        with Simulator() as simulator:
            given, at = json.dumps(INQUIRY), simulator.url
            done = run("verify", "-", "--json", given=given, VERIFIER_SIMULATOR_URL=at)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return verify


def trail(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT action, what FROM audit_events ORDER BY sequence").fetchall()


def test_rates_are_imported_row_by_row_and_price_the_next_verification(
    run: Run, verify: Callable[[], dict[str, object]], tmp_path: Path
) -> None:
    outcome = run("admin", "rates", "import", "-", given=RATES)

    assert outcome.exit_code == 2
    assert "line 3: payer names no payer of the directory" in outcome.stderr
    assert "Contract rates kept: 1." in outcome.stdout
    steps = verify()["estimate"]["steps"]
    [step] = [step for step in steps if step["what"] == "allowed amount a session"]
    assert step["value"] == "310.00"
    assert step["note"] == "by the contract with sim-multiple, in network, from 2026-01-01"
    assert ("rule_change", "1 contract rates") in trail(tmp_path / "verifier.db")


def test_keys_rotate_with_audit_and_records_and_all_stays_readable(
    run: Run, verify: Callable[[], dict[str, object]], tmp_path: Path
) -> None:
    verify()
    old = (tmp_path / "payload.key").read_bytes()

    outcome = run("admin", "keys", "rotate")

    assert outcome.exit_code == 0, outcome.output
    assert "verifications: 1 of 1 rows sealed anew" in outcome.stdout
    assert "Old keys destroyed: 1." in outcome.stdout
    assert (tmp_path / "payload.key").read_bytes() != old
    assert run("admin", "audit", "verify").exit_code == 0
    assert verify()["status"] == "complete"
    assert ("key", "rotation of data keys") in trail(tmp_path / "verifier.db")


def test_a_purge_spares_what_is_held_and_says_what_it_took(
    run: Run, verify: Callable[[], dict[str, object]], tmp_path: Path
) -> None:
    kept, gone = str(verify()["id"]), str(verify()["id"])
    assert "changed: 1." in run("admin", "records", "hold", kept, "--reason", "matter 7").stdout

    assert "purged: 0." in run("admin", "records", "purge").stdout
    with closing(sqlite3.connect(tmp_path / "verifier.db")) as connection, connection:
        connection.execute("UPDATE verifications SET created_at = '2019-01-01 00:00:00.000000'")
    assert "purged: 1." in run("admin", "records", "purge").stdout

    noted = trail(tmp_path / "verifier.db")
    assert ("change", f"legal hold on verification {kept}") in noted
    assert ("purge", f"verification {gone}") in noted
    assert ("purge", f"verification {kept}") not in noted
    run("admin", "records", "hold", kept, "--lift", "--reason", "matter 7 is closed")
    assert "purged: 1." in run("admin", "records", "purge").stdout


def test_a_hold_without_a_reason_is_refused(run: Run) -> None:
    assert run("admin", "records", "hold", "ver_1", "--reason", " ").exit_code == 2


def test_the_database_may_be_upgraded_again_and_again(run: Run) -> None:
    assert [run("admin", "database", "upgrade").exit_code for _ in range(2)] == [0, 0]
