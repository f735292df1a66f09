"""What a payer's reply says of the program in each network, side by side; nothing is assumed here.

The estimate takes a whole limit for what is left where nobody said; here that stays open. Only what follows
from two told figures is derived, and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from verifier.estimation.accumulators import NOTES, WORDS, read_limits
from verifier.estimation.cost_share import choose
from verifier.estimation.findings import Findings
from verifier.estimation.schedule import session_dates
from verifier.estimation.select import WEAK_RANK, Candidate, candidates, of_kind
from verifier.estimation.setting import describe
from verifier.estimation.verdicts import judge_coverage
from verifier.model.coverage import Benefit, Coverage, Source
from verifier.model.estimate import Step
from verifier.model.program import Program
from verifier.model.vocabulary import Authorization, BenefitKind, CoverageStatus, Network, Period
from verifier.money import ZERO, read_amount

ASSUMED, DERIVED = NOTES["full"], NOTES["less"]


class Said(NamedTuple):
    """One figure (dollars, or a rate) and where it stands; a derived one follows from others."""

    value: Decimal
    source: Source | None
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A deductible or maximum as told; each part is ``None`` where nobody said."""

    name: str  # such as "deductible, individual"
    total: Said | None = None
    met: Said | None = None
    remaining: Said | None = None
    unlimited: Source | None = None  # where the payer says that there is no such limit


class Share(NamedTuple):
    """A copay (dollars) or coinsurance (a rate of the patient's), and over what it runs."""

    value: Decimal
    period: Period | None
    source: Source


@dataclass(frozen=True, slots=True)
class Side:
    """What holds in one network; several shares where the payer gave several that fit alike."""

    network: Network
    is_covered: bool | None  # ``None``: the reply contradicts itself, or says nothing of it
    limits: tuple[Limit, ...]
    copays: tuple[Share, ...]
    coinsurances: tuple[Share, ...]
    visits: tuple[Benefit, ...]  # rows that limit visits or days
    authorization: Authorization
    authorized_by: Source | None  # where that stands

    @property
    def is_silent(self) -> bool:
        """Tell whether the payer said nothing of this network."""
        told = any(limit != Limit(limit.name) for limit in self.limits)
        return not (told or self.copays or self.coinsurances or self.visits)


def compare_networks(coverage: Coverage, program: Program) -> tuple[Side, ...]:
    """Read both networks, in network first; nothing unless the payer says that coverage is active.

    Raises:
        BadInput: the program's days cannot be planned.
    """
    if coverage.status is not CoverageStatus.ACTIVE:
        return ()
    setting = describe(program, session_dates(program)[-1])
    return tuple(
        _read_side(network, candidates(coverage, setting, network)) for network in (Network.IN, Network.OUT)
    )


def _read_side(network: Network, rows: Sequence[Candidate]) -> Side:
    covered = judge_coverage(rows, Findings())
    shares = choose(rows).expected
    asked = _authorization(rows)
    return Side(
        network,
        is_covered=None if covered.is_doubtful or not rows else covered.is_covered,
        limits=(*_limits(rows, BenefitKind.DEDUCTIBLE), *_limits(rows, BenefitKind.OUT_OF_POCKET)),
        copays=_shares([share.copay for share in shares], lambda benefit: benefit.amount),
        coinsurances=_shares([share.coinsurance for share in shares], lambda benefit: benefit.rate),
        visits=tuple(row.benefit for row in of_kind(rows, BenefitKind.LIMITATION) if _counts(row)),
        authorization=asked.authorization if asked else Authorization.UNKNOWN,
        authorized_by=asked.source if asked else None,
    )


def _counts(row: Candidate) -> bool:
    is_ours = row.rank < WEAK_RANK or row.is_named
    return is_ours and (row.benefit.quantity is not None or bool(row.benefit.delivery))


def _limits(rows: Sequence[Candidate], kind: BenefitKind) -> tuple[Limit, Limit]:
    findings = Findings()
    read_limits(rows, kind, findings)
    steps = {step.what: step for step in findings.steps}
    names = (f"{WORDS[kind]}, individual", f"{WORDS[kind]}, family")
    return _limit(names[0], steps), _limit(names[1], steps)


def _limit(name: str, steps: dict[str, Step]) -> Limit:
    if name in steps:  # the payer says that there is none
        return Limit(name, unlimited=steps[name].source)
    total, left = _said(steps.get(f"{name}, total")), steps.get(f"{name}, remaining")
    remaining = _said(left) if left and left.note != ASSUMED else None
    if total is None or remaining is None:
        return Limit(name, total, None, remaining)
    met = Said(max(ZERO, total.value - remaining.value), remaining.source, not remaining.is_derived)
    return Limit(name, total, met, remaining)


def _said(step: Step | None) -> Said | None:
    amount = read_amount(step.value) if step else None
    if step is None or amount is None:
        return None
    return Said(amount, step.source, is_derived=step.note == DERIVED)


def _shares(
    rows: Sequence[Candidate | None], value: Callable[[Benefit], Decimal | None]
) -> tuple[Share, ...]:
    found = {
        Share(amount, row.benefit.period, row.benefit.source): None
        for row in rows
        if row and (amount := value(row.benefit)) is not None
    }
    return tuple(found)


def _authorization(rows: Sequence[Candidate]) -> Benefit | None:
    """Find the row that tells whether authorization is needed; one that asks for it counts most."""
    ours = [row.benefit for row in rows if row.rank < WEAK_RANK or row.is_named]
    wanted = (Authorization.REQUIRED, Authorization.NOT_REQUIRED)
    return next((row for word in wanted for row in ours if row.authorization is word), None)
