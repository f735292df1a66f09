"""The published examples of the reference folder, all of them, as they are kept there."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from verifier.estimation.estimator import estimate_terms
from verifier.estimation.secondary import pay_secondary
from verifier.model.estimate import Accumulator, AccumulatorPair, DeductibleRule, Estimate, Terms
from verifier.model.payment import Method
from verifier.testing.builders import program

REFERENCE = Path(os.environ.get("REFERENCE", Path(__file__).parents[5] / "shared"))
FILE = REFERENCE / "data" / "published_estimates.json"
PARTS = {
    "ded": "deductible",
    "coins": "coinsurance",
    "coins_exact": "coinsurance",
    "patient": "patient",
    "plan": "plan",
}
SECONDARIES = {"X6": Method.MAINTENANCE, "X7": Method.NON_DUPLICATION}


def dollars(cents: int) -> Decimal:
    return Decimal(cents) / 100


def estimate(example: dict[str, Any]) -> Estimate:
    terms = Terms(
        "in",
        deductible=AccumulatorPair(Accumulator(None, dollars(example["ded_remaining"]))),
        coinsurance=Decimal(example["coins_bp"]) / 10_000,
    )
    (allowed,) = example["allowed"]
    return estimate_terms(terms, program(sessions=1, allowed_amount=dollars(allowed)))


@pytest.mark.skipif(not FILE.exists(), reason="the reference folder is not here")
def test_every_published_example_comes_out_as_printed() -> None:
    for example in json.loads(FILE.read_text("utf-8")):
        if "allowed" in example:
            totals = estimate(example).totals
            for name, part in PARTS.items():
                if name in example["expect"]:
                    assert getattr(totals, part) == dollars(example["expect"][name]), example["id"]
        else:
            check_secondary(example)


def check_secondary(example: dict[str, Any]) -> None:
    first = estimate({"allowed": [12_500], "ded_remaining": 0, "coins_bp": 4_000}).sessions
    second = Terms("in", deductible_rule=DeductibleRule.WAIVED, coinsurance=Decimal("0.25"))

    (session,) = pay_secondary(first, second, SECONDARIES[example["id"]])

    assert first[0].shares.plan == dollars(7_500)
    assert session.paid == dollars(example["expect"]["secondary"]), example["id"]
    assert session.patient == dollars(example["expect"]["patient"]), example["id"]
