"""A patient with several plans: whose turn comes when, and what is owed after those that pay before this one.

The plan inquired about is one of them; of each other the inquiry may give its terms or an earlier
verification. Where what it pays is not known, only the range is: from nothing to what this plan would leave.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from verifier.estimation.order_of_benefits import Place, place_covers
from verifier.estimation.secondary import Coordination, coordinate, coordinate_priced
from verifier.model.estimate import Estimate, SessionCost
from verifier.model.findings import Remark, Unknown, Verdict
from verifier.model.inquiry import Inquiry, Relationship
from verifier.model.payment import AfterPrimary, Cover, Method, OtherPlan, PlanKind, Turn
from verifier.money import ZERO

# By which method a plan pays after others, where nobody said. Medicaid: the lesser of what is left and its
# own rate; CHAMPVA and TRICARE: what is left, up to their own benefit (38 USC 1781(d)).
METHODS: Final[Mapping[PlanKind, Method]] = MappingProxyType(
    {
        PlanKind.MEDICAID: Method.MEDICAID,
        PlanKind.TRICARE: Method.STANDARD,
        PlanKind.CHAMPVA: Method.STANDARD,
    }
)
NAMES: Final[Mapping[PlanKind, str]] = MappingProxyType(
    {
        PlanKind.MEDICARE: "Medicare",
        PlanKind.MEDICAID: "Medicaid",
        PlanKind.TRICARE: "TRICARE",
        PlanKind.VA: "VA",
        PlanKind.CHAMPVA: "CHAMPVA",
    }
)
LAST: Final = 1_000  # behind every position there is

Price = Callable[[OtherPlan], Estimate | None]


@dataclass(frozen=True, slots=True)
class Payment:
    """What several plans lead to; empty for a patient with one."""

    order: tuple[Turn, ...] = ()
    after_primary: AfterPrimary | None = None
    questions: tuple[Unknown, ...] = ()
    remarks: tuple[Remark, ...] = ()


def arrange(inquiry: Inquiry, kind: PlanKind, estimate: Estimate | None, price: Price) -> Payment:
    """Arrange the plans of *inquiry*, of which the one asked is a *kind* of plan that gives *estimate*.

    *price* tells what the program would cost under another plan alone; ``None`` where that is not known.
    """
    if not inquiry.other_coverage:
        return Payment()
    case = _Case(inquiry, _own_cover(inquiry, kind), estimate)
    after = case.settle(price)
    return Payment(case.turns(), after, tuple(case.ask(after)), tuple(case.remark()))


def _own_cover(inquiry: Inquiry, kind: PlanKind) -> Cover:
    """Complete what was said of this plan by what the rest of the inquiry tells."""
    told = inquiry.own_coverage or Cover()
    is_referred = bool(inquiry.va and inquiry.va.referral_number) or None
    return replace(
        told,
        kind=kind,
        as_dependent=_or(told.as_dependent, inquiry.patient.relationship is not Relationship.SELF),
        is_authorized=_or(told.is_authorized, is_referred if kind is PlanKind.VA else None),
    )


def _or(said: bool | None, otherwise: bool | None) -> bool | None:  # noqa: FBT001 - two answers to one question
    return otherwise if said is None else said


@dataclass
class _Case:
    """This plan's cover and estimate beside the other plans of the inquiry."""

    inquiry: Inquiry
    own: Cover
    estimate: Estimate | None

    def __post_init__(self) -> None:
        self.others = self.inquiry.other_coverage
        places = place_covers((self.own, *(other.cover for other in self.others)))
        self.place, self.other_places = places[0], places[1:]

    def turns(self) -> tuple[Turn, ...]:
        """List every plan, those that pay first first, those not billed last."""
        own = _take_turn(self.own.kind, self.inquiry.payer, self.place, is_this=True)
        others = (
            _take_turn(other.cover.kind, other.payer, place)
            for other, place in zip(self.others, self.other_places, strict=True)
        )
        return tuple(sorted((own, *others), key=lambda turn: (not turn.is_billed, turn.position or LAST)))

    @property
    def before(self) -> Sequence[tuple[OtherPlan, Place]]:
        """List the plans that pay before this one, in their order as far as it is decided."""
        found = [(self.others[index - 1], self.other_places[index - 1]) for index in self.place.before]
        return sorted(found, key=lambda pair: pair[1].position or LAST)

    def settle(self, price: Price) -> AfterPrimary | None:
        """Tell what the patient owes at the end, unless this plan pays first or never."""
        if self.estimate is None or not self.place.is_billed or self.place.position == 1:
            return None
        before = [plan for plan, place in self.before if self.place.position and place.position]
        paid = [each for each in map(price, before) if each and not each.incomplete]
        if not before or len(paid) < len(self.before) or self.estimate.incomplete:
            return self._leave_open()
        return _settle(before, paid, self.estimate, _method_of(self.own))

    def ask(self, after: AfterPrimary | None) -> Iterator[Unknown]:
        """Ask for the order, or else for what the plans before this one pay."""
        if self.place.is_billed and self.place.position is None:
            yield Unknown("payment_order", f"Which plan pays first? {self.place.reason}")
        elif after and not after.is_primary_known:
            question = f"What does {self._names()} allow and pay for a session?"
            yield Unknown("primary_payment", question)

    def remark(self) -> Iterator[Remark]:
        """Say in words when this plan pays."""
        confirm = "" if self.place.confirmed else " No source confirms this rule: ask both payers."
        reason = f"{self.place.reason}{confirm}"
        if not self.place.is_billed:
            yield Remark("NOT_BILLED", f"This plan is not billed. {reason}", Verdict.CAUTION)
        elif self.place.position is None:
            yield Remark("PAYMENT_ORDER_OPEN", f"Who pays first is not settled. {reason}", Verdict.CAUTION)
        elif self.before:
            yield Remark("PAYS_AFTER_OTHERS", f"Bill {self._names()} first. {reason}", Verdict.CAUTION)
        else:
            yield Remark("PAYS_FIRST", f"This plan pays first. {reason}")

    def _leave_open(self) -> AfterPrimary:
        most = self.estimate.high if self.estimate else ZERO
        who = self._names() if self.place.position else "each plan"
        text = f"What {who} pays is not known: from nothing to what this plan alone would leave."
        return AfterPrimary(ZERO, most, most, _method_of(self.own), is_primary_known=False, text=text)

    def _names(self) -> str:
        """Name the plans that pay before this one; in order only where that is decided."""
        is_decided = all(place.position for _, place in self.before)
        return (", then " if is_decided else " and ").join(_name(plan) for plan, _ in self.before)


