from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.store.support import ACTIVE, FAULT, INACTIVE, PROGRAM, REJECTED, build_benefit, inquire
from verifier.answering.relevance import select_relevant
from verifier.answering.unknowns import list_unknowns
from verifier.model.coverage import Benefit, CarveOut, Coverage, Delivery, OtherCoverage, Source
from verifier.model.estimate import Accumulator, AccumulatorPair, Terms
from verifier.model.findings import Remark, Unknown, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.published import Phase, Published, Variant
from verifier.model.verification import Answer
from verifier.model.vocabulary import Authorization, BenefitKind, Network, Period

SOURCE = Source(7, "X")
IN = inquire()
COVERED = build_benefit(BenefitKind.ACTIVE, authorization=Authorization.NOT_REQUIRED)
COPAY = build_benefit(BenefitKind.COPAY, amount=Decimal(30), period=Period.VISIT)
VISITS = build_benefit(BenefitKind.LIMITATION, quantity=Decimal(12), period=Period.REMAINING)
DEDUCTIBLE = build_benefit(
    BenefitKind.DEDUCTIBLE, services=("30",), amount=Decimal(250), period=Period.REMAINING
)
MAXIMUM = build_benefit(
    BenefitKind.OUT_OF_POCKET, services=("30",), amount=Decimal(900), period=Period.REMAINING
)
EVERYTHING = (COVERED, COPAY, VISITS, DEDUCTIBLE, MAXIMUM)
NOTHING = [
    "covered",
    "administrator",
    "authorization",
    "cost_share",
    "visit_limit",
    "deductible_remaining",
    "out_of_pocket_remaining",
]


def list_codes(*benefits: Benefit, inquiry: Inquiry = IN, **changes: object) -> list[str]:
    coverage = replace(ACTIVE.coverage, benefits=benefits, **changes)
    return [unknown.code for unknown in list_unknowns(select_relevant(inquiry, coverage))]


def test_a_payer_that_answers_everything_leaves_nothing_to_ask() -> None:
    assert list_codes(*EVERYTHING) == []


def test_a_payer_that_says_active_only_leaves_everything_to_ask() -> None:
    whole_plan = build_benefit(BenefitKind.ACTIVE, services=("30",))

    assert list_codes(whole_plan) == NOTHING
    assert list_codes(whole_plan, inquiry=inquire(network=Network.UNKNOWN)) == [
        *NOTHING[:2],
        "network",
        *NOTHING[2:],
    ]


@pytest.mark.parametrize(
    ("benefits", "changes", "codes"),
    [
        ([COPAY, VISITS, DEDUCTIBLE, MAXIMUM], {}, ["authorization"]),
        ([COVERED, VISITS, DEDUCTIBLE, MAXIMUM], {}, ["cost_share"]),
        ([COVERED, COPAY, DEDUCTIBLE, MAXIMUM], {}, ["visit_limit"]),
        ([COVERED, COPAY, VISITS, MAXIMUM], {}, ["deductible_remaining"]),
        ([COVERED, COPAY, VISITS, DEDUCTIBLE], {}, ["out_of_pocket_remaining"]),
        (
            [COVERED._replace(authorization=Authorization.REQUIRED), *EVERYTHING[1:]],
            {},
            ["authorization_way"],
        ),
        ([COVERED, COPAY._replace(period=None), *EVERYTHING[2:]], {}, ["copay_period"]),
        ([COVERED, COPAY._replace(period=None, amount=Decimal(0)), *EVERYTHING[2:]], {}, []),
        (
            [COVERED, COPAY, VISITS._replace(period=Period.CALENDAR_YEAR), DEDUCTIBLE, MAXIMUM],
            {},
            ["visits_left"],
        ),
        (
            [
                COVERED,
                COPAY,
                VISITS._replace(quantity=None, period=None, messages=("LIMITS APPLY",)),
                *EVERYTHING[3:],
            ],
            {},
            [],
        ),
        (
            [
                COVERED,
                COPAY,
                VISITS._replace(
                    period=None,
                    delivery=(Delivery(Decimal(9), "visits", None, Period.REMAINING, None, "HSD"),),
                ),
                *EVERYTHING[3:],
            ],
            {},
            [],
        ),
        ([COVERED, COPAY, build_benefit(BenefitKind.UNLIMITED), DEDUCTIBLE, MAXIMUM], {}, []),
        (
            [*EVERYTHING[:3], DEDUCTIBLE._replace(amount=Decimal(0), period=Period.CALENDAR_YEAR), MAXIMUM],
            {},
            [],
        ),
        (
            [*EVERYTHING[:3], DEDUCTIBLE._replace(period=Period.CALENDAR_YEAR), MAXIMUM],
            {},
            ["deductible_remaining"],
        ),
        (EVERYTHING, {"carve_outs": (CarveOut(None, None, ("MH",), (), SOURCE),)}, ["administrator"]),
        (EVERYTHING, {"carve_outs": (CarveOut("Simulated Behavioral", None, ("MH",), (), SOURCE),)}, []),
        (
            EVERYTHING,
            {"other_coverage": (OtherCoverage(None, None, None, None, None, None, None, None, SOURCE),)},
            ["payment_order"],
        ),
        ([each._replace(procedure="H0015", services=()) for each in EVERYTHING], {}, []),
        ([each._replace(procedure="99213", services=()) for each in EVERYTHING], {}, NOTHING),
        ([each._replace(services=("88",)) for each in EVERYTHING], {}, NOTHING),
        ([each._replace(network=Network.OUT) for each in EVERYTHING], {}, NOTHING),
        ([each._replace(network=Network.UNKNOWN) for each in EVERYTHING], {}, []),
    ],
)
def test_what_is_open_is_asked_and_nothing_else(
    benefits: list[Benefit], changes: dict[str, Any], codes: list[str]
) -> None:
    assert list_codes(*benefits, **changes) == codes


