import re
from pathlib import Path

import pytest

import verifier.estimation
from verifier.codes.table import read_rows
from verifier.estimation.assumptions import DOUBTS, assume, confidence_in
from verifier.model.estimate import ConfidenceLevel

ROWS = list(read_rows("assumptions.tsv", "verifier.estimation"))
CODE = re.compile(r'"([A-Z]+(?:_[A-Z0-9]+)+)"')


def test_every_assumption_has_words_and_a_doubt_that_has_points() -> None:
    assert all(row["text"].endswith(".") for row in ROWS)
    assert {row["doubt"] for row in ROWS} == set(DOUBTS)


def test_the_table_holds_exactly_the_assumptions_the_code_makes() -> None:
    folder = Path(verifier.estimation.__path__[0])
    made = {code for path in folder.glob("*.py") for code in CODE.findall(path.read_text("utf-8"))}

    assert made == {row["code"] for row in ROWS}


@pytest.mark.parametrize(
    ("codes", "score", "level"),
    [
        ([], 100, ConfidenceLevel.HIGH),
        (["STC_FALLBACK_30"], 80, ConfidenceLevel.HIGH),
        (["STC_FALLBACK_30", "SERVICE_TYPE_WEAK"], 80, ConfidenceLevel.HIGH),
        (["STC_FALLBACK_30", "RESET_USES_CURRENT_DESIGN"], 70, ConfidenceLevel.MEDIUM),
        (["NETWORK_UNKNOWN", "RATE_ESTIMATED"], 55, ConfidenceLevel.MEDIUM),
        (["CARVE_OUT_UNRESOLVED", "COST_SHARE_TIED", "DED_REMAINING_ASSUMED_FULL"], 45, ConfidenceLevel.LOW),
    ],
)
def test_each_doubt_costs_its_points_once(codes: list[str], score: int, level: ConfidenceLevel) -> None:
    confidence = confidence_in(codes)

    assert (confidence.score, confidence.level) == (score, level)


def test_an_assumption_is_put_into_words() -> None:
    assert assume("NOT_COVERED").text == "The payer does not cover this; the patient owes the whole price."
