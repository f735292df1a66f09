"""When to try a payer's next route: as long as the question cannot have been paid for on the last one.

A clearinghouse bills what it forwards, so after anything but "not sent" another route may bill the same
question again. A deployment may accept that; then the answer says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Final

from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.recording import Recorder, recording
from payers.kit.retry import judge_fault
from verifier.clock import Clock, SystemClock
from verifier.errors import PayerFault
from verifier.model.coverage import Coverage
from verifier.model.coverage import Warning as Oddity
from verifier.model.question import Question
from verifier.model.verification import Answer, Attempt, Exchange

TWICE: Final = "may have been paid for twice"
PAID_TWICE: Final = Oddity(
    "MAY_BE_PAID_TWICE",
    "A route failed after the question may have reached the payer, and another route was taken: the question "
    "may have been paid for twice.",
)


@dataclass(slots=True)
class Trip:
    """One channel during one inquiry; remembers what went over it, and whether it may have arrived."""

    channel: Channel
    clock: Clock = field(default_factory=SystemClock)
    reached: bool = field(default=False, init=False)
    taken: list[Exchange] = field(default_factory=list, init=False, repr=False)

    @property
    def name(self) -> str:
        """Return the name of the wire."""
        return self.channel.name

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question*; see `payers.kit.channel.Channel.ask`."""
        try:
            with recording(Recorder(self.name, self.clock, self.taken.append)):
                coverage = self.channel.ask(question, deadline)
        except PayerFault as fault:
            self.reached |= judge_fault(fault).reached
            raise
        self.reached = True
        return coverage

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """List what went over the wire, in the order it was sent."""
        return tuple(sorted(self.taken, key=attrgetter("at")))


@dataclass(frozen=True, slots=True)
class Leg:
    """What came of one route, and whether an earlier one may have been paid for the same question."""

    route: str
    answer: Answer
    again: bool


def join(legs: Iterable[Leg]) -> Answer:
    """Make the answer of the last route the answer, with the attempts of all of them.

    Of a single route nothing is said; of several, each attempt names its own.
    """
    known = list(legs)
    last = known[-1]
    if len(known) == 1:
        return last.answer
    notes = [PAID_TWICE] if any(leg.again for leg in known) else []
    coverage = replace(last.answer.coverage, warnings=(*last.answer.coverage.warnings, *notes))
    return replace(
        last.answer,
        coverage=coverage,
        attempts=tuple(_name(each, leg) for leg in known for each in leg.answer.attempts),
        exchanges=tuple(each for leg in known for each in leg.answer.exchanges),
    )


def _name(attempt: Attempt, leg: Leg) -> Attempt:
    words = (f"by the route {leg.route}", attempt.detail, TWICE if leg.again else None)
    return replace(attempt, detail="; ".join(word for word in words if word))
