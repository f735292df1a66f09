"""How asking goes on: each call that is over is told at once to whoever began the asking and listens.

Carried beside the work like who acts; what asks in threads of its own takes the context along.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from verifier.model.verification import Attempt

Listener = Callable[[Attempt], None]


def _say_nothing(_: Attempt) -> None:
    """Let it pass: nobody listens."""


_listener: Final[ContextVar[Listener]] = ContextVar("listener", default=_say_nothing)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let *listener* hear of each call that is over while inside."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell_progress(attempt: Attempt) -> None:
    """Tell that a call is over."""
    _listener.get()(attempt)
