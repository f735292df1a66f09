"""`Intake`: somebody asks for a free verification, and the desk takes it from there.

Whoever asks is not signed in and is told nothing of any coverage. Who they are stays out of representations.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from verifier.model.inquiry import Member, Patient


class IntakeState(StrEnum):
    """How far the desk has come with it."""

    NEW = "new"
    VERIFYING = "verifying"
    NEEDS_CALL = "needs_call"
    READY_FOR_REVIEW = "ready_for_review"
    DONE = "done"


class Asker(StrEnum):
    """Who filled the form in, and so whether they may sign for the patient (42 CFR 2.14, 2.15, 2.31)."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"  # parent or guardian of a minor, guardian, by power of attorney
    LOVED_ONE = "loved_one"  # may ask for a call, and cannot consent for the patient


@dataclass(frozen=True, slots=True)
class Reach:
    """How the one who asks is to be reached."""

    name: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the desk did with an intake."""

    at: datetime
    by: str  # as the audit trail knows them
    what: str


@dataclass(frozen=True, slots=True)
class Intake:
    """One request, what it asks about, and what became of it."""

    id: str
    facility: str
    created_at: datetime
    state: IntakeState
    asker: Asker
    reach: Reach = field(repr=False)
    member: Member = field(repr=False)
    patient: Patient = field(default_factory=Patient, repr=False)
    payer: str | None = None  # its id in the payer directory, where one was chosen
    payer_text: str | None = field(default=None, repr=False)  # as it stands on the card, in their words
    consent_id: str | None = None
    assignee: str | None = None  # id of a user
    verification_id: str | None = None
    steps: tuple[Step, ...] = ()
    is_closed: bool = False  # by hand: what its verification does moves it no more
