"""Copay and coinsurance: which rows hold them, and how the deductible stands to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, islice, product
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.estimation.accumulators import is_zero
from verifier.estimation.findings import Findings
from verifier.estimation.messages import WITH_DEDUCTIBLE, Remark, deductible_rule, first_visits, says
from verifier.estimation.select import PLAN_RANK, WEAK_RANK, Candidate, of_kind
from verifier.model.estimate import Copay, CopayPer, DeductibleRule
from verifier.model.vocabulary import BenefitKind, Network, Period
from verifier.money import ONE

MOST_OTHERS: Final = 6  # shares beyond the expected ones that the range takes in
SHARES: Final = (BenefitKind.COPAY, BenefitKind.COINSURANCE)
LEAST_SUSPECT: Final = Decimal("0.5")  # in network a patient's share from here on may be the plan's
COPAY_BUYS: Final[Mapping[Period | None, CopayPer]] = MappingProxyType(
    {
        Period.VISIT: CopayPer.DAY,
        Period.DAY: CopayPer.DAY,
        Period.TWENTY_FOUR_HOURS: CopayPer.DAY,
        Period.EPISODE: CopayPer.EPISODE,
        Period.ADMISSION: CopayPer.EPISODE,
        Period.WEEK: CopayPer.WEEK,
        Period.MONTH: CopayPer.WEEK,
        Period.HOUR: CopayPer.UNIT,
    }
)


class Share(NamedTuple):
    """A cost share: a copay row, a coinsurance row, or both; neither when the payer gave none."""

    copay: Candidate | None = None
    coinsurance: Candidate | None = None

    @property
    def rows(self) -> tuple[Candidate, ...]:
        """Return the rows there are, best first."""
        return tuple(sorted((row for row in self if row), key=lambda row: row.standing))

    @property
    def best(self) -> Candidate | None:
        """Return the better row."""
        return next(iter(self.rows), None)

    @property
    def text(self) -> str:
        """Return what the messages of both rows say."""
        return "\n".join(row.text for row in self.rows)

    @property
    def values(self) -> tuple[object, ...]:
        """Return what the share costs, to tell two shares apart."""
        copay, coinsurance = (row.benefit if row else None for row in self)
        return (
            copay and copay.amount,
            copay and copay.period,
            coinsurance and coinsurance.rate,
            self.text and deductible_rule(self.text),
        )


class Choice(NamedTuple):
    """The shares that fit best, several when they fit alike, and others that may hold instead."""

    expected: tuple[Share, ...]
    others: tuple[Share, ...]


class Ruling(NamedTuple):
    """How the deductible stands to a share, and what else may be true of it."""

    rule: DeductibleRule
    cheaper: DeductibleRule | None = None
    dearer: DeductibleRule | None = None
    first_visits_waived: int = 0
    assumption: str | None = None
    row: Candidate | None = None


def choose(rows: Iterable[Candidate]) -> Choice:
    """Choose the cost share of the nearest service and place among *rows*, best first."""
    telling = [row for row in of_kind(rows, *SHARES) if _value(row) is not None]
    if not telling:
        return Choice((Share(),), ())
    groups = [list(group) for _, group in groupby(telling, key=lambda row: row.standing[:5])]
    expected = tuple(_shares(groups[0]))
    known = {share.values for share in expected}
    others = {share.values: share for share in _rivals(groups) if share.values not in known}
    return Choice(expected, tuple(islice(others.values(), MOST_OTHERS)))


def copay_of(row: Candidate | None, findings: Findings) -> Copay | None:
    """Read what a copay row asks for, and how often; a session day where the payer does not say."""
    if row is None or row.benefit.amount is None:
        return None
    period = row.benefit.period
    if period not in COPAY_BUYS:
        findings.assume("COPAY_PERIOD_ASSUMED_DAY")
    if period is Period.MONTH:
        findings.assume("COPAY_PERIOD_APPROXIMATED")
    copay = Copay(row.benefit.amount, COPAY_BUYS.get(period, CopayPer.DAY))
    findings.use_amount(f"copay a {copay.per}", copay.amount, row.benefit)
    return copay


def coinsurance_of(row: Candidate | None, network: Network, findings: Findings) -> Decimal | None:
    """Read the patient's rate; the plan's, told apart by a message, is turned round."""
    if row is None or row.benefit.rate is None:
        return None
    rate = row.benefit.rate
    if network is Network.IN and rate >= LEAST_SUSPECT and says(row.text, Remark.PLAN_SHARE):
        findings.assume("COINSURANCE_INVERTED")
        rate = ONE - rate
    findings.use_rate("coinsurance", rate, row.benefit)
    return rate


def rule_on_deductible(share: Share, rows: Sequence[Candidate], *, has_savings_account: bool) -> Ruling:
    """Tell how the deductible stands to the share: by the share's words, a deductible row, or custom."""
    told = deductible_rule(share.text)
    if told is DeductibleRule.WAIVED and (visits := first_visits(share.text)):
        return Ruling(DeductibleRule.DEDUCTIBLE_FIRST, first_visits_waived=visits)
    if told is not None:
        is_open = WITH_DEDUCTIBLE.search(share.text) is not None
        return Ruling(told, dearer=DeductibleRule.COPAY_FIRST if is_open else None)
    own = _own_deductible(share, rows)
    if own is not None:
        return _rule_by_row(share, own, rows)
    return _rule_by_custom(share, has_savings_account=has_savings_account)


