"""What a payer's reply says is left of a limit, put in the place of what published rules leave full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from verifier.estimation.accumulators import Limit, read_limits
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
    return lowered


def _take(side: Accumulator, told: Limit) -> Accumulator:
    left = told.accumulator.remaining
    if side.remaining is None or left is None or told.assumed_full:
        return side
    return Accumulator(side.total, left)
