"""The simulated payer behind two clearinghouses: Stedi's JSON, with or without the raw X12, and Optum's.

Statuses and bodies follow Stedi's specifications 2024-04-01 and 2026-06-01 and its published limits (429
without headers), and Optum's specifications of Medical Network Eligibility v3 and Security and Authorization
v2. Where those say nothing - the body of an Optum 401, a check refused with 200 or 400 - they are ours: AAA
of the provider and of an unknown payer come with 400, as in Stedi's published example, every other AAA with
200.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from random import Random
from threading import Lock
from typing import Any, Final, NamedTuple

from payers.simulator.envelopes import BAD_REQUEST, OK, RESPONSE_TYPE
from payers.simulator.exchange import Exchange, Response, accept
from payers.simulator.inquiries import EligibilityInquiry
from payers.simulator.rendering import Refusal, render_271
from payers.simulator.wires.answers import render_v3
from payers.simulator.wires.checks import V3, CheckFault, Specification, build_inquiry, read_check
from payers.simulator.wires.plans import PLANS, render_plans, restate_check
from payers.simulator.wires.tokens import UNAUTHORIZED, TokenDesk, write_compact

STEDI_PATH: Final = "/2024-04-01/change/medicalnetwork/eligibility/v3"
REDESIGNED_PATH: Final = "/2026-06-01/eligibility-check"
OPTUM_PATH: Final = "/medicalnetwork/eligibility/v3/"
TOKEN_PATH: Final = "/apip/auth/v2/token"  # noqa: S105 - an address
TOO_MANY: Final = "429 Too Many Requests"
THROTTLED: Final = {"message": "Request throttled: CUSTOMER_LIMIT", "code": "TOO_MANY_REQUESTS"}
MOST_IN_FLIGHT: Final = 50
LIFE: Final = timedelta(hours=1)
REFUSED_LOOPS: Final = frozenset({"2100B"})
UNKNOWN_PAYER: Final = "79"

Fields = dict[str, Any]
Values = dict[str, list[str]]


class Shape(NamedTuple):
    """One shape of checks and answers: how a check is read, a 271 written, and what the answer repeats."""

    specification: Specification
    restate: Callable[[Values], Values]
    render: Callable[[str], Fields]
    repeat: Callable[[EligibilityInquiry], Fields]


FLAT: Final = Shape(
    specification=V3,
    restate=lambda values: values,
    render=render_v3,
    repeat=lambda inquiry: {
        "controlNumber": inquiry.interchange,
        "tradingPartnerServiceId": inquiry.payer_id,
    },
)
REDESIGNED: Final = Shape(
    specification=PLANS,
    restate=restate_check,
    render=render_plans,
    repeat=lambda inquiry: {"payerId": inquiry.payer_id},
)


class CallFault(Exception):
    """A call that is refused before anyone looks for the member: HTTP *status* and JSON *body*."""

    def __init__(self, outcome: str, status: str, body: Mapping[str, object]) -> None:
        """Keep what goes back and, as *outcome*, what the ledger notes."""
        super().__init__(outcome)
        self.outcome = outcome
        self.response = write_compact(status, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonWire:
    """One check under way at a clearinghouse; *has_x12* sends the payer's own message beside the JSON."""

    name: str
    has_x12: bool
    shape: Shape = FLAT
    own: Mapping[str, str] = field(default_factory=dict)  # names the clearinghouse gives the check

    def answer(self, exchange: Exchange, refusal: Refusal | None) -> Response:
        """Send the answer, or the refusal, which may come with HTTP 400."""
        text = render_271(exchange.scenario, exchange.inquiry, exchange.now, refusal)
        is_call = refusal is not None and (refusal.loop in REFUSED_LOOPS or UNKNOWN_PAYER in refusal.codes)
        return write_compact(
            BAD_REQUEST if is_call else OK, self._write(exchange, self.shape.render(text), text)
        )

    def wrap(self, exchange: Exchange, payload: str, payload_type: str) -> Response:
        """Send X12 that could not be turned into JSON: an acknowledgement, or a message cut off."""
        is_answer = payload_type == RESPONSE_TYPE
        fields = {} if is_answer else {"transactionSetAcknowledgement": "R"}
        return write_compact(OK, self._write(exchange, fields, payload))

    def fail(self, exchange: Exchange, code: str, message: str) -> Response:  # noqa: ARG002 - as wires have it
        """Refuse the call as an account without the right is refused."""
        return write_compact("403 Forbidden", {"message": message, "code": code})

    def put_off(self, exchange: Exchange) -> Response:
        """Accept the question and send nothing: there is no second call to fetch an answer with."""
        return accept(self.answer(exchange, None))

    def _write(self, exchange: Exchange, fields: Mapping[str, Any], text: str) -> Mapping[str, Any]:
        inquiry = exchange.inquiry
        numbers = {
            "applicationMode": "test",
            "traceId": inquiry.reference,
            "outboundTraceId": inquiry.reference,
        }
        raw = {"x12": text} if self.has_x12 else {}
        meta = {**fields.get("meta", {}), **numbers}
        return {**self.own, **fields, "meta": meta, **self.shape.repeat(inquiry), **raw}


