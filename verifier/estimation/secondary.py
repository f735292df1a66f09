"""Coordination of benefits: what a second plan pays of what the first one left.

The methods are those of the NAIC model regulation 120 and of practice guides; ``carve-out`` is another
name of non-duplication.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from verifier.estimation.waterfall import Day, walk
from verifier.model.estimate import SessionCost, Terms
from verifier.model.payment import Method, SecondPayment
from verifier.money import ZERO

NAMES: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "standard": Method.STANDARD,
        "traditional": Method.STANDARD,
        "non-duplication": Method.NON_DUPLICATION,
        "carve-out": Method.NON_DUPLICATION,
        "maintenance of benefits": Method.MAINTENANCE,
        "medicaid": Method.MEDICAID,
        "lesser of": Method.MEDICAID,
    }
)


class Coordination(NamedTuple):
    """What the patient owes after both plans, and the sessions of the expected method."""

    low: Decimal
    expected: Decimal
    high: Decimal
    sessions: tuple[SecondPayment, ...]


class Account(NamedTuple):
    """One session before the second plan pays, dollars."""

    cost: SessionCost  # as the first plan priced it
    rate: Decimal  # what the second plan allows
    normal: Decimal  # the second plan's benefit as if it were the only one
    on_rest: Decimal  # the second plan's benefit on what its rate leaves after the first plan's payment

    @property
    def first_paid(self) -> Decimal:
        """Return what the first plan paid."""
        return self.cost.shares.plan


Formula: TypeAlias = Callable[[Account], Decimal]
FORMULAS: Final[Mapping[Method, Formula]] = MappingProxyType(
    {
        Method.STANDARD: lambda account: account.normal,
        Method.NON_DUPLICATION: lambda account: account.normal - account.first_paid,
        Method.MAINTENANCE: lambda account: account.on_rest,
        Method.MEDICAID: lambda account: account.rate - account.first_paid,
    }
)


def method_named(name: str) -> Method:
    """Find the method a plan document calls *name*; ``UNKNOWN`` for a name nobody knows."""
    return NAMES.get(name.strip().lower(), Method.UNKNOWN)


def coordinate(
    first: Sequence[SessionCost],
    second: Terms,
    method: Method,
    *,
    rate: Decimal | None = None,
    nominal_copay: Decimal = ZERO,
) -> Coordination:
    """Tell what the patient owes after both plans.

    A method nobody knows gives a range from standard to non-duplication, and expects the dearer. See
    `pay_secondary` for the rest.
    """
    return _span(method, partial(pay_secondary, first, second, rate=rate, nominal_copay=nominal_copay))


def coordinate_priced(
    first: Sequence[SessionCost], alone: Sequence[SessionCost], method: Method
) -> Coordination:
    """Tell what the patient owes after both plans, the second one priced before as if it were *alone*.

    Its rate is what it allowed. Maintenance of benefits needs the plan's terms; without them it is taken as
    unknown.
    """
    known = Method.UNKNOWN if method is Method.MAINTENANCE else method
    return _span(known, partial(_pay_priced, first, alone))


def pay_secondary(
    first: Sequence[SessionCost],
    second: Terms,
    method: Method,
    *,
    rate: Decimal | None = None,
    nominal_copay: Decimal = ZERO,
) -> tuple[SecondPayment, ...]:
    """Pay each session that the *first* plan priced once more, by the *second* plan's terms and *method*.

    *rate* is what the second plan allows for a session; the first plan's allowed amount unless given.
    Under Medicaid the patient owes the *nominal_copay* at most, and no balance.

    Raises:
        ValueError: the method is unknown; `coordinate` gives a range for it.
    """
    if method is Method.UNKNOWN:
        raise ValueError("coordinate() gives a range for an unknown method")
    rates = [cost.shares.allowed if rate is None else rate for cost in first]
    rests = [max(ZERO, each - cost.shares.plan) for each, cost in zip(rates, first, strict=True)]
    columns = zip(first, rates, _benefits(first, rates, second), _benefits(first, rests, second), strict=True)
    return tuple(_pay(Account(*account), method, nominal_copay) for account in columns)


def _pay_priced(
    first: Sequence[SessionCost], alone: Sequence[SessionCost], method: Method
) -> tuple[SecondPayment, ...]:
    return tuple(
        _pay(Account(cost, own.shares.allowed, own.shares.plan, ZERO), method, ZERO)
        for cost, own in zip(first, alone, strict=True)
    )


def _span(method: Method, pay: Callable[[Method], tuple[SecondPayment, ...]]) -> Coordination:
    methods = (Method.STANDARD, Method.NON_DUPLICATION) if method is Method.UNKNOWN else (method,)
    outcomes = [pay(each) for each in methods]
    totals = [sum((session.patient for session in sessions), ZERO) for sessions in outcomes]
    dearest = totals.index(max(totals))
    return Coordination(min(totals), totals[dearest], totals[dearest], outcomes[dearest])


def _benefits(first: Sequence[SessionCost], prices: Sequence[Decimal], second: Terms) -> list[Decimal]:
    days = [Day(cost.date, price) for cost, price in zip(first, prices, strict=True)]
    return [cost.shares.plan for cost in walk(second, days).sessions]


def _pay(account: Account, method: Method, nominal_copay: Decimal) -> SecondPayment:
    shares = account.cost.shares
    left = shares.allowed - shares.plan
    paid = min(left, max(ZERO, FORMULAS[method](account)))
    owed = min(left, nominal_copay) if method is Method.MEDICAID else left - paid + shares.balance
    return SecondPayment(account.cost.date, left, paid, owed)
