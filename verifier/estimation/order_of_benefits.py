"""In which order several plans pay: NAIC model regulation 120, and what statutes say of public programs.

A reply that mentions another payer proves nothing: the order is for a person to confirm.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from verifier.model.payment import Cover, PlanKind


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


class Exclusion(NamedTuple):
    """A rule by which one cover is not billed at all, beside the others there are."""

    name: str
    reason: str
    confirmed: bool
    holds: Callable[[Cover, Sequence[Cover]], bool]


class Place(NamedTuple):
    """Where one of several covers stands: 1 pays first, ``None`` is not decided, or never billed."""

    position: int | None
    is_billed: bool
    rule: str
    reason: str
    confirmed: bool
    before: tuple[int, ...] = ()  # the covers that pay before it, whether their own order is decided or not


EXCLUSIONS: Final = (
    Exclusion(
        "champva_without_tricare",
        "Who is eligible for TRICARE has no CHAMPVA (38 USC 1781(a)).",
        confirmed=True,
        holds=lambda cover, others: cover.kind is PlanKind.CHAMPVA and _has(others, PlanKind.TRICARE),
    ),
    Exclusion(
        "va_not_authorized",
        "VA pays only care that it authorized (38 USC 1703(a)(3)).",
        confirmed=True,
        holds=lambda cover, _: cover.kind is PlanKind.VA and cover.is_authorized is False,
    ),
    Exclusion(
        "va_pays_alone",
        "VA authorized this care and pays it; the provider bills nobody else. Whether a health plan owes "
        "anything is between it and VA (38 USC 1729).",
        confirmed=False,
        holds=lambda cover, others: (
            cover.kind is not PlanKind.VA
            and any(other.kind is PlanKind.VA and other.is_authorized for other in others)
        ),
    ),
)
RULES: Final = (
    Rule(
        "medicaid_last",
        "Medicaid pays after every other plan.",
        confirmed=False,
        value=lambda cover: cover.kind is PlanKind.MEDICAID,
    ),
    Rule(
        "medicare_before_tricare",
        "Medicare pays before TRICARE (TRICARE Operations Manual, chapter 20, section 3).",
        confirmed=True,
        value=lambda cover: {PlanKind.MEDICARE: 0, PlanKind.TRICARE: 1}.get(cover.kind),
    ),
    Rule(
        "medicare_before_champva",
        "Medicare pays before CHAMPVA, which pays the difference (38 USC 1781(d)).",
        confirmed=True,
        value=lambda cover: {PlanKind.MEDICARE: 0, PlanKind.CHAMPVA: 1}.get(cover.kind),
    ),
    Rule(
        "tricare_after_others",
        "TRICARE pays after other health insurance.",
        confirmed=False,
        value=lambda cover: cover.kind is PlanKind.TRICARE,
    ),
    Rule(
        "champva_after_others",
        "CHAMPVA pays after other health insurance.",
        confirmed=False,
        value=lambda cover: cover.kind is PlanKind.CHAMPVA,
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
VA_UNKNOWN: Final = Order(
    None,
    "va_authorization_unknown",
    "VA pays only care that it authorized (38 USC 1703(a)(3)); ask whether there is a referral.",
    confirmed=True,
)
UNDECIDED: Final = Order(
    None, "undecided", "Too little is known of both plans; ask the patient.", confirmed=False
)
ALONE: Final = Order(0, "only_plan", "No other plan is billed.", confirmed=True)
ABOVE_MEDICARE: Final = frozenset({"medicaid_last", "medicare_before_tricare", "medicare_before_champva"})


def order_of_benefits(one: Cover, other: Cover) -> Order:
    """Tell which of two covers pays first, by the first rule that tells them apart.

    An order by a rule that is not ``confirmed`` is a guess to be checked, not a fact.
    """
    kinds = {one.kind, other.kind}
    if PlanKind.VA in kinds:
        return VA_UNKNOWN
    for rule in RULES:
        first, second = rule.value(one), rule.value(other)
        if first is not None and second is not None and first != second:
            if PlanKind.MEDICARE in kinds and rule.name not in ABOVE_MEDICARE:
                return MEDICARE
            return Order(0 if first < second else 1, rule.name, rule.reason, rule.confirmed)
    return MEDICARE if PlanKind.MEDICARE in kinds else UNDECIDED


def place_covers(covers: Sequence[Cover]) -> tuple[Place, ...]:
    """Give each of *covers* its place: first those never billed, then by the order of each two others.

    A cover has a position when its order to every other one is decided; its reason is the rule that sets it
    behind the one before it, or before the one behind it.
    """
    excluded = {index: _exclude(cover, _without(covers, index)) for index, cover in enumerate(covers)}
    billed = [index for index, exclusion in excluded.items() if exclusion is None]
    places = tuple(
        _seat(covers, billed, index)
        if exclusion is None
        else Place(
            None, is_billed=False, rule=exclusion.name, reason=exclusion.reason, confirmed=exclusion.confirmed
        )
        for index, exclusion in excluded.items()
    )
    return places if _is_an_order(places) else tuple(map(_leave_open, places))


def _is_an_order(places: Sequence[Place]) -> bool:
    """Tell whether no two covers have one position: rules that decide by twos may go round in a circle."""
    positions = [place.position for place in places if place.position]
    return len(set(positions)) == len(positions)


def _leave_open(place: Place) -> Place:
    open_place = Place(None, is_billed=True, rule=UNDECIDED.rule, reason=UNDECIDED.reason, confirmed=False)
    return open_place if place.is_billed else place


def _seat(covers: Sequence[Cover], billed: Sequence[int], index: int) -> Place:
    orders = {other: order_of_benefits(covers[other], covers[index]) for other in billed if other != index}
    before = [other for other, order in orders.items() if order.first == 0]
    open_orders = [order for order in orders.values() if order.first is None]
    position = None if open_orders else 1 + len(before)
    told = open_orders[0] if open_orders else _nearest(covers, orders, before)
    return Place(
        position,
        is_billed=True,
        rule=told.rule,
        reason=told.reason,
        confirmed=told.confirmed,
        before=tuple(before),
    )


def _nearest(covers: Sequence[Cover], orders: dict[int, Order], before: Sequence[int]) -> Order:
    """Find the order to the neighbor: the last of those before, else the first of those behind."""
    side = before or list(orders)
    if not side:
        return ALONE

    def rank(one: int) -> int:
        return sum(order_of_benefits(covers[other], covers[one]).first == 0 for other in side if other != one)

    return orders[max(side, key=rank) if before else min(side, key=rank)]


def _exclude(cover: Cover, others: Sequence[Cover]) -> Exclusion | None:
    return next((exclusion for exclusion in EXCLUSIONS if exclusion.holds(cover, others)), None)


def _without(covers: Sequence[Cover], index: int) -> Sequence[Cover]:
    return (*covers[:index], *covers[index + 1 :])


def _has(covers: Sequence[Cover], kind: PlanKind) -> bool:
    return any(cover.kind is kind for cover in covers)
