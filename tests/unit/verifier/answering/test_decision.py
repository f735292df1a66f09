from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.store.support import ACTIVE, FAULT, INACTIVE, PROGRAM, REJECTED, build_benefit, inquire
from verifier.answering.decision import Case, decide
from verifier.answering.relevance import select_relevant
from verifier.estimation.estimator import estimate_coverage
from verifier.model.coverage import AnsweredBy, CarveOut, Coverage, OtherCoverage, Plan, Rejection, Source
from verifier.model.estimate import Estimate, Terms
from verifier.model.findings import Remark, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.published import Phase, Published, Variant
from verifier.model.verification import Decision, Freshness, Origin
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageStatus,
    Network,
    Period,
    RejectionClass,
    Retry,
)

LIVE = Freshness(Origin.LIVE)
SOURCE = Source(7, "X")
ZERO, SOME = Decimal(0), Decimal("30.00")
CLEAN = replace(
    ACTIVE.coverage,
    benefits=(
        build_benefit(BenefitKind.ACTIVE, code="1", authorization=Authorization.NOT_REQUIRED),
        build_benefit(BenefitKind.COPAY, code="B", amount=SOME, period=Period.VISIT),
        build_benefit(BenefitKind.DEDUCTIBLE, code="C", amount=ZERO, period=Period.CALENDAR_YEAR),
        build_benefit(BenefitKind.DEDUCTIBLE, code="C", amount=ZERO, period=Period.REMAINING),
        build_benefit(BenefitKind.OUT_OF_POCKET, code="G", amount=Decimal(4000), period=Period.REMAINING),
    ),
    plan=Plan(begins=date(2026, 1, 1)),
)
IN = inquire()


def rule(
    coverage: Coverage, inquiry: Inquiry = IN, freshness: Freshness = LIVE, **changes: object
) -> Decision:
    coverage = replace(coverage, **changes)
    return decide(
        Case(select_relevant(inquiry, coverage), freshness, date(2026, 11, 24), price(coverage, inquiry))
    )


def price(coverage: Coverage, inquiry: Inquiry) -> Estimate | None:
    if coverage.status is not CoverageStatus.ACTIVE:
        return None
    return estimate_coverage(coverage, inquiry.program, network=inquiry.network)


def refuse(meaning: str, advice: str) -> Rejection:
    return Rejection("72", meaning, "C", "2100C", RejectionClass.MEMBER, Retry.WITH_CHANGES, advice, SOURCE)


def test_a_clean_answer_is_a_go() -> None:
    assert rule(CLEAN) == Decision(Verdict.GO, ("The payer says that coverage is active.",))


@pytest.mark.parametrize(
    ("coverage", "verdict", "reasons"),
    [
        (
            FAULT.coverage,
            Verdict.CAUTION,
            (
                "The payer could not answer, so nobody knows yet whether the patient is covered.",
                "Ask again later, or call the payer.",
            ),
        ),
        (
            replace(
                REJECTED.coverage, rejections=(refuse("Invalid Subscriber ID", "Check the id on the card."),)
            ),
            Verdict.CAUTION,
            (
                "The payer refused the question; this says nothing about coverage.",
                "Invalid Subscriber ID. Check the id on the card.",
            ),
        ),
        (
            INACTIVE.coverage,
            Verdict.STOP,
            (
                "The payer says that coverage is not active.",
                "Call the payer to confirm, and ask the patient about other coverage.",
            ),
        ),
    ],
)
def test_what_is_not_active_is_told_apart(
    coverage: Coverage, verdict: Verdict, reasons: tuple[str, ...]
) -> None:
    assert rule(coverage) == Decision(verdict, reasons)


