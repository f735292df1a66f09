"""What staff put to a verification that is kept: notes, and the name of who reviewed it."""

from dataclasses import replace
from typing import Final

from verifier.errors import Conflict, NotFound
from verifier.model.coverage import Trace
from verifier.model.review import Note, Review
from verifier.model.verification import Verification, VerificationStatus

NO_SUCH: Final = "There is no such verification, or it is past its retention; verify again."
MOST_NOTES: Final = 200


def add_note(kept: Verification | None, note: Note) -> Verification:
    """Add a note; it changes nothing that a reviewer signed.

    Raises:
        NotFound: nothing is kept.
        Conflict: there are too many already.
    """
    if kept is None:
        raise NotFound(NO_SUCH)
    if len(kept.notes) >= MOST_NOTES:
        raise Conflict(f"This verification has {MOST_NOTES} notes; no more fit.")
    return replace(kept, notes=(*kept.notes, note))


def sign_off(kept: Verification | None, review: Review, revision: str) -> Verification:
    """Sign off what is *kept*, if it is still what the reviewer saw.

    Raises:
        NotFound: nothing is kept.
        Conflict: it is not complete, or another answer came since.
    """
    if kept is None:
        raise NotFound(NO_SUCH)
    if kept.status is not VerificationStatus.COMPLETE:
        raise Conflict(f"This verification is {kept.status}; sign it off once it is complete.")
    if kept.revision != revision:
        raise Conflict("This verification has changed since you looked at it; look again, then sign it off.")
    return replace(kept, review=review)


def is_same(one: Verification, other: Verification) -> bool:
    """Tell whether two answers say the same, whenever they were given and under whatever control numbers."""
    return _said(one) == _said(other)


def _said(verification: Verification) -> tuple[object, ...]:
    coverage = verification.coverage
    return (
        verification.status,
        coverage and replace(coverage, trace=Trace(), extras={}),
        verification.estimate,
        verification.decision,
        verification.unknowns,
        verification.facts,
    )
