"""The worked examples of the estimation rules, put as terms and priced by the command itself."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from verifier.cli.main import main

WEEKLY_THRICE = {
    "code": "H0015",
    "start_date": "2026-02-02",
    "weekdays": ["mon", "wed", "fri"],
    "sessions": 24,
}


def limit(total: str | None, remaining: str | None) -> dict[str, Any]:
    return {
        "individual": {"total": total, "remaining": remaining},
        "family": {"total": None, "remaining": None},
    }


NO_LIMIT = limit(None, None)

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str], str]] = {
    "E01 copay, deductible waived": (
        {"deductible_rule": "waived", "copay": {"amount": "30.00", "per": "day"}},
        {"allowed_amount": "325.00"},
        ["30.00"] * 24,
        "720.00",
    ),
    "E02 coinsurance after a deductible partly met": (
        {
            "deductible": limit("1500.00", "1250.00"),
            "out_of_pocket": limit("4000.00", "4000.00"),
            "coinsurance": "0.20",
        },
        {"allowed_amount": "325.00"},
        ["325.00"] * 3 + ["285.00"] + ["65.00"] * 20,
        "2560.00",
    ),
    "E03 the out-of-pocket maximum ends the cost": (
        {
            "deductible": limit("500.00", "500.00"),
            "out_of_pocket": limit("1800.00", "1800.00"),
            "coinsurance": "0.30",
        },
        {"allowed_amount": "412.50", "sessions": 36},
        ["412.50", "185.00"] + ["123.75"] * 9 + ["88.75"] + ["0.00"] * 24,
        "1800.00",
    ),
    "E04 copay after the deductible": (
        {"deductible": limit("700.00", "700.00"), "copay": {"amount": "50.00", "per": "day"}},
        {"allowed_amount": "280.00"},
        ["280.00", "280.00", "190.00"] + ["50.00"] * 21,
        "1800.00",
    ),
    "E06 copay and coinsurance on the rest": (
        {
            "deductible": limit("1500.00", "0.00"),
            "copay": {"amount": "25.00", "per": "day"},
            "coinsurance": "0.10",
        },
        {"allowed_amount": "350.00"},
        ["57.50"] * 24,
        "1380.00",
    ),
    "E08 aggregate family deductible": (
        {
            "deductible": {
                "structure": "aggregate",
                "individual": {"total": None, "remaining": None},
                "family": {"total": "5000.00", "remaining": "3150.00"},
            },
            "coinsurance": "0.10",
        },
        {"allowed_amount": "375.00", "sessions": 30, "weekdays": ["mon", "tue", "wed", "thu", "fri"]},
        ["375.00"] * 8 + ["172.50"] + ["37.50"] * 21,
        "3960.00",
    ),
    "E10 twelve visits left": (
        {"deductible_rule": "waived", "copay": {"amount": "45.00", "per": "day"}, "visits_remaining": 12},
        {"allowed_amount": "260.00"},
        ["45.00"] * 12 + ["260.00"] * 12,
        "3660.00",
    ),
    "E11 out of network with a balance bill": (
        {
            "network": "out",
            "deductible": limit("3000.00", "3000.00"),
            "out_of_pocket": limit("7500.00", "7500.00"),
            "coinsurance": "0.40",
            "balance_billing": True,
        },
        {"allowed_amount": "400.00", "billed_amount": "950.00"},
        ["950.00"] * 7 + ["830.00"] + ["710.00"] * 16,
        "18840.00",
    ),
    "E13 rounded once per session": (
        {"coinsurance": "0.15"},
        {"code": "H2035", "allowed_amount": "187.11", "units_per_session": 3},
        ["28.07"] * 24,
        "673.68",
    ),
    "E16 Medicare, illustrative price": (
        {"deductible": limit("283.00", "283.00"), "coinsurance": "0.20"},
        {"allowed_amount": "270.00"},
        ["270.00", "64.40"] + ["54.00"] * 22,
        "1522.40",
    ),
}


@pytest.mark.parametrize(("terms", "program", "per_session", "total"), CASES.values(), ids=CASES)
def test_the_command_agrees_to_the_cent(
    terms: dict[str, Any], program: dict[str, Any], per_session: list[str], total: str
) -> None:
    plan = {"network": "in", "covered": True, "deductible": NO_LIMIT, "out_of_pocket": NO_LIMIT} | terms
    given = json.dumps({"terms": plan, "program": WEEKLY_THRICE | program})

    outcome = CliRunner().invoke(main, ["estimate", "-", "--json"], input=given)

    assert outcome.exit_code == 0, outcome.stderr
    estimate = json.loads(outcome.stdout)
    assert [session["patient"] for session in estimate["sessions"]] == per_session
    assert (estimate["low"], estimate["expected"], estimate["high"]) == (total, total, total)
    assert estimate["totals"]["patient"] == total
