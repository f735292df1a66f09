from datetime import date
from decimal import Decimal

import pytest

from verifier.estimation.estimator import estimate_terms
from verifier.estimation.order_of_benefits import order_of_benefits, place_covers
from verifier.estimation.secondary import coordinate, method_named, pay_secondary
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    Copay,
    DeductibleRule,
    SessionCost,
    Shares,
    Terms,
)
from verifier.model.payment import Cover, Method, PlanKind
from verifier.testing.builders import program

DAY = date(2026, 3, 2)


def first_paid(allowed: object, paid: object, balance: object = 0) -> SessionCost:
    allowed, paid, balance = (Decimal(str(each)) for each in (allowed, paid, balance))
    return SessionCost(
        DAY, Shares(allowed=allowed, balance=balance, patient=allowed - paid + balance, plan=paid)
    )


def rate(share: str) -> Terms:
    return Terms("in", deductible_rule=DeductibleRule.WAIVED, coinsurance=Decimal(share))


# E17: a day allowed 325.00 of which the first plan paid 260.00; the second plan's share is 10 %.
# X6 and X7: allowed 125.00, the first plan paid 75.00, the second covers 75 % (a practice system's manual).
EXAMPLES = {
    "E17 standard": ((325, 260), "0.1", Method.STANDARD, "65.00", "0.00"),
    "E17 maintenance of benefits": ((325, 260), "0.1", Method.MAINTENANCE, "58.50", "6.50"),
    "E17 non-duplication": ((325, 260), "0.1", Method.NON_DUPLICATION, "32.50", "32.50"),
    "X6 maintenance of benefits": (
        (125, 75),
        "0.25",
        method_named("Maintenance of Benefits"),
        "37.50",
        "12.50",
    ),
    "X7 carve-out": ((125, 75), "0.25", method_named("carve-out"), "18.75", "31.25"),
    "the first plan paid more than the second ever would": (
        (325, 320),
        "0.1",
        Method.NON_DUPLICATION,
        "0.00",
        "5.00",
    ),
    "the first plan paid nothing": ((325, 0), "0.1", Method.STANDARD, "292.50", "32.50"),
    "a balance stays with the patient": ((325, 260, 50), "0.1", Method.STANDARD, "65.00", "50.00"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_second_plan_pays(name: str) -> None:
    first, share, method, paid, patient = EXAMPLES[name]

    (session,) = pay_secondary([first_paid(*first)], rate(share), method)

    assert (session.paid, session.patient) == (Decimal(paid), Decimal(patient))


@pytest.mark.parametrize(
    ("method", "total"),
    [(Method.STANDARD, "0.00"), (Method.MAINTENANCE, "156.00"), (Method.NON_DUPLICATION, "780.00")],
)
def test_e17_over_a_program_after_the_first_deductible(method: Method, total: str) -> None:
    first = estimate_terms(Terms("in", coinsurance=Decimal("0.2")), program())

    found = coordinate(first.sessions, rate("0.1"), method)

    assert (found.low, found.expected, found.high) == (Decimal(total),) * 3


def test_a_method_nobody_knows_is_a_range() -> None:
    first = estimate_terms(Terms("in", coinsurance=Decimal("0.2")), program())

    found = coordinate(first.sessions, rate("0.1"), Method.UNKNOWN)

    assert (found.low, found.expected, found.high) == (Decimal(0), Decimal("780.00"), Decimal("780.00"))


def test_an_unknown_method_pays_no_single_amount() -> None:
    with pytest.raises(ValueError, match="range"):
        pay_secondary([first_paid(325, 260)], rate("0.1"), Method.UNKNOWN)


def test_e18_medicaid_pays_up_to_its_own_rate_and_the_patient_nothing() -> None:
    first = Terms(
        "in",
        deductible=AccumulatorPair(Accumulator(None, Decimal(325))),
        coinsurance=Decimal("0.2"),
    )
    sessions = estimate_terms(first, program()).sessions

    paid = pay_secondary(sessions, Terms("in"), Method.MEDICAID, rate=Decimal("159.30"))

    assert [session.paid for session in paid] == [Decimal("159.30")] + [Decimal(0)] * 23
    assert {session.patient for session in paid} == {Decimal(0)}


def test_medicaid_may_ask_for_a_nominal_copay() -> None:
    (session,) = pay_secondary(
        [first_paid(325, 260)],
        Terms("in"),
        Method.MEDICAID,
        rate=Decimal("159.30"),
        nominal_copay=Decimal(4),
    )

    assert session.patient == Decimal(4)


def test_the_second_plans_own_deductible_runs_over_the_sessions() -> None:
    second = Terms("in", deductible=AccumulatorPair(Accumulator(None, Decimal(400))), copay=Copay(Decimal(0)))

    paid = pay_secondary([first_paid(325, 260)] * 3, second, Method.STANDARD)

    assert [session.paid for session in paid] == [Decimal(0), Decimal("65.00"), Decimal("65.00")]


@pytest.mark.parametrize("name", ["something else", ""])
def test_a_name_nobody_knows_is_an_unknown_method(name: str) -> None:
    assert method_named(name) is Method.UNKNOWN


OWN, DEPENDENT = Cover(as_dependent=False), Cover(as_dependent=True)
ORDERS: dict[str, tuple[Cover, Cover, int | None, str, bool]] = {
    "own before dependent": (DEPENDENT, OWN, 1, "dependent", True),
    "court decree": (DEPENDENT, Cover(as_dependent=True, is_decreed=True), 1, "court_decree", True),
    "birthday": (
        Cover(as_dependent=True, parent_birthday=(3, 14)),
        Cover(as_dependent=True, parent_birthday=(11, 2)),
        0,
        "birthday",
        True,
    ),
    "the same birthday: longer coverage": (
        Cover(parent_birthday=(3, 14), began=date(2020, 1, 1)),
        Cover(parent_birthday=(3, 14), began=date(2015, 1, 1)),
        1,
        "longer_coverage",
        True,
    ),
    "active before retired": (Cover(is_retired=True), Cover(is_retired=False), 1, "retired", True),
    "continuation after active": (
        Cover(is_continuation=True),
        Cover(is_continuation=False),
        1,
        "continuation",
        False,
    ),
    "Medicaid last": (Cover(PlanKind.MEDICAID, as_dependent=False), DEPENDENT, 1, "medicaid_last", False),
    "TRICARE after others": (Cover(PlanKind.TRICARE), Cover(), 1, "tricare_after_others", False),
    "Medicare is not for us to say": (
        Cover(PlanKind.MEDICARE, as_dependent=False),
        DEPENDENT,
        None,
        "medicare",
        False,
    ),
    "Medicare, nothing else known": (Cover(PlanKind.MEDICARE), Cover(), None, "medicare", False),
    "Medicare before TRICARE": (
        Cover(PlanKind.TRICARE),
        Cover(PlanKind.MEDICARE),
        1,
        "medicare_before_tricare",
        True,
    ),
    "Medicare before CHAMPVA": (
        Cover(PlanKind.MEDICARE),
        Cover(PlanKind.CHAMPVA),
        0,
        "medicare_before_champva",
        True,
    ),
    "CHAMPVA after a health plan": (Cover(PlanKind.CHAMPVA), OWN, 1, "champva_after_others", False),
    "Medicaid after TRICARE": (Cover(PlanKind.MEDICAID), Cover(PlanKind.TRICARE), 1, "medicaid_last", False),
    "Medicaid after Medicare": (
        Cover(PlanKind.MEDICAID),
        Cover(PlanKind.MEDICARE),
        1,
        "medicaid_last",
        False,
    ),
    "VA, and nobody said whether it authorized": (
        Cover(PlanKind.VA),
        OWN,
        None,
        "va_authorization_unknown",
        True,
    ),
    "nothing known": (Cover(), Cover(), None, "undecided", False),
}


@pytest.mark.parametrize("name", ORDERS)
def test_who_pays_first(name: str) -> None:
    one, other, first, rule, confirmed = ORDERS[name]

    found = order_of_benefits(one, other)

    assert (found.first, found.rule, found.confirmed) == (first, rule, confirmed)
    assert order_of_benefits(other, one).first == (None if first is None else 1 - first)


VA = Cover(PlanKind.VA)
REFERRED, REFUSED = (Cover(PlanKind.VA, is_authorized=said) for said in (True, False))
TRICARE, CHAMPVA, MEDICARE, MEDICAID = (
    Cover(kind) for kind in (PlanKind.TRICARE, PlanKind.CHAMPVA, PlanKind.MEDICARE, PlanKind.MEDICAID)
)
# Covers, and of each its position, or why it has none.
PLACES: dict[str, tuple[list[Cover], list[int | str]]] = {
    "one alone": ([OWN], [1]),
    "TRICARE and Medicare": ([TRICARE, MEDICARE], [2, 1]),
    "TRICARE, Medicare and Medicaid": ([TRICARE, MEDICAID, MEDICARE], [2, 3, 1]),
    "TRICARE, a health plan and Medicaid": ([TRICARE, OWN, MEDICAID], [2, 1, 3]),
    "own, a parent's and Medicaid": ([MEDICAID, DEPENDENT, OWN], [3, 2, 1]),
    "VA authorized: nobody else is billed": (
        [OWN, REFERRED, MEDICARE],
        ["va_pays_alone", 1, "va_pays_alone"],
    ),
    "VA did not authorize": ([REFUSED, OWN], ["va_not_authorized", 1]),
    "VA did not authorize, nor is there another": ([REFUSED], ["va_not_authorized"]),
    "nobody knows whether VA authorized": ([VA, OWN], ["va_authorization_unknown"] * 2),
    "CHAMPVA never with TRICARE": ([CHAMPVA, TRICARE, MEDICARE], ["champva_without_tricare", 2, 1]),
    "CHAMPVA after Medicare": ([CHAMPVA, MEDICARE], [2, 1]),
    "two plans of which too little is known, and Medicaid": (
        [Cover(), MEDICAID, Cover()],
        ["undecided", 3, "undecided"],
    ),
    "Medicare beside a health plan, and Medicaid": ([MEDICARE, OWN, MEDICAID], ["medicare", "medicare", 3]),
    "rules that go round in a circle": (
        [
            Cover(as_dependent=True, began=date(2020, 1, 1), parent_birthday=(6, 1)),
            Cover(as_dependent=False, parent_birthday=(8, 1)),
            Cover(parent_birthday=(7, 1), began=date(2015, 1, 1)),
        ],
        ["undecided"] * 3,
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_several_plans_are_placed_in_one_order(name: str) -> None:
    covers, expected = PLACES[name]

    places = place_covers(covers)

    assert [place.position or place.rule for place in places] == expected
    assert [place.is_billed for place in places] == [
        place.rule not in {"va_pays_alone", "va_not_authorized", "champva_without_tricare"}
        for place in places
    ]
    assert all(place.reason.endswith(".") for place in places)


def test_each_place_is_explained_by_the_rule_that_sets_it_beside_its_neighbor() -> None:
    places = place_covers([TRICARE, MEDICAID, MEDICARE, CHAMPVA])

    assert [(place.rule, place.confirmed) for place in places] == [
        ("medicare_before_tricare", True),
        ("medicaid_last", False),
        ("medicare_before_tricare", True),
        ("champva_without_tricare", True),
    ]
