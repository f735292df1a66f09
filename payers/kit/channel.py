"""What every wire to a payer has in common: encode, send, decode, check.

A new wire is a class with three nouns: its name, `HttpChannel.encode` and `HttpChannel.decode`, both pure.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Protocol
from uuid import uuid4

from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request, Sender
from payers.kit.identity import answers
from verifier.errors import BadReply, UnreadableReply
from verifier.model.coverage import Coverage
from verifier.model.coverage import Warning as Oddity
from verifier.model.question import Question


class Channel(Protocol):
    """A configured way to payers."""

    @property
    def name(self) -> str:
        """Return the name of the wire, such as ``caqh_core``."""
        ...

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question* and return the answer to it.

        Raises:
            PayerFault: a subclass of it says what went wrong; it never means "not covered".
            BadInput: the question cannot be written on this wire.
            NotConfigured: the connection's settings cannot be used.
        """
        ...


class HttpChannel(ABC):
    """A wire over HTTP: one request and its reply, unless `HttpChannel.converse` is told otherwise."""

    name: ClassVar[str]
    resumes: ClassVar[bool] = False  # asked again, it goes on with what is under way and sends nothing anew

    def __init__(self, sender: Sender) -> None:
        """Send through *sender*."""
        self._sender = sender

    @abstractmethod
    def encode(self, question: Question) -> Request:
        """Write *question*, with its trace, as a request.

        Raises:
            BadInput: the question cannot be written on this wire; ``errors`` names the fields.
        """

    @abstractmethod
    def decode(self, reply: Reply) -> Sequence[Coverage]:
        """Read every answer in *reply*.

        Raises:
            PayerRefused: the envelope says no.
            BadReply: the envelope is none, or is not complete.
            UnreadableReply: what the envelope holds is no answer that can be read.
        """

    def converse(self, request: Request, deadline: Deadline) -> Reply:
        """Send *request* and return the reply to decode; a wire of several exchanges makes them here.

        Raises:
            PayerFault: a subclass of it says what went wrong.
        """
        return self._sender.send(request, deadline)

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question* and return the one answer that is an answer to it; see `Channel.ask`."""
        traced = question if question.trace else replace(question, trace=uuid4().hex.upper())
        reply = self.converse(self.encode(traced), deadline)
        try:
            coverages = self.decode(reply)
        except UnreadableReply as error:
            raise BadReply("The payer's reply holds no eligibility answer that can be read.") from error
        return _choose(coverages, traced)


def _choose(coverages: Sequence[Coverage], question: Question) -> Coverage:
    ours = [coverage for coverage in coverages if answers(coverage, question)]
    if not ours:
        raise BadReply("The payer's reply belongs to another question and was thrown away.")
    if len(ours) == len(coverages) == 1:
        return ours[0]
    others = Oddity(
        "OTHER_ANSWERS", f"The reply held {len(coverages)} answers; the first for this patient is used."
    )
    return replace(ours[0], warnings=(*ours[0].warnings, others))
