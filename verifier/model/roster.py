"""`Entry`: one enrolled person on the nightly list: what is asked about them, how often, and until when."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from verifier.model.inquiry import Inquiry


class Frequency(StrEnum):
    """How often a person is asked about; the turns of month, year and plan year come in any case."""

    NIGHTLY = "nightly"
    WEEKLY = "weekly"  # every seventh day from the enrolment on
    FIRST_OF_MONTH = "first_of_month"
    BEFORE_EACH_SESSION = "before_each_session"  # in the night before it, which is the same date


class Stop(StrEnum):
    """Why somebody who is still enrolled is asked about no more, until the entry is changed."""

    CONSENT = "consent"  # revoked or expired (42 CFR 2.31)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in one program of one facility.

    ``discharged_on`` is the first day on which nobody asks any more. ``answered_on`` is the date of the run
    that was last answered, ``verification_id`` its answer; the plan's dates are those of that answer.
    """

    id: str
    facility: str
    inquiry: Inquiry = field(repr=False)
    enrolled_on: date
    frequency: Frequency = Frequency.NIGHTLY
    discharged_on: date | None = None
    stopped: Stop | None = None
    answered_on: date | None = None
    verification_id: str | None = None
    plan_begins: date | None = field(default=None, repr=False)
    plan_ends: date | None = field(default=None, repr=False)
