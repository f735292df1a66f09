"""What becomes of an item once its payer was asked: it is answered, asked again later, or given up.

A payer's fault is no answer about anybody. It is asked again with growing pauses and full jitter, at most
four times and within eight hours; a payer that fails three times running is left alone for a while together
with everybody it insures (`docs/how-to/reverify-at-night.md`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from verifier.errors import (
    BadInput,
    ConsentNeeded,
    NotConfigured,
    NotFound,
    VerifierError,
)
from verifier.model.reverification import ItemState, Reason
from verifier.model.verification import Origin, Outcome, Verification
from verifier.model.vocabulary import CoverageStatus, Retry

RESEND_AFTER: Final = timedelta(seconds=90)  # CAQH CORE: no sooner, when no answer came
PARKED_AFTER: Final = 3  # faults running
HELD_FOR: Final = timedelta(seconds=15)  # when nothing was sent, it is tried again soon


@dataclass(frozen=True, slots=True)
class Terms:
    """How patient a run is. Times of tests are shorter; nothing else differs."""

    window: timedelta = timedelta(hours=8)
    attempts: int = 4
    first_pause: timedelta = timedelta(minutes=2)
    longest_pause: timedelta = timedelta(minutes=30)
    resend_after: timedelta = RESEND_AFTER
    held_for: timedelta = HELD_FOR
    lease: timedelta = timedelta(seconds=30)
    per_minute: int = 60  # questions to one payer for one NPI


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the item and of its lane.

    ``retry`` is the shortest pause until the item is asked about again. ``fault`` counts against the payer;
    ``sent`` tells whether an attempt was used up, ``slows`` that the payer wants fewer questions.
    """

    state: ItemState
    reason: Reason | None = None
    retry: bool = False
    fault: bool = False
    sent: bool = True
    slows: bool = False


ANSWERED: Final = Verdict(ItemState.DONE)
CORRECT_FIRST: Final = Verdict(ItemState.FAILED, Reason.REJECTED)
DOWN: Final = Verdict(ItemState.WAITING, Reason.PAYER_DOWN, retry=True, fault=True)
REFUSED: Final = Verdict(ItemState.WAITING, Reason.PAYER_REFUSES, retry=True, fault=True)
THROTTLED: Final = Verdict(ItemState.WAITING, Reason.PAYER_THROTTLES, retry=True, sent=False, slows=True)
HELD: Final = Verdict(ItemState.WAITING, Reason.STAFF_FIRST, retry=True, sent=False)
FAILING: Final = replace(HELD, reason=Reason.PAYER_DOWN)
BREAKER: Final = "questions to this payer failed"  # as its breaker puts it into words
HERE: Final = Verdict(ItemState.WAITING, Reason.SERVICE, retry=True, sent=False)
BY_OUTCOME: Final[Mapping[Outcome, Verdict]] = MappingProxyType(
    {
        Outcome.UNAVAILABLE: DOWN,
        Outcome.TIMEOUT: DOWN,
        Outcome.UNREACHABLE: DOWN,
        Outcome.BAD_REPLY: DOWN,
        Outcome.REFUSED: REFUSED,
        Outcome.HELD: HELD,
    }
)
BY_ERROR: Final[Mapping[type[VerifierError], Verdict]] = MappingProxyType(
    {
        ConsentNeeded: Verdict(ItemState.STOPPED, Reason.CONSENT, sent=False),
        NotConfigured: Verdict(ItemState.FAILED, Reason.NOT_CONFIGURED, sent=False),
        NotFound: Verdict(ItemState.FAILED, Reason.NOT_CONFIGURED, sent=False),
        BadInput: Verdict(ItemState.FAILED, Reason.BAD_INPUT, sent=False),
        VerifierError: HERE,
    }
)


def judge(verification: Verification) -> Verdict:
    """Judge an answer. What is served from before because the payer failed is a fault all the same."""
    last = verification.attempts[-1].outcome if verification.attempts else None
    stale = verification.freshness is not None and verification.freshness.origin is Origin.STALE
    coverage = verification.coverage
    if coverage is None or stale or _is_fault(verification):
        return _judge_fault(verification, last)
    if coverage.status is CoverageStatus.REJECTED:
        later = any(each.retry is Retry.LATER for each in coverage.rejections)
        return DOWN if later else CORRECT_FIRST
    return ANSWERED


def judge_error(error: VerifierError) -> Verdict:
    """Judge a question that was not put."""
    return next(BY_ERROR[kind] for kind in type(error).__mro__ if kind in BY_ERROR)


def find_pause(terms: Terms, tries: int, uniform: Callable[[float, float], float]) -> timedelta:
    """Draw the pause after so many *tries* (from 1): full jitter up to a limit that doubles."""
    limit = min(terms.longest_pause, terms.first_pause * (1 << min(tries - 1, 16)))
    drawn = timedelta(seconds=uniform(0.0, limit.total_seconds()))
    return max(terms.resend_after, drawn)


def find_parking(terms: Terms, faults: int) -> timedelta | None:
    """Tell how long a payer is left alone after so many *faults* running; ``None``: it is not."""
    if faults < PARKED_AFTER:
        return None
    return min(terms.longest_pause, terms.first_pause * (1 << min(faults - PARKED_AFTER, 16)))


def _is_fault(verification: Verification) -> bool:
    """Tell whether nobody answered: coverage is unknown and no call brought anything."""
    coverage = verification.coverage
    answered = any(each.outcome is Outcome.ANSWERED for each in verification.attempts)
    return coverage is not None and coverage.status is CoverageStatus.UNKNOWN and not answered


def _judge_fault(verification: Verification, last: Outcome | None) -> Verdict:
    outcomes = {each.outcome for each in verification.attempts}
    if outcomes <= {Outcome.HELD}:
        return FAILING if any(BREAKER in (each.detail or "") for each in verification.attempts) else HELD
    if Outcome.THROTTLED in outcomes:  # whichever else failed, fewer questions are wanted
        return THROTTLED
    return BY_OUTCOME.get(last, DOWN) if last is not None else DOWN
