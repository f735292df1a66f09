"""A clock for programs that ask over a real wire: the day stands, the deadline runs."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class StandingDay:
    moment: datetime = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return time.monotonic()