def _method_of(cover: Cover) -> Method:
    return METHODS.get(cover.kind, Method.UNKNOWN) if cover.method is Method.UNKNOWN else cover.method


def _take_turn(kind: PlanKind, payer: str | None, place: Place, *, is_this: bool = False) -> Turn:
    return Turn(
        kind, payer, is_this, place.position, place.is_billed, place.rule, place.reason, place.confirmed
    )


def _name(plan: OtherPlan) -> str:
    """Name a public program as everybody does, and a private plan by its id in the payer directory."""
    return NAMES.get(plan.cover.kind) or plan.payer or "the other plan"


def _settle(
    before: Sequence[OtherPlan], paid: Sequence[Estimate], own: Estimate, method: Method
) -> AfterPrimary:
    """Let the plans before this one pay in turn, then this one.

    An amount one of them may pay less or more moves what is owed by no more than that.
    """
    costs: Sequence[SessionCost] = paid[0].sessions
    for plan, estimate in zip(before[1:], paid[1:], strict=True):
        costs = _add(costs, _coordinate(costs, estimate, _method_of(plan.cover)))
    found = _coordinate(costs, own, method)
    up = sum((each.high - each.expected for each in (*paid, own)), ZERO)
    names = ", then ".join(map(_name, before))
    down = sum((each.expected - each.low for each in (*paid, own)), ZERO)
    return AfterPrimary(
        low=max(ZERO, found.low - down),
        expected=found.expected,
        high=max(found.expected, min(found.high + up, paid[0].high)),
        method=method,
        is_primary_known=True,
        text=f"After {names}; what this plan alone would pay is limited to what is left.",
        sessions=found.sessions,
    )


def _coordinate(costs: Sequence[SessionCost], second: Estimate, method: Method) -> Coordination:
    if method is Method.MAINTENANCE and second.terms:
        return coordinate(costs, second.terms, method, rate=_rate(second))
    return coordinate_priced(costs, second.sessions, method)


def _rate(estimate: Estimate) -> Decimal:
    return estimate.sessions[0].shares.allowed


def _add(costs: Sequence[SessionCost], second: Coordination) -> list[SessionCost]:
    """Count what the second plan paid to what was paid before the third."""
    return [
        cost._replace(
            shares=cost.shares._replace(plan=cost.shares.plan + payment.paid, patient=payment.patient)
        )
        for cost, payment in zip(costs, second.sessions, strict=True)
    ]
