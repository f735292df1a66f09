"""Several plans for one patient: who pays when, and what the patient owes after those that pay before."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from verifier.model.estimate import Terms


class PlanKind(StrEnum):
    """Whose plan it is, as far as the order of payment depends on it."""

    COMMERCIAL = "commercial"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    TRICARE = "tricare"
    VA = "va"
    CHAMPVA = "champva"


class Method(StrEnum):
    """How a plan that does not pay first works out its payment."""

    STANDARD = "standard"  # its normal benefit, at most what the first plan left
    NON_DUPLICATION = "non_duplication"  # its normal benefit less what the first plan paid
    MAINTENANCE = "maintenance_of_benefits"  # its cost share on what the first plan left
    MEDICAID = "medicaid"  # the lesser of what is left and of its own rate less what the first plan paid
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cover:
    """One plan as it covers the patient; ``None`` where nobody said."""

    kind: PlanKind = PlanKind.COMMERCIAL
    as_dependent: bool | None = None
    is_decreed: bool = False  # a court made this parent responsible for the child's health care
    parent_birthday: tuple[int, int] | None = field(
        default=None, repr=False
    )  # month, day; they live together
    is_retired: bool | None = None  # or laid off
    is_continuation: bool | None = None  # COBRA or state continuation
    began: date | None = None
    is_authorized: bool | None = None  # VA: it authorized this care
    method: Method = Method.UNKNOWN


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """Another plan of the patient's, and what is known of what it pays: its terms, or a verification."""

    cover: Cover
    payer: str | None = None  # its id in the payer directory
    verification_id: str | None = field(default=None, repr=False)
    terms: Terms | None = None
    allowed_amount: Decimal | None = None  # what it allows for one session; that of the inquiry unless given


class Turn(NamedTuple):
    """When one plan's turn to pay comes, and by which rule."""

    kind: PlanKind
    payer: str | None
    is_this: bool  # the plan that was inquired about
    position: int | None  # 1 pays first; ``None``: not decided, or never
    is_billed: bool
    rule: str
    reason: str
    is_confirmed: bool  # a source confirms the rule; one that is not is to be checked


class SecondPayment(NamedTuple):
    """One session after a plan that does not pay first has paid."""

    date: date
    left: Decimal  # by the plans before
    paid: Decimal
    patient: Decimal


@dataclass(frozen=True, slots=True)
class AfterPrimary:
    """What the patient owes after every plan that pays before this one, and after this one."""

    low: Decimal
    expected: Decimal
    high: Decimal
    method: Method  # by which this plan pays
    is_primary_known: bool  # else the range goes from nothing to what this plan alone would leave
    text: str
    sessions: tuple[SecondPayment, ...] = ()