@dataclass(slots=True)
class Clearinghouse:
    """What both clearinghouses keep: who may ask, and numbers of their own."""

    user_name: str
    password: str = field(repr=False)
    random: Random = field(default_factory=Random)
    desk: TokenDesk = field(init=False, repr=False)
    _in_flight: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        """Open the desk where Optum's customers get their tokens."""
        self.desk = TokenDesk(self.user_name, self.password, LIFE, self.random)

    def open_stedi(
        self, header: str, body: bytes, *, has_x12: bool, shape: Shape
    ) -> tuple[JsonWire, EligibilityInquiry]:
        """Take a check from Stedi's customer with this ``Authorization`` *header*.

        Raises:
            CallFault: the key or the check is not as it should be.
        """
        if not compare_digest(header.removeprefix("Key ").encode(), self.password.encode()):
            raise CallFault("UnAuthorized", UNAUTHORIZED, {"message": "Unauthorized", "code": "UNAUTHORIZED"})
        values = _read(body, shape)
        own = {"id": f"ec_{self._draw():032x}", "eligibilitySearchId": f"{self._draw():032x}"}
        control, reference, trace = f"{self._draw():09}", f"{self._draw():026}", f"{self._draw():026}"
        inquiry = build_inquiry(values, control=control, reference=reference, trace=trace)
        return JsonWire(name="stedi", has_x12=has_x12, shape=shape, own=own), inquiry

    def open_optum(self, header: str, body: bytes, now: datetime) -> tuple[JsonWire, EligibilityInquiry]:
        """Take a check from Optum's customer with this ``Authorization`` *header*.

        Raises:
            CallFault: the token or the check is not as it should be.
        """
        if not self.desk.knows(header, now):
            raise CallFault(
                "UnAuthorized", UNAUTHORIZED, {"code": "401", "message": "The token is not valid."}
            )
        values = _read(body, FLAT, "/controlNumber")
        control = values["/controlNumber"][0]
        reference = values.get("/submitterTransactionIdentifier", [control])[0]
        inquiry = build_inquiry(values, control=control, reference=reference, trace=f"{self._draw():026}")
        return JsonWire(name="optum", has_x12=False), inquiry

    def enter(self) -> None:
        """Take one of the places there are for checks under way.

        Raises:
            CallFault: there is none left.
        """
        with self._lock:
            if self._in_flight >= MOST_IN_FLIGHT:
                raise CallFault("throttled", TOO_MANY, THROTTLED)
            self._in_flight += 1

    def leave(self) -> None:
        """Give the place back."""
        with self._lock:
            self._in_flight -= 1

    def _draw(self) -> int:
        with self._lock:
            return self.random.randrange(1, 1_000_000_000)


def _read(body: bytes, shape: Shape, *required: str) -> Values:
    try:
        return shape.restate(read_check(body, shape.specification, required=required))
    except CheckFault as fault:
        fields = [{"path": pointer, "message": "breaks the specification"} for pointer in fault.fields]
        refusal = {"message": f"{len(fields)} validation errors detected.", "fieldList": fields}
        raise CallFault("invalid_check", BAD_REQUEST, refusal) from None
