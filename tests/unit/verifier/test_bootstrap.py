"""The rooms put together, from the environment alone."""

from pathlib import Path

import pytest

from verifier.errors import NotConfigured
from verifier.house import open_house
from verifier.settings import Settings

FACILITIES = '[facilities.covington]\nname = "Covington Recovery"\nnpi = "1245319599"\n'
WIRES = {
    "stedi": {"VERIFIER_STEDI_API_KEY": "open sesame"},
    "optum": {"VERIFIER_OPTUM_CLIENT_ID": "us", "VERIFIER_OPTUM_CLIENT_SECRET": "open sesame"},
    "availity": {
        "VERIFIER_AVAILITY_URL": "https://clearinghouse.example/availity",
        "VERIFIER_AVAILITY_CLIENT_ID": "us",
        "VERIFIER_AVAILITY_CLIENT_SECRET": "open sesame",
    },
    "fhir": {"VERIFIER_FHIR_URL": "https://payer.example/fhir"},
    "lighthouse": {"VERIFIER_LIGHTHOUSE_API_KEY": "opensesame"},
}


@pytest.fixture(name="environ")
def _environ(tmp_path: Path) -> dict[str, str]:
    facilities = tmp_path / "facilities.toml"
    facilities.write_text(FACILITIES)
    return {"VERIFIER_DATA": str(tmp_path / "data"), "VERIFIER_FACILITIES": str(facilities)}


@pytest.mark.parametrize(("wire", "variables"), WIRES.items(), ids=WIRES)
def test_a_payer_is_reachable_once_its_wire_is_configured(
    environ: dict[str, str], tmp_path: Path, wire: str, variables: dict[str, str]
) -> None:
    own = tmp_path / "payers.toml"
    own.write_text(f'[[route]]\npayer = "aetna"\nconnection = "{wire}"\npayer_id = "60054"\n')

    with open_house(Settings.from_environ(environ | variables | {"VERIFIER_PAYERS": str(own)})) as house:
        assert house.payers.is_reachable("aetna")
        assert not house.payers.is_reachable("sim-commercial")
        assert not house.payers.is_reachable("sim-va")


def test_without_any_wire_the_simulator_answers_and_nobody_else(environ: dict[str, str]) -> None:
    with open_house(Settings.from_environ(environ)) as house:
        assert house.payers.is_reachable("sim-commercial")
        assert house.payers.is_reachable("sim-va")
        assert not house.payers.is_reachable("aetna")


def test_where_va_cannot_be_asked_its_referrals_are_read_all_the_same(environ: dict[str, str]) -> None:
    with open_house(Settings.from_environ(environ | WIRES["fhir"])) as house:
        assert house.payers.is_reachable("va-ccn-optum")
        assert not house.payers.is_reachable("sim-va")


@pytest.mark.parametrize(
    "variables",
    [
        {"VERIFIER_STEDI_COLOUR": "red"},
        {"VERIFIER_OPTUM_CLIENT_ID": "us"},
        {"VERIFIER_FHIR_URL": "http://payer.example"},
        {"VERIFIER_LIGHTHOUSE_CLIENT_ID": "us"},
    ],
    ids=[
        "a setting that does not exist",
        "a secret that is missing",
        "an address in clear",
        "half an account",
    ],
)
def test_a_wire_that_cannot_be_used_stops_the_start(
    environ: dict[str, str], variables: dict[str, str]
) -> None:
    with pytest.raises(NotConfigured), open_house(Settings.from_environ(environ | variables)):
        pass
