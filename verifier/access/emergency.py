"""Break-glass: reading another facility's records in an emergency (45 CFR 164.312(a)(2)(ii)).

It takes a reason, ends by itself, raises an alert at once, and waits for somebody else's review.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from verifier.errors import BadInput

SHORTEST: Final = 15  # minutes
LONGEST: Final = 60
REASON: Final = range(10, 501)  # characters


@dataclass(frozen=True, slots=True)
class Emergency:
    """One person's time-boxed reach into one facility; *reviewed_by* is an administrator's id."""

    id: str
    user_id: str
    facility: str
    reason: str = field(repr=False)
    begins_at: datetime
    ends_at: datetime
    reviewed_by: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still widens what its owner may read."""
        return self.begins_at <= now < self.ends_at


def check_terms(reason: str, minutes: int) -> timedelta:
    """Return how long an emergency of *minutes* lasts.

    Raises:
        BadInput: no reason is given, or the time is too short or too long.
    """
    errors = {}
    if len(reason.strip()) not in REASON:
        errors["/reason"] = f"must be {REASON.start} to {REASON.stop - 1} characters"
    if not SHORTEST <= minutes <= LONGEST:
        errors["/minutes"] = f"must be from {SHORTEST} to {LONGEST}"
    if errors:
        raise BadInput("An emergency needs a reason and an end; the errors name what is wrong.", errors)
    return timedelta(minutes=minutes)
