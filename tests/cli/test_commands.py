"""The commands over the real house: real readers, a real simulator, a real embedded server."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from verifier.bootstrap import CommandRooms
from verifier.cli.main import main

REPLY = Path(__file__).parents[1] / "payers" / "fixtures" / "dependent_with_carve_out.271"
INQUIRY = {
    "payer": "sim-commercial",
    "member": {"id": "SIM100001", "first_name": "Jordan", "last_name": "Avery", "birth_date": "1988-04-12"},
    "network": "in",
    "program": {
        "code": "H0015",
        "start_date": "2026-12-07",
        "weekdays": ["mon", "wed", "fri"],
        "weeks": 8,
        "allowed_amount": "325.00",
    },
}


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Callable[..., Result]:
    rooms = CommandRooms({"VERIFIER_DATA": str(tmp_path)})

    def run(*arguments: str, given: str | bytes = "") -> Result:
        return CliRunner().invoke(main, arguments, input=given, obj=rooms)

    return run


def test_one_reply_gives_one_coverage_and_several_give_a_list(run: Callable[..., Result]) -> None:
    one = run("normalize", "--json", str(REPLY))
    two = run("normalize", "--json", str(REPLY), str(REPLY))

    assert (one.exit_code, two.exit_code) == (0, 0)
    assert json.loads(two.stdout) == [json.loads(one.stdout)] * 2


def test_standard_input_is_read_like_a_file(run: Callable[..., Result]) -> None:
    assert (
        run("normalize", "--json", "-", given=REPLY.read_bytes()).stdout
        == run("normalize", "--json", str(REPLY)).stdout
    )


def test_an_unreadable_file_costs_nothing_of_the_others(run: Callable[..., Result], tmp_path: Path) -> None:
    broken = tmp_path / "page.html"
    broken.write_text("<html><body>Bad gateway</body></html>")

    outcome = run("normalize", "--json", str(broken), str(REPLY))

    assert outcome.exit_code == 2
    assert len(json.loads(outcome.stdout)) == 1
    assert outcome.stderr.count("\n") == 1
    assert "page.html" in outcome.stderr


def test_the_table_shows_each_benefit_as_the_payer_said_it(run: Callable[..., Result]) -> None:
    coverage = json.loads(run("normalize", "--json", str(REPLY)).stdout)

    shown = CliRunner(env={"COLUMNS": "400"}).invoke(main, ["normalize", str(REPLY)], obj=CommandRooms({}))

    assert [
        b["source"]["text"] for b in coverage["benefits"] if b["source"]["text"] not in shown.stdout
    ] == []


BAD: dict[str, tuple[list[str], str | bytes, str]] = {
    "an empty file": (["normalize", "-"], "", "is empty"),
    "a binary file": (["normalize", "-"], bytes(range(256)) * 8, "binary"),
    "a missing file": (["normalize", "no-such-file"], "", "no-such-file"),
    "no JSON": (["estimate", "-"], "terms", "line 1"),
    "float money": (
        ["estimate", "-"],
        json.dumps({"terms": {"network": "in"}, "program": INQUIRY["program"] | {"allowed_amount": 325.5}}),
        "/program/allowed_amount",
    ),
    "an impossible date": (
        ["verify", "-"],
        json.dumps(INQUIRY | {"program": INQUIRY["program"] | {"start_date": "2026-02-30"}}),
        "/program/start_date",
    ),
    "an unknown field": (["verify", "-"], json.dumps(INQUIRY | {"colour": "red"}), "/colour"),
    "an unknown payer": (["verify", "-"], json.dumps(INQUIRY | {"payer": "no-such-payer"}), "no payer"),
    "a payer without a route": (["verify", "-"], json.dumps(INQUIRY | {"payer": "aetna"}), "configured"),
    "a public address": (["serve", "--host", "0.0.0.0"], "", "VERIFIER_HOSTS"),  # noqa: S104 - refused
    "a simulator for all": (["simulator", "--host", "0.0.0.0"], "", "loopback"),  # noqa: S104 - refused
}


@pytest.mark.parametrize(("arguments", "given", "named"), BAD.values(), ids=BAD)
def test_bad_input_is_named_in_one_line(
    run: Callable[..., Result], arguments: list[str], given: str | bytes, named: str
) -> None:
    outcome = run(*arguments, given=given)

    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("verifier: ")
    assert outcome.stderr.count("\n") == 1
    assert named in outcome.stderr


def test_flags_and_a_file_ask_the_same_question(run: Callable[..., Result]) -> None:
    member = INQUIRY["member"]
    assert isinstance(member, dict)
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in member.items() if name != "id"]

    by_file = run("verify", "--json", "-", given=json.dumps(INQUIRY))
    by_flags = run(
        "verify", "--json", "--payer=sim-commercial", f"--member-id={member['id']}", *flags,
        "--start-date=2026-12-07", "--allowed=325.00", "--network=in",
    )  # fmt: skip

    first, second = json.loads(by_file.stdout), json.loads(by_flags.stdout)
    assert first["estimate"] == second["estimate"]
    assert first["coverage"]["status"] == "active"


def test_the_search_survives_a_typing_error(run: Callable[..., Result]) -> None:
    found = json.loads(run("payers", "search", "--json", "simulatd", "comercial").stdout)

    assert (found[0]["id"], found[0]["reachable"]) == ("sim-commercial", True)


def test_the_demo_prices_a_commercial_a_tricare_and_a_va_patient_and_leaves_an_outage_unknown(
    run: Callable[..., Result],
) -> None:
    outcome = run("demo", "--json")

    commercial, tricare, va, outage = json.loads(outcome.stdout)
    answers = [commercial, tricare, va, outage]
    assert [answer["coverage"]["status"] for answer in answers] == ["active", "active", "active", "unknown"]
    assert [answer["decision"]["verdict"] for answer in answers] == ["go", "caution", "caution", "caution"]
    assert commercial["estimate"]["totals"]["allowed"] == "7800.00"
    programs = {step["rule"]["program"] for step in tricare["estimate"]["steps"] if step["rule"]}
    assert programs == {"tricare"}
    assert va["estimate"]["collectable_by_provider"] == va["estimate"]["high"] == "0.00"
    assert va["estimate"]["later_bill"]["by"] == "VA"
    assert "VISITS_RUN_OUT" in [remark["code"] for remark in va["remarks"]]
    assert outage["estimate"] is None


def test_the_demo_says_of_each_patient_who_pays_what_and_why(run: Callable[..., Result]) -> None:
    shown = run("demo").stdout

    for words in ("The patient pays:", "The payer's part:", "Where the numbers come from"):
        assert shown.count(words) == 3
    assert "VA may bill the patient later:" in shown


@pytest.mark.parametrize(
    "command", ["demo", "serve", "simulator", "normalize", "estimate", "verify", "payers"]
)
def test_every_command_explains_itself(run: Callable[..., Result], command: str) -> None:
    outcome = run(command, "--help")

    assert outcome.exit_code == 0
    assert "\b" not in outcome.stdout
    assert len(outcome.stdout.splitlines()) > 5
