"""What goes over the wire, handed to whoever keeps it: the raw exchange behind a verification.

Bytes are taken where they are sent, and of each request only what its wire lets be kept: a request that says
nothing, such as one for a token, leaves nothing. The recorder is a context variable, as the budget of retries
is: `payers.kit.channel.Channel.ask` is what strangers' wires implement, and need not know of it. It is set
for one question in the thread that puts it, and no other thread sees it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from payers.kit.exchange import Reply, Request
from verifier.clock import Clock
from verifier.errors import PayerFault, PayerUnreachable
from verifier.model.verification import Exchange

CREDENTIAL_HEADERS: Final = frozenset({"authorization", "apikey", "x-api-key"})
REMOVED: Final = b"[removed]"


@dataclass(frozen=True, slots=True)
class Recorder:
    """Takes what goes over one channel: *keep* is given each exchange once it is over."""

    channel: str
    clock: Clock
    keep: Callable[[Exchange], None]


_recorder: Final[ContextVar[Recorder | None]] = ContextVar("recorder", default=None)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Let *recorder* take what this thread sends."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def record(request: Request, send: Callable[[], Reply]) -> Reply:
    """Send by *send* and have it recorded; a reply that was refused, cut off or too late is none."""
    recorder, kept = _recorder.get(), request.kept
    if recorder is None or kept is None:
        return send()
    at = recorder.clock.now()
    try:
        reply = send()
    except PayerUnreachable:  # nothing was sent
        raise
    except PayerFault:
        recorder.keep(Exchange(recorder.channel, at, kept.request))
        raise
    taken = blank(kept.reply(reply), _credentials(request))
    recorder.keep(Exchange(recorder.channel, at, kept.request, taken))
    return reply


def blank(content: bytes, secrets: Iterable[str]) -> bytes:
    """Take *secrets* out of *content*: a hostile reply may repeat what we signed in with."""
    for secret in secrets:
        content = content.replace(secret.encode(), REMOVED)
    return content


def _credentials(request: Request) -> Iterator[str]:
    for name, value in request.headers.items():
        if value and name.lower() in CREDENTIAL_HEADERS:
            yield value.removeprefix("Bearer ")
