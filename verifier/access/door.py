"""Whether anybody may come in unasked: only to try the service out, with invented people.

The door is open while all of this holds: the payer simulator answers and no payer is configured; the
service listens on loopback; the caller is on this machine and no proxy brought them; nobody was ever given
access. Otherwise credentials are required.
"""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Door:
    """Judges the four conditions; *is_anybody_known* is asked until it once says yes."""

    simulated: bool
    loopback: bool
    is_anybody_known: Callable[[], bool]
    _shut: bool = field(default=False, init=False)

    def is_open(self) -> bool:
        """Tell whether somebody on this machine comes in without credentials."""
        if not self._shut:
            self._shut = not (self.simulated and self.loopback) or self.is_anybody_known()
        return not self._shut
