"""What to do after each way a call can end: one table for breaker, resend, failover, nightly work and ladder.

The rules are those of practice: an outage is asked again with growing pauses, a throttled caller slows down,
a refusal of the provider or of our settings is for staff, and a member who was not found is searched for with
other words, never asked for again in the same ones. The follow-up action (AAA04) decides where the payer
sends one, except that it cannot make an outage final: gateways send "do not resubmit" on a lost connection
too.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from verifier.errors import (
    AskedTooSoon,
    BadReply,
    PayerFault,
    PayerHeld,
    PayerRefused,
    PayerThrottled,
    PayerTimeout,
    PayerUnreachable,
)
from verifier.model.coverage import Coverage, Rejection
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry

SERVER_ERRORS: Final = 5
REQUEST_TIMEOUT: Final = 408


class Action(StrEnum):
    """What comes next, the gravest first."""

    RETRY = "retry"  # ask again, after a growing pause
    SLOW = "slow"  # ask again, but fewer at once
    WAIT = "wait"  # the payer said when, or that it will come back by itself
    STOP = "stop"  # somebody has to change a setting or an enrolment first
    STAFF = "staff"  # somebody has to look at the data first
    SEARCH = "search"  # other words may find the same person
    NONE = "none"  # there is an answer


class Verdict(NamedTuple):
    """How a call ended.

    *fails*: the payer or its wire is to blame, ``None`` where nothing can be concluded. *reached*: the payer
    may have the question, and a bill for it. *unanswered*: it may still be at work on it.
    """

    action: Action
    fails: bool | None = False
    reached: bool = True
    unanswered: bool = False


DONE: Final = Verdict(Action.NONE)
UNASKED: Final = Verdict(Action.NONE, fails=None, reached=False)
OUTAGE: Final = Verdict(Action.RETRY, fails=True)
LOST: Final = OUTAGE._replace(unanswered=True)
SLOWED: Final = Verdict(Action.SLOW, fails=None, reached=False)
THROTTLED: Final = SLOWED._replace(reached=True)
STOPPED: Final = Verdict(Action.STOP)

FAULTS: Final[Mapping[type[PayerFault], Verdict]] = {
    PayerThrottled: SLOWED,
    PayerHeld: Verdict(Action.RETRY, fails=None, reached=False),
    PayerUnreachable: OUTAGE._replace(reached=False),
    AskedTooSoon: Verdict(Action.RETRY, fails=None),
    PayerTimeout: LOST,
    BadReply: LOST,
    PayerRefused: STOPPED,  # an envelope error, or a status that is in neither of the two lines below
    PayerFault: LOST,
}
SILENT: Final = Verdict(Action.RETRY, fails=None, unanswered=True)  # no answer, and no refusal that says why
REFUSED: Final = "QUESTION_REFUSED"  # the warning that a translator turned our message away (999, TA1)
ASKED: Final = Verdict(Action.STAFF)
NOT_FOUND: Final = Verdict(Action.SEARCH)
CODES: Final[Mapping[str, Verdict]] = {
    "04": THROTTLED,
    "42": OUTAGE,
    "80": LOST,
    **dict.fromkeys(("41", "43", "44", "45", "46", "47", "48", "50", "51", "97", "T4"), STOPPED),
    **dict.fromkeys(("58", "60", "62", "63", "71", "79"), ASKED),
    **dict.fromkeys(("64", "65", "66", "67", "68", "72", "73", "74", "75", "76", "77", "78"), NOT_FOUND),
}
CATEGORIES: Final[Mapping[RejectionClass, Verdict]] = {
    RejectionClass.PAYER_UNAVAILABLE: OUTAGE,
    RejectionClass.PROVIDER: STOPPED,
    RejectionClass.REQUEST: ASKED,
    RejectionClass.OTHER: STOPPED,
}
FOLLOW_UPS: Final = {
    "N": Action.STOP,
    "S": Action.WAIT,
    "W": Action.WAIT,
    "X": Action.WAIT,
    "Y": Action.WAIT,
}
PERSONS: Final = frozenset({"2100C", "2100D", "2110C", "2110D"})  # loops about one person, not the payer


def judge_fault(fault: PayerFault) -> Verdict:
    """Look up what *fault* means."""
    status = fault.status if isinstance(fault, PayerRefused) else None
    if status == REQUEST_TIMEOUT or (status and status // 100 == SERVER_ERRORS):
        return LOST
    return next(FAULTS[kind] for kind in type(fault).__mro__ if kind in FAULTS)


def judge_rejection(rejection: Rejection) -> Verdict:
    """Look up what one AAA means: its code, its follow-up action, and where it sat."""
    verdict = _judge_code(rejection)
    if verdict.action in {Action.RETRY, Action.SLOW}:
        # an outage in a person's own loop concerns that record, not the payer
        return verdict._replace(fails=False) if rejection.loop in PERSONS else verdict
    if verdict.action is Action.SEARCH and rejection.retry is Retry.NEVER:
        return STOPPED
    return verdict._replace(action=FOLLOW_UPS.get(rejection.follow_up or "", verdict.action))


def judge(coverage: Coverage) -> Verdict:
    """Tell what an answer means: the gravest of its refusals, or why there is no answer in it."""
    if coverage.status not in {CoverageStatus.REJECTED, CoverageStatus.UNKNOWN}:
        return DONE
    verdicts = [judge_rejection(rejection) for rejection in coverage.rejections]
    if not verdicts:
        return STOPPED if REFUSED in {warning.code for warning in coverage.warnings} else SILENT
    return min(verdicts, key=lambda verdict: list(Action).index(verdict.action))


def _judge_code(rejection: Rejection) -> Verdict:
    verdict = CODES.get(rejection.code or "")
    if rejection.category is RejectionClass.PAYER_UNAVAILABLE and verdict not in {LOST, THROTTLED}:
        return OUTAGE  # in words, or a 79 beside a 42: the gateway's complaint about its own wire
    return verdict or CATEGORIES.get(rejection.category, NOT_FOUND)


class Policy(NamedTuple):
    """How often to ask in all, after which ends, and how long to pause; lengths in seconds."""

    attempts: int
    after: frozenset[Action]
    only_unsent: bool
    first_pause: float
    longest_pause: float

    def pause(self, attempt: int, verdict: Verdict, random: Random) -> float | None:
        """Say how long to wait after the attempt with this number, from 1, or ``None`` to give up.

        The pause is drawn evenly from nothing to twice as much each time ("full jitter"), so that callers who
        failed together do not come back together.
        """
        if attempt >= self.attempts or verdict.action not in self.after:
            return None
        if self.only_unsent and verdict.reached:
            return None
        return random.uniform(0, min(self.longest_pause, self.first_pause * 2 ** (attempt - 1)))


INTERACTIVE: Final = Policy(
    2, frozenset({Action.RETRY}), only_unsent=True, first_pause=0.2, longest_pause=0.2
)
NIGHTLY: Final = Policy(
    4, frozenset({Action.RETRY, Action.SLOW}), only_unsent=False, first_pause=240.0, longest_pause=1800.0
)

_BUDGET: ContextVar[Callable[[], bool] | None] = ContextVar("retry budget", default=None)


@contextmanager
def budgeted(spend: Callable[[], bool]) -> Iterator[None]:
    """Let everything that retries in this thread ask *spend* first."""
    token = _BUDGET.set(spend)
    try:
        yield
    finally:
        _BUDGET.reset(token)


def may_retry() -> bool:
    """Spend one retry; without a budget there is one for everybody."""
    spend = _BUDGET.get()
    return spend is None or spend()