def _rule_by_row(share: Share, own: Candidate, rows: Iterable[Candidate]) -> Ruling:
    if not is_zero(own):
        return Ruling(DeductibleRule.DEDUCTIBLE_FIRST, row=own)
    if share.best is None or share.best.service == own.service or share.best.rank < PLAN_RANK:
        return Ruling(DeductibleRule.WAIVED, row=own)
    # The zero is the service's, the share is the plan's: nobody said that they go together.
    has_share = any(row.nearness == own.nearness for row in of_kind(rows, *SHARES))
    return Ruling(
        DeductibleRule.WAIVED,
        dearer=DeductibleRule.DEDUCTIBLE_FIRST,
        assumption=None if has_share else "NO_CHARGE_POSSIBLE",
        row=own,
    )


def _rule_by_custom(share: Share, *, has_savings_account: bool) -> Ruling:
    """Follow what most marketplace plans of 2026 do: copays come plain, coinsurance after deductible."""
    if share.copay is None or has_savings_account:
        is_free = share.coinsurance is not None and not share.coinsurance.benefit.rate
        code = "HSA_PLAN_DEDUCTIBLE_FIRST" if share.copay else None
        return Ruling(
            DeductibleRule.DEDUCTIBLE_FIRST,
            cheaper=DeductibleRule.WAIVED if is_free else None,
            assumption=code,
        )
    if share.coinsurance is None or not share.coinsurance.benefit.rate:
        return Ruling(
            DeductibleRule.WAIVED,
            dearer=DeductibleRule.DEDUCTIBLE_FIRST,
            assumption="DEDUCTIBLE_WAIVED_ASSUMED",
        )
    return Ruling(
        DeductibleRule.DEDUCTIBLE_FIRST, cheaper=DeductibleRule.WAIVED if share.copay.benefit.amount else None
    )


def _own_deductible(share: Share, rows: Iterable[Candidate]) -> Candidate | None:
    """Find the deductible row of the program's own service, at least as near to it as the share is."""
    nearest = share.best.service if share.best else None
    own = [
        row
        for row in of_kind(rows, BenefitKind.DEDUCTIBLE)
        if row.rank < PLAN_RANK and row.benefit.amount is not None and (not nearest or row.service <= nearest)
    ]
    nearest_own = [row for row in own if row.service == own[0].service]
    return next((row for row in nearest_own if is_zero(row)), next(iter(nearest_own), None))


def _rivals(groups: list[list[Candidate]]) -> Iterator[Share]:
    """Yield the shares that may hold instead of the first group's best.

    They are worse rows of the same service; for a service only loosely the program's, every other row too.
    """
    first = groups[0][0]
    is_loose = (first.rank >= WEAK_RANK and not first.is_named) or first.is_office
    for group in groups:
        is_same = group[0].service == first.service and (group is groups[0] or first.place > 0)
        if is_same or is_loose:
            for _, alike in groupby(group, key=lambda row: row.standing):
                yield from _shares(list(alike))


def _shares(rows: list[Candidate]) -> Iterator[Share]:
    """Pair the best copays and coinsurances of one service; of many alike the cheapest and the dearest do."""
    copays: list[Candidate | None] = [*_extremes(list(of_kind(rows, BenefitKind.COPAY)))]
    rates: list[Candidate | None] = [*_extremes(list(of_kind(rows, BenefitKind.COINSURANCE)))]
    return (Share(*pair) for pair in product(copays or [None], rates or [None]))


def _extremes(rows: list[Candidate]) -> list[Candidate]:
    alike = {_value(row): row for row in rows if row.standing == rows[0].standing}
    values = [value for value in alike if value is not None]
    return [alike[value] for value in sorted({min(values), max(values)}, reverse=True)] if values else []


def _value(row: Candidate) -> Decimal | None:
    return row.benefit.amount if row.benefit.kind is BenefitKind.COPAY else row.benefit.rate
