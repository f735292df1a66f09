"""What stands in front of a channel, for one route to one payer: breaker, bulkhead, budget, no early resend.

Their state is one small text for each payer and route, shared by all processes. Its name is that of payer
and route; that of a question sent without an answer is the question, which the state's keeper hashes.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from time import sleep
from typing import Final, NamedTuple, TypeVar

from payers.kit import retry
from payers.kit.budget import Budget
from payers.kit.bulkhead import Bulkhead, Lane
from payers.kit.channel import Channel, HttpChannel
from payers.kit.circuit import Circuit, Condition, Permission
from payers.kit.deadline import Deadline
from payers.kit.retry import Verdict
from verifier.calls import CallState
from verifier.errors import AskedTooSoon, PayerFault, PayerHeld
from verifier.model.coverage import Coverage
from verifier.model.question import Question

Result = TypeVar("Result")

RESEND_AFTER: Final = 90.0  # CAQH CORE: no sooner, when no answer came
KEPT: Final = timedelta(hours=1)
LEASE_MARGIN: Final = 5.0
PATIENCE: Final = 5.0  # how long a person waits for a place; its share of a short deadline is a quarter
FIRST_LOOK: Final = 0.02
SLOWEST_LOOK: Final = 0.5  # every look costs the process, and so the callers of other payers
FAIR: Final = 1.0  # a call that was given fewer seconds proves nothing about the payer

FAILING: Final = (
    "The last questions to this payer failed, so nothing is sent until it answers a probe; ask again later."
)
FULL: Final = "This payer has as many questions as it takes at once; nothing was sent, ask again shortly."


class Line(NamedTuple):
    """The state of one route to one payer."""

    circuit: Circuit = Circuit()
    bulkhead: Bulkhead = Bulkhead()
    budget: Budget = Budget()


class Ticket(NamedTuple):
    """Leave to make one call."""

    token: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may pass to one payer over one route, now."""

    state: CallState
    payer: str
    route: str
    lane: Lane = Lane.INTERACTIVE
    each_route: bool = False  # a question that went out over one route may go out over another
    pause: Callable[[float], None] = sleep

    def enter(self, deadline: Deadline) -> Ticket:
        """Take a place, waiting a little for one.

        Raises:
            PayerHeld: the payer is failing, or all places are taken.
        """
        token, lease = secrets.token_hex(8), deadline.left + LEASE_MARGIN
        patience = deadline.sooner(min(PATIENCE, deadline.left / 4))
        look = FIRST_LOOK
        while True:
            permission = self._change(lambda line, now: _enter(line, now, token, self.lane, lease))
            if permission is Permission.HELD:
                raise PayerHeld(FAILING)
            if permission is not None:
                return Ticket(token, permission)
            if patience.passed or self.lane is Lane.NIGHTLY:
                self._change(lambda line, _: (line._replace(bulkhead=line.bulkhead.give_up(token)), None))
                raise PayerHeld(FULL)
            self.pause(min(look, patience.left))
            look = min(1.5 * look, SLOWEST_LOOK)

    def leave(self, ticket: Ticket, verdict: Verdict) -> None:
        """Give the place back and note how the call ended."""
        self._change(lambda line, now: (_leave(line, now, ticket, verdict), None))

    def may_retry(self) -> bool:
        """Spend one retry, if there is one to spend."""
        return self._change(_spend)

    def tell_condition(self) -> Condition:
        """Say how the breaker stands."""
        return self._change(lambda line, now: (line, line.circuit.tell_condition(now)))

    def is_holding(self) -> bool:
        """Tell whether the breaker, as this process saw it last, lets nothing out now, not even a probe."""
        text, now = self.state.peek(self._name)
        return read_line(text).circuit.tell_condition(now) is Condition.OPEN

    @property
    def _name(self) -> str:
        return f"line {self.payer} {self.route}"

    def _change(self, change: Callable[[Line, float], tuple[Line, Result]]) -> Result:
        def rewrite(text: str | None, now: float) -> tuple[str | None, Result]:
            line, result = change(read_line(text), now)
            return (json.dumps(line, separators=(",", ":")) if line != Line() else None), result

        return self.state.change(self._name, rewrite, keep=KEPT)


