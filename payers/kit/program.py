"""What every program - a kind of coverage - offers, and what it is given to ask with."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.published import Published
from verifier.model.verification import Answer


@dataclass(frozen=True, slots=True)
class Destination:
    """A payer as it is reached: what the directory says of it, and the channel its route leads over."""

    name: str
    payer_id: str  # the id this payer has on *channel*
    channel: Channel
    service_types: tuple[
        str, ...
    ] = ()  # worth asking this payer, best first; none: what the program asks for
    multiple_service_types: bool = False  # it answers several in one question
    discreet_service_types: tuple[str, ...] = ()  # asked first; the others only if the answer is not enough


@runtime_checkable
class Regional(Protocol):
    """A program whose payers each serve a region."""

    def choose_region(self, inquiry: Inquiry, facility: Facility) -> str | None:
        """Name the region whose payer is asked; ``None``: not known, and then any will do."""
        ...


class Program(Protocol):
    """A kind of coverage: decides what to ask, and what the answers mean together."""

    @property
    def name(self) -> str:
        """Return the program's name, such as ``commercial``."""
        ...

    def ask(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* to *destination* before *deadline*.

        A payer's fault is an `Answer` of unknown coverage, not an exception.

        Raises:
            BadInput: the inquiry lacks what this program needs, or holds what the wire cannot carry.
            NotConfigured: the channel's settings cannot be used.
        """
        ...

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published | None:
        """Say what the program's published rules add to *coverage*; see `verifier.ports.Rulebook`.

        Pure, and asked for every answer, cached ones too. ``None``: replies say all there is.
        """
        ...

    def close(self) -> None:
        """Let go of threads and the like."""
        ...


@runtime_checkable
class AnswersAlone(Protocol):
    """A program whose proof is in the desk's hands: it answers where no connection leads to the payer."""

    def answer_alone(self, payer: str) -> Answer:
        """Answer for the payer of this name without asking it; the rules do the rest."""
        ...
