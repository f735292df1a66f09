from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from schemas.estimate import EstimateRequest, load_estimate_requests
from schemas.inquiry import load_program
from schemas.terms import TERMS, load_terms
from verifier.errors import BadInput
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    AfterLimitPrice,
    CoinsuranceBase,
    Copay,
    CopayPer,
    Counted,
    DeductibleRule,
    Reset,
    Structure,
    Terms,
)
from verifier.model.vocabulary import Network

FULL: dict[str, Any] = {
    "network": "out",
    "covered": False,
    "deductible_rule": "copay_first",
    "deductible": {
        "structure": "aggregate",
        "individual": {"total": "1500.00", "remaining": "1250.10"},
        "family": {"total": None, "remaining": "0.00"},
    },
    "out_of_pocket": {
        "individual": {"total": None, "remaining": None},
        "family": {"total": "8000.00", "remaining": "8000.00"},
    },
    "copay": {"amount": "30.00", "per": "week"},
    "coinsurance": "0.2",
    "coinsurance_base": "full",
    "counts_to_out_of_pocket": ["coinsurance", "copay"],
    "copay_counts_to_deductible": True,
    "first_visits_waived": 3,
    "visits_remaining": 0,
    "after_limit_price": "billed",
    "balance_billing": True,
    "balance_limit": "0.15",
    "resets": [
        {
            "date": "2027-01-01",
            "deductible": {
                "individual": {"total": "1600.00", "remaining": "1600.00"},
                "family": {"total": None, "remaining": None},
            },
            "out_of_pocket": {
                "individual": {"total": None, "remaining": None},
                "family": {"total": None, "remaining": None},
            },
        }
    ],
}
MODEL = Terms(
    network=Network.OUT,
    covered=False,
    deductible_rule=DeductibleRule.COPAY_FIRST,
    structure=Structure.AGGREGATE,
    deductible=AccumulatorPair(
        Accumulator(Decimal("1500.00"), Decimal("1250.10")), Accumulator(None, Decimal("0.00"))
    ),
    out_of_pocket=AccumulatorPair(family=Accumulator(Decimal("8000.00"), Decimal("8000.00"))),
    copay=Copay(Decimal("30.00"), CopayPer.WEEK),
    coinsurance=Decimal("0.2"),
    coinsurance_base=CoinsuranceBase.FULL,
    counts_to_out_of_pocket=frozenset({Counted.COPAY, Counted.COINSURANCE}),
    copay_counts_to_deductible=True,
    first_visits_waived=3,
    visits_remaining=0,
    after_limit_price=AfterLimitPrice.BILLED,
    balance_billing=True,
    balance_limit=Decimal("0.15"),
    resets=(
        Reset(
            date(2027, 1, 1),
            AccumulatorPair(Accumulator(Decimal("1600.00"), Decimal("1600.00"))),
            AccumulatorPair(),
        ),
    ),
)
PROGRAM = {"code": "H0015", "start_date": "2026-12-07", "weekdays": ["mon"], "weeks": 1}


def test_terms_are_read_and_written_whole() -> None:
    assert load_terms(FULL) == MODEL
    assert TERMS.dump(MODEL) == FULL


def test_terms_said_to_be_nothing_are_the_defaults() -> None:
    nothing = {
        "deductible": None,
        "out_of_pocket": {"individual": None},
        "copay": None,
        "coinsurance": None,
        "visits_remaining": None,
        "balance_limit": None,
        "resets": [],
    }
    assert load_terms(nothing) == load_terms({}) == Terms(network=Network.UNKNOWN)


def test_resets_come_in_the_order_of_their_days() -> None:
    days = ["2028-01-01", "2027-01-01"]
    loaded = load_terms({"resets": [{"date": day, "deductible": None} for day in days]})
    assert [reset.date for reset in loaded.resets] == [date(2027, 1, 1), date(2028, 1, 1)]
    assert loaded.resets[0].deductible == AccumulatorPair()


