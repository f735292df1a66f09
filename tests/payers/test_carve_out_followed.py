"""A carved-out member over real HTTP, from the payer simulator to the estimate."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from payers.simulator.server import Simulator
from schemas.verification import dump_verification
from verifier.house import House, open_house
from verifier.model.inquiry import Inquiry, Member
from verifier.model.program import Program, Weekday
from verifier.model.vocabulary import Network
from verifier.settings import Settings

ODETTE = Member(last_name="PRESCOTT", birth_date=date(1990, 6, 6), first_name="ODETTE", id="SIM100010")


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("v")
    with (
        Simulator() as simulator,
        open_house(Settings(data=folder, simulator_url=simulator.url)) as house,
    ):
        yield house


def ask(payer: str) -> Inquiry:
    start = date.today() + timedelta(days=1)  # noqa: DTZ011 - the simulator's members are covered today
    program = Program(
        "H0015", start, (Weekday.MON, Weekday.WED, Weekday.FRI), sessions=6, allowed_amount=Decimal("325.00")
    )
    return Inquiry(payer=payer, member=ODETTE, program=program, network=Network.IN)


def test_the_administrator_is_asked_and_each_benefit_says_who_answered(house: House) -> None:
    written = dump_verification(house.office.verifier.verify(ask("sim-commercial"), refresh=True))
    coverage = written["coverage"]
    answerers = [each["payer"] for each in coverage["answered_by"]]

    assert answerers == ["SIMULATED HEALTH PLAN", "SIMULATED BEHAVIORAL HEALTH"]
    assert {
        (row["kind"], answerers[row["source"]["answered_by"]])
        for row in coverage["benefits"]
        if row["kind"] in {"deductible", "out_of_pocket", "coinsurance"}
    } == {
        ("deductible", "SIMULATED HEALTH PLAN"),
        ("out_of_pocket", "SIMULATED BEHAVIORAL HEALTH"),
        ("coinsurance", "SIMULATED BEHAVIORAL HEALTH"),
    }
    assert [(row["administrator_id"], row["answered_by"]) for row in coverage["carve_outs"]] == [
        ("SIMBEHAVIORAL", 1)
    ]
    assert {row["kind"] for row in coverage["superseded"]} == {"deductible"}
    assert {attempt["payer"] for attempt in written["attempts"]} == {"sim-commercial", "sim-behavioral"}


def test_the_estimate_rests_on_the_administrators_share_and_is_surer_for_it(house: House) -> None:
    estimate = house.office.verifier.verify(ask("sim-commercial")).estimate

    assert estimate
    assert estimate.terms
    assert (estimate.terms.coinsurance, estimate.terms.deductible.individual.remaining) == (
        Decimal("0.15"),
        Decimal("900.00"),
    )
    assert "CARVE_OUT_UNRESOLVED" not in {each.code for each in estimate.assumptions}
    assert estimate.confidence.score >= 80


def test_the_health_of_both_payers_is_known_afterwards(house: House) -> None:
    for _ in range(3):
        house.office.verifier.verify(ask("sim-commercial"), refresh=True)

    for payer in ("sim-commercial", "sim-behavioral"):
        quarter, day = house.payers.health(payer).windows
        assert quarter.calls >= 10
        assert (quarter.success_rate, day.unavailable_rate) == (Decimal(1), Decimal(0))
