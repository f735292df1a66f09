"""`Verification`: the whole answer to one inquiry, with how fresh it is and what is still open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate
from verifier.model.fact import Fact
from verifier.model.findings import Remark, Unknown, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.payment import AfterPrimary, Turn
from verifier.model.review import Note, Review


class VerificationStatus(StrEnum):
    """How far a verification has come."""

    COMPLETE = "complete"
    PENDING = "pending"
    FAILED = "failed"


class Origin(StrEnum):
    """Where the coverage came from."""

    LIVE = "live"
    CACHE = "cache"
    STALE = "stale"  # the payer failed; an older answer is served, with its age and the reason


class Outcome(StrEnum):
    """How one call to a payer ended."""

    ANSWERED = "answered"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    THROTTLED = "throttled"  # too many at once; the question was not put, so asking later is safe
    BAD_REPLY = "bad_reply"
    HELD = "held"  # not sent at all: the payer is failing, or the same question is barely a minute old


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the coverage is; *age* in seconds, *reason* for a stale one."""

    origin: Origin
    age: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its reasons, most important first."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call made: by which channel, for which services, how it ended, how long it took, whom it asked."""

    channel: str
    service_types: tuple[str, ...]
    outcome: Outcome
    seconds: float
    detail: str | None = None
    payer: str | None = None  # its id in the payer directory


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went over one wire: our request and the payer's reply, ``None`` when none came."""

    channel: str
    at: datetime
    request: bytes = field(repr=False)
    reply: bytes | None = field(default=None, repr=False)


PASSING: Final[Mapping[str, bool]] = {"passing": True}  # of a last field that is handed on and never stored


@dataclass(frozen=True, slots=True)
class Answer:
    """What a payer gateway brings back: merged coverage, every call made for it, what went over the wire.

    The exchanges go with the verification that made the calls and with no other, so no cache keeps them.
    """

    coverage: Coverage
    attempts: tuple[Attempt, ...] = ()
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False, metadata=PASSING)

    @property
    def is_fault(self) -> bool:
        """Tell whether nobody could answer, so that an older answer is better than this one.

        An answer may leave coverage unknown, too: VA says who is a Veteran and not who is covered.
        """
        answered = any(attempt.outcome is Outcome.ANSWERED for attempt in self.attempts)
        return self.coverage.status == "unknown" and not answered


@dataclass(frozen=True, slots=True)
class Notice:
    """A statement that goes with the answer, with the rule it follows."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to one inquiry."""

    id: str
    status: VerificationStatus
    inquiry: Inquiry = field(repr=False)
    created_at: datetime
    coverage: Coverage | None = field(default=None, repr=False)
    estimate: Estimate | None = field(default=None, repr=False)
    as_of: datetime | None = None
    freshness: Freshness | None = None
    decision: Decision | None = None
    unknowns: tuple[Unknown, ...] = ()
    notices: tuple[Notice, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    problem: str | None = None  # why a failed one failed, in words for staff
    remarks: tuple[Remark, ...] = ()  # what the program's published rules say of this patient
    actions: tuple[str, ...] = ()  # what they ask to be done next, in order
    payment_order: tuple[Turn, ...] = ()  # of a patient with several plans; this one among them
    after_primary: AfterPrimary | None = None  # where another plan pays before this one, or may
    facts: tuple[Fact, ...] = ()  # answers from phone calls, in the order they were recorded
    notes: tuple[Note, ...] = ()
    review: Review | None = None  # of exactly what stands here

    @property
    def revision(self) -> str:
        """Name what a reviewer looks at: it is another one after every new answer, of a wire or by phone."""
        as_of = self.as_of.isoformat() if self.as_of else ""
        return f"{self.status.value} {as_of} {len(self.facts)}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What went over the wire for a verification, in the order of the calls, and what is said with it."""

    verification: Verification = field(repr=False)
    exchanges: tuple[Exchange, ...] = field(repr=False)
    notices: tuple[Notice, ...] = ()
