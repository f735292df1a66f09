"""Sockets that obey the exchange they are used in.

`Passage` is one exchange's deadline and bounds. It is found through a context variable, because a pooled
connection outlives the exchange it was opened for. Each operation of a socket first takes what is left of the
time as its timeout; OpenSSL and ``sendall`` keep to it as a whole, so none of them can start it anew.
"""

import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from payers.kit.body import Bounds
from payers.kit.deadline import Deadline
from verifier.address import admits
from verifier.errors import BadReply

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

Address = tuple[int, int, int, str, tuple[Any, ...]]  # as `socket.getaddrinfo` gives it
Resolve = Callable[[str, int], Sequence[Address]]
MOST_ADDRESSES: Final = 8


class Passage:
    """One exchange under way: its deadline, what it may still receive, whether anything was sent."""

    def __init__(  # noqa: PLR0913, PLR0917 - made in one place, by the sender
        self,
        deadline: Deadline,
        connect_seconds: float,
        bounds: Bounds,
        resolve: Resolve,
        resolvers: Executor,
        private: Collection[str] = (),
    ) -> None:
        """Give connecting *connect_seconds* of the time, and look names up by *resolve* in *resolvers*.

        The names of *private* may lead to private networks.
        """
        self.deadline = deadline
        self.connect_by = deadline.sooner(connect_seconds)
        self.sent = False
        self._bounds = bounds
        self._room = bounds.head
        self._resolve = resolve
        self._resolvers = resolvers
        self._private = private

    def end_head(self) -> None:
        """Make room for the body, now that the head is there."""
        self._room += self._bounds.wire

    def receive(self, count: int) -> int:
        """Count bytes off the wire.

        Raises:
            BadReply: more than the bounds allow.
        """
        self._room -= count
        if self._room < 0:
            raise BadReply("The payer's reply is larger than any benefit answer.")
        return count

    def find(self, host: str, port: int) -> Sequence[Address]:
        """Find the addresses of *host* that a connection may go to.

        Raises:
            OSError: there is none, or no time.
        """
        found = self._look_up(host, port)
        return [each for each in found if admits(host, str(each[4][0]), self._private)][:MOST_ADDRESSES]

    def _look_up(self, host: str, port: int) -> Sequence[Address]:
        """Look *host* up.

        A look-up cannot be interrupted, so it has a thread of its own, which a slow one is left to.

        Raises:
            OSError: there is no such name, or no time.
        """
        with suppress(socket.gaierror):
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        found = self._resolvers.submit(self._resolve, host, port)
        try:
            return found.result(self.connect_by.require())
        finally:
            found.cancel()


_PASSAGE: ContextVar[Passage] = ContextVar("passage")


@contextmanager
def passing(passage: Passage) -> Iterator[None]:
    """Make *passage* the one that every socket of this thread obeys."""
    token = _PASSAGE.set(passage)
    try:
        yield
    finally:
        _PASSAGE.reset(token)


def resolve_all(host: str, port: int) -> Sequence[Address]:
    """Look *host* up by the machine's own resolver."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class _Timed(socket.socket):
    """The operations HTTP uses, each with what is left of the passage's time, received bytes counted."""

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = 0, flags: int = 0) -> int:
        passage = _PASSAGE.get()
        self.settimeout(passage.deadline.require())
        return passage.receive(super().recv_into(buffer, nbytes or 0, flags))

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        self._begin_sending()
        return super().send(data, flags)

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        self._begin_sending()
        super().sendall(data, flags)

    def _begin_sending(self) -> None:
        passage = _PASSAGE.get()
        self.settimeout(passage.deadline.require())
        passage.sent = True


class TimedTlsSocket(_Timed, ssl.SSLSocket):
    """The same over TLS, the handshake with what is left of the time to connect."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's signature
        """Shake hands within the time to connect."""
        self.settimeout(_PASSAGE.get().connect_by.require())
        super().do_handshake(block)


def connect(host: str, port: int) -> socket.socket:
    """Connect to the first address of *host* that answers, within the time to connect.

    Raises:
        OSError: none does, or there is no time.
    """
    passage = _PASSAGE.get()
    failure = OSError("the name leads nowhere that may be connected to")
    for family, kind, protocol, _, where in passage.find(host, port):
        connection = _Timed(family, kind, protocol)
        try:
            connection.settimeout(passage.connect_by.require())
            connection.connect(where)
        except OSError as error:
            connection.close()
            failure = error
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise failure
