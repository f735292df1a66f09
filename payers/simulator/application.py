"""The simulated payer as a WSGI callable: two CORE envelopes in, a ledger, a list of scenarios, a probe."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from payers.simulator.envelopes import (
    BAD_REQUEST,
    ENVELOPES,
    ERROR_TYPE,
    OK,
    Envelope,
    EnvelopeFault,
    check_fields,
)
from payers.simulator.faults import FAULTS, OUTCOMES, Exchange, Response, write_envelope, write_json
from payers.simulator.inquiries import EligibilityInquiry, InquiryFault, read_inquiry
from payers.simulator.ledger import ANSWERED, REJECTED, Call, Ledger
from payers.simulator.matching import MemberFile
from payers.simulator.scenarios import Fault
from verifier.clock import Clock

LARGEST_BODY: Final = 1 << 20
LARGEST_DRAIN: Final = 1 << 26
PIECE: Final = 1 << 16
LONGEST_LENGTH: Final = 16  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A payer; *pause* waits, *latency* is the least and most seconds any answer takes."""

    members: MemberFile
    ledger: Ledger
    clock: Clock
    user_name: str
    password: str = field(repr=False)
    pause: Callable[[float], None]
    latency: tuple[float, float] = (0.0, 0.0)
    random: Random = field(default_factory=Random)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        response = self._route(environ)
        start_response(response.status, list(response.headers))
        return response.body

    def _route(self, environ: WSGIEnvironment) -> Response:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        wire = path.removeprefix("/core/")
        if path.startswith("/core/") and wire in ENVELOPES:
            return self._receive(ENVELOPES[wire], environ) if method == "POST" else _write_not_allowed("POST")
        page = self._pages().get(path)
        if page is None:
            return write_json(
                "404 Not Found", {"paths": [*self._pages(), *(f"/core/{name}" for name in ENVELOPES)]}
            )
        return write_json(OK, page()) if method == "GET" else _write_not_allowed("GET")

    def _pages(self) -> dict[str, Callable[[], object]]:
        return {
            "/ledger": self.ledger.dump,
            "/livez": lambda: {"status": "alive"},
            "/scenarios": self._list_scenarios,
        }

    def _list_scenarios(self) -> list[dict[str, str]]:
        return [{"name": one.name, "description": one.description} for one in self.members.scenarios]

    def _receive(self, envelope: Envelope, environ: WSGIEnvironment) -> Response:
        request: dict[str, str] = {}
        now = self.clock.now()
        try:
            request = envelope.read(environ.get("CONTENT_TYPE", ""), _read_body(environ))
            check_fields(request, self.user_name, self.password)
            inquiry = read_inquiry(request["Payload"])
        except EnvelopeFault as fault:
            return self._fault(envelope, request, now, fault)
        except InquiryFault as rule:
            return self._fault(envelope, request, now, EnvelopeFault("PayloadIllegal", str(rule)))
        return self._answer(envelope, request, inquiry, now)

    def _fault(
        self, envelope: Envelope, request: dict[str, str], now: datetime, fault: EnvelopeFault
    ) -> Response:
        self.ledger.record(Call(now.isoformat(), envelope.name, fault.code))
        return write_envelope(
            envelope, request, now, ERROR_TYPE, code=fault.code, message=fault.message, status=fault.status
        )

    def _answer(
        self, envelope: Envelope, request: dict[str, str], inquiry: EligibilityInquiry, now: datetime
    ) -> Response:
        match = self.members.match(inquiry)
        scenario = match.scenario
        fault = None if match.refusal else _find_fault(scenario.fault, self.ledger.count(scenario.name))
        outcome = REJECTED if match.refusal else OUTCOMES.get(fault.kind, fault.kind) if fault else ANSWERED
        numbers = (scenario.name, inquiry.interchange, inquiry.trace[0], inquiry.service_types)
        self.ledger.record(Call(now.isoformat(), envelope.name, outcome, *numbers))
        if any(self.latency):
            self.pause(self.random.uniform(*self.latency))
        exchange = Exchange(envelope, request, inquiry, scenario, now, self.pause, self.random)
        return FAULTS[fault.kind](exchange, fault) if fault else exchange.answer(match.refusal)


def _find_fault(fault: Fault | None, turn: int) -> Fault | None:
    """Give the fault that strikes the call number *turn*."""
    return fault if fault and (not fault.times or turn <= fault.times) else None


def _write_not_allowed(method: str) -> Response:
    response = write_json("405 Method Not Allowed", {"allowed": method})
    return replace(response, headers=(*response.headers, ("Allow", method)))


def _read_body(environ: WSGIEnvironment) -> bytes:
    """Read what Content-Length says, and no more than a megabyte of it.

    A larger body is read to its end and thrown away: cut off, its sender would not stay for the answer.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if not (length.isascii() and length.isdigit() and len(length) < LONGEST_LENGTH):
        raise EnvelopeFault("PayloadRequired", "Content-Length is required.", "411 Length Required")
    size = int(length)
    if size > LARGEST_BODY:
        for _ in range(min(size, LARGEST_DRAIN) // PIECE + 1):
            environ["wsgi.input"].read(min(PIECE, size))
            size -= min(PIECE, size)
        raise EnvelopeFault("PayloadIllegal", "The body is larger than a megabyte.", "413 Content Too Large")
    try:
        body: bytes = environ["wsgi.input"].read(size)
    except TimeoutError:
        body = b""
    if len(body) < size:
        raise EnvelopeFault("PayloadIllegal", "The body is shorter than Content-Length says.", BAD_REQUEST)
    return body
