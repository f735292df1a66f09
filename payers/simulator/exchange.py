"""One call to the simulated payer under way: what came, over which wire, and how its answer goes back."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final, Protocol

from payers.simulator.envelopes import ERROR_TYPE, OK, RESPONSE_TYPE, Envelope, Fields
from payers.simulator.inquiries import EligibilityInquiry
from payers.simulator.rendering import Refusal, render_271
from payers.simulator.scenarios import Scenario

ACCEPTED: Final = "202 Accepted"


def keep_token() -> None:
    """End no token: the wire has none."""


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back over HTTP; *body* may take its time, break off or never end."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: Iterable[bytes]


class Wire(Protocol):
    """How one question came, and so how its answer goes back."""

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        ...

    def answer(self, exchange: "Exchange", refusal: Refusal | None) -> Response:
        """Give the answer of the scenario, or the one that refuses."""
        ...

    def wrap(self, exchange: "Exchange", payload: str, payload_type: str) -> Response:
        """Send *payload*, an X12 document that need not be an answer."""
        ...

    def fail(self, exchange: "Exchange", code: str, message: str) -> Response:
        """Say that the call itself cannot be taken."""
        ...

    def put_off(self, exchange: "Exchange") -> Response:
        """Take the question and never have an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call under way: who asked what, and the means to answer."""

    wire: Wire
    inquiry: EligibilityInquiry
    scenario: Scenario
    now: datetime
    pause: Callable[
        [float], None
    ]  # returns after so many seconds; raises ConnectionAbortedError at the end of all
    random: Random
    earlier: EligibilityInquiry | None = None  # the question before this one about the same member
    revoke: Callable[[], None] = keep_token  # ends the token the call came with, on a wire with tokens

    def answer(self, refusal: Refusal | None = None) -> Response:
        """Give the answer of the scenario, or the one that refuses."""
        return self.wire.answer(self, refusal)

    def wrap(self, payload: str, payload_type: str = RESPONSE_TYPE) -> Response:
        """Send *payload* as the wire sends X12."""
        return self.wire.wrap(self, payload, payload_type)

    def page(self) -> bytes:
        """Give the whole body of the answer."""
        return b"".join(self.answer().body)


@dataclass(frozen=True, slots=True)
class CoreWire:
    """One of the two CORE envelopes and the fields that came in it."""

    envelope: Envelope
    request: Fields

    @property
    def name(self) -> str:
        """The envelope's."""
        return self.envelope.name

    def answer(self, exchange: Exchange, refusal: Refusal | None) -> Response:
        """Give the 271 of the scenario, or the one that refuses."""
        payload = render_271(exchange.scenario, exchange.inquiry, exchange.now, refusal)
        return self.wrap(exchange, payload, RESPONSE_TYPE)

    def wrap(self, exchange: Exchange, payload: str, payload_type: str) -> Response:
        """Put *payload* into the caller's envelope."""
        return write_envelope(self.envelope, self.request, exchange.now, payload_type, payload=payload)

    def fail(self, exchange: Exchange, code: str, message: str) -> Response:
        """Send a CORE error envelope."""
        return write_envelope(
            self.envelope, self.request, exchange.now, ERROR_TYPE, code=code, message=message
        )

    def put_off(self, exchange: Exchange) -> Response:
        """Accept the question and send nothing; in real-time mode nobody comes back for the answer."""
        return accept(self.wrap(exchange, "", RESPONSE_TYPE))


def write_envelope(  # noqa: PLR0913 - the fields of the envelope
    envelope: Envelope,
    request: Fields,
    now: datetime,
    payload_type: str,
    *,
    code: str = "Success",
    message: str = "",
    payload: str = "",
    status: str = OK,
) -> Response:
    """Write the response to *request*: sender and receiver change places, the payload id comes back."""
    fields = {
        "PayloadType": payload_type,
        "ProcessingMode": "RealTime",
        "PayloadID": request.get("PayloadID", ""),
        "TimeStamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "SenderID": request.get("ReceiverID", ""),
        "ReceiverID": request.get("SenderID", ""),
        "CORERuleVersion": "2.2.0",
        "Payload": payload,
        "ErrorCode": code,
        "ErrorMessage": message,
    }
    content_type, body = envelope.write(fields)
    return whole(status, content_type, body)


def whole(status: str, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """Build a response with a body of known length."""
    fixed = {"Content-Type": content_type, "Content-Length": str(len(body))}
    return Response(status, tuple((fixed | dict(headers or {})).items()), [body])


def accept(answer: Response) -> Response:
    """Build the response that promises what *answer* would have said, and holds nothing."""
    return whole(ACCEPTED, answer.headers[0][1], b"")


def write_json(status: str, value: object) -> Response:
    """Build a JSON response."""
    return whole(status, "application/json", json.dumps(value, indent=2).encode())