@pytest.mark.parametrize(
    ("changes", "inquiry", "verdict", "reason"),
    [
        (
            {
                "benefits": (
                    build_benefit(BenefitKind.ACTIVE, services=("30",)),
                    build_benefit(BenefitKind.NOT_COVERED),
                )
            },
            IN,
            Verdict.STOP,
            "The payer lists this program as not covered; call to confirm before saying no.",
        ),
        (
            {
                "benefits": (
                    *CLEAN.benefits,
                    build_benefit(BenefitKind.ACTIVE, authorization=Authorization.REQUIRED),
                )
            },
            IN,
            Verdict.CAUTION,
            "The payer requires authorization; get it before the first session.",
        ),
        (
            {
                "benefits": (
                    CLEAN.benefits[0]._replace(authorization=Authorization.UNKNOWN),
                    *CLEAN.benefits[1:],
                )
            },
            IN,
            Verdict.CAUTION,
            "The payer did not say whether it requires authorization; ask it first.",
        ),
        (
            {"carve_outs": (CarveOut("Simulated Behavioral", None, ("MH",), (), SOURCE),)},
            IN,
            Verdict.CAUTION,
            "Behavioral health is administered by Simulated Behavioral; ask there.",
        ),
        (
            {"carve_outs": (CarveOut(None, None, ("MH",), (), SOURCE),)},
            IN,
            Verdict.CAUTION,
            "Behavioral health is administered by somebody else; ask there.",
        ),
        (
            {
                "other_coverage": (
                    OtherCoverage("Other Plan", None, "S", None, None, None, None, None, SOURCE),
                )
            },
            IN,
            Verdict.CAUTION,
            "The reply mentions Other Plan; settle which plan pays first.",
        ),
        (
            {"plan": Plan(ends=date(2026, 12, 31))},
            IN,
            Verdict.CAUTION,
            "The plan ends on 2026-12-31, before the last session; ask about the coverage after it.",
        ),
        (
            {"plan": Plan(ends=date(2026, 12, 1))},
            IN,
            Verdict.CAUTION,
            "The plan ends on 2026-12-01, before the first session; ask about the coverage after it.",
        ),
        (
            {"plan": Plan(begins=date(2027, 1, 1))},
            IN,
            Verdict.CAUTION,
            "The plan begins on 2027-01-01, after the first session.",
        ),
        (
            {"plan": Plan(premium_paid_to=date(2026, 12, 31))},
            IN,
            Verdict.CAUTION,
            "Premiums are paid to 2026-12-31 only; coverage may be taken back.",
        ),
        (
            {"answered": ("30",)},
            IN,
            Verdict.CAUTION,
            "The payer answered for the plan as a whole, not for the services asked about.",
        ),
        (
            {},
            inquire(network=Network.OUT),
            Verdict.CAUTION,
            "The facility is out of network; the patient may owe more than the plan allows.",
        ),
        (
            {},
            inquire(network=Network.UNKNOWN),
            Verdict.CAUTION,
            "Whether the facility is in network is not known.",
        ),
        (
            {"benefits": (build_benefit(BenefitKind.ACTIVE, services=("30",)),)},
            inquire(program=replace(PROGRAM, allowed_amount=None)),
            Verdict.CAUTION,
            "The cost estimate is uncertain; give the range, not one figure.",
        ),
        (
            {
                "benefits": (
                    *CLEAN.benefits,
                    build_benefit(
                        BenefitKind.LIMITATION,
                        quantity=Decimal(5),
                        quantity_qualifier="visits",
                        period=Period.REMAINING,
                    ),
                )
            },
            IN,
            Verdict.CAUTION,
            "Covered visits run out on 2026-12-16.",
        ),
    ],
)
def test_each_doubt_has_its_reason(
    changes: dict[str, Any], inquiry: Inquiry, verdict: Verdict, reason: str
) -> None:
    decision = rule(CLEAN, inquiry, **changes)

    assert decision.verdict is verdict
    assert reason in decision.reasons
    assert decision.reasons[-1] == "The payer says that coverage is active."


def test_an_administrator_that_answered_is_no_doubt() -> None:
    decision = rule(
        CLEAN,
        carve_outs=(CarveOut("Simulated Behavioral", None, ("MH",), (), SOURCE),),
        answered_by=(
            AnsweredBy("Simulated Payer", "caqh_core"),
            AnsweredBy("Simulated Behavioral", "caqh_core"),
        ),
    )

    assert not [reason for reason in decision.reasons if "administered" in reason]


def test_an_old_answer_says_its_day_and_why() -> None:
    stale = Freshness(Origin.STALE, 3600, "the payer did not answer in time")

    assert rule(CLEAN, freshness=stale) == Decision(
        Verdict.CAUTION,
        (
            "This is the payer's answer of 2026-11-24: now the payer did not answer in time.",
            "The payer says that coverage is active.",
        ),
    )


