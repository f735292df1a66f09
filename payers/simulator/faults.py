"""What can go wrong with a payer, by name: one function for each kind, over the same exchange.

A kind is either a matter of the wire (the body comes late, in drops, broken or not at all) or of the payload
(another document than the 271). A function that raises `ConnectionAbortedError` has the connection cut.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from math import inf
from random import Random
from typing import Final, NoReturn, Protocol

from payers.simulator.envelopes import ERROR_TYPE, OK, RESPONSE_TYPE, Envelope, Fields
from payers.simulator.inquiries import EligibilityInquiry, Person
from payers.simulator.ledger import ANSWERED, REJECTED
from payers.simulator.rendering import Refusal, render_271, render_999, render_ta1
from payers.simulator.scenarios import Fault, Row, Scenario

ACKNOWLEDGEMENTS: Final = {
    "999": (render_999, "X12_999_Response_005010X231A1"),
    "TA1": (render_ta1, "X12_TA1_Response_00501X231A1"),
}
BLANKS: Final = b" " * 1_000_000
GZIP: Final = 31  # a zlib window in a gzip wrapper
SOMEBODY_ELSE: Final = Person("ELSE", "SOMEBODY", "SIM999999", date(1970, 1, 1), "U")


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


def write_json(status: str, value: object) -> Response:
    """Build a JSON response."""
    return whole(status, "application/json", json.dumps(value, indent=2).encode())


def _cut() -> NoReturn:
    raise ConnectionAbortedError


def answer_late(exchange: Exchange, fault: Fault) -> Response:
    """Answer after *seconds*."""
    exchange.pause(fault.seconds)
    return exchange.answer()


def stay_silent(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001 - one signature for all
    """Take the question and never answer."""
    exchange.pause(inf)
    _cut()


def hang_up(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001
    """Cut the connection without a byte of an answer."""
    _cut()


def drop(exchange: Exchange, fault: Fault) -> Response:
    """Cut the connection after *bytes* of the body."""

    def body() -> Iterator[bytes]:
        yield exchange.page()[: fault.bytes]
        _cut()

    return replace(exchange.answer(), body=body())


def drip(exchange: Exchange, fault: Fault) -> Response:
    """Send the answer in pieces of *bytes*, *seconds* apart."""

    def body() -> Iterator[bytes]:
        page = exchange.page()
        for start in range(0, len(page), fault.bytes):
            yield page[start : start + fault.bytes]
            exchange.pause(fault.seconds)

    return replace(exchange.answer(), body=body())


def never_end(exchange: Exchange, fault: Fault) -> Response:
    """Send pieces of *bytes*, *seconds* apart, without end."""

    def body() -> Iterator[bytes]:
        yield exchange.page()
        for _ in count():
            exchange.pause(fault.seconds)
            yield b" " * fault.bytes

    return Response(OK, exchange.answer().headers[:1], body())


def send_garbage(exchange: Exchange, fault: Fault) -> Response:
    """Send *bytes* of noise under the right content type."""
    return whole(OK, exchange.answer().headers[0][1], exchange.random.randbytes(fault.bytes))


def send_bomb(exchange: Exchange, fault: Fault) -> Response:
    """Send *bytes* of blanks in a gzip body a thousandth of the size."""
    deflater = zlib.compressobj(wbits=GZIP)
    whole_blanks, rest = divmod(fault.bytes, len(BLANKS))
    pieces = (BLANKS,) * whole_blanks + (BLANKS[:rest],)
    body = b"".join(map(deflater.compress, pieces)) + deflater.flush()
    return whole(OK, exchange.answer().headers[0][1], body, {"Content-Encoding": "gzip"})


def truncate(exchange: Exchange, fault: Fault) -> Response:
    """Send a whole envelope with the first *bytes* of the 271 in it."""
    return exchange.wrap(render_271(exchange.scenario, exchange.inquiry, exchange.now)[: fault.bytes])


def send_huge(exchange: Exchange, fault: Fault) -> Response:
    """Send a true 271 with *rows* more EB segments than the scenario has."""
    filler = Row(raw=["EB*D*IND*30**********W"] * fault.rows)
    grown = replace(exchange.scenario, benefits=(*exchange.scenario.benefits, filler))
    return replace(exchange, scenario=grown).answer()


def refuse(exchange: Exchange, fault: Fault) -> Response:
    """Send a 271 with an AAA for each of *codes*."""
    return exchange.answer(Refusal(fault.codes, fault.follow_up, fault.loop, fault.valid))


def acknowledge(exchange: Exchange, fault: Fault) -> Response:
    """Send a 999 or a TA1 instead of a 271."""
    render, payload_type = ACKNOWLEDGEMENTS[fault.codes[0]]
    return exchange.wrap(render(exchange.inquiry, exchange.now), payload_type)


def send_page(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001
    """Send an HTTP *status*, *headers* and *body* of its own."""
    return whole(fault.status, fault.content_type, fault.body.encode(), fault.headers)


def fail_envelope(exchange: Exchange, fault: Fault) -> Response:
    """Refuse the call although nothing is wrong with the question."""
    return exchange.wire.fail(exchange, fault.codes[0], fault.message)


def answer_another(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001
    """Send the answer to some other call: its control numbers and trace are not those of the question."""
    other = replace(
        exchange.inquiry,
        interchange="987654321",
        group="987654321",
        transaction="4321",
        reference="SOMEOTHERCALL",
        trace=("SOMEOTHERCALL", *exchange.inquiry.trace[1:]),
    )
    return replace(exchange, inquiry=other).answer()


def answer_for_another(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001
    """Send an answer with the right numbers about the wrong member."""
    return replace(exchange, scenario=replace(exchange.scenario, person=SOMEBODY_ELSE)).answer()


FAULTS: Final[Mapping[str, Callable[[Exchange, Fault], Response]]] = {
    "slow": answer_late,
    "silent": stay_silent,
    "hang_up": hang_up,
    "drop": drop,
    "drip": drip,
    "endless": never_end,
    "garbage": send_garbage,
    "bomb": send_bomb,
    "truncated": truncate,
    "huge": send_huge,
    "aaa": refuse,
    "acknowledgement": acknowledge,
    "wrong_trace": answer_another,
    "wrong_member": answer_for_another,
    "http": send_page,
    "envelope": fail_envelope,
}
OUTCOMES: Final = {
    "slow": ANSWERED,
    "drip": ANSWERED,
    "huge": ANSWERED,
    "aaa": REJECTED,
}  # else the kind itself
