"""What the queue of requests asks of its store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from verifier.model.intake import Intake, IntakeState

Change = Callable[[Intake], Intake]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which intakes are looked for; empty and ``None`` leave it open."""

    states: frozenset[IntakeState] = frozenset()
    assignee: str | None = None  # id of a user
    is_free: bool = False  # nobody's yet


EVERYTHING = Sought()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many intakes are in each state, and a stamp: a text that is another one after every change."""

    counts: Mapping[IntakeState, int]
    stamp: str


class Intakes(Protocol):
    """Intakes, kept encrypted; those of facilities out of reach do not exist.

    Everything raises `Unavailable` while the store is away; nothing is done then.
    """

    def add(self, intake: Intake) -> None:
        """Keep a new intake, of whatever facility: whoever asks for help is inside no fence."""
        ...

    def find(self, intake_id: str) -> Intake:
        """Return the intake.

        Raises:
            NotFound: there is none under this id, or it is past its retention.
        """
        ...

    def change(self, intake_id: str, change: Change) -> Intake:
        """Replace an intake by what *change* makes of it, and return that; nobody else changes it meanwhile.

        Raises:
            NotFound: there is none under this id.
        """
        ...

    def change_all(self, changes: Mapping[str, Change]) -> Mapping[str, Intake]:
        """Change many intakes by id as `change` does, all or none; one that is not there is left out."""
        ...

    def of_verification(self, verification_id: str) -> Sequence[str]:
        """Return the ids of the intakes that led to a verification."""
        ...

    def listing(self, sought: Sought, *, limit: int, before: str | None = None) -> Sequence[Intake]:
        """Return the intakes *sought*, newest first, older than the one with id *before*."""
        ...

    def tally(self) -> Tally:
        """Count the queue, as far as the caller sees it."""
        ...

    def purge(self) -> int:
        """Delete the intakes past their retention, and count them."""
        ...