def test_a_row_of_the_other_network_decides_nothing() -> None:
    refused = build_benefit(BenefitKind.NOT_COVERED, network=Network.OUT)

    assert rule(CLEAN, benefits=(*CLEAN.benefits, refused)).verdict is Verdict.GO


@pytest.mark.parametrize("coverage", [FAULT.coverage, REJECTED.coverage])
def test_a_fault_or_refusal_never_speaks_of_missing_coverage(coverage: Coverage) -> None:
    decision = rule(coverage)

    assert decision.verdict is Verdict.CAUTION
    assert not [reason for reason in decision.reasons if "not active" in reason or "not covered" in reason]


def test_a_missing_estimate_is_said() -> None:
    case = Case(select_relevant(IN, CLEAN), LIVE, date(2026, 11, 24), None)

    assert "The cost could not be estimated." in decide(case).reasons


REFERRED = Remark("VA_REFERRAL", "The VA referred the patient.", Verdict.GO)
SHORT = Remark("VA_REFERRAL", "The referral ends a day too early.", Verdict.STOP)
SILENT = Remark("VA_REFERRAL", "Nobody gave a referral number.")
ASK = Remark("AUTHORIZATION", "Confirm the authorization.", Verdict.CAUTION)
TOLD = Remark("GROUP", "The sponsor enlisted before 2018.")
ACTIVE_REASON = "The payer says that coverage is active."
NO_ANSWER = FAULT.coverage, "The payer could not answer, so nobody knows yet whether the patient is covered."


@pytest.mark.parametrize(
    ("coverage", "published", "verdict", "reasons"),
    [
        (CLEAN, Published("tricare", remarks=(TOLD,)), Verdict.GO, [ACTIVE_REASON]),
        (CLEAN, Published("tricare", remarks=(TOLD, ASK)), Verdict.CAUTION, [ASK.text, ACTIVE_REASON]),
        (
            FAULT.coverage,
            Published("tricare", remarks=(ASK,)),
            Verdict.CAUTION,
            [ASK.text, NO_ANSWER[1], "Ask again later, or call the payer."],
        ),
        (FAULT.coverage, Published("va", proof=REFERRED), Verdict.GO, [REFERRED.text]),
        (REJECTED.coverage, Published("va", proof=REFERRED), Verdict.GO, [REFERRED.text]),
        (CLEAN, Published("va", proof=REFERRED), Verdict.GO, [REFERRED.text]),
        (FAULT.coverage, Published("va", proof=SHORT), Verdict.STOP, [SHORT.text]),
        (FAULT.coverage, Published("va", proof=SILENT), Verdict.CAUTION, [SILENT.text]),
        (
            FAULT.coverage,
            Published("va", (), proof=REFERRED, remarks=(ASK,)),
            Verdict.CAUTION,
            [ASK.text, REFERRED.text],
        ),
        (
            INACTIVE.coverage,
            Published("va", proof=REFERRED),
            Verdict.STOP,
            [
                "The payer says that coverage is not active.",
                "Call the payer to confirm, and ask the patient about other coverage.",
                REFERRED.text,
            ],
        ),
    ],
)
def test_published_rules_weigh_in_and_a_proof_stands_for_the_reply(
    coverage: Coverage, published: Published, verdict: Verdict, reasons: list[str]
) -> None:
    estimate = price(CLEAN, IN)
    case = Case(select_relevant(IN, coverage), LIVE, date(2026, 11, 24), estimate, published)

    assert decide(case) == Decision(verdict, tuple(reasons))


def test_a_program_whose_rules_give_the_price_needs_no_answer_for_its_services() -> None:
    whole = replace(CLEAN, asked=("30", "MH"), answered=("30",))
    priced = Published("tricare", (Variant("Select", (Phase(date(2026, 1, 1), Terms("in")),)),))
    said = [
        decide(Case(select_relevant(IN, whole), LIVE, date(2026, 11, 24), price(CLEAN, IN), rules)).reasons
        for rules in (None, priced)
    ]

    doubt = "The payer answered for the plan as a whole, not for the services asked about."
    assert [doubt in reasons for reasons in said] == [True, False]
