"""Which of two plans pays first (NAIC model regulation 120), as far as that can be told.

A reply that mentions another payer proves nothing: the order is for a person to confirm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple


class PlanKind(StrEnum):
    """Whose plan it is, as far as the order depends on it."""

    COMMERCIAL = "commercial"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    TRICARE = "tricare"


@dataclass(frozen=True, slots=True)
class Cover:
    """One plan as it covers the patient; ``None`` where nobody said."""

    kind: PlanKind = PlanKind.COMMERCIAL
    as_dependent: bool | None = None
    is_decreed: bool = False  # a court made this parent responsible for the child's health care
    parent_birthday: tuple[int, int] | None = None  # month and day; for a child of parents who live together
    is_retired: bool | None = None  # or laid off
    is_continuation: bool | None = None  # COBRA or state continuation
    began: date | None = None


class Order(NamedTuple):
    """Which cover pays first, 0 or 1, ``None`` when no rule decides; and whether the rule is confirmed."""

    first: int | None
    rule: str
    reason: str
    confirmed: bool


class Rule(NamedTuple):
    """One rule: the cover with the smaller value pays first; ``None`` and equal values decide nothing."""

    name: str
    reason: str
    confirmed: bool
    value: Callable[[Cover], Any]


RULES: Final = (
    Rule(
        "medicaid_last",
        "Medicaid pays after every other plan.",
        confirmed=False,
        value=lambda cover: cover.kind is PlanKind.MEDICAID,
    ),
    Rule(
        "tricare_after_others",
        "TRICARE pays after other health insurance.",
        confirmed=False,
        value=lambda cover: cover.kind is PlanKind.TRICARE,
    ),
    Rule(
        "dependent",
        "The plan that covers the patient as other than a dependent pays first.",
        confirmed=True,
        value=lambda cover: cover.as_dependent,
    ),
    Rule(
        "court_decree",
        "The plan of the parent whom a court made responsible pays first.",
        confirmed=True,
        value=lambda cover: not cover.is_decreed,
    ),
    Rule(
        "birthday",
        "The plan of the parent whose birthday comes first in the year pays first.",
        confirmed=True,
        value=lambda cover: cover.parent_birthday,
    ),
    Rule(
        "retired",
        "The plan of an active employee pays before one of a retired or laid-off employee.",
        confirmed=True,
        value=lambda cover: cover.is_retired,
    ),
    Rule(
        "continuation",
        "Continued coverage pays after the plan of an active employee.",
        confirmed=False,
        value=lambda cover: cover.is_continuation,
    ),
    Rule(
        "longer_coverage",
        "The plan that has covered the patient longer pays first.",
        confirmed=True,
        value=lambda cover: cover.began,
    ),
)
MEDICARE: Final = Order(
    None,
    "medicare",
    "With Medicare the order depends on the employer's size and the reason for Medicare; ask both payers.",
    confirmed=False,
)
UNDECIDED: Final = Order(
    None, "undecided", "Too little is known of both plans; ask the patient.", confirmed=False
)


def order_of_benefits(one: Cover, other: Cover) -> Order:
    """Tell which of two covers pays first, by the first rule that tells them apart.

    An order by a rule that is not ``confirmed`` is a guess to be checked, not a fact.
    """
    for rule in RULES:
        first, second = rule.value(one), rule.value(other)
        if first is not None and second is not None and first != second:
            if PlanKind.MEDICARE in {one.kind, other.kind} and rule.name != "medicaid_last":
                return MEDICARE
            return Order(0 if first < second else 1, rule.name, rule.reason, rule.confirmed)
    return MEDICARE if PlanKind.MEDICARE in {one.kind, other.kind} else UNDECIDED
