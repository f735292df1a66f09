"""`UnderWay`: a verification that a payer is still being asked for, with the calls that are over by now."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from verifier.errors import NotFound, VerifierError
from verifier.model.verification import Attempt, Verification, VerificationStatus
from verifier.ports import Records


@dataclass(slots=True)
class UnderWay:
    """Keeps the calls made, and once somebody was told to wait, writes each into the record as it ends."""

    id: str
    records: Records
    attempts: list[Attempt] = field(default_factory=list)
    is_shown: bool = False

    def note(self, attempt: Attempt) -> None:
        """Take down a call that is over; that it cannot be shown yet stops nothing."""
        self.attempts.append(attempt)
        if self.is_shown:
            with suppress(VerifierError):
                self.records.change(self.id, partial(_show, attempts=tuple(self.attempts)))

    def show(self, pending: Verification) -> Verification:
        """Put the calls made so far into the record that is kept until the answer is there."""
        self.is_shown = True
        return replace(pending, attempts=tuple(self.attempts))


def _show(kept: Verification | None, attempts: tuple[Attempt, ...]) -> Verification:
    if kept is None or kept.status is not VerificationStatus.PENDING:
        raise NotFound("Nobody waits for it any more.")
    return replace(kept, attempts=attempts)
