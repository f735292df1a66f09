"""What went over the wire for a verification, taken out with the statement that has to go along."""

from collections.abc import Mapping
from typing import Final

from verifier.answering.notices import statements_of
from verifier.errors import NotFound
from verifier.model.inquiry import Facility
from verifier.model.verification import Evidence
from verifier.ports import Records

NOTHING_KEPT: Final = (
    "Nothing that went over the wire is kept for this verification: it was answered from the cache, with "
    "another one that asked at the same time, or not at all. Refresh it to ask the payer."
)


def find_evidence(records: Records, facilities: Mapping[str, Facility], verification_id: str) -> Evidence:
    """Return what is kept, if anything; with the statements of 42 CFR 2.32 where it reveals addiction.

    Raises:
        NotFound: there is no such verification.
    """
    kept = records.find(verification_id)
    exchanges = tuple(records.exchanges(verification_id))
    return Evidence(kept, exchanges, statements_of(kept, facilities.get(kept.inquiry.facility or "")))


def require_exchanges(evidence: Evidence) -> Evidence:
    """Return the evidence as it is.

    Raises:
        NotFound: nothing is kept: another verification asked, or nobody did.
    """
    if not evidence.exchanges:
        raise NotFound(NOTHING_KEPT)
    return evidence
