"""A reply that prices the same services by place of service, as a clearinghouse's well-known sample does."""

from decimal import Decimal

import pytest

from verifier.estimation.estimator import estimate_coverage
from verifier.model.coverage import Benefit, Coverage
from verifier.model.estimate import DeductibleRule, Estimate
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period
from verifier.testing.builders import benefit, coverage, program

OFFICE, HOSPITAL, TELEHEALTH = ("11",), ("22",), ("02",)
THERAPY = ("A4", "A6", "22")
OURS = "Services through the group's own network"
OUT_OF_NETWORK = benefit(
    kind=BenefitKind.ACTIVE,
    services=("MH",),
    network=Network.UNKNOWN,
    messages=("Provider is out of network based on NPI ID sent",),
)


def limit(kind: BenefitKind, level: CoverageLevel, network: Network, total: str, left: str) -> list[Benefit]:
    row = benefit(kind=kind, level=level, network=network)
    return [
        row._replace(period=Period.CALENDAR_YEAR, amount=Decimal(total)),
        row._replace(period=Period.REMAINING, amount=Decimal(left)),
    ]


def rows() -> list[Benefit]:
    one, family = CoverageLevel.INDIVIDUAL, CoverageLevel.FAMILY
    deductible, maximum = BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET
    free = benefit(kind=deductible, amount=Decimal(0), messages=(OURS,))
    copay = benefit(services=THERAPY, period=Period.VISIT, amount=Decimal(20))
    rate = benefit(kind=BenefitKind.COINSURANCE, services=THERAPY, rate=Decimal(0))
    plan = benefit(kind=BenefitKind.COINSURANCE, rate=Decimal("0.1"))
    return [
        benefit(kind=BenefitKind.ACTIVE, network=Network.UNKNOWN, plan_text="OPEN CHOICE"),
        *limit(maximum, family, Network.IN, "6000", "5760"),
        *limit(maximum, one, Network.IN, "3000", "2760"),
        *limit(deductible, family, Network.IN, "500", "500"),
        *limit(deductible, one, Network.IN, "250", "250"),
        *limit(maximum, family, Network.OUT, "30000", "30000"),
        *limit(maximum, one, Network.OUT, "15000", "15000"),
        *limit(deductible, family, Network.OUT, "15000", "15000"),
        *limit(deductible, one, Network.OUT, "7500", "7500"),
        plan,
        plan._replace(network=Network.OUT, rate=Decimal("0.5")),
        benefit(
            kind=BenefitKind.ACTIVE,
            services=("A7", "BC", "A8", "A4", "A5", "A6", "BB", "22"),
            network=Network.BOTH,
        ),
        free._replace(services=("BC", *THERAPY), places_of_service=HOSPITAL),
        free._replace(services=("A8",)),
        free._replace(services=THERAPY, places_of_service=OFFICE),
        free._replace(services=THERAPY, places_of_service=TELEHEALTH),
        copay._replace(places_of_service=OFFICE),
        rate._replace(places_of_service=OFFICE),
        copay._replace(places_of_service=TELEHEALTH),
        rate._replace(places_of_service=TELEHEALTH, messages=(OURS,)),
        rate._replace(services=("7",), places_of_service=OFFICE),
        rate._replace(services=("4",), places_of_service=HOSPITAL),
        benefit(kind=BenefitKind.COVERAGE_BASIS, services=("7", "BB"), network=Network.IN),
        free._replace(services=("BB",)),
    ]


def estimate(reply: Coverage, network: Network = Network.IN, place: str | None = "22") -> Estimate:
    return estimate_coverage(reply, program(code="S9480", place_of_service=place), network=network)


def test_the_plan_share_is_expected_where_no_share_stands_at_the_service_and_place() -> None:
    found = estimate(coverage(*rows()))

    assert (found.low, found.expected, found.high) == (Decimal(0), Decimal("780.00"), Decimal("1005.00"))
    assert {cost.shares.patient for cost in found.sessions} == {Decimal("32.50")}
    assert found.terms is not None
    assert found.terms.deductible_rule is DeductibleRule.WAIVED
    assert [each.code for each in found.assumptions] == ["STC_FALLBACK_30", "NO_CHARGE_POSSIBLE"]
    assert found.confidence.score == 80


def test_the_contract_holds_against_a_message_on_the_network_but_the_message_is_told() -> None:
    found = estimate(coverage(*rows(), OUT_OF_NETWORK))

    assert (found.low, found.expected, found.high) == (Decimal(0), Decimal("780.00"), Decimal("1005.00"))
    assert "NETWORK_CONTRADICTED" in {each.code for each in found.assumptions}
    assert found.confidence.score == 60


def test_without_a_contract_the_message_decides_the_network() -> None:
    found = estimate(coverage(*rows(), OUT_OF_NETWORK), Network.UNKNOWN)

    assert found.terms is not None
    assert found.terms.network == Network.OUT
    assert found.expected == Decimal("7650.00")  # 7,500.00 of deductible, then half of the last 300.00
    assert "NETWORK_FROM_MSG" in {each.code for each in found.assumptions}


@pytest.mark.parametrize("place", ["22", "57", None])
def test_an_office_copay_is_never_a_facility_programs(place: str | None) -> None:
    found = estimate(coverage(*rows()), place=place)

    assert found.expected == Decimal("780.00")


def test_at_the_office_the_office_copay_holds() -> None:
    found = estimate(coverage(*rows()), place="11")

    assert found.expected == Decimal("480.00")
