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
    phase cannot be priced, and no other year's figure stands in. With *carries* what was paid in the phase
    before counts to this one's limits; a new year begins without it.
    """

    begins: date
    terms: Terms | None
    figures: tuple[Figure, ...] = ()
    carries: bool = False


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
    from the patient in all, where a rule says so whatever the terms are (VA: exactly nothing).
    """

    program: str
    variants: tuple[Variant, ...] = ()
    questions: tuple[Unknown, ...] = ()
    remarks: tuple[Remark, ...] = ()
    actions: tuple[str, ...] = ()  # what to do next, in order
    collectable: Decimal | None = None
    later_bill: LaterBill | None = None
