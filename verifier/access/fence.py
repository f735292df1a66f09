"""The fence: which facilities' records exist for whoever is being served in this thread.

No handler passes it on, so none can forget to: the web enters `NO_FACILITY` before anything else of a
request runs, widens it to the caller's reach once they are known, and the store filters by it. Outside the
web (commands, the nightly run) the fence is open: those act for the operator.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from verifier.access.principal import EVERY, Facilities

_reach: Final[ContextVar[Facilities]] = ContextVar("reach", default=EVERY)


def reach() -> Facilities:
    """Tell which facilities' records may be found here and now."""
    return _reach.get()


def widen(facilities: Facilities) -> None:
    """Set the reach until the surrounding `within` ends."""
    _reach.set(facilities)


@contextmanager
def within(facilities: Facilities) -> Iterator[None]:
    """Confine what runs inside to *facilities*."""
    token = _reach.set(facilities)
    try:
        yield
    finally:
        _reach.reset(token)
