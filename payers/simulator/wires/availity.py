"""The simulated payer behind Availity: a token for five minutes, a form in, a coverage to ask for.

How long an answer takes depends on the address it is asked at, see `MOODS`. Statuses and the error envelope
are those of Availity's Coverages 1.0.0 definition and its published rules.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from threading import Lock
from typing import Final

from payers.simulator.envelopes import BAD_REQUEST, OK, RESPONSE_TYPE
from payers.simulator.exchange import ACCEPTED, Exchange, Response, whole
from payers.simulator.inquiries import EligibilityInquiry
from payers.simulator.rendering import Refusal
from payers.simulator.wires.coverages import render_coverage, render_people
from payers.simulator.wires.forms import FormFault
from payers.simulator.wires.tokens import UNAUTHORIZED, TokenDesk
from payers.simulator.wires.tokens import write_compact as _write

LIFE: Final = timedelta(minutes=5)
NOT_FOUND: Final = "404 Not Found"
UNPROCESSABLE: Final = "422 Unprocessable Content"
TOO_MANY: Final = "429 Too Many Requests"
TIMED_OUT: Final = "504 Gateway Timeout"
MOODS: Final[dict[str, tuple[str, ...] | None]] = {  # what a coverage's first polls are answered with
    "availity": (ACCEPTED, ACCEPTED),
    "availity-at-once": (),
    "availity-never": None,
    "availity-late": (ACCEPTED, TIMED_OUT, TOO_MANY),
    "availity-forgetful": (UNAUTHORIZED,),  # the token ends while an answer is waited for
    "availity-at-poll": (),  # taken at once, and what goes wrong does so when the answer is asked for
}
AT_ONCE: Final = "availity-at-once"
NEVER: Final = "availity-never"
AT_POLL: Final = "availity-at-poll"


def write_error(status: str, message: str, errors: list[dict[str, str]] | None = None) -> Response:
    """Build Availity's error envelope."""
    number = int(status.split(maxsplit=1)[0])
    fields = {"userMessage": message, "developerMessage": message, "reasonCode": 0, "statusCode": number}
    return _write(status, {**fields, "errors": errors or []})


def refuse_form(fault: FormFault) -> Response:
    """Refuse a form that breaks the definition."""
    errors = [{"field": name, "errorMessage": "is missing or cannot be taken"} for name in fault.fields]
    return write_error(BAD_REQUEST, "The request is not valid.", errors)


@dataclass(slots=True)
class _Held:
    """A coverage kept for whoever asks for it: the first answers to come, then the coverage itself."""

    first: list[str] | None
    answer: Callable[[], Response]

    def take_turn(self) -> str:
        """Say what the next poll is answered with."""
        if self.first is None:
            return ACCEPTED
        return self.first.pop(0) if self.first else OK


@dataclass(slots=True)
class Availity:
    """What Availity keeps: whom it gave tokens, and coverages by id."""

    desk: TokenDesk
    random: Random = field(default_factory=Random)
    _coverages: dict[str, _Held] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def keep(self, mood: str, answer: Callable[[], Response]) -> str:
        """Keep a coverage, which *answer* gives, and tell its id."""
        first = MOODS[mood]
        identifier = self.draw()
        with self._lock:
            self._coverages[identifier] = _Held(None if first is None else list(first), answer)
        return identifier

    def take(self, mood: str, inquiry: EligibilityInquiry, answer: Callable[[], Response]) -> Response:
        """Take a question before anyone looks at it; *answer* is asked for what came of it at each poll."""
        identifier = self.keep(mood, answer)
        trace = {"patient": {"patientAccountNumber": inquiry.trace[0]}}
        return _write(ACCEPTED, {"id": identifier, "status": "In Progress", "statusCode": "0", **trace})

    def show(self, identifier: str, header: str) -> Response:
        """Answer one poll."""
        with self._lock:
            held = self._coverages.get(identifier)
            turn = held.take_turn() if held else NOT_FOUND
        if held is None:
            return write_error(NOT_FOUND, "There is no such coverage.")
        if turn == UNAUTHORIZED:
            self.desk.revoke(header)
        if turn == ACCEPTED:
            return _write(ACCEPTED, {"id": identifier, "status": "In Progress", "statusCode": "0"})
        if turn != OK:
            return write_error(turn, "The coverage is not there.")
        return held.answer()

    def draw(self) -> str:
        """Draw an id."""
        with self._lock:
            return f"{self.random.randrange(10**18, 10**19)}"


@dataclass(frozen=True, slots=True)
class AvailityWire:
    """One request under way at Availity."""

    house: Availity = field(repr=False)
    mood: str = "availity"
    name: str = "availity"

    def answer(self, exchange: Exchange, refusal: Refusal | None) -> Response:
        """Take the question; its answer is there to be asked for, or comes at once."""
        if refusal and refusal.loop == "2100B":
            errors = [
                {"code": code, "errorMessage": "The payer rejected the provider."} for code in refusal.codes
            ]
            return self._hold(exchange, write_error(UNPROCESSABLE, "The payer rejected the request.", errors))
        coverage = render_coverage(exchange, refusal)
        if self.mood == AT_ONCE:
            return _write(OK, {"id": self.house.draw(), **coverage})
        return self._hold(exchange, _write(OK, coverage))

    def wrap(self, exchange: Exchange, payload: str, payload_type: str) -> Response:
        """Keep what cannot be turned into a coverage: an acknowledgement, or an answer cut off."""
        if payload_type != RESPONSE_TYPE:
            failed = {"status": "Communication Error", "statusCode": "7", **render_people(exchange)}
            return self._hold(exchange, _write(OK, failed))
        cut = json.dumps(render_coverage(exchange, None)).encode()[: len(payload)]
        return self._hold(exchange, whole(OK, "application/json", cut))

    def fail(self, exchange: Exchange, code: str, message: str) -> Response:  # noqa: ARG002 - as wires have it
        """Refuse the call as an account without the right is refused."""
        return write_error("403 Forbidden", message)

    def put_off(self, exchange: Exchange) -> Response:
        """Take the question; whoever asks for its answer is told to wait."""
        return replace(self, mood=NEVER).answer(exchange, None)

    def _hold(self, exchange: Exchange, answer: Response) -> Response:
        """Keep *answer* until it is asked for; a question taken before it was looked at is asked for now."""
        if self.mood == AT_POLL:
            return answer
        identifier = self.house.keep(self.mood, lambda: answer)
        location = {"Location": f"/{self.mood}/v1/coverages/{identifier}"}
        summary = {"id": identifier, "status": "In Progress", "statusCode": "0", **render_people(exchange)}
        return _write(ACCEPTED, summary, location)
