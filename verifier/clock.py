"""Time is passed in: whoever needs the hour is given a clock."""

from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol


class Clock(Protocol):
    """What the rooms above ask of time."""

    def now(self) -> datetime:
        """Tell the wall-clock time, UTC and aware."""
        ...

    def monotonic(self) -> float:
        """Tell seconds that never step back, for deadlines."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Tell the wall-clock time, UTC and aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Tell seconds that never step back."""
        return monotonic()
