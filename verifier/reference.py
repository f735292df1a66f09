"""By what reference of ours the questions of one piece of work go out.

Work that may be begun twice, because whoever began it died, is given a reference of its own: its questions
then carry the same trace each time, so that payer and clearinghouse can tell a question sent again from a new
one. Without a reference each question has a trace of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_reference: Final[ContextVar[str | None]] = ContextVar("reference", default=None)


@contextmanager
def referring(reference: str) -> Iterator[None]:
    """Let what is asked inside go out under *reference*."""
    token = _reference.set(reference)
    try:
        yield
    finally:
        _reference.reset(token)


def present_reference() -> str | None:
    """Return the reference of the work that is done now."""
    return _reference.get()
