"""Questions put to one payer, one alone or several together, and how each of them fared."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future, wait
from contextvars import copy_context
from dataclasses import dataclass
from typing import Final

from payers.kit import retry
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
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
from verifier.model.coverage import Coverage
from verifier.model.question import Question
from verifier.model.verification import Attempt, Outcome
from verifier.model.vocabulary import CoverageStatus, RejectionClass
from verifier.progress import tell_progress

OUTCOMES: Final[dict[type[PayerFault], Outcome]] = {
    PayerTimeout: Outcome.TIMEOUT,
    PayerUnreachable: Outcome.UNREACHABLE,
    PayerRefused: Outcome.REFUSED,
    PayerThrottled: Outcome.THROTTLED,
    BadReply: Outcome.BAD_REPLY,
    PayerHeld: Outcome.HELD,
    AskedTooSoon: Outcome.HELD,
}
STATUSES: Final = {
    CoverageStatus.ACTIVE: Outcome.ANSWERED,
    CoverageStatus.INACTIVE: Outcome.ANSWERED,
    CoverageStatus.REJECTED: Outcome.REJECTED,
    CoverageStatus.UNKNOWN: Outcome.UNAVAILABLE,
}
# asking about another service does not find a member, enrol a provider or mend a payer
FINAL: Final = frozenset({RejectionClass.MEMBER, RejectionClass.PROVIDER, RejectionClass.PAYER_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Result:
    """How one question fared: a coverage, or the fault there is instead."""

    question: Question
    attempt: Attempt
    coverage: Coverage | None = None
    fault: PayerFault | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether asking the same payer more is of no use."""
        if self.coverage is None or self.coverage.status is CoverageStatus.UNKNOWN:
            return True
        return self.coverage.status is CoverageStatus.REJECTED and any(
            rejection.category in FINAL for rejection in self.coverage.rejections
        )


def ask(channel: Channel, question: Question, deadline: Deadline) -> Result:
    """Put one question, and tell whoever listens how it went; a payer's fault is a result, no exception."""
    result = _ask(channel, question, deadline)
    tell_progress(result.attempt)
    return result


def _ask(channel: Channel, question: Question, deadline: Deadline) -> Result:
    started = deadline.left
    try:
        coverage = channel.ask(question, deadline)
    except PayerFault as fault:
        return _record_fault(channel, question, fault, started - deadline.left)
    codes = " ".join(rejection.code or "in words" for rejection in coverage.rejections)
    detail = f"rejected: {codes}" if codes else None
    outcome = STATUSES[coverage.status]
    attempt = Attempt(channel.name, question.service_types, outcome, started - deadline.left, detail)
    return Result(question, attempt, coverage)


def ask_together(
    channel: Channel, questions: Sequence[Question], deadline: Deadline, executor: Executor
) -> list[Result]:
    """Put *questions* at one time, and give the results in their order.

    Raises:
        BadInput: the question cannot be written on this wire.
        NotConfigured: the channel's settings cannot be used.
    """
    futures = {
        executor.submit(copy_context().run, ask, channel, question, deadline): question
        for question in questions
    }
    wait(futures, timeout=deadline.left)
    return [_settle(future, channel, question) for future, question in futures.items()]


def _record_fault(channel: Channel, question: Question, fault: PayerFault, seconds: float) -> Result:
    attempt = Attempt(channel.name, question.service_types, _judge(fault), seconds, fault.detail)
    return Result(question, attempt, fault=fault)


def _judge(fault: PayerFault) -> Outcome:
    """Look up how a call ended; a status by which a payer says that it cannot, such as 503, is no refusal."""
    if isinstance(fault, PayerRefused) and retry.judge_fault(fault) is retry.LOST:
        return Outcome.UNAVAILABLE
    return OUTCOMES.get(type(fault), Outcome.UNAVAILABLE)


def _settle(future: Future[Result], channel: Channel, question: Question) -> Result:
    """Give the result of a question under way, which keeps to the deadline, or withdraw one still waiting."""
    if future.cancel():
        return _record_fault(channel, question, PayerTimeout("There was no time left to ask this."), 0.0)
    return future.result()
