"""What a payer's reply says is left of a limit, put in the place of what published rules leave full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from verifier.estimation.accumulators import ASSUMED_FULL, Limit, read_limits
from verifier.estimation.findings import Findings
from verifier.estimation.select import Candidate, candidates
from verifier.estimation.setting import Setting
from verifier.model.coverage import Coverage
from verifier.model.estimate import Accumulator, AccumulatorPair, Terms
from verifier.model.vocabulary import BenefitKind, Network


@dataclass(frozen=True, slots=True)
class Told:
    """A reply, and the day it is about: what it says is left is left in that calendar year."""

    coverage: Coverage
    day: date

    def lower(self, terms: Terms, setting: Setting, findings: Findings) -> Terms:
        """Take from the reply what is left of the deductible and the out-of-pocket maximum of *terms*.

        Only what the payer said counts: a total alone says nothing of what is left, and a limit that the
        rules do not know is none.
        """
        rows = candidates(self.coverage, setting, Network(terms.network))
        return replace(
            terms,
            deductible=_lower(terms.deductible, rows, BenefitKind.DEDUCTIBLE, findings),
            out_of_pocket=_lower(terms.out_of_pocket, rows, BenefitKind.OUT_OF_POCKET, findings),
        )


def _lower(
    pair: AccumulatorPair, rows: Sequence[Candidate], kind: BenefitKind, findings: Findings
) -> AccumulatorPair:
    read = Findings()
    limits = read_limits(rows, kind, read)
    lowered = AccumulatorPair(_take(pair.individual, limits.individual), _take(pair.family, limits.family))
    if lowered != pair:
        told = (step for step in read.steps if step.what.endswith("remaining"))
        findings.steps.extend(step for step in told if step not in findings.steps)
    is_told = any(_left(side) is not None for side in (limits.individual, limits.family))
    if kind is BenefitKind.DEDUCTIBLE and pair != AccumulatorPair() and not is_told:
        findings.assume(
            ASSUMED_FULL[kind]
        )  # a maximum taken for full seldom changes a price, a deductible does
    return lowered


def _take(side: Accumulator, told: Limit) -> Accumulator:
    left = _left(told)
    return side if side.remaining is None or left is None else Accumulator(side.total, left)


def _left(told: Limit) -> Decimal | None:
    return None if told.assumed_full else told.accumulator.remaining