@pytest.mark.parametrize("coverage", [FAULT.coverage, REJECTED.coverage])
def test_a_question_that_was_not_answered_is_asked_whole(coverage: Coverage) -> None:
    unknowns = list_unknowns(select_relevant(IN, coverage))

    assert [unknown.code for unknown in unknowns] == ["coverage", *NOTHING]
    assert unknowns[0] == Unknown("coverage", "Is the patient covered on 2026-12-07?")


def test_inactive_coverage_is_to_be_confirmed() -> None:
    assert [unknown.code for unknown in list_unknowns(select_relevant(IN, INACTIVE.coverage))] == ["coverage"]


def test_questions_name_the_program_and_nobody() -> None:
    unknowns = list_unknowns(select_relevant(IN, FAULT.coverage))
    words = " ".join(unknown.question for unknown in unknowns)

    assert "Addiction intensive outpatient program (H0015)" in words
    assert not [secret for secret in ("W199003344", "Testcase", "1988") if secret in words]


def test_a_code_outside_the_catalogue_is_named_as_given() -> None:
    strange = inquire(program=replace(PROGRAM, code="X9999"))

    assert "Is procedure X9999 a covered benefit of this plan?" in [
        unknown.question for unknown in list_unknowns(select_relevant(strange, FAULT.coverage))
    ]


QUESTION = Unknown("tricare_group", "When did the sponsor first enlist?")
OWN = Unknown("authorization", "Does the contractor authorize an IOP?")


def rules(**changes: Any) -> Published:  # noqa: ANN401
    return Published("tricare", **{"questions": (QUESTION, OWN), **changes})


def priced(terms: Terms | None) -> tuple[Variant, ...]:
    return (Variant("Select", (Phase(date(2026, 1, 1), terms),)),)


FREE = Terms("in")
LIMITED = Terms("in", deductible=AccumulatorPair(Accumulator(Decimal(198), Decimal(198))))
PROOF = Remark("VA_REFERRAL", "The VA referred the patient.", Verdict.GO)


@pytest.mark.parametrize(
    ("answer", "published", "codes"),
    [
        (
            ACTIVE,
            rules(),
            ["tricare_group", "authorization", *[code for code in NOTHING if code != "authorization"]],
        ),
        (ACTIVE, rules(variants=priced(FREE)), ["tricare_group", "authorization"]),
        (ACTIVE, rules(variants=priced(None)), ["tricare_group", "authorization"]),
        (ACTIVE, rules(variants=priced(LIMITED)), ["tricare_group", "authorization", "deductible_remaining"]),
        (ACTIVE, rules(questions=(), variants=priced(LIMITED)), ["authorization", "deductible_remaining"]),
        (FAULT, rules(variants=priced(FREE)), ["tricare_group", "authorization", "coverage"]),
        (INACTIVE, rules(variants=priced(FREE)), ["tricare_group", "authorization", "coverage"]),
        (FAULT, rules(proof=PROOF), ["tricare_group", "authorization"]),
        (REJECTED, rules(proof=PROOF, questions=()), []),
    ],
)
def test_rules_ask_first_and_what_they_answer_is_not_asked_of_the_payer(
    answer: Answer, published: Published, codes: list[str]
) -> None:
    whole_plan = build_benefit(BenefitKind.ACTIVE, services=("30",))
    coverage = replace(answer.coverage, benefits=(whole_plan,))
    found = list_unknowns(select_relevant(IN, coverage), published)

    assert [unknown.code for unknown in found] == codes
    assert found[: len(published.questions)] == published.questions
