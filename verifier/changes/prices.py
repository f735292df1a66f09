"""What changed in what the patient pays: cost shares, and how much of each limit is left."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from verifier.changes.pair import Pair
from verifier.model.change import Change, ChangeKind, Severity, Topic
from verifier.money import ZERO


class Limit(NamedTuple):
    """One yearly limit: its topics for one person and for the family, and the kinds of its changes."""

    name: str
    sides: tuple[tuple[Topic, Topic], ...]  # the total, and what is left
    met: ChangeKind
    reset: ChangeKind
    reopened: ChangeKind
    changed: ChangeKind


LIMITS: Final = (
    Limit(
        "deductible",
        (
            (Topic.DEDUCTIBLE_TOTAL, Topic.DEDUCTIBLE_LEFT),
            (Topic.FAMILY_DEDUCTIBLE_TOTAL, Topic.FAMILY_DEDUCTIBLE_LEFT),
        ),
        ChangeKind.DEDUCTIBLE_MET,
        ChangeKind.DEDUCTIBLE_RESET,
        ChangeKind.DEDUCTIBLE_REOPENED,
        ChangeKind.DEDUCTIBLE_CHANGED,
    ),
    Limit(
        "out-of-pocket maximum",
        (
            (Topic.OUT_OF_POCKET_TOTAL, Topic.OUT_OF_POCKET_LEFT),
            (Topic.FAMILY_OUT_OF_POCKET_TOTAL, Topic.FAMILY_OUT_OF_POCKET_LEFT),
        ),
        ChangeKind.OUT_OF_POCKET_MET,
        ChangeKind.OUT_OF_POCKET_RESET,
        ChangeKind.OUT_OF_POCKET_REOPENED,
        ChangeKind.OUT_OF_POCKET_CHANGED,
    ),
)


def compare_limits(pair: Pair) -> Iterator[Change]:
    """Tell of each limit what changed; what changed alike for one person and the family is told once."""
    for limit in LIMITS:
        found: dict[ChangeKind, Change] = {}
        for total, left in limit.sides:
            for change in (*_compare_total(pair, limit, total), *_compare_left(pair, limit, total, left)):
                found.setdefault(change.kind, change)
        yield from found.values()


def compare_shares(pair: Pair) -> Iterator[Change]:
    """Tell that copay or coinsurance is another, or that one took the place of the other."""
    shares = {Topic.COPAY: ChangeKind.COPAY_CHANGED, Topic.COINSURANCE: ChangeKind.COINSURANCE_CHANGED}
    was_told = any(pair.words(topic)[0] is not None for topic in shares)
    for topic, kind in shares.items():
        before, after = pair.words(topic)
        if after is None or before == after or not was_told:
            continue
        was, now = pair.amounts(topic)
        is_less = was is not None and now is not None and now < was
        severity = Severity.NOTICE if is_less else Severity.IMPORTANT
        earlier = f"before, it was {before}" if before else "before, there was none"
        yield pair.change(kind, severity, f"The {topic} is {after}; {earlier}.", topic)


def _compare_total(pair: Pair, limit: Limit, topic: Topic) -> Iterator[Change]:
    before, after = pair.amounts(topic)
    if before is None or after is None or before == after:
        return
    severity = Severity.IMPORTANT if after > before else Severity.NOTICE
    text = f"The {limit.name} is {after} in all; before, it was {before}."
    yield pair.change(limit.changed, severity, text, topic)


def _compare_left(pair: Pair, limit: Limit, total: Topic, topic: Topic) -> Iterator[Change]:
    before, after = pair.amounts(topic)
    if before is None or after is None:
        return
    was, now = pair.amounts(total)
    if before > ZERO == after and now != ZERO:
        text = f"The {limit.name} is met: nothing of it is left."
        yield pair.change(limit.met, Severity.NOTICE, text, topic)
    elif _has_turned(pair, (before, after), (was, now)):
        text = f"The {limit.name} began anew: {after} is left; before, it was {before}."
        yield pair.change(limit.reset, Severity.IMPORTANT, text, topic)
    elif after - before > max(ZERO, (now or ZERO) - (was or ZERO)):
        severity = Severity.NOTICE if before else Severity.IMPORTANT
        text = f"More of the {limit.name} is left than before: {after}, it was {before}."
        yield pair.change(limit.reopened, severity, text, topic)


def _has_turned(
    pair: Pair, left: tuple[Decimal, Decimal], totals: tuple[Decimal | None, Decimal | None]
) -> bool:
    """Tell whether more is left because a new year began: all of it is, or the calendar says so."""
    was_used = totals[0] is None or left[0] < totals[0]
    return left[1] > left[0] and was_used and (left[1] == totals[1] or pair.is_new_year)
