"""`verifier admin facilities`: whose word counts, and the file's again."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from verifier.bootstrap import CommandRooms
from verifier.cli.main import main

FILE = """
[facilities.covington]
name = "Covington Recovery"
npi = "1245319599"
state = "{state}"
"""


def run(folder: Path, *arguments: str, state: str = "LA") -> Result:
    (folder / "facilities.toml").write_text(FILE.format(state=state))
    rooms = CommandRooms(
        {"VERIFIER_DATA": str(folder / "data"), "VERIFIER_FACILITIES": str(folder / "facilities.toml")}
    )
    return CliRunner().invoke(main, ["admin", "facilities", *arguments], obj=rooms)


def say_on_the_page(folder: Path, state: str) -> None:
    rooms = CommandRooms(
        {"VERIFIER_DATA": str(folder / "data"), "VERIFIER_FACILITIES": str(folder / "facilities.toml")}
    )
    with rooms.housekeeping("test") as housekeeping:
        kept = housekeeping.find("covington")
        housekeeping.change(replace(kept.facility, state=state), kept.revision)


def test_where_the_file_and_the_database_differ_is_told_and_can_be_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert "as in the file" in run(tmp_path, "list").stdout
    say_on_the_page(tmp_path, "TX")

    with caplog.at_level(logging.WARNING):
        [listed] = json.loads(run(tmp_path, "list", "--json").stdout)
    assert (listed["id"], listed["differs_in"]) == ("covington", ["state"])
    assert listed["changed_by"].startswith("operator:")
    assert "facility covington: the settings file says something else of state" in caplog.text

    assert run(tmp_path, "follow-file", "covington").exit_code == 0
    [listed] = json.loads(run(tmp_path, "list", "--json", state="MS").stdout)
    assert (listed["differs_in"], listed["changed_at"]) == ([], None)
    assert run(tmp_path, "follow-file", "nowhere").exit_code == 2
