"""What can go wrong with a payer, by name: one function for each kind, over the same exchange.

A kind is either a matter of the wire (the body comes late, in drops, broken or not at all) or of the payload
(another document than the 271). A function that raises `ConnectionAbortedError` has the connection cut.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import count
from math import inf
from typing import Final, NoReturn

from payers.simulator.envelopes import OK
from payers.simulator.exchange import Exchange, Response, whole
from payers.simulator.inquiries import Person
from payers.simulator.ledger import ANSWERED, REJECTED
from payers.simulator.rendering import Refusal, render_271, render_999, render_ta1
from payers.simulator.scenarios import Fault, Row

ACKNOWLEDGEMENTS: Final = {
    "999": (render_999, "X12_999_Response_005010X231A1"),
    "TA1": (render_ta1, "X12_TA1_Response_00501X231A1"),
}
BLANKS: Final = b" " * 1_000_000
GZIP: Final = 31  # a zlib window in a gzip wrapper
SOMEBODY_ELSE: Final = Person("ELSE", "SOMEBODY", "SIM999999", date(1970, 1, 1), "U")


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
    return whole(OK, exchange.answer().headers[0][1], pack_blanks(fault.bytes), {"Content-Encoding": "gzip"})


@lru_cache(maxsize=4)
def pack_blanks(size: int) -> bytes:
    """Pack *size* blanks, a megabyte at a time."""
    deflater = zlib.compressobj(wbits=GZIP)
    return b"".join(map(deflater.compress, _list_blanks(size))) + deflater.flush()


def _list_blanks(size: int) -> Iterator[bytes]:
    whole_pieces, rest = divmod(size, len(BLANKS))
    yield from (BLANKS,) * whole_pieces
    yield BLANKS[:rest]


def send_large(exchange: Exchange, fault: Fault) -> Response:
    """Send the answer, and after it so many blanks that all of it is *bytes* long, as announced."""
    answer, page = exchange.answer(), exchange.page()

    def body() -> Iterator[bytes]:
        yield page
        yield from _list_blanks(fault.bytes - len(page))

    return Response(OK, (answer.headers[0], ("Content-Length", str(fault.bytes))), body())


def encode_often(exchange: Exchange, fault: Fault) -> Response:
    """Send the answer packed *rows* times over, and say so."""
    page = exchange.page()
    for _ in range(fault.rows):
        page = zlib.compress(page, wbits=GZIP)
    encodings = ", ".join(["gzip"] * fault.rows)
    return whole(OK, exchange.answer().headers[0][1], page, {"Content-Encoding": encodings})


def answer_twice(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001
    """Send the answer, and at once the same response again, which nobody asked for."""
    answer, page = exchange.answer(), exchange.page()
    lines = [f"HTTP/1.1 {answer.status}", *(f"{name}: {value}" for name, value in answer.headers), "", ""]
    return replace(answer, body=[page + "\r\n".join(lines).encode() + page])  # at once, or callers differ


def answer_the_one_before(exchange: Exchange, fault: Fault) -> Response:
    """Answer the first question after *seconds*, and each later one with the answer to the one before."""
    if exchange.earlier is None:
        return answer_late(exchange, fault)
    return replace(exchange, inquiry=exchange.earlier).answer()


def put_off(exchange: Exchange, fault: Fault) -> Response:  # noqa: ARG001
    """Accept the question with 202 and never have an answer."""
    return exchange.wire.put_off(exchange)


def end_token(exchange: Exchange, fault: Fault) -> Response:
    """Refuse the token the call came with, and never take it again."""
    exchange.revoke()
    return send_page(exchange, replace(fault, status="401 Unauthorized"))


def spoil_number(exchange: Exchange, fault: Fault) -> Response:
    """Send the answer with NaN in the place of *body*, a number of the scenario."""
    page, number = exchange.page(), fault.body.encode()
    spoilt = page.replace(b'"' + number + b'"', b"NaN").replace(number, b"NaN")
    return whole(OK, exchange.answer().headers[0][1], spoilt)


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
    "large": send_large,
    "encoded": encode_often,
    "duplicate": answer_twice,
    "earlier": answer_the_one_before,
    "pending": put_off,
    "token": end_token,
    "not_a_number": spoil_number,
}
OUTCOMES: Final = {
    "slow": ANSWERED,
    "drip": ANSWERED,
    "huge": ANSWERED,
    "duplicate": ANSWERED,
    "aaa": REJECTED,
}  # else the kind itself
