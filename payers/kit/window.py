"""How often something happened lately: counts in slots of a tenth of the time looked back on."""

from collections.abc import Sequence
from typing import Final, NamedTuple

SLOTS: Final = 10


class Slot(NamedTuple):
    """One tenth of the window: how many there were, and how many of them were marked."""

    number: int
    all: int
    marked: int


Slots = Sequence[Slot]


def add(slots: Slots, now: float, *, span: float, marked: bool) -> Slots:
    """Count one more at *now*, in seconds, and drop what is older than *span*."""
    number = int(now * SLOTS / span)
    kept = [Slot(*slot) for slot in slots if number - SLOTS < slot[0] < number]
    same = [slot for slot in slots if slot[0] == number]
    before = Slot(*same[0]) if same else Slot(number, 0, 0)
    return (*kept, Slot(number, before.all + 1, before.marked + marked))


def count(slots: Slots, now: float, *, span: float) -> tuple[int, int]:
    """Tell how many there were in the last *span* seconds, and how many of them were marked."""
    number = int(now * SLOTS / span)
    recent = [Slot(*slot) for slot in slots if number - SLOTS < slot[0] <= number]
    return sum(slot.all for slot in recent), sum(slot.marked for slot in recent)
