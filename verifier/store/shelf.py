"""`Shelf`: what this process alone knows while Redis is away; bounded, and gone with the process."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

LARGEST: Final = 1000


class Shelf(Generic[Item]):
    """The newest thousand items by name, each until its end."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Judge the end of an item by *now*."""
        self._now = now
        self._items: OrderedDict[str, tuple[datetime, Item]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, name: str, item: Item, ends: datetime) -> None:
        """Keep *item* until *ends*; the oldest item makes room."""
        with self._lock:
            self._items[name] = (ends, item)
            while len(self._items) > LARGEST:
                self._items.popitem(last=False)

    def add(self, name: str, item: Item, ends: datetime) -> Item | None:
        """Keep *item* unless one stands under its name; return that one."""
        with self._lock:
            standing = self._items.get(name)
            if standing and standing[0] > self._now():
                return standing[1]
            self._items[name] = (ends, item)
            return None

    def find(self, name: str) -> Item | None:
        """Return the item, or ``None``."""
        ends, item = self._items.get(name, (None, None))
        return item if ends and ends > self._now() else None

    def remove(self, name: str) -> None:
        """Forget the item."""
        with self._lock:
            self._items.pop(name, None)

    def all(self) -> list[Item]:
        """Return every item that has not ended."""
        with self._lock:
            return [item for ends, item in self._items.values() if ends > self._now()]