@dataclass(frozen=True, slots=True)
class HeldChannel:
    """A channel of a payer that is failing: nothing goes out."""

    name: str

    def ask(self, question: Question, deadline: Deadline) -> Coverage:  # noqa: ARG002 - as every channel
        """Send nothing.

        Raises:
            PayerHeld: always.
        """
        raise PayerHeld(FAILING)


class GuardedChannel:
    """A channel behind its guard; nothing goes out that should not."""

    def __init__(self, channel: Channel, guard: Guard) -> None:
        """Put *guard* in front of *channel*."""
        self.name = channel.name
        self._channel = channel
        self._guard = guard
        self._resumes = isinstance(channel, HttpChannel) and channel.resumes

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question*, if it may go out; see `payers.kit.channel.Channel.ask`.

        Raises:
            PayerHeld: nothing was sent, because the payer is failing or has enough to do.
            AskedTooSoon: nothing was sent, because the same question may be with the payer already.
        """
        self._require_time_passed(question)
        ticket = self._guard.enter(deadline)
        given, verdict = deadline.left, retry.UNASKED
        try:
            with retry.budgeted(self._guard.may_retry):
                coverage = self._channel.ask(question, deadline)
            verdict = retry.judge(coverage)
        except PayerFault as fault:
            verdict = retry.judge_fault(fault)
            raise
        finally:
            self._guard.leave(ticket, verdict if given >= FAIR else verdict._replace(fails=None))
            if verdict.unanswered:
                self._remember(question)
        return coverage

    def _require_time_passed(self, question: Question) -> None:
        def look(text: str | None, now: float) -> tuple[str | None, float]:
            return text, _read_time(text) - now

        left = 0.0 if self._resumes else self._guard.state.change(self._name(question), look, keep=KEPT)
        if 0 < left <= RESEND_AFTER:
            raise AskedTooSoon(
                f"The same question may have reached the payer already; ask again in {int(left) + 1} seconds."
            )

    def _remember(self, question: Question) -> None:
        def note(_: str | None, now: float) -> tuple[str, None]:
            return json.dumps(now + RESEND_AFTER), None

        self._guard.state.change(self._name(question), note, keep=timedelta(seconds=RESEND_AFTER))

    def _name(self, question: Question) -> str:
        """Write everything that makes a question the same one, on whichever route; it identifies a person."""
        route = self._guard.route if self._guard.each_route else ""
        parts = asdict(question) | {"payer_name": self._guard.payer, "payer_id": route, "trace": ""}
        return f"question {json.dumps(parts, default=str, sort_keys=True)}"


def read_line(text: str | None) -> Line:
    """Read a line's state; one that cannot be read is as good as none."""
    try:
        circuit, bulkhead, budget = json.loads(text) if text else Line()
        return Line(Circuit(*circuit), Bulkhead(*bulkhead), Budget(*budget))
    except (TypeError, ValueError):
        return Line()


def _read_time(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _enter(line: Line, now: float, token: str, lane: Lane, lease: float) -> tuple[Line, Permission | None]:
    circuit, permission = line.circuit.admit(now, lease=lease)
    if permission is Permission.HELD:
        return line, permission
    bulkhead, entered = line.bulkhead.enter(now, token, lane, lease=lease)
    if not entered:  # a probe that finds no place is none yet
        return line._replace(bulkhead=bulkhead), None
    return Line(circuit, bulkhead, line.budget.spend_on_call(now)), permission


def _leave(line: Line, now: float, ticket: Ticket, verdict: Verdict) -> Line:
    slowed = verdict.action is retry.Action.SLOW
    return line._replace(
        circuit=line.circuit.record(now, ticket.permission, failed=verdict.fails),
        bulkhead=line.bulkhead.leave(now, ticket.token, slowed=slowed),
    )


def _spend(line: Line, now: float) -> tuple[Line, bool]:
    budget, granted = line.budget.spend_on_retry(now)
    return line._replace(budget=budget), granted
