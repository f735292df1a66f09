"""What may be otherwise than read: the fields of the terms that change in the cheapest and dearest case."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from verifier.estimation.accumulators import Limit, Limits
from verifier.estimation.cost_share import Ruling
from verifier.estimation.findings import Findings
from verifier.estimation.messages import Remark, counts_to_out_of_pocket, says
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    CoinsuranceBase,
    Counted,
    DeductibleRule,
    Terms,
)
from verifier.money import ONE, ZERO

Fields: TypeAlias = Mapping[str, Any]
NO_CHANGE: Final[Fields] = MappingProxyType({})


def doubts_of(
    terms: Terms, ruling: Ruling, text: str, limits: tuple[Limits, Limits], findings: Findings
) -> tuple[Fields, Fields]:
    """Collect what is other than *terms* in the cheapest and the dearest case; *text*: what the rows say."""
    cheaper: dict[str, Any] = {}
    dearer: dict[str, Any] = {}
    for cheap, dear in (
        _doubt_rule(ruling, findings),
        _doubt_share(terms),
        _doubt_base(terms, text, findings),
        _doubt_counting(terms, text, limits[1], findings),
        _doubt_remaining(terms, limits, findings),
    ):
        cheaper.update(cheap)
        dearer.update(dear)
    return cheaper, dearer


def _doubt_rule(ruling: Ruling, findings: Findings) -> tuple[Fields, Fields]:
    """Take the other order of deductible and cost share, where the payer left it open."""
    if ruling.assumption:
        findings.assume(ruling.assumption)
    cheap = {"deductible_rule": ruling.cheaper} if ruling.cheaper else {}
    dear = {"deductible_rule": ruling.dearer} if ruling.dearer else {}
    is_free = {"copay": None, "coinsurance": None} if ruling.assumption == "NO_CHARGE_POSSIBLE" else {}
    return cheap | is_free, dear


def _doubt_share(terms: Terms) -> tuple[Fields, Fields]:
    """Take the whole price where no cost share is known: a missing one never means nothing."""
    if terms.copay is None and terms.coinsurance is None:
        return NO_CHANGE, {"coinsurance": ONE}
    return NO_CHANGE, NO_CHANGE


def _doubt_base(terms: Terms, text: str, findings: Findings) -> tuple[Fields, Fields]:
    """Take coinsurance on the whole remainder where nobody said that the copay comes off first."""
    has_both = bool(terms.copay and terms.copay.amount and terms.coinsurance)
    if not has_both or terms.deductible_rule is DeductibleRule.COPAY_FIRST or says(text, Remark.AFTER_COPAY):
        return NO_CHANGE, NO_CHANGE
    findings.assume("COINSURANCE_BASE_ASSUMED")
    return NO_CHANGE, {"coinsurance_base": CoinsuranceBase.FULL}


def _doubt_counting(
    terms: Terms, text: str, out_of_pocket: Limits, findings: Findings
) -> tuple[Fields, Fields]:
    """Leave the copay out of the out-of-pocket maximum where nobody said that it counts."""
    if not out_of_pocket.is_stated:
        findings.assume("OOP_NOT_STATED")
        return NO_CHANGE, NO_CHANGE
    is_open = bool(terms.copay and terms.copay.amount) and Counted.COPAY in terms.counts_to_out_of_pocket
    if not is_open or counts_to_out_of_pocket(text, Counted.COPAY):
        return NO_CHANGE, NO_CHANGE
    findings.assume("COPAY_COUNTS_ASSUMED")
    return NO_CHANGE, {"counts_to_out_of_pocket": terms.counts_to_out_of_pocket - {Counted.COPAY}}


def _doubt_remaining(
    terms: Terms, limits: tuple[Limits, Limits], findings: Findings
) -> tuple[Fields, Fields]:
    """Take the deductible as met where only its total is known, and as large as can be where none is."""
    deductible, _ = limits
    if terms.deductible_rule is DeductibleRule.WAIVED:
        return NO_CHANGE, NO_CHANGE
    if not deductible.is_stated:
        findings.assume("DEDUCTIBLE_NOT_STATED")
        return NO_CHANGE, {"deductible": terms.out_of_pocket}
    if not deductible.assumed_full:
        return NO_CHANGE, NO_CHANGE
    return {"deductible": AccumulatorPair(_met(deductible.individual), _met(deductible.family))}, NO_CHANGE


def _met(limit: Limit) -> Accumulator:
    return replace(limit.accumulator, remaining=ZERO) if limit.assumed_full else limit.accumulator