RATE = 'a rate is a fraction from "0" to "1": write 20 % as "0.20"'
BAD_TERMS = [
    (("coinsurance",), "20", "/coinsurance", RATE),
    (("coinsurance",), "1.01", "/coinsurance", RATE),
    (("coinsurance",), "-0.2", "/coinsurance", RATE),
    (("coinsurance",), ".2", "/coinsurance", RATE),
    (("coinsurance",), "0.2000001", "/coinsurance", RATE),
    (("coinsurance",), 0.2, "/coinsurance", 'a rate is a string like "0.20"; a float is not exact'),
    (("coinsurance",), 0, "/coinsurance", 'a rate is a string like "0.20"; a float is not exact'),
    (("network",), "both", "/network", "must be one of: in, out, unknown"),
    (("covered",), "yes", "/covered", "must be true or false, without quotes"),
    (("covered",), 1, "/covered", "must be true or false, without quotes"),
    (("copay", "per"), "visit", "/copay/per", "must be one of: day, unit, week, episode"),
    (
        ("deductible", "individual", "remaining"),
        1250,
        "/deductible/individual/remaining",
        'money is a string like "325.00"; a float is not exact',
    ),
    (
        ("deductible", "individual", "remaining"),
        "1500.01",
        "/deductible/individual/remaining",
        "is more than the total",
    ),
    (
        ("deductible", "individual", "remaining"),
        None,
        "/deductible/individual/remaining",
        "say what remains of the total; the total alone decides no price",
    ),
    (
        ("deductible", "structure"),
        "embeded",
        "/deductible/structure",
        "must be one of: embedded, aggregate",
    ),
    (("out_of_pocket", "structure"), "embedded", "/out_of_pocket/structure", "is not a field here"),
    (("visits_remaining",), "0", "/visits_remaining", "must be a whole number"),
    (("counts_to_out_of_pocket",), ["copay", "copay"], "/counts_to_out_of_pocket", "names something twice"),
    (("resets",), [{"date": "2027-01-01"}] * 2, "/resets", "has two entries for one day"),
    (("resets",), [{"date": "2027-02-29"}], "/resets/0/date", "is no day of the calendar"),
    (("resets",), [{}] * 21, "/resets", "holds more than 20 entries"),
    (("deductable",), {}, "/deductable", 'is not a field here; did you mean "deductible"?'),
]


@pytest.mark.parametrize(
    ("path", "value", "pointer", "text"),
    BAD_TERMS,
    ids=[f"{row}{case[2]}" for row, case in enumerate(BAD_TERMS)],
)
def test_bad_terms_are_refused_at_their_pointer(
    path: tuple[str, ...], value: object, pointer: str, text: str
) -> None:
    terms = deepcopy(FULL)
    place = terms
    for parent in path[:-1]:
        place = place[parent]
    place[path[-1]] = value
    with pytest.raises(BadInput) as caught:
        load_terms(terms)
    assert caught.value.errors == {pointer: text}


def test_an_estimate_is_asked_for_with_terms_or_a_verification_alone_or_in_a_list() -> None:
    program = load_program(PROGRAM)
    by_terms = {"terms": FULL, "program": PROGRAM}
    by_verification = {"verification_id": "ver_1", "program": PROGRAM}
    assert load_estimate_requests(by_terms) == [EstimateRequest(program, terms=MODEL)]
    assert load_estimate_requests([by_verification, by_terms]) == [
        EstimateRequest(program, verification_id="ver_1"),
        EstimateRequest(program, terms=MODEL),
    ]


ONE_OF = "give either terms or verification_id"


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"program": PROGRAM}, {"/terms": ONE_OF}),
        ({"program": PROGRAM, "terms": {}, "verification_id": "ver_1"}, {"/terms": ONE_OF}),
        ({"terms": {}}, {"/program": "is missing"}),
        ([{"terms": {}, "program": PROGRAM}, {"terms": {}}], {"/1/program": "is missing"}),
        (
            [{"terms": {"covered": 0}, "program": PROGRAM}],
            {"/0/terms/covered": "must be true or false, without quotes"},
        ),
        ([[]], {"/0": "must be an object"}),
        ([], {"": "has a wrong length"}),
        ([{}] * 1001, {"": "has a wrong length"}),
        ("terms", {"": "must be an object"}),
    ],
)
def test_a_bad_request_for_an_estimate_names_the_field(data: object, errors: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        load_estimate_requests(data)
    assert caught.value.errors == errors
