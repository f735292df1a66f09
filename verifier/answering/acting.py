"""Who acts: carried beside the work from the door it came in by to the door it leaves by.

Every use case is told its context; what it starts in other threads takes the context along.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from verifier.model.audit import Context

NOBODY: Final = Context(who="service", request_id="")
_acting: ContextVar[Context] = ContextVar("acting", default=NOBODY)


@contextmanager
def acting(context: Context) -> Iterator[None]:
    """Do what is done inside in this *context*."""
    token = _acting.set(context)
    try:
        yield
    finally:
        _acting.reset(token)


def who_acts() -> Context:
    """Return the context of what is done now; the service's own when nobody asked for it."""
    return _acting.get()
