"""The retry budget of one route to one payer: a tenth of its calls of the last ten seconds, at least one."""

from typing import Final, NamedTuple

from payers.kit import window
from payers.kit.window import Slots

SPAN: Final = 10.0
SHARE: Final = 0.1
FLOOR: Final = 1


class Budget(NamedTuple):
    """What was spent lately."""

    calls: Slots = ()  # first tries, and the retries as the marked ones

    def spend_on_call(self, now: float) -> "Budget":
        """Note a first try, which earns a tenth of a retry."""
        return Budget(window.add(self.calls, now, span=SPAN, marked=False))

    def spend_on_retry(self, now: float) -> "tuple[Budget, bool]":
        """Ask to try once more."""
        calls, retries = window.count(self.calls, now, span=SPAN)
        if retries >= max(FLOOR, SHARE * (calls - retries)):
            return self, False
        return Budget(window.add(self.calls, now, span=SPAN, marked=True)), True
