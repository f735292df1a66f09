"""How many visits a limit leaves, from limitation rows and their deliveries."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import Final, NamedTuple

from verifier.estimation.findings import Findings
from verifier.estimation.messages import Remark, says
from verifier.estimation.select import WEAK_RANK, Candidate, of_kind
from verifier.model.vocabulary import BenefitKind, Period

COUNTS: Final = frozenset({"visits", "days", "VS", "DY"})
USED: Final = frozenset({"used", "quantity_used", "99"})
LEFT: Final = frozenset({Period.REMAINING, Period.LIFETIME_REMAINING})
WHOLE: Final = frozenset(
    {
        None,
        Period.CALENDAR_YEAR,
        Period.SERVICE_YEAR,
        Period.CONTRACT,
        Period.LIFETIME,
        Period.EPISODE,
        Period.ADMISSION,
    }
)
UNLIMITED: Final = 999


class Amount(NamedTuple):
    """One number of a limit: what it is (total, left, used, or other), and how many."""

    what: str
    number: Decimal


def visits_remaining(rows: Sequence[Candidate], findings: Findings) -> int | None:
    """Read how many visits or days are left; ``None``: no limit is known.

    What is left comes as told, else as the total less what is used, else as the total. A limit that counts
    neither visits nor days, or counts them by the week, is not applied but noted.
    """
    if next(of_kind((row for row in rows if row.rank < WEAK_RANK), BenefitKind.UNLIMITED), None):
        return None
    limits = _nearest([row for row in of_kind(rows, BenefitKind.LIMITATION) if _is_ours(row)])
    told: dict[str, Decimal] = {}
    for row in limits:
        for amount in _amounts(row):
            told[amount.what] = min(amount.number, told.get(amount.what, amount.number))
    if "other" in told:
        findings.assume("LIMIT_NOT_APPLIED")
    return _conclude(told, limits, findings)


def _conclude(told: dict[str, Decimal], limits: list[Candidate], findings: Findings) -> int | None:
    total, used = told.get("total"), told.get("used")
    left = told.get("left", None if total is None else max(Decimal(0), total - (used or 0)))
    if left is None or left >= UNLIMITED:
        return None
    findings.assume("LIMIT_PARITY_SUSPECT")
    if "left" not in told and used is None:
        findings.assume("LIMIT_REMAINING_ASSUMED_FULL")
    if any(says(row.text, Remark.SHARED_LIMIT) for row in limits):
        findings.assume("LIMIT_SHARED")
    findings.use("visits left", str(int(left)), limits[0].benefit)
    return int(left)


def _is_ours(row: Candidate) -> bool:
    return row.rank < WEAK_RANK or row.is_named


def _nearest(rows: list[Candidate]) -> list[Candidate]:
    return list(takewhile(lambda row: row.service == rows[0].service, rows))


def _amounts(row: Candidate) -> Iterator[Amount]:
    benefit = row.benefit
    if benefit.unlimited:
        return
    if benefit.quantity is not None:
        yield _amount(benefit.quantity, benefit.quantity_qualifier, benefit.period)
    elif benefit.amount is not None:
        yield Amount("other", benefit.amount)
    for delivery in benefit.delivery:
        if delivery.quantity is not None:
            period = delivery.period or benefit.period
            qualifier = delivery.qualifier if delivery.per is None else "rate"
            yield _amount(delivery.quantity, qualifier, period)


def _amount(quantity: Decimal, qualifier: str | None, period: Period | None) -> Amount:
    if qualifier in USED or (qualifier in COUNTS and period is Period.YEAR_TO_DATE):
        return Amount("used", quantity)
    if qualifier not in COUNTS:
        return Amount("other", quantity)
    if period is Period.EXCEEDED:
        return Amount("left", Decimal(0))
    if period in LEFT:
        return Amount("left", quantity)
    return Amount("total" if period in WHOLE else "other", quantity)
