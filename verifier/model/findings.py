"""What an answer says in words: facts still open, and remarks, each of them with the rule behind it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What admissions may do next."""

    GO = "go"
    CAUTION = "caution"
    STOP = "stop"


class FigureStatus(StrEnum):
    """How well a published figure is known."""

    PRINTED = "printed"  # read in a source for that year, or fixed by statute
    DERIVED = "derived"  # worked out by the statute's own index rule
    INFERRED = "inferred"  # a figure known for one service, applied to another by reasoning
    UNCONFIRMED = "unconfirmed"  # from a source that is old, undated or not official, or from none
    UNKNOWN = "unknown"  # not found; there is no figure


class Rule(NamedTuple):
    """The published rule a figure or remark follows; ``year`` is ``None`` where none bounds it."""

    program: str  # the kind of coverage: tricare, va, champva
    year: int | None
    status: FigureStatus
    source: str  # a citation, or the page to look the figure up on when it is unknown


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact nobody answered, with the question to put to the payer or the patient."""

    code: str
    question: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the published rules say of this patient, in plain words.

    ``verdict`` is what it leads to, ``None`` for mere information; ``rule`` is where it stands.
    """

    code: str
    text: str
    verdict: Verdict | None = None
    rule: Rule | None = None
