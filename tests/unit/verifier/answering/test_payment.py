"""Several plans for one patient, to the cent: whose turn it is, and what is owed after the plans before."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.store.support import PROGRAM, inquire
from verifier.answering.payment import Payment, arrange
from verifier.estimation.estimator import estimate_terms
from verifier.model.estimate import Accumulator, AccumulatorPair, Copay, Estimate, Terms
from verifier.model.findings import Verdict
from verifier.model.inquiry import Patient, Relationship
from verifier.model.military import VaFacts
from verifier.model.payment import Cover, Method, OtherPlan, PlanKind

# Twelve sessions at $325.00.
COPAY = Terms("in", copay=Copay(Decimal(39)))  # leaves 39.00 a session
SHARE = Terms("in", coinsurance=Decimal("0.20"))  # pays 260.00 and leaves 65.00
DEDUCTIBLE = Terms(
    "in",
    coinsurance=Decimal("0.20"),
    deductible=AccumulatorPair(Accumulator(Decimal(650), Decimal(650))),
)  # pays nothing of two sessions, then 260.00
NOT_COVERED = Terms("in", covered=False)


def under(terms: Terms) -> Estimate:
    return estimate_terms(terms, PROGRAM)


def price(plan: OtherPlan) -> Estimate | None:
    return under(plan.terms) if plan.terms else None


def plan(kind: PlanKind, terms: Terms | None = None, payer: str | None = None, **facts: object) -> OtherPlan:
    return OtherPlan(Cover(kind, **facts), payer, terms=terms)


def settle(kind: PlanKind, *others: OtherPlan, own: Estimate | None = None, **changes: object) -> Payment:
    return arrange(inquire(other_coverage=others, **changes), kind, own or under(COPAY), price)


def totals(payment: Payment) -> tuple[str, str, str] | None:
    after = payment.after_primary
    return after and tuple(f"{each:.2f}" for each in (after.low, after.expected, after.high))


MEDICARE = plan(PlanKind.MEDICARE, SHARE, "medicare")
EMPLOYER = plan(PlanKind.COMMERCIAL, SHARE, "aetna", as_dependent=False)
SPOUSE = Cover(as_dependent=True)


@pytest.mark.parametrize(
    ("kind", "others", "changes", "expected"),
    [
        # TRICARE after Medicare: 65.00 is left of a session, TRICARE alone would pay 286.00
        (PlanKind.TRICARE, [MEDICARE], {}, ("0.00", "0.00", "0.00")),
        # Medicare that does not cover the program leaves all of it: TRICARE pays as if alone
        (PlanKind.TRICARE, [plan(PlanKind.MEDICARE, NOT_COVERED)], {}, ("468.00",) * 3),
        # its deductible leaves 325.00 of two sessions, of which TRICARE pays 286.00
        (PlanKind.TRICARE, [plan(PlanKind.MEDICARE, DEDUCTIBLE)], {}, ("78.00",) * 3),
        # Medicaid pays up to its own rate, and the patient owes nothing
        (PlanKind.MEDICAID, [EMPLOYER], {}, ("0.00",) * 3),
        # two commercial plans, method unknown: from nothing to non-duplication (39.00 a session)
        (PlanKind.COMMERCIAL, [EMPLOYER], {"own_coverage": SPOUSE}, ("0.00", "468.00", "468.00")),
        # the same with the method known
        (
            PlanKind.COMMERCIAL,
            [EMPLOYER],
            {"own_coverage": replace(SPOUSE, method=Method.STANDARD)},
            ("0.00",) * 3,
        ),
        (
            PlanKind.COMMERCIAL,
            [EMPLOYER],
            {"own_coverage": replace(SPOUSE, method=Method.NON_DUPLICATION)},
            ("468.00",) * 3,
        ),
        # maintenance of benefits: its copay of 39.00 is owed of the 65.00 that are left
        (
            PlanKind.COMMERCIAL,
            [EMPLOYER],
            {"own_coverage": replace(SPOUSE, method=Method.MAINTENANCE)},
            ("468.00",) * 3,
        ),
        # three plans: the employer's leaves 65.00, TRICARE pays it, Medicaid has nothing to do
        (PlanKind.MEDICAID, [plan(PlanKind.TRICARE, COPAY), EMPLOYER], {}, ("0.00",) * 3),
        # a primary whose payment is not known: from nothing to what this plan alone would leave
        (PlanKind.TRICARE, [plan(PlanKind.MEDICARE)], {}, ("0.00", "468.00", "468.00")),
        # one of two before it not known
        (PlanKind.MEDICAID, [plan(PlanKind.TRICARE), EMPLOYER], {}, ("0.00", "468.00", "468.00")),
        # two before it whose own order is not settled
        (
            PlanKind.MEDICAID,
            [plan(PlanKind.COMMERCIAL, SHARE, "aetna"), plan(PlanKind.COMMERCIAL, SHARE, "cigna")],
            {},
            ("0.00", "468.00", "468.00"),
        ),
        # an order that is not settled
        (PlanKind.COMMERCIAL, [MEDICARE], {}, ("0.00", "468.00", "468.00")),
        # this plan pays first, or never
        (PlanKind.MEDICARE, [plan(PlanKind.TRICARE, COPAY)], {}, None),
        (PlanKind.COMMERCIAL, [plan(PlanKind.VA, is_authorized=True)], {}, None),
        (PlanKind.CHAMPVA, [plan(PlanKind.TRICARE, COPAY)], {}, None),
    ],
)
def test_what_is_owed_after_the_plans_that_pay_before(
    kind: PlanKind,
    others: list[OtherPlan],
    changes: dict[str, object],
    expected: tuple[str, str, str] | None,
) -> None:
    assert totals(settle(kind, *others, **changes)) == expected


def test_a_range_of_this_plan_or_of_the_one_before_widens_what_is_owed_and_no_more() -> None:
    own = replace(under(COPAY), low=Decimal(400), high=Decimal(600))
    before = replace(under(SHARE), low=Decimal(700), high=Decimal(800))
    inquiry = inquire(own_coverage=replace(SPOUSE, method=Method.NON_DUPLICATION), other_coverage=(EMPLOYER,))

    found = arrange(inquiry, PlanKind.COMMERCIAL, own, lambda _: before)

    # 468.00 expected; 132.00 and 20.00 more, or 68.00 and 80.00 less, may be owed
    assert totals(found) == ("320.00", "468.00", "620.00")


def test_never_more_is_owed_than_the_first_plan_left() -> None:
    own = replace(under(COPAY), high=Decimal(3900))

    assert totals(settle(PlanKind.TRICARE, EMPLOYER, own=own)) == ("0.00", "0.00", "780.00")


@pytest.mark.parametrize("missing", [None, replace(under(COPAY), incomplete=True)])
def test_an_estimate_that_leaves_something_out_settles_nothing(missing: Estimate | None) -> None:
    inquiry = inquire(other_coverage=(MEDICARE,))
    found = arrange(inquiry, PlanKind.TRICARE, missing, price).after_primary

    assert found is None if missing is None else not found.is_primary_known


BEFORE_TRICARE = "Medicare pays before TRICARE (TRICARE Operations Manual, chapter 20, section 3)."
NO_SOURCE = "No source confirms this rule: ask both payers."
OPEN = "Who pays first is not settled."
IF_AUTHORIZED = "VA pays only care that it authorized (38 USC 1703(a)(3)); ask whether there is a referral."


@pytest.mark.parametrize(
    ("kind", "others", "changes", "question", "verdict", "text"),
    [
        (
            PlanKind.TRICARE,
            [MEDICARE],
            {},
            None,
            Verdict.CAUTION,
            f"Bill Medicare first. {BEFORE_TRICARE}",
        ),
        (
            PlanKind.TRICARE,
            [plan(PlanKind.COMMERCIAL)],
            {},
            "primary_payment",
            Verdict.CAUTION,
            f"Bill the other plan first. TRICARE pays after other health insurance. {NO_SOURCE}",
        ),
        (
            PlanKind.COMMERCIAL,
            [plan(PlanKind.COMMERCIAL)],
            {},
            "payment_order",
            Verdict.CAUTION,
            f"{OPEN} Too little is known of both plans; ask the patient. {NO_SOURCE}",
        ),
        (
            PlanKind.MEDICAID,
            [plan(PlanKind.COMMERCIAL, SHARE, "aetna"), plan(PlanKind.COMMERCIAL, SHARE, "cigna")],
            {},
            "primary_payment",
            Verdict.CAUTION,
            f"Bill aetna and cigna first. Medicaid pays after every other plan. {NO_SOURCE}",
        ),
        (
            PlanKind.MEDICAID,
            [plan(PlanKind.TRICARE, COPAY), EMPLOYER],
            {},
            None,
            Verdict.CAUTION,
            f"Bill aetna, then TRICARE first. Medicaid pays after every other plan. {NO_SOURCE}",
        ),
        (
            PlanKind.CHAMPVA,
            [plan(PlanKind.TRICARE)],
            {},
            None,
            Verdict.CAUTION,
            "This plan is not billed. Who is eligible for TRICARE has no CHAMPVA (38 USC 1781(a)).",
        ),
        (
            PlanKind.VA,
            [EMPLOYER],
            {"va": VaFacts(referral_number="VA0012345678")},
            None,
            None,
            "This plan pays first. No other plan is billed.",
        ),
        (
            PlanKind.VA,
            [EMPLOYER],
            {"va": VaFacts()},
            "payment_order",
            Verdict.CAUTION,
            f"{OPEN} {IF_AUTHORIZED}",
        ),
    ],
)
def test_the_order_is_put_into_words_with_its_reason_and_what_to_ask(  # noqa: PLR0913, PLR0917 - a table
    kind: PlanKind,
    others: list[OtherPlan],
    changes: dict[str, object],
    question: str | None,
    verdict: Verdict | None,
    text: str,
) -> None:
    found = settle(kind, *others, **changes)

    assert [unknown.code for unknown in found.questions] == ([question] if question else [])
    assert [(remark.verdict, remark.text) for remark in found.remarks] == [(verdict, text)]


def test_the_plan_of_a_dependent_pays_after_the_patients_own_without_being_told() -> None:
    child = Patient(Relationship.CHILD, "Ben", "Testcase")
    found = settle(PlanKind.COMMERCIAL, EMPLOYER, patient=child)

    assert [(turn.position, turn.payer, turn.rule, turn.is_confirmed) for turn in found.order] == [
        (1, "aetna", "dependent", True),
        (2, "sim-commercial", "dependent", True),
    ]


def test_plans_never_billed_come_last_in_the_order_and_undecided_ones_before_them() -> None:
    va = plan(PlanKind.VA, is_authorized=False)
    found = settle(PlanKind.COMMERCIAL, va, MEDICARE)

    assert [(turn.kind, turn.position, turn.is_billed) for turn in found.order] == [
        (PlanKind.COMMERCIAL, None, True),
        (PlanKind.MEDICARE, None, True),
        (PlanKind.VA, None, False),
    ]


def test_a_patient_with_one_plan_has_no_order() -> None:
    assert arrange(inquire(), PlanKind.COMMERCIAL, under(COPAY), price) == Payment()
