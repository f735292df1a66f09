"""The simulated payer behind Availity: a token for five minutes, a form in, a coverage to ask for.

How long an answer takes depends on the address it is asked at, see `MOODS`. Statuses and the error envelope
are those of Availity's Coverages 1.0.0 definition and its published rules.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from random import Random
from threading import Lock
from typing import Final
from urllib.parse import parse_qs

from payers.simulator.envelopes import BAD_REQUEST, OK, RESPONSE_TYPE
from payers.simulator.faults import Exchange, Response, whole
from payers.simulator.rendering import Refusal
from payers.simulator.wires.coverages import render_coverage, render_people
from payers.simulator.wires.forms import FormFault

LIFE: Final = timedelta(minutes=5)
ACCEPTED: Final = "202 Accepted"
UNAUTHORIZED: Final = "401 Unauthorized"
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
}
AT_ONCE: Final = "availity-at-once"


def _write(status: str, value: object, headers: dict[str, str] | None = None) -> Response:
    return whole(status, "application/json", json.dumps(value, separators=(",", ":")).encode(), headers)


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
    status: str
    body: bytes


@dataclass(slots=True)
class Availity:
    """What Availity keeps: tokens, and coverages by id."""

    user_name: str
    password: str = field(repr=False)
    random: Random = field(default_factory=Random)
    _tokens: dict[str, datetime] = field(default_factory=dict, repr=False)
    _coverages: dict[str, _Held] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def grant(self, body: bytes, now: datetime) -> Response:
        """Give a token for five minutes to whoever knows the client's secret (client credentials, a form)."""
        asked = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        given = f"{asked.get('client_id')}\0{asked.get('client_secret')}".encode()
        if not compare_digest(given, f"{self.user_name}\0{self.password}".encode()):
            return _write(UNAUTHORIZED, {"error": "invalid_client"})
        if asked.get("grant_type") != "client_credentials" or not asked.get("scope"):
            return _write(BAD_REQUEST, {"error": "invalid_request"})
        token = f"sim.{self.draw()}"
        with self._lock:
            self._tokens[token] = now + LIFE
        return _write(
            OK, {"access_token": token, "token_type": "Bearer", "expires_in": int(LIFE.total_seconds())}
        )

    def knows(self, header: str, now: datetime) -> bool:
        """Tell whether this ``Authorization`` *header* holds a token that is still good."""
        with self._lock:
            until = self._tokens.get(header.removeprefix("Bearer "))
        return until is not None and now < until

    def keep(self, mood: str, status: str, body: bytes) -> str:
        """Keep a coverage and tell its id."""
        first = MOODS[mood]
        identifier = self.draw()
        with self._lock:
            self._coverages[identifier] = _Held(None if first is None else list(first), status, body)
        return identifier

    def show(self, identifier: str, header: str) -> Response:
        """Answer one poll."""
        with self._lock:
            held = self._coverages.get(identifier)
            turn = None
            if held is not None:
                turn = ACCEPTED if held.first is None else held.first.pop(0) if held.first else OK
            if turn == UNAUTHORIZED:
                self._tokens.pop(header.removeprefix("Bearer "), None)
        if held is None or turn is None:
            return write_error(NOT_FOUND, "There is no such coverage.")
        if turn == ACCEPTED:
            return _write(ACCEPTED, {"id": identifier, "status": "In Progress", "statusCode": "0"})
        if turn != OK:
            return write_error(turn, "The coverage is not there.")
        return whole(held.status, "application/json", held.body)

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
            page = write_error(UNPROCESSABLE, "The payer rejected the request.", errors)
            return self._hold(exchange, page.status, b"".join(page.body))
        coverage = render_coverage(exchange, refusal)
        if self.mood == AT_ONCE:
            return _write(OK, {"id": self.house.draw(), **coverage})
        return self._hold(exchange, OK, json.dumps(coverage, separators=(",", ":")).encode())

    def wrap(self, exchange: Exchange, payload: str, payload_type: str) -> Response:
        """Keep what cannot be turned into a coverage: an acknowledgement, or an answer cut off."""
        if payload_type != RESPONSE_TYPE:
            failed = {"status": "Communication Error", "statusCode": "7", **render_people(exchange)}
            return self._hold(exchange, OK, json.dumps(failed).encode())
        return self._hold(exchange, OK, json.dumps(render_coverage(exchange, None)).encode()[: len(payload)])

    def fail(self, exchange: Exchange, code: str, message: str) -> Response:  # noqa: ARG002 - as wires have it
        """Refuse the call as an account without the right is refused."""
        return write_error("403 Forbidden", message)

    def _hold(self, exchange: Exchange, status: str, body: bytes) -> Response:
        identifier = self.house.keep(self.mood, status, body)
        location = {"Location": f"/{self.mood}/v1/coverages/{identifier}"}
        summary = {"id": identifier, "status": "In Progress", "statusCode": "0", **render_people(exchange)}
        return _write(ACCEPTED, summary, location)
