"""A signed-in person's session: only a digest of its token is kept, and it ends by itself.

45 CFR 164.312(a)(2)(iii) asks for automatic logoff; 15 minutes idle and 12 hours in all are this service's
figures.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

IDLE: Final = timedelta(minutes=15)
ABSOLUTE: Final = timedelta(hours=12)
NOTED_EVERY: Final = timedelta(seconds=30)  # a session in use is written down that often, not at each request


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in when, and when they were last seen (UTC)."""

    digest: str = field(repr=False)
    user_id: str
    began_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime) -> bool:
        """Tell whether it may still be used."""
        return now - self.seen_at < IDLE and now - self.began_at < ABSOLUTE

    def is_due(self, now: datetime) -> bool:
        """Tell whether being seen should be written down again."""
        return now - self.seen_at >= NOTED_EVERY
