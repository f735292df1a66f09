"""`Consent`: a patient's written leave to disclose addiction treatment records, as 42 CFR 2.31 wants it.

The rule's elements, in force since 2024-04-16 (compliance 2026-02-16): the patient, who discloses, what is
disclosed, to whom, for what purpose, the right to revoke and how, when it ends (or that it does not, which is
good for treatment, payment and operations only), the signature and its date, and what becomes of the records
when they are passed on. Everything that says who the patient is stays out of representations.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from verifier.model.audit import Person


class Purpose(StrEnum):
    """What a disclosure may be for."""

    TREATMENT = "treatment"
    PAYMENT = "payment"
    OPERATIONS = "operations"
    OTHER = "other"  # as described, and only with an end


class Signed(StrEnum):
    """How the patient signed."""

    ON_PAPER = "on_paper"
    ELECTRONICALLY = "electronically"


WITHOUT_END: Final = frozenset({Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS})
EVERY_PAYER: Final = "health_plans"  # "my health plans and third-party payers", whoever they are


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, the patient or who acts for them, how, and on which day."""

    name: str = field(repr=False)
    method: Signed
    signed_on: date
    capacity: str | None = None  # as what, where it is not the patient: parent, guardian


@dataclass(frozen=True, slots=True)
class Consent:
    """One signed consent. *recipients* are payer ids, or ``health_plans`` for all of the patient's payers."""

    id: str
    patient: Person = field(repr=False)
    facility: str  # who discloses
    purposes: frozenset[Purpose]
    recipients: frozenset[str] = field(repr=False)
    information: str = field(repr=False)
    right_to_revoke: str
    redisclosure: str
    signature: Signature = field(repr=False)
    recorded_at: datetime
    expires_on: date | None = None  # the last day it is good for; ``None``: it does not end
    revoked_at: datetime | None = None

    def names(self, payer: str) -> bool:
        """Tell whether *payer*, by its id in the directory, is among the recipients."""
        return payer in self.recipients or EVERY_PAYER in self.recipients

    def ended(self, day: date) -> str | None:
        """Say why it is not good on *day*; ``None`` while it is."""
        if self.revoked_at is not None:
            return "was revoked"
        if day < self.signature.signed_on:
            return "was not signed yet"
        if self.expires_on is not None and day > self.expires_on:
            return "has expired"
        return None
