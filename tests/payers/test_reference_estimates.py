"""From a reference reply's bytes to what the patient owes: reader and estimator together."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from payers.x12.response_271 import read_coverages
from verifier.estimation.estimator import estimate_coverage
from verifier.model.estimate import Estimate
from verifier.model.vocabulary import Network
from verifier.testing.builders import program

REFERENCE = Path(os.environ.get("REFERENCE", Path(__file__).parents[3] / "shared"))
SPLIT_BY_PLACE = REFERENCE / "data" / "samples" / "271" / "vendor__stedi__stedi_manager_openapi.edi"

needs_reference = pytest.mark.skipif(not SPLIT_BY_PLACE.exists(), reason="the reference folder is not here")


def estimate(network: Network) -> Estimate:
    (reply,) = read_coverages(SPLIT_BY_PLACE.read_text("utf-8"))
    planned = program(code="S9480", place_of_service="22", start_date=date(2024, 4, 1))
    return estimate_coverage(reply, planned, network=network)


@needs_reference
def test_a_mental_health_program_follows_the_plans_rate_and_not_the_office_copay() -> None:
    found = estimate(Network.IN)

    assert (found.low, found.expected, found.high) == (Decimal(0), Decimal("780.00"), Decimal("1005.00"))
    assert {cost.shares.patient for cost in found.sessions} == {Decimal("32.50")}
    assert "NETWORK_CONTRADICTED" in {each.code for each in found.assumptions}


@needs_reference
def test_the_payers_word_on_the_provider_flips_the_network_nobody_told() -> None:
    found = estimate(Network.UNKNOWN)

    assert found.terms is not None
    assert found.terms.network == Network.OUT
    assert found.expected == Decimal("7650.00")
