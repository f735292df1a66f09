"""What the admissions desk knows of a military or veteran patient, which no payer's reply carries.

``None`` always means that nobody said.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class TricarePlan(StrEnum):
    """The TRICARE plans that price an outpatient program differently."""

    PRIME = "prime"
    PRIME_REMOTE = "prime_remote"
    SELECT = "select"
    RESERVE_SELECT = "reserve_select"
    RETIRED_RESERVE = "retired_reserve"
    YOUNG_ADULT_PRIME = "young_adult_prime"
    YOUNG_ADULT_SELECT = "young_adult_select"
    FOR_LIFE = "for_life"
    CONTINUED_HEALTH_CARE = "continued_health_care"
    FAMILY_HEALTH_PLAN = "family_health_plan"
    TRANSITIONAL = "transitional"


class Beneficiary(StrEnum):
    """Who the patient is to TRICARE."""

    ACTIVE_DUTY = "active_duty"
    ACTIVE_DUTY_FAMILY = "active_duty_family"
    RETIREE = "retiree"
    RETIREE_FAMILY = "retiree_family"
    MEDICALLY_RETIRED = "medically_retired"  # 10 USC chapter 61
    SURVIVOR = "survivor"
    TRANSITIONAL_SURVIVOR = "transitional_survivor"


class EnlistmentGroup(StrEnum):
    """Whether the sponsor first enlisted or was appointed before 2018-01-01 (A) or later (B)."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """From *date* on the patient is another kind of beneficiary: activation, retirement, a death.

    ``plan`` is the one from then on; ``None``: not said.
    """

    date: date
    beneficiary: Beneficiary
    plan: TricarePlan | None = None


@dataclass(frozen=True, slots=True)
class TricareFacts:
    """The ``tricare`` block of an inquiry."""

    sponsor_id: str | None = field(default=None, repr=False)  # SSN (9 digits), DoD ID (10) or DBN (11)
    plan: TricarePlan | None = None
    beneficiary: Beneficiary | None = None
    group: EnlistmentGroup | None = None
    enlisted_on: date | None = field(default=None, repr=False)  # the sponsor's first; tells the group
    is_junior_enlisted: bool | None = None  # sponsor is E-4 or below
    network: bool | None = None  # the provider is in the contractor's network
    has_referral: bool | None = None
    has_medicare: bool | None = None
    medicare_covers: bool | None = None  # the provider's program is one that Medicare pays
    state: str | None = None  # of the patient's residence, two letters
    zip: str | None = field(default=None, repr=False)
    changes: tuple[StatusChange, ...] = ()
    transitional_from: date | None = None  # first day of transitional assistance (TAMP) after active service
    survivor_since: date | None = None  # the sponsor died on active duty


@dataclass(frozen=True, slots=True)
class VaFacts:
    """The ``va`` block of an inquiry."""

    referral_number: str | None = field(default=None, repr=False)
    referral_begins: date | None = None  # dates and visits of the standardized episode of care (SEOC)
    referral_ends: date | None = None
    visits_authorized: int | None = None
    visits_used: int | None = None
    priority_group: str | None = None  # "1" to "8"
    service_connected_percent: int | None = None
    is_service_connected_care: bool | None = None  # the condition treated is service-connected
    is_copay_exempt: bool | None = None  # by special authority, catastrophic disability, former POW, …
    mental_health_visits_this_year: int | None = None  # of the calendar year's three free ones
    is_acute_crisis: bool | None = None  # acute suicidal crisis (COMPACT Act)
    icn: str | None = field(default=None, repr=False)  # integration control number
    access_token: str | None = field(default=None, repr=False)  # the Veteran's consent; never stored
    state: str | None = None  # of the Veteran's residence, two letters
    drive_minutes: Decimal | None = None  # to the nearest VA facility that gives this care
    street: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    zip: str | None = field(default=None, repr=False)
    wait_days: int | None = None  # until the first appointment VA offers for this care
