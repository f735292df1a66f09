"""A run of nightly re-verification: its lanes, one a payer and facility, and its items, one a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType


class RunState(StrEnum):
    """How far a run has come, for the facilities within reach of whoever looks."""

    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class LaneState(StrEnum):
    """Whether the people of one payer and facility are being asked about."""

    OPEN = "open"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class ItemState(StrEnum):
    """How far one person of a run has come."""

    WAITING = "waiting"
    ASKING = "asking"  # the payer may have been asked by now
    DONE = "done"  # the payer answered
    FAILED = "failed"  # nobody could say; the reason says what staff can do
    STOPPED = "stopped"  # not asked, and not to be asked until somebody changes something
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an item, or a whole lane, waits or has ended without an answer."""

    PAYER_DOWN = "payer_down"  # it did not answer, or said that it cannot
    PAYER_THROTTLES = "payer_throttles"  # it takes fewer questions than we have
    PAYER_REFUSES = "payer_refuses"  # its system refuses us: credentials, enrolment
    STAFF_FIRST = "staff_first"  # people wait for this payer
    OUTSIDE_HOURS = "outside_hours"
    REJECTED = "rejected"  # it refused the question: the member is not found, something is to be corrected
    CONSENT = "consent"  # none, revoked or expired (42 CFR 2.31)
    BAD_INPUT = "bad_input"  # the payer needs more than the entry says
    NOT_CONFIGURED = "not_configured"  # no route leads to this payer
    DISCHARGED = "discharged"  # after the run was planned
    OUT_OF_TIME = "out_of_time"  # the night was over before it was their turn
    SERVICE = "service"  # something went wrong here


OPEN_STATES = frozenset({ItemState.WAITING, ItemState.ASKING})
NOT_REACHED = frozenset({ItemState.FAILED, ItemState.STOPPED})


@dataclass(frozen=True, slots=True)
class Run:
    """One run: for which date of the organization, and when it was made, planned and finished."""

    id: str
    day: date
    created_at: datetime
    planned_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """The items of one payer and one facility; at most one of them is being asked about at a time.

    ``turn`` counts who was sent for it; a message of an earlier turn is void. ``faults`` counts the payer's,
    one after the other.
    """

    id: str
    run_id: str
    day: date
    payer: str
    facility: str
    state: LaneState
    not_before: datetime
    not_after: datetime
    turn: int = 0
    faults: int = 0
    faulty_since: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One person of a run. ``repeats`` counts calls that may have been made twice after a worker died."""

    id: str
    run_id: str
    lane_id: str
    entry_id: str
    facility: str
    cause: str
    state: ItemState
    attempts: int
    not_before: datetime
    first_at: datetime | None = None
    ended_at: datetime | None = None
    verification_id: str | None = None
    reason: Reason | None = None
    changes: int | None = None
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to ask about one item: until *until*, under *token*, which fences off whoever comes late."""

    lane: Lane
    item: Item
    token: str = field(repr=False)
    until: datetime
    taken_over: bool  # the last worker on it may have asked already


@dataclass(frozen=True, slots=True)
class Progress:
    """A run as far as it is within reach: how many people are in which state, and what came of them."""

    run: Run
    state: RunState
    counts: Mapping[ItemState, int] = field(default_factory=lambda: MappingProxyType({}))
    changed: int = 0
    repeats: int = 0
    parked: Mapping[str, Reason] = field(default_factory=lambda: MappingProxyType({}))  # payers

    @property
    def people(self) -> int:
        """Count everybody in it."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Count those of whom nothing is known yet."""
        return sum(self.counts.get(state, 0) for state in OPEN_STATES)

    @property
    def not_reached(self) -> int:
        """Count those of whom nobody could say anything."""
        return sum(self.counts.get(state, 0) for state in NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item with what a person needs to see: whose, with which payer."""

    item: Item
    payer: str
    last_name: str = field(repr=False)
    first_name: str | None = field(repr=False)
