from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from payers.kit.joining import join_actual_payer, join_administrator
from verifier.model.coverage import (
    ActualPayer,
    AnsweredBy,
    Benefit,
    CarveOut,
    Coverage,
    OtherCoverage,
    PayerName,
    Source,
)
from verifier.model.vocabulary import BenefitKind, CoverageLevel, CoverageStatus, Network, Period
from verifier.testing.builders import benefit

ACTIVE = CoverageStatus.ACTIVE
CARVED_OUT = CarveOut("BEHAVIORAL", "B1", ("MH", "CJ"), (), Source(5, "EB*U**MH^CJ"))
PHARMACY = CarveOut("PHARMACY", None, ("88",), (), Source(6, "EB*U**88"))


def tell(who: str, *rows: Benefit, **more: Any) -> Coverage:  # noqa: ANN401 - any field of a coverage
    sourced = tuple(
        row._replace(source=Source(place, f"{who} {row.kind}")) for place, row in enumerate(rows, 1)
    )
    answered_by = (AnsweredBy(who, "wire"),)
    return Coverage(ACTIVE, payer=PayerName(who), answered_by=answered_by, benefits=sourced, **more)


def deductible(amount: str, **more: Any) -> Benefit:  # noqa: ANN401 - any field of a benefit
    return benefit(kind=BenefitKind.DEDUCTIBLE, period=Period.REMAINING, amount=Decimal(amount), **more)


COPAY = benefit(services=("MH",), amount=Decimal(40))
SHARE = benefit(kind=BenefitKind.COINSURANCE, services=("CJ", "CH"), rate=Decimal("0.15"))
REFUSED = benefit(kind=BenefitKind.NOT_COVERED, services=("MH",))
MAXIMUM = benefit(kind=BenefitKind.OUT_OF_POCKET, amount=Decimal(5000))
OFFICE = benefit(services=("98",), amount=Decimal(25))
MINE, THEIRS = "MEDICAL", "BEHAVIORAL"

CASES = {
    "its cost shares replace the medical payer's": (
        [COPAY, OFFICE],
        [SHARE],
        [(MINE, OFFICE), (THEIRS, SHARE)],
        [(MINE, COPAY)],
    ),
    "where it tells none the medical payer's stay": (
        [COPAY],
        [MAXIMUM],
        [(MINE, COPAY), (THEIRS, MAXIMUM)],
        [],
    ),
    "that the medical payer does not cover it is no refusal any more": (
        [REFUSED],
        [],
        [],
        [(MINE, REFUSED)],
    ),
    "the plan's deductible is the medical payer's": (
        [deductible("900")],
        [deductible("900"), SHARE],
        [(MINE, deductible("900")), (THEIRS, SHARE)],
        [(THEIRS, deductible("900"))],
    ),
    "a limit the medical payer does not tell is the administrator's": (
        [deductible("900")],
        [MAXIMUM],
        [(MINE, deductible("900")), (THEIRS, MAXIMUM)],
        [],
    ),
    "so is one for other people or another network": (
        [deductible("900")],
        [
            deductible("900", level=CoverageLevel.FAMILY),
            deductible("900", network=Network.OUT),
            deductible("900"),
        ],
        [
            (MINE, deductible("900")),
            (THEIRS, deductible("900", level=CoverageLevel.FAMILY)),
            (THEIRS, deductible("900", network=Network.OUT)),
        ],
        [(THEIRS, deductible("900"))],
    ),
    "a limit of behavioral care alone is its own": (
        [deductible("900")],
        [deductible("100", services=("MH",))],
        [(MINE, deductible("900")), (THEIRS, deductible("100", services=("MH",)))],
        [],
    ),
}


@pytest.mark.parametrize(("medical", "behavioral", "kept", "aside"), CASES.values(), ids=CASES)
def test_whose_word_counts_for_behavioral_care(
    medical: list[Benefit],
    behavioral: list[Benefit],
    kept: list[tuple[str, Benefit]],
    aside: list[tuple[str, Benefit]],
) -> None:
    joined = join_administrator(tell(MINE, *medical), tell(THEIRS, *behavioral))

    def name(rows: tuple[Benefit, ...]) -> list[tuple[str | None, Benefit]]:
        return [
            (joined.answered_by[row.source.answered_by].payer, row._replace(source=Source(None, "EB")))
            for row in rows
        ]

    assert name(joined.benefits) == kept
    assert name(joined.superseded) == aside


def test_the_carve_out_stays_and_says_who_answered() -> None:
    medical = tell(MINE, deductible("900"), carve_outs=(CARVED_OUT, PHARMACY))

    joined = join_administrator(medical, tell(THEIRS, SHARE), [CARVED_OUT])

    assert joined.carve_outs == (CARVED_OUT._replace(answered_by=1), PHARMACY)
    assert joined.open_carve_outs == (PHARMACY,)
    assert joined.payer == PayerName(MINE)


def test_other_amounts_for_the_same_limit_are_a_warning_and_equal_ones_are_not() -> None:
    medical = tell(MINE, deductible("900"))

    def warn(amount: str) -> list[str]:
        return [each.code for each in join_administrator(medical, tell(THEIRS, deductible(amount))).warnings]

    assert (warn("900"), warn("400")) == ([], ["ACCUMULATORS_DIFFER"])


def test_the_plan_that_pays_is_believed_in_everything_and_nothing_is_lost() -> None:
    named_at = Source(3, "EB*R**30*HN")
    other = OtherCoverage("ADVANTAGE", None, "payer", "HN", None, None, None, None, named_at)
    mention = benefit(kind=BenefitKind.OTHER_PAYER)
    medicare = tell("MEDICARE", deductible("240"), mention, other_coverage=(other,))
    advantage = replace(tell("ADVANTAGE", COPAY), subscriber=None)

    joined = join_actual_payer(
        medicare, advantage, ActualPayer("ADVANTAGE", None, "adv", "medicare_advantage", named_at)
    )

    assert joined.payer == PayerName("ADVANTAGE")
    assert [(row.kind, row.source.answered_by) for row in joined.benefits] == [
        (BenefitKind.COPAY, 0),
        (BenefitKind.OTHER_PAYER, 1),
    ]
    assert [(row.kind, row.source.answered_by) for row in joined.superseded] == [(BenefitKind.DEDUCTIBLE, 1)]
    assert joined.other_coverage == ()
    assert joined.actual_payer == ActualPayer(
        "ADVANTAGE",
        None,
        "adv",
        "medicare_advantage",
        named_at._replace(reply=1, answered_by=1),
        answered_by=0,
    )
