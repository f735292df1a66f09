"""`Change`: one thing that a payer says otherwise than before, how much it matters, and what was said.

`Facts` are what a verification told of one person, in words that can be compared from night to night: the
order of a reply's rows, spelling and control numbers are not in them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from verifier.model.coverage import Source
from verifier.model.verification import Notice


class Severity(StrEnum):
    """How soon somebody must act."""

    URGENT = "urgent"  # before the next session: it may not be paid
    IMPORTANT = "important"  # within days: what the patient owes, or who pays, is another
    NOTICE = "notice"  # good to know


class ChangeKind(StrEnum):
    """What changed; gravest first."""

    COVERAGE_ENDED = "coverage_ended"
    COVERAGE_NOT_ACTIVE = "coverage_not_active"  # the first answer there is says so
    PROGRAM_NOT_COVERED = "program_not_covered"
    PAYER_CHANGED = "payer_changed"
    COVERAGE_WILL_END = "coverage_will_end"
    AUTHORIZATION_REQUIRED = "authorization_required"
    NETWORK_CHANGED = "network_changed"
    VISITS_RUN_OUT = "visits_run_out"
    MEMBER_NOT_FOUND = "member_not_found"
    PREMIUM_OVERDUE = "premium_overdue"
    PLAN_CHANGED = "plan_changed"
    CARVE_OUT_CHANGED = "carve_out_changed"
    OTHER_COVERAGE_APPEARED = "other_coverage_appeared"
    DEDUCTIBLE_RESET = "deductible_reset"
    OUT_OF_POCKET_RESET = "out_of_pocket_reset"
    DEDUCTIBLE_CHANGED = "deductible_changed"
    OUT_OF_POCKET_CHANGED = "out_of_pocket_changed"
    DEDUCTIBLE_REOPENED = "deductible_reopened"
    OUT_OF_POCKET_REOPENED = "out_of_pocket_reopened"
    COPAY_CHANGED = "copay_changed"
    COINSURANCE_CHANGED = "coinsurance_changed"
    DEDUCTIBLE_MET = "deductible_met"
    OUT_OF_POCKET_MET = "out_of_pocket_met"
    AUTHORIZATION_LIFTED = "authorization_lifted"
    COVERAGE_BEGAN = "coverage_began"
    COVERAGE_EXTENDED = "coverage_extended"
    PROGRAM_COVERED = "program_covered"


class Topic(StrEnum):
    """What a payer, or our own contract, says something of."""

    STATUS = "status"
    ENDS = "ends"
    PREMIUM_PAID_TO = "premium_paid_to"
    PAYER = "payer"
    PAYER_ID = "payer_id"
    ACTUAL_PAYER = "actual_payer"
    PLAN = "plan"
    GROUP = "group"
    INSURANCE_TYPE = "insurance_type"
    STANDING = "standing"  # the facility's, in the plan's network
    CONTRACT = "contract"  # the same by our own contract
    CARVE_OUT = "carve_out"
    OTHER_COVERAGE = "other_coverage"
    AUTHORIZATION = "authorization"
    COVERED = "covered"
    COPAY = "copay"
    COINSURANCE = "coinsurance"
    DEDUCTIBLE_TOTAL = "deductible, individual, total"
    DEDUCTIBLE_LEFT = "deductible, individual, remaining"
    FAMILY_DEDUCTIBLE_TOTAL = "deductible, family, total"
    FAMILY_DEDUCTIBLE_LEFT = "deductible, family, remaining"
    OUT_OF_POCKET_TOTAL = "out-of-pocket maximum, individual, total"
    OUT_OF_POCKET_LEFT = "out-of-pocket maximum, individual, remaining"
    FAMILY_OUT_OF_POCKET_TOTAL = "out-of-pocket maximum, family, total"
    FAMILY_OUT_OF_POCKET_LEFT = "out-of-pocket maximum, family, remaining"
    VISITS_END = "visits_end"  # the first session no visit is left for; empty: there are enough
    LAST_SESSION = "last_session"
    PROGRAM = "program"  # what was priced: code, network, place
    ANSWERED = "answered"  # a service type that was answered for
    CHANNEL = "channel"


PRICES: Final = frozenset(Topic) - frozenset(
    {
        Topic.STATUS,
        Topic.ENDS,
        Topic.PREMIUM_PAID_TO,
        Topic.PAYER,
        Topic.PAYER_ID,
        Topic.ACTUAL_PAYER,
        Topic.PLAN,
        Topic.GROUP,
        Topic.INSURANCE_TYPE,
        Topic.STANDING,
        Topic.CONTRACT,
        Topic.CARVE_OUT,
        Topic.OTHER_COVERAGE,
        Topic.LAST_SESSION,
        Topic.PROGRAM,
        Topic.ANSWERED,
        Topic.CHANNEL,
    }
)  # what is told of the program's own services


class Told(NamedTuple):
    """What was said and where: an amount as "40.00", a rate as "0.2", a date in ISO 8601, else words.

    ``source`` is ``None`` for our own contract, a published rule, or a reply's heading.
    """

    value: str
    source: Source | None = None


class Fact(NamedTuple):
    """One thing told."""

    topic: Topic
    told: Told


@dataclass(frozen=True, slots=True)
class Facts:
    """What one verification told of a person on the day *on*; a topic nothing was told of is missing."""

    verification_id: str
    on: date
    facts: tuple[Fact, ...] = field(default=(), repr=False)


class Change(NamedTuple):
    """One change, in a plain sentence, with what was told before and after; ``None``: nothing was."""

    kind: ChangeKind
    severity: Severity
    text: str
    before: Told | None
    after: Told | None


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """What changed for one person by a verification, gravest first."""

    id: str
    verification_id: str
    since: str | None  # the verification compared with, ``None`` in the first answer there is
    facility: str
    created_at: datetime
    changes: tuple[Change, ...] = field(repr=False)
    notices: tuple[Notice, ...] = ()  # the statements of 42 CFR 2.32 that go with it

    @property
    def severity(self) -> Severity:
        """Return that of the gravest change."""
        return min((change.severity for change in self.changes), key=list(Severity).index)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A person of whom nobody could say whether they are covered, since when, and why."""

    verification_id: str
    facility: str
    since: datetime
    reason: str
