"""`Note` and `Review`: what staff write beside a verification, and who put their name under it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Note:
    """Words of staff; never changed, never sent to a payer."""

    by: str  # as the audit trail knows them
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's sign-off of a verification as it stood; any later change takes it away."""

    by: str
    at: datetime
