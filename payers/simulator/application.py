"""The simulated payer as a WSGI callable: its wires, a ledger, a list of scenarios, a probe."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from payers.simulator.envelopes import (
    ENVELOPES,
    ERROR_TYPE,
    OK,
    Envelope,
    EnvelopeFault,
    check_fields,
)
from payers.simulator.exchange import (
    CoreWire,
    Exchange,
    Response,
    Wire,
    keep_token,
    write_envelope,
    write_json,
)
from payers.simulator.faults import FAULTS, OUTCOMES
from payers.simulator.inquiries import EligibilityInquiry, InquiryFault, read_inquiry
from payers.simulator.ledger import ANSWERED, REJECTED, Call, Ledger
from payers.simulator.matching import MemberFile
from payers.simulator.receiving import read_authorization, read_body
from payers.simulator.scenarios import Fault, Scenario
from payers.simulator.veterans import Record, load_veterans
from payers.simulator.wires import lighthouse, tokens
from payers.simulator.wires.availity import (
    AT_POLL,
    MOODS,
    Availity,
    AvailityWire,
    refuse_form,
    write_error,
)
from payers.simulator.wires.clearinghouse import (
    FLAT,
    OPTUM_PATH,
    REDESIGNED,
    REDESIGNED_PATH,
    STEDI_PATH,
    TOKEN_PATH,
    CallFault,
    Clearinghouse,
    Shape,
)
from payers.simulator.wires.fhir import FhirWire, refuse_submission, refuse_token
from payers.simulator.wires.forms import FormFault, fill_subscriber, read_form
from payers.simulator.wires.okta import Authority
from payers.simulator.wires.submissions import SubmissionFault, read_submission
from payers.simulator.wires.tokens import UNAUTHORIZED, TokenDesk
from verifier.clock import Clock

LIGHTHOUSE: Final = "/lighthouse"
FHIR_PATH: Final = "/CoverageEligibilityRequest/$submit"
FIVE_MINUTES: Final = timedelta(minutes=5)


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
    veterans: Sequence[Record] = field(default_factory=load_veterans, repr=False)
    clearinghouse: Clearinghouse = field(init=False, repr=False)
    availity: Availity = field(init=False, repr=False)
    desk: TokenDesk = field(init=False, repr=False)
    va: lighthouse.Lighthouse = field(init=False, repr=False)
    _asked: dict[str, EligibilityInquiry] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Open the clearinghouses; the payer's password is their API key and their client's secret."""
        known = (self.user_name, self.password)
        desk = TokenDesk(*known, FIVE_MINUTES, self.random, needs_scope=True)
        object.__setattr__(self, "clearinghouse", Clearinghouse(*known, self.random))
        object.__setattr__(self, "availity", Availity(desk, self.random))
        object.__setattr__(self, "desk", TokenDesk(*known, FIVE_MINUTES, self.random))
        va = lighthouse.Lighthouse(self.veterans, Authority(self.user_name, self.random), self.password)
        object.__setattr__(self, "va", va)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        response = self._route(environ)
        start_response(response.status, list(response.headers))
        return response.body

    def _route(self, environ: WSGIEnvironment) -> Response:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith(f"{LIGHTHOUSE}/"):
            return self._receive_lighthouse(method, path.removeprefix(LIGHTHOUSE), environ)
        pages, doors = self._pages(), self._doors()
        if path in doors:
            return doors[path](environ) if method == "POST" else _write_not_allowed("POST")
        if path in pages:
            return write_json(OK, pages[path]()) if method == "GET" else _write_not_allowed("GET")
        mood, _, identifier = path.removeprefix("/").partition("/v1/coverages/")
        if mood in MOODS and identifier:
            return self._poll_availity(identifier, environ) if method == "GET" else _write_not_allowed("GET")
        return write_json("404 Not Found", {"paths": [*pages, *doors]})

    def _doors(self) -> dict[str, Callable[[WSGIEnvironment], Response]]:
        """Name the wires by path."""
        return {
            **{f"/core/{name}": partial(self._receive, envelope) for name, envelope in ENVELOPES.items()},
            **{
                f"/{door}{path}": partial(self._receive_stedi, has_x12=door == "stedi", shape=shape)
                for door in ("stedi", "stedi-without-x12")
                for path, shape in ((STEDI_PATH, FLAT), (REDESIGNED_PATH, REDESIGNED))
            },
            f"/optum{OPTUM_PATH}": self._receive_optum,
            f"/optum{TOKEN_PATH}": partial(self._grant, self.clearinghouse.desk, tokens.read_json),
            **{f"/{mood}/v1/coverages": partial(self._receive_availity, mood=mood) for mood in MOODS},
            **{
                f"/{mood}/v1/token": partial(self._grant, self.availity.desk, tokens.read_form)
                for mood in MOODS
            },
            f"/fhir{FHIR_PATH}": self._receive_fhir,
            f"/fhir-bundle{FHIR_PATH}": partial(self._receive_fhir, bundled=True),
            f"/fhir-secured{FHIR_PATH}": partial(self._receive_fhir, secured=True),
            "/fhir-secured/token": partial(self._grant, self.desk, tokens.read_form),
        }

    def _pages(self) -> dict[str, Callable[[], object]]:
        return {
            "/ledger": self.ledger.dump,
            "/livez": lambda: {"status": "alive"},
            "/scenarios": self._list_scenarios,
        }

    def _list_scenarios(self) -> list[dict[str, str]]:
        known: list[Scenario | Record] = [*self.members.scenarios, *self.veterans]
        return [{"name": one.name, "description": one.description} for one in known]

    def _receive(self, envelope: Envelope, environ: WSGIEnvironment) -> Response:
        request: dict[str, str] = {}
        now = self.clock.now()
        try:
            request = envelope.read(environ.get("CONTENT_TYPE", ""), read_body(environ))
            check_fields(request, self.user_name, self.password)
            inquiry = read_inquiry(request["Payload"])
        except EnvelopeFault as fault:
            return self._fault(envelope, request, now, fault)
        except InquiryFault as rule:
            return self._fault(envelope, request, now, EnvelopeFault("PayloadIllegal", str(rule)))
        return self._answer(CoreWire(envelope, request), inquiry, now)

    def _receive_stedi(self, environ: WSGIEnvironment, *, has_x12: bool, shape: Shape) -> Response:
        now, header = self.clock.now(), read_authorization(environ)
        try:
            body = read_body(environ)
            wire, inquiry = self.clearinghouse.open_stedi(header, body, has_x12=has_x12, shape=shape)
            self.clearinghouse.enter()
        except (CallFault, EnvelopeFault) as fault:
            return self._refuse("stedi", now, fault)
        try:
            return self._answer(wire, inquiry, now)
        finally:
            self.clearinghouse.leave()

    def _receive_optum(self, environ: WSGIEnvironment) -> Response:
        now, header = self.clock.now(), read_authorization(environ)
        try:
            wire, inquiry = self.clearinghouse.open_optum(header, read_body(environ), now)
        except (CallFault, EnvelopeFault) as fault:
            return self._refuse("optum", now, fault)
        return self._answer(wire, inquiry, now, partial(self.clearinghouse.desk.revoke, header))

    def _grant(
        self, desk: TokenDesk, read: Callable[[bytes], dict[str, object]], environ: WSGIEnvironment
    ) -> Response:
        try:
            return desk.grant(read(read_body(environ)), self.clock.now())
        except EnvelopeFault as fault:
            return write_json(fault.status, {"error": "invalid_request"})

    def _receive_availity(self, environ: WSGIEnvironment, *, mood: str) -> Response:
        now, header = self.clock.now(), read_authorization(environ)
        try:
            body = read_body(environ)
            if not self.availity.desk.knows(header, now):
                self.ledger.record(Call(now.isoformat(), "availity", "UnAuthorized"))
                return write_error(UNAUTHORIZED, "The token is not valid.")
            inquiry = fill_subscriber(read_form(body), self.members.scenarios)
        except FormFault as fault:
            self.ledger.record(Call(now.isoformat(), "availity", "invalid_form"))
            return refuse_form(fault)
        except EnvelopeFault as fault:
            return self._refuse("availity", now, fault)
        wire, revoke = AvailityWire(self.availity, mood), partial(self.availity.desk.revoke, header)
        answer = partial(self._answer, wire, inquiry, now, revoke)
        return self.availity.take(mood, inquiry, answer) if mood == AT_POLL else answer()

    def _poll_availity(self, identifier: str, environ: WSGIEnvironment) -> Response:
        now, header = self.clock.now(), read_authorization(environ)
        self.ledger.record(Call(now.isoformat(), "availity", "polled"))
        if not self.availity.desk.knows(header, now):
            return write_error(UNAUTHORIZED, "The token is not valid.")
        return self.availity.show(identifier, header)

    def _receive_fhir(
        self, environ: WSGIEnvironment, *, bundled: bool = False, secured: bool = False
    ) -> Response:
        now, header = self.clock.now(), read_authorization(environ)
        if secured and not self.desk.knows(header, now):
            self.ledger.record(Call(now.isoformat(), "fhir", "UnAuthorized"))
            return refuse_token()
        try:
            inquiry, system = read_submission(read_body(environ))
        except SubmissionFault as fault:
            self.ledger.record(Call(now.isoformat(), "fhir", "invalid_resource"))
            return refuse_submission(fault)
        except EnvelopeFault as fault:
            return self._refuse("fhir", now, fault)
        return self._answer(FhirWire(system, bundled), inquiry, now, partial(self.desk.revoke, header))

    def _receive_lighthouse(self, method: str, path: str, environ: WSGIEnvironment) -> Response:
        now, header = self.clock.now(), read_authorization(environ)
        try:
            body = read_body(environ) if method == "POST" else b""
        except EnvelopeFault as fault:
            return self._refuse("lighthouse", now, fault)
        words = (environ.get("QUERY_STRING", ""), header, environ.get("HTTP_APIKEY", ""))
        outcome = self.va.answer(lighthouse.Call(method, path, *words, body, now))
        status = outcome.response.status.partition(" ")[0]  # no word for answered: nobody bills these calls
        self.ledger.record(Call(now.isoformat(), "lighthouse", status, outcome.scenario))
        return outcome.response

    def _refuse(self, wire: str, now: datetime, fault: CallFault | EnvelopeFault) -> Response:
        if isinstance(fault, CallFault):
            self.ledger.record(Call(now.isoformat(), wire, fault.outcome))
            return fault.response
        self.ledger.record(Call(now.isoformat(), wire, fault.code))
        return write_json(fault.status, {"message": fault.message, "code": fault.code})

    def _fault(
        self, envelope: Envelope, request: dict[str, str], now: datetime, fault: EnvelopeFault
    ) -> Response:
        self.ledger.record(Call(now.isoformat(), envelope.name, fault.code))
        return write_envelope(
            envelope, request, now, ERROR_TYPE, code=fault.code, message=fault.message, status=fault.status
        )

    def _answer(
        self, wire: Wire, inquiry: EligibilityInquiry, now: datetime, revoke: Callable[[], None] = keep_token
    ) -> Response:
        match = self.members.match(inquiry)
        scenario = match.scenario
        fault = None if match.refusal else _find_fault(scenario.fault, self.ledger.count(scenario.name))
        outcome = REJECTED if match.refusal else OUTCOMES.get(fault.kind, fault.kind) if fault else ANSWERED
        numbers = (scenario.name, inquiry.interchange, inquiry.trace[0], inquiry.service_types)
        self.ledger.record(Call(now.isoformat(), wire.name, outcome, *numbers))
        if any(self.latency):
            self.pause(self.random.uniform(*self.latency))
        earlier = self._asked.get(scenario.name)
        self._asked[scenario.name] = inquiry
        exchange = Exchange(
            wire, inquiry, scenario, now, self.pause, self.random, earlier=earlier, revoke=revoke
        )
        return FAULTS[fault.kind](exchange, fault) if fault else exchange.answer(match.refusal)


def _find_fault(fault: Fault | None, turn: int) -> Fault | None:
    """Give the fault that strikes the call number *turn*."""
    return fault if fault and (not fault.times or turn <= fault.times) else None


def _write_not_allowed(method: str) -> Response:
    response = write_json("405 Method Not Allowed", {"allowed": method})
    return replace(response, headers=(*response.headers, ("Allow", method)))
