"""A deadline over a whole exchange: one moment, however many steps lead up to it."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which an answer is of use, on a clock that never steps back."""

    at: float
    clock: Callable[[], float] = monotonic

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = monotonic) -> "Deadline":
        """Set the deadline *seconds* from now."""
        return cls(clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Tell how many seconds are left; zero when none are."""
        return max(0.0, self.at - self.clock())

    @property
    def passed(self) -> bool:
        """Tell whether it is too late."""
        return self.at <= self.clock()

    def sooner(self, seconds: float) -> "Deadline":
        """Return the deadline *seconds* from now, or this one where this one is sooner."""
        return Deadline(min(self.at, self.clock() + seconds), self.clock)

    def require(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: none are left.
        """
        left = self.left
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left
