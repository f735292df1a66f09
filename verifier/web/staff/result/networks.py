"""Both networks side by side: each limit with total, met and left; copay, coinsurance, visits.

What is read here is what the estimate used, by the pure estimator; so that unknown, none and zero stay apart,
the steps it took and the assumptions it made are looked at, and not its numbers alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from verifier.model.estimate import Accumulator, Estimate, Step, Terms
from verifier.model.vocabulary import Network
from verifier.money import ZERO, cents
from verifier.web.staff.result.glance import Pays, tell_pays
from verifier.web.staff.result.origins import Origin, find_origin, of_step
from verifier.wording import counted, dollars, percent

NONE: Final = "none"  # it is known that there is none
TITLES: Final = {Network.IN: "In network", Network.OUT: "Out of network"}
NO_LIMIT: Final = "no limit"
WHOLE: Final = Decimal(100)
ASSUMED_FULL: Final = {
    "deductible": "DED_REMAINING_ASSUMED_FULL",
    "out_of_pocket": "OOP_REMAINING_ASSUMED_FULL",
}
WORDS: Final = {"deductible": "Deductible", "out_of_pocket": "Out-of-pocket maximum"}
SIDES: Final = {"individual": "person", "family": "family"}
# How the steps of the estimator and of the published rules begin that tell a side of a limit.
NAMES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("deductible", "individual"): ("deductible, individual", "individual deductible"),
    ("deductible", "family"): ("deductible, family", "family deductible"),
    ("out_of_pocket", "individual"): ("out-of-pocket maximum, individual", "out-of-pocket limit for one"),
    ("out_of_pocket", "family"): ("out-of-pocket maximum, family", "catastrophic cap of the family"),
}


class Amount(NamedTuple):
    """An amount, or that there is none (``kind`` none), or that nobody said (``kind`` unknown)."""

    kind: str  # known, none, unknown
    value: Decimal | None = None
    origin: Origin | None = None


UNKNOWN: Final = Amount("unknown")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit: ``share`` is how much of it is met, 0 to 100; ``None`` where that cannot be told."""

    label: str
    total: Amount
    met: Amount
    remaining: Amount
    share: Decimal | None
    in_words: str


class TextRow(NamedTuple):
    """A cost share in words; ``value`` is ``None`` where nobody said."""

    label: str
    value: str | None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class NetworkColumn:
    """One network: what the plan pays there."""

    title: str
    is_ours: bool  # the facility stands there
    is_covered: bool
    limits: tuple[LimitRow, ...]
    shares: tuple[TextRow, ...]
    pays: Pays | None  # what the program would cost there; ``None``: not known


def lay_out(priced: Mapping[Network, Estimate], ours: Network) -> tuple[NetworkColumn, ...]:
    """Lay out each network that was *priced*; one column alone where both say the same."""
    columns = [_column(estimate, TITLES[network], network is ours) for network, estimate in priced.items()]
    terms = {_comparable(estimate) for estimate in priced.values()}
    if len(columns) > 1 and len(terms) == 1:
        estimate = next(iter(priced.values()))
        return (_column(estimate, "In either network", is_ours=True),)
    return tuple(columns)


def _comparable(estimate: Estimate) -> str:
    terms = estimate.terms
    return repr(
        (terms and (terms.deductible, terms.out_of_pocket, terms.copay, terms.coinsurance), estimate.expected)
    )


def _column(estimate: Estimate, title: str, is_ours: bool) -> NetworkColumn:  # noqa: FBT001 - said by name
    terms = estimate.terms or Terms("unknown")
    known = estimate.terms is not None
    limits = tuple(_limit(estimate, terms, *key) for key in NAMES) if known else ()
    return NetworkColumn(
        title,
        is_ours,
        terms.covered,
        tuple(each for each in limits if each),
        tuple(_shares(estimate, terms)) if known else (),
        tell_pays(estimate),
    )


