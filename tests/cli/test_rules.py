"""`verifier admin rules`, over the real house."""

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from verifier.bootstrap import CommandRooms
from verifier.cli.main import main

TABLE_2026 = (files("payers.programs.tricare") / "costs" / "2026.tsv").read_text("utf-8")


@pytest.fixture(name="environ")
def _environ(tmp_path: Path) -> dict[str, str]:
    return {"VERIFIER_DATA": str(tmp_path / "data")}


@pytest.fixture(name="table_2027")
def _table_2027(tmp_path: Path) -> Path:
    path = tmp_path / "2027.tsv"
    path.write_text("\n".join(line.replace("2026\t", "2027\t", 1) for line in TABLE_2026.splitlines()) + "\n")
    return path


def run(environ: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, ["admin", "rules", *words], obj=CommandRooms(environ))


def read_trail(environ: dict[str, str]) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(Path(environ["VERIFIER_DATA"]) / "verifier.db")) as database:
        return database.execute("SELECT action, what, who, place FROM audit_events").fetchall()


def test_a_table_is_loaded_listed_and_recorded(environ: dict[str, str], table_2027: Path) -> None:
    loaded = run(environ, "load", str(table_2027))

    assert (loaded.exit_code, loaded.output.split(":")[0]) == (0, "Loaded TRICARE 2027")
    years = json.loads(run(environ, "list", "--json").output)
    assert [(each["year"], each["table"]) for each in years] == [
        (2024, "shipped"),
        (2025, "shipped"),
        (2026, "shipped"),
        (2027, "loaded"),
    ]
    assert all(each["cells"]["printed"] > 40 for each in years)
    assert "2027" in run(environ, "list").output
    (event,) = read_trail(environ)
    assert event[0] == "rule_change"
    assert event[1].startswith("rules tricare 2027 sha256:")
    assert event[2].startswith("operator:")
    assert event[3] == "verifier admin rules load"


def test_each_load_is_one_more_line_of_the_record(environ: dict[str, str], table_2027: Path) -> None:
    first = json.loads(run(environ, "load", str(table_2027), "--json").output)
    again = json.loads(run(environ, "load", str(table_2027), "--json").output)

    assert first["added"] > 60
    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)
    assert first["sha256"] == again["sha256"]
    assert len(read_trail(environ)) == 2


def test_a_mistake_is_one_line_with_row_and_column_and_exit_code_2(
    environ: dict[str, str], table_2027: Path
) -> None:
    table_2027.write_text(table_2027.read_text().replace("\tprinted\t", "\tprintd\t", 1))

    refused = run(environ, "load", str(table_2027))

    assert refused.exit_code == 2
    assert "/2/status: must be one of derived, inferred, printed, unconfirmed, unknown" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (Path(environ["VERIFIER_DATA"]) / "rules").exists()
