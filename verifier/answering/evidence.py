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
    """Return what is kept; with the statements of 42 CFR 2.32 where it reveals treatment of addiction.

    Raises:
        NotFound: there is no such verification, or nothing is kept: another one asked, or nobody did.
    """
    kept = records.find(verification_id)
    exchanges = tuple(records.exchanges(verification_id))
    if not exchanges:
        raise NotFound(NOTHING_KEPT)
    return Evidence(kept, exchanges, statements_of(kept, facilities.get(kept.inquiry.facility or "")))
