"""What holds for any reply, however odd: the range encloses what is expected, limits can be given back."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.estimation.estimator import estimate_coverage, estimate_terms
from verifier.model.coverage import Benefit, Coverage, DateSpan, Delivery, Plan
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period
from verifier.testing.builders import benefit, coverage, program

SERVICES = ["CJ", "CH", "AI", "MH", "A6", "A8", "BB", "30", "60", "98", "CI", "33", "ZZ"]
MESSAGES = [
    "AFTER DEDUCTIBLE",
    "DEDUCTIBLE WAIVED FOR FIRST 2 VISITS",
    "COPAY WITH DEDUCTIBLE",
    "OFFICE VISIT",
    "PLAN PAYS 80%",
    "INTENSIVE OUTPATIENT",
    "Provider is out of network",
    "COPAY NOT INCLUDED IN OUT OF POCKET",
    "CLIENT SPECIFIC NETWORK",
    "AGGREGATE",
    "\x00 ünïcode " * 300,
]
counts = st.none() | st.integers(0, 5000).map(Decimal)
days = st.none() | st.dates(date(2025, 1, 1), date(2027, 12, 31))
rows = st.builds(
    benefit,
    kind=st.sampled_from(BenefitKind),
    services=st.lists(st.sampled_from(SERVICES), max_size=3).map(tuple),
    procedure=st.sampled_from([None, None, None, "H0015", "90853"]),
    level=st.none() | st.sampled_from(CoverageLevel),
    network=st.sampled_from(Network),
    period=st.none() | st.sampled_from(Period),
    amount=counts,
    rate=st.none() | st.integers(0, 100).map(lambda percent: Decimal(percent) / 100),
    quantity=counts,
    quantity_qualifier=st.sampled_from([None, "visits", "days", "used", "hours"]),
    unlimited=st.booleans(),
    places_of_service=st.lists(st.sampled_from(["11", "22", "57", "02", "??"]), max_size=2).map(tuple),
    messages=st.lists(st.sampled_from(MESSAGES), max_size=2).map(tuple),
    delivery=st.lists(
        st.builds(
            Delivery,
            counts,
            st.just("visits"),
            st.sampled_from([None, "week"]),
            st.none(),
            st.none(),
            st.just(""),
        ),
        max_size=1,
    ).map(tuple),
    dates=st.lists(
        st.builds(
            DateSpan, st.sampled_from(["plan", "plan_begin", "benefit_end", "x"]), days, days, st.just("")
        ),
        max_size=1,
    ).map(tuple),
)
replies = st.builds(
    lambda benefits, begins: coverage(*benefits, plan=Plan(begins=begins)), st.lists(rows, max_size=14), days
)
prices = st.none() | st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)


@settings(deadline=None, max_examples=200)
@given(replies, st.sampled_from(Network), prices, prices, st.sampled_from(["57", "11", "02", None]))
def test_the_range_encloses_what_is_expected(
    reply: Coverage, network: Network, allowed: Decimal | None, billed: Decimal | None, place: str | None
) -> None:
    planned = program(
        start_date=date(2026, 12, 7), allowed_amount=allowed, billed_amount=billed, place_of_service=place
    )

    found = estimate_coverage(reply, planned, network=network)

    assert 0 <= found.low <= found.expected <= found.high
    assert 0 <= found.confidence.score <= 100
    assert found.terms is not None
    assert found.expected == estimate_terms(found.terms, planned).expected
    segments = {row.source.segment for row in reply.benefits}
    assert {step.source.segment for step in found.steps if step.source} <= segments
    assert found == estimate_coverage(reply, planned, network=network)


@settings(deadline=None, max_examples=100)
@given(replies)
def test_limits_read_from_a_reply_can_be_given_back(reply: Coverage) -> None:
    found = estimate_coverage(reply, program(start_date=date(2026, 12, 7)), network=Network.IN)

    assert found.terms is not None
    limits = [found.terms.deductible, found.terms.out_of_pocket]
    limits += [limit for reset in found.terms.resets for limit in (reset.deductible, reset.out_of_pocket)]
    for side in (side for limit in limits for side in (limit.individual, limit.family)):
        assert side.total is None or (side.remaining is not None and side.remaining <= side.total)


def many() -> list[Benefit]:
    free = benefit(kind=BenefitKind.DEDUCTIBLE, services=("CJ",), amount=Decimal(0))
    return [free] + [
        benefit(services=("CJ",), period=Period.VISIT, amount=Decimal(dollars), messages=("x" * 300,) * 10)
        for dollars in range(1, 2001)
    ]


def test_of_thousands_of_rows_alike_the_cheapest_and_the_dearest_are_enough() -> None:
    found = estimate_coverage(coverage(*many()), program(), network=Network.IN)

    assert (found.low, found.expected, found.high) == (Decimal(24), Decimal(7800), Decimal(7800))
