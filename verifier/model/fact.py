"""`Fact`: what somebody at the payer, or the patient, answered to a question that no wire answered.

A fact never replaces what a wire said: both are kept, and `verifier.answering.hearing` says which one counts.
Representatives and answers stay out of every representation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final, Self

ANSWER: Final = "answer"  # the one part of an answer that has no others
NOT_KNOWN: Final = "unknown"  # whoever was asked could not say; the question stays open


class FactCode(StrEnum):
    """The facts that may be learned: the codes of the questions a verification leaves open."""

    COVERAGE = "coverage"
    COVERED = "covered"
    ADMINISTRATOR = "administrator"
    NETWORK = "network"
    AUTHORIZATION = "authorization"
    AUTHORIZATION_WAY = "authorization_way"
    COST_SHARE = "cost_share"
    COPAY_PERIOD = "copay_period"
    VISIT_LIMIT = "visit_limit"
    VISITS_LEFT = "visits_left"
    DEDUCTIBLE_REMAINING = "deductible_remaining"
    OUT_OF_POCKET_REMAINING = "out_of_pocket_remaining"
    PAYMENT_ORDER = "payment_order"
    PRIMARY_PAYMENT = "primary_payment"
    TRICARE_PLAN = "tricare_plan"
    TRICARE_BENEFICIARY = "tricare_beneficiary"
    TRICARE_PLAN_AFTER_CHANGE = "tricare_plan_after_change"
    TRICARE_SURVIVOR_SINCE = "tricare_survivor_since"
    TRICARE_GROUP = "tricare_group"
    TRICARE_PAY_GRADE = "tricare_pay_grade"
    TRICARE_NETWORK = "tricare_network"
    TRICARE_REFERRAL = "tricare_referral"
    TRICARE_MEDICARE_PAYS = "tricare_medicare_pays"
    CHAMPVA_OTHER_COVERAGE = "champva_other_coverage"
    VA_REFERRAL = "va_referral"
    VA_EPISODE = "va_episode"
    VA_VISITS_USED = "va_visits_used"
    VA_EPISODE_SERVICES = "va_episode_services"
    VA_REGION = "va_region"
    PRIORITY_GROUP = "priority_group"
    COPAY_EXEMPTION = "copay_exemption"
    MENTAL_HEALTH_VISITS = "mental_health_visits"


@dataclass(frozen=True, slots=True)
class Call:
    """One phone call: when, with whom, and the number the payer gave it (``None``: it gave none)."""

    at: datetime
    representative: str = field(repr=False)
    reference: str | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        """Say where an answer of this call comes from, ``by phone, Dana R., reference 4711, 2026-11-24``."""
        reference = f"reference {self.reference}" if self.reference else "no reference number"
        return f"by phone, {self.representative}, {reference}, {self.at.date()}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer: its parts as plain text (``verifier.answering.facts`` says which and in which form)."""

    code: FactCode
    value: Mapping[str, str] = field(repr=False)
    call: Call
    recorded_by: str  # as the audit trail knows them
    recorded_at: datetime

    @property
    def is_known(self) -> bool:
        """Tell whether whoever was asked could say."""
        return self.value.get(ANSWER) != NOT_KNOWN

    def by(self, zone: tzinfo) -> Self:
        """Tell of the call by the clock of *zone*, so that its day is the day of those who called."""
        return replace(self, call=replace(self.call, at=self.call.at.astimezone(zone)))


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, before anybody wrote down whose it is."""

    code: FactCode
    value: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallReport:
    """What one call brought; *called_at* ``None``: it has just ended."""

    representative: str = field(repr=False)
    facts: tuple[Answered, ...]
    reference_number: str | None = field(default=None, repr=False)
    called_at: datetime | None = None

    def write_down(self, who: str, now: datetime) -> tuple[Fact, ...]:
        """Say whose answers they are: *who* writes them down *now*."""
        call = Call(self.called_at or now, self.representative, self.reference_number)
        return tuple(Fact(each.code, each.value, call, who, now) for each in self.facts)
