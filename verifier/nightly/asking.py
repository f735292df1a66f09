"""Who puts the questions of a run: the service's own desk, in the name of the nightly job."""

from dataclasses import dataclass
from typing import Final

from verifier.desk import Office
from verifier.model.audit import Context
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Verification

WHO: Final = "job:nightly"
WHERE: Final = "verifier nightly"
PAYMENT: Final = "payment"  # what asking for coverage is for (45 CFR 164.501)


@dataclass(frozen=True, slots=True)
class NightlyAsking:
    """Asks at the desk, so that consent, audit and cache hold as for everybody; see `Asking` of the shift."""

    office: Office

    def verify(self, inquiry: Inquiry, *, run_id: str, as_id: str) -> Verification:
        """Verify *inquiry* now, and keep the answer under *as_id*."""
        return self.office.desk(Context(WHO, run_id, WHERE, PAYMENT)).verify(inquiry, as_id=as_id)

    def find(self, verification_id: str) -> Verification:
        """Return the verification; the service compares it by itself, and nobody looks at it.

        Raises:
            NotFound: there is none under this id.
        """
        return self.office.verifier.find(verification_id)
