"""`Published`: what a program's published rules say of a patient, where no payer's reply does.

Rules hold for a time: a program of sessions falls into phases, each under terms of its own. Where nobody
said which rule applies to a patient there are several variants, and the estimate spans them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from verifier.model.estimate import Figure, LaterBill, Terms
from verifier.model.findings import Remark, Unknown


@dataclass(frozen=True, slots=True)
class Phase:
    """The terms from *begins* (the first session on or after it) to the next phase.

    ``terms`` is ``None`` where a figure they need is unknown or its year is not loaded: sessions in such a
    phase cannot be priced, and no other year's figure stands in; or where nobody has agreed to pay, and
    *unpaid* says why. With *carries* what was paid in the phase
    before counts to this one's deductible and out-of-pocket maximum; a new year begins without it. With
    *takes_told* what the payer's reply says is left of those two stands in for what the rules leave full,
    in the calendar year the reply is about.
    """

    begins: date
    terms: Terms | None
    figures: tuple[Figure, ...] = ()
    carries: bool = False
    takes_told: bool = False
    unpaid: str | None = None  # e.g. "VA has not authorized them"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which the rules may apply to the patient; phases in the order of their days."""

    label: str  # e.g. "Group B, retiree family, TRICARE Select"
    phases: tuple[Phase, ...]
    is_expected: bool = True  # the dearest of the expected ones is the one to tell


@dataclass(frozen=True, slots=True)
class Published:
    """What the rules of *program* say: who pays what, what is still to be asked, what to do next.

    ``questions`` come before those that a reply leaves open. *collectable* is what the provider may take
    from the patient in all, where a rule says so whatever the terms are (VA: exactly nothing). *proof* is
    what proves the coverage, or that it is not proven, where no payer's reply can (VA: the referral): then
    nothing is to be asked but ``questions``, and a reply that could not be had decides nothing.
    """

    program: str
    variants: tuple[Variant, ...] = ()
    questions: tuple[Unknown, ...] = ()
    remarks: tuple[Remark, ...] = ()
    actions: tuple[str, ...] = ()  # what to do next, in order
    collectable: Decimal | None = None
    later_bill: LaterBill | None = None
    proof: Remark | None = None
    has_network: bool = True  # false: there is none that a facility could be in or out of

    @property
    def is_priced(self) -> bool:
        """Tell whether the rules give an estimate."""
        return bool(self.variants)

    @property
    def all_remarks(self) -> tuple[Remark, ...]:
        """Return every remark, the proof first."""
        return (self.proof, *self.remarks) if self.proof else self.remarks