def _limit(estimate: Estimate, terms: Terms, kind: str, side: str) -> LimitRow | None:
    """Describe a side of a limit; nothing where the payer spoke of the other side only."""
    steps = [step for step in estimate.steps if step.what.startswith(NAMES[kind, side])]
    accumulator: Accumulator = getattr(getattr(terms, kind), side)
    label = f"{WORDS[kind]}, {SIDES[side]}"
    if not steps and side == "family":
        return None
    if not steps and _is_published(estimate):
        return _there_is_none(label, find_origin(estimate.steps, "rules"))
    is_assumed = ASSUMED_FULL[kind] in {each.code for each in estimate.assumptions}
    return _describe(label, accumulator, steps, is_assumed=is_assumed)


def _describe(label: str, limit: Accumulator, steps: Sequence[Step], *, is_assumed: bool) -> LimitRow:
    if any(step.value == NO_LIMIT for step in steps):
        return _there_is_none(label, of_step(steps[0]))
    total = _amount(limit.total, find_origin(_ending(steps, "total") or steps, ""))
    left = limit.remaining if steps else None
    remaining = (
        UNKNOWN if is_assumed else _amount(left, find_origin(_ending(steps, "remaining") or steps, ""))
    )
    met = _subtract(total, remaining)
    return LimitRow(label, total, met, remaining, _share(total, met), _say(label, total, met))


def _there_is_none(label: str, origin: Origin | None) -> LimitRow:
    none = Amount(NONE, origin=origin)
    return LimitRow(label, none, none, none, None, f"{label}: there is none")


def _is_published(estimate: Estimate) -> bool:
    """Tell whether published rules were priced by: what they do not name does not exist."""
    return any(step.what == "rules" for step in estimate.steps)


def _ending(steps: Sequence[Step], word: str) -> list[Step]:
    return [step for step in steps if step.what.endswith(word)]


def _amount(value: Decimal | None, origin: Origin | None) -> Amount:
    return UNKNOWN if value is None else Amount("known", value, origin)


def _subtract(total: Amount, remaining: Amount) -> Amount:
    if total.value is None or remaining.value is None:
        return UNKNOWN
    worked_out = Origin("Worked out: the whole less what is left.")
    return Amount("known", max(ZERO, total.value - remaining.value), worked_out)


def _share(total: Amount, met: Amount) -> Decimal | None:
    if total.value is None or met.value is None:
        return None
    return cents(met.value / total.value * WHOLE) if total.value else WHOLE


def _say(label: str, total: Amount, met: Amount) -> str:
    if total.value is None:
        return f"{label}: not known"
    if met.value is None:
        return f"{label}: {dollars(total.value)}; how much of it is met is not known"
    return f"{label}: {dollars(met.value)} of {dollars(total.value)} met"


def _shares(estimate: Estimate, terms: Terms) -> Sequence[TextRow]:
    steps, codes = estimate.steps, {each.code for each in estimate.assumptions}
    is_silent = "COST_SHARE_UNKNOWN" in codes or not terms.covered
    copay = f"{dollars(terms.copay.amount)} a {terms.copay.per.value}" if terms.copay else None
    rate = percent(terms.coinsurance) if terms.coinsurance is not None else None
    told = None if is_silent else NONE
    left = None if terms.visits_remaining is None else counted(terms.visits_remaining, "visit")
    return (
        TextRow("Copay", copay or told, find_origin(steps, "copay")),
        TextRow("Coinsurance", rate or told, find_origin(steps, "coinsurance", "cost share")),
        TextRow("Visits left", left or _tell_limit(steps), find_origin(steps, "visits")),
    )


def _tell_limit(steps: Sequence[Step]) -> str | None:
    """Tell that visits have no limit: somebody said so, or the rules that were used know none."""
    said = any(step.what.startswith("visits") and step.value == NO_LIMIT for step in steps)
    return NONE if said or any(step.what == "rules" for step in steps) else None
