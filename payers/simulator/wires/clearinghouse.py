"""The simulated payer behind two clearinghouses: Stedi's JSON, with or without the raw X12, and Optum's.

Statuses and bodies follow Stedi's specification 2024-04-01 and its published limits (429 without headers),
and Optum's specifications of Medical Network Eligibility v3 and Security and Authorization v2. Where those
say nothing - the body of an Optum 401, a check refused with 200 or 400 - they are ours: AAA of the provider
and of an unknown payer come with 400, as in Stedi's published example, every other AAA with 200.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from random import Random
from threading import Lock
from typing import Any, Final

from payers.simulator.envelopes import BAD_REQUEST, OK, RESPONSE_TYPE
from payers.simulator.faults import Exchange, Response, whole
from payers.simulator.inquiries import EligibilityInquiry
from payers.simulator.rendering import Refusal, render_271
from payers.simulator.wires.answers import render_v3
from payers.simulator.wires.checks import CheckFault, build_inquiry, read_check

STEDI_PATH: Final = "/2024-04-01/change/medicalnetwork/eligibility/v3"
OPTUM_PATH: Final = "/medicalnetwork/eligibility/v3/"
TOKEN_PATH: Final = "/apip/auth/v2/token"  # noqa: S105 - an address
UNAUTHORIZED: Final = "401 Unauthorized"
TOO_MANY: Final = "429 Too Many Requests"
THROTTLED: Final = {"message": "Request throttled: CUSTOMER_LIMIT", "code": "TOO_MANY_REQUESTS"}
MOST_IN_FLIGHT: Final = 50
LIFE: Final = timedelta(hours=1)
REFUSED_LOOPS: Final = frozenset({"2100B"})
UNKNOWN_PAYER: Final = "79"


def write_json(status: str, value: object) -> Response:
    """Build a JSON response without a blank in it, as these APIs do."""
    return whole(status, "application/json", json.dumps(value, separators=(",", ":")).encode())


class CallFault(Exception):
    """A call that is refused before anyone looks for the member: HTTP *status* and JSON *body*."""

    def __init__(self, outcome: str, status: str, body: Mapping[str, object]) -> None:
        """Keep what goes back and, as *outcome*, what the ledger notes."""
        super().__init__(outcome)
        self.outcome = outcome
        self.response = write_json(status, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonWire:
    """One check under way at a clearinghouse; *has_x12* sends the payer's own message beside the JSON."""

    name: str
    has_x12: bool
    own: Mapping[str, str] = field(default_factory=dict)  # names the clearinghouse gives the check

    def answer(self, exchange: Exchange, refusal: Refusal | None) -> Response:
        """Send the answer, or the refusal, which may come with HTTP 400."""
        text = render_271(exchange.scenario, exchange.inquiry, exchange.now, refusal)
        is_call = refusal is not None and (refusal.loop in REFUSED_LOOPS or UNKNOWN_PAYER in refusal.codes)
        return write_json(BAD_REQUEST if is_call else OK, self._write(exchange, render_v3(text), text))

    def wrap(self, exchange: Exchange, payload: str, payload_type: str) -> Response:
        """Send X12 that could not be turned into JSON: an acknowledgement, or a message cut off."""
        is_answer = payload_type == RESPONSE_TYPE
        fields = {} if is_answer else {"transactionSetAcknowledgement": "R"}
        return write_json(OK, self._write(exchange, fields, payload))

    def fail(self, exchange: Exchange, code: str, message: str) -> Response:  # noqa: ARG002 - as wires have it
        """Refuse the call as an account without the right is refused."""
        return write_json("403 Forbidden", {"message": message, "code": code})

    def _write(self, exchange: Exchange, fields: Mapping[str, Any], text: str) -> Mapping[str, Any]:
        inquiry = exchange.inquiry
        meta = {"applicationMode": "test", "traceId": inquiry.reference, "outboundTraceId": inquiry.reference}
        raw = {"x12": text} if self.has_x12 else {}
        numbers = {
            "meta": meta,
            "controlNumber": inquiry.interchange,
            "tradingPartnerServiceId": inquiry.payer_id,
        }
        return {**self.own, **fields, **numbers, **raw}


@dataclass(slots=True)
class Clearinghouse:
    """What both clearinghouses keep: who may ask, and numbers of their own."""

    user_name: str
    password: str = field(repr=False)
    random: Random = field(default_factory=Random)
    _tokens: dict[str, datetime] = field(default_factory=dict, repr=False)
    _in_flight: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def open_stedi(self, header: str, body: bytes, *, has_x12: bool) -> tuple[JsonWire, EligibilityInquiry]:
        """Take a check from Stedi's customer with this ``Authorization`` *header*.

        Raises:
            CallFault: the key or the check is not as it should be.
        """
        if not compare_digest(header.removeprefix("Key ").encode(), self.password.encode()):
            raise CallFault("UnAuthorized", UNAUTHORIZED, {"message": "Unauthorized", "code": "UNAUTHORIZED"})
        values = _read(body)
        own = {"id": f"ec_{self._draw():032x}", "eligibilitySearchId": f"{self._draw():032x}"}
        control, reference, trace = f"{self._draw():09}", f"{self._draw():026}", f"{self._draw():026}"
        inquiry = build_inquiry(values, control=control, reference=reference, trace=trace)
        return JsonWire(name="stedi", has_x12=has_x12, own=own), inquiry

    def open_optum(self, header: str, body: bytes, now: datetime) -> tuple[JsonWire, EligibilityInquiry]:
        """Take a check from Optum's customer with this ``Authorization`` *header*.

        Raises:
            CallFault: the token or the check is not as it should be.
        """
        until = self._tokens.get(header.removeprefix("Bearer "))
        if until is None or until <= now:
            raise CallFault(
                "UnAuthorized", UNAUTHORIZED, {"code": "401", "message": "The token is not valid."}
            )
        values = _read(body, "/controlNumber")
        control = values["/controlNumber"][0]
        reference = values.get("/submitterTransactionIdentifier", [control])[0]
        inquiry = build_inquiry(values, control=control, reference=reference, trace=f"{self._draw():026}")
        return JsonWire(name="optum", has_x12=False), inquiry

    def grant(self, asked: Mapping[str, object], now: datetime) -> Response:
        """Give a token for an hour to whoever knows the client's secret."""
        given = f"{asked.get('client_id')}\0{asked.get('client_secret')}".encode()
        if not compare_digest(given, f"{self.user_name}\0{self.password}".encode()):
            return write_json(UNAUTHORIZED, {"error": "invalid_client"})
        if asked.get("grant_type") != "client_credentials":
            return write_json(BAD_REQUEST, {"error": "unsupported_grant_type"})
        token = f"sim.{self._draw():032x}"
        with self._lock:
            self._tokens = {each: until for each, until in self._tokens.items() if until > now} | {
                token: now + LIFE
            }
        life = int(LIFE.total_seconds())
        return write_json(OK, {"access_token": token, "token_type": "bearer", "expires_in": life})

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


def _read(body: bytes, *required: str) -> dict[str, list[str]]:
    try:
        return read_check(body, required=required)
    except CheckFault as fault:
        fields = [{"path": pointer, "message": "breaks the specification"} for pointer in fault.fields]
        refusal = {"message": f"{len(fields)} validation errors detected.", "fieldList": fields}
        raise CallFault("invalid_check", BAD_REQUEST, refusal) from None
