"""Each fault does what its name says, on the wire."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from payers.simulator.scenarios import Fault, Row, Scenario, build_scenario
from payers.simulator.server import Simulator
from tests.payers.simulator.calls import (
    SCENARIOS,
    WRITERS,
    FixedClock,
    ask,
    call,
    write_fields,
    write_mime,
)

WIRES = ("mime", "soap")


@pytest.fixture(scope="module")
def payer() -> Iterator[Simulator]:
    with Simulator(clock=FixedClock()) as simulator:
        yield simulator


def invent(fault: Fault) -> Scenario:
    table = {"description": "", "person": {"id": "M1", "last_name": "TRY", "first_name": "A"}, "match": []}
    scenario = build_scenario("invented", table)
    return Scenario("invented", "", scenario.person, match=(), benefits=(Row("active", ["30"]),), fault=fault)


def post_by_hand(url: str, scenario: Scenario) -> HTTPConnection:
    where = urlsplit(url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
    content_type, body = write_mime(write_fields(ask(scenario)))
    connection.request("POST", "/core/mime", body, {"Content-Type": content_type})
    return connection


def is_whole(connection: HTTPConnection) -> bool:
    """Tell whether an answer comes with a length and in full."""
    try:
        reply = connection.getresponse()
        reply.read()
    except (ConnectionResetError, RemoteDisconnected, IncompleteRead):
        return False
    return "Content-Length" in reply.headers


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("name", "status", "content_type", "start"),
    [
        ("html_error_page", 200, "text/html; charset=utf-8", b"<!doctype html>"),
        ("http_500", 500, "text/plain", b"java.lang"),
        ("http_503", 503, "text/plain", b"Scheduled"),
        ("http_429", 429, "application/json", b'{"code": "TOO_MANY_REQUESTS"'),
        ("http_429_once", 429, "application/json", b'{"code": "TOO_MANY_REQUESTS"'),
        ("soap_fault", 500, "application/soap+xml; charset=utf-8", b"<soap:Envelope"),
    ],
)
def test_an_http_fault_sends_its_own_page(
    wire: str, name: str, status: int, content_type: str, start: bytes
) -> None:
    with Simulator(clock=FixedClock()) as simulator:
        page = call(simulator.url, wire, ask(SCENARIOS[name]))

    assert (page.status, page.headers["Content-Type"]) == (status, content_type)
    assert page.body.startswith(start)


def test_a_fault_may_bring_headers(payer: Simulator) -> None:
    away = post_by_hand(payer.url, SCENARIOS["redirect"])
    reply = away.getresponse()
    away.close()

    assert call(payer.url, "mime", ask(SCENARIOS["http_503"])).headers["Retry-After"] == "120"
    assert (reply.status, reply.headers["Location"]) == (302, "http://192.0.2.1/login")


def test_a_dropped_connection_drops_in_the_middle_of_the_body(payer: Simulator) -> None:
    connection = post_by_hand(payer.url, SCENARIOS["dropped_connection"])
    reply = connection.getresponse()

    with pytest.raises((IncompleteRead, ConnectionResetError)):
        reply.read()
    connection.close()

    assert int(reply.headers["Content-Length"]) > 200


def test_a_payer_that_hangs_up_sends_nothing(payer: Simulator) -> None:
    connection = post_by_hand(payer.url, SCENARIOS["hang_up"])

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()


def test_a_drip_comes_byte_by_byte_and_is_whole_in_the_end() -> None:
    scenario = invent(Fault("drip", bytes=1, seconds=0.0002))
    with Simulator(scenarios=[scenario], clock=FixedClock()) as simulator:
        connection = post_by_hand(simulator.url, scenario)
        reply = connection.getresponse()
        pieces = list(iter(reply.read1, b""))
        connection.close()

    whole = b"".join(pieces)
    assert len(whole) == int(reply.headers["Content-Length"])
    assert b"EB*1**30~" in whole
    assert len(pieces) > len(whole) / 20
    assert simulator.ledger.paid == 1


def test_a_slow_payer_answers_after_its_time() -> None:
    scenario = invent(Fault("slow", seconds=0.2))
    with Simulator(scenarios=[scenario], clock=FixedClock()) as simulator:
        began = time.monotonic()
        page = call(simulator.url, "soap", ask(scenario))
        took = time.monotonic() - began

    assert "EB*1**30" in page.segments
    assert took >= 0.2


@pytest.mark.parametrize("name", ["slow", "silent", "drip", "endless"])
def test_stopping_cuts_what_is_under_way_and_leaves_no_thread_behind(name: str) -> None:
    threads = set(threading.enumerate())
    simulator = Simulator(clock=FixedClock()).start()
    connection = post_by_hand(simulator.url, SCENARIOS[name])
    while not simulator.ledger.received:
        time.sleep(0.002)
    began = time.monotonic()

    simulator.stop()

    assert time.monotonic() - began < 2
    assert not set(threading.enumerate()) - threads
    assert not is_whole(connection)
    connection.close()


def test_an_endless_body_says_no_length_and_goes_on(payer: Simulator) -> None:
    connection = post_by_hand(payer.url, SCENARIOS["endless"])
    reply = connection.getresponse()

    received = reply.read(3_000_000)
    connection.close()

    assert "Content-Length" not in reply.headers
    assert len(received) == 3_000_000


def test_garbage_is_noise_of_the_same_seed() -> None:
    bodies = []
    for _ in range(2):
        with Simulator(clock=FixedClock(), seed=7) as simulator:
            bodies.append(call(simulator.url, "mime", ask(SCENARIOS["garbage"])).body)

    assert bodies[0] == bodies[1]
    assert len(bodies[0]) == 2000
    assert b"ISA*" not in bodies[0]


def test_a_bomb_is_small_until_it_is_unpacked() -> None:
    scenario = invent(Fault("bomb", bytes=5_000_000))
    with Simulator(scenarios=[scenario], clock=FixedClock()) as simulator:
        page = call(simulator.url, "mime", ask(scenario))

    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.body) < 10_000
    assert len(gzip.decompress(page.body)) == 5_000_000


def test_a_large_body_announces_all_of_itself_and_begins_with_the_answer() -> None:
    scenario = invent(Fault("large", bytes=3_000_000))
    with Simulator(scenarios=[scenario], clock=FixedClock()) as simulator:
        page = call(simulator.url, "mime", ask(scenario))

    assert (page.headers["Content-Length"], len(page.body)) == ("3000000", 3_000_000)
    assert b"EB*1**30~" in page.body[:3000]


def test_an_answer_encoded_often_says_how_often() -> None:
    scenario = invent(Fault("encoded", rows=3))
    with Simulator(scenarios=[scenario], clock=FixedClock()) as simulator:
        page = call(simulator.url, "mime", ask(scenario))

    assert page.headers["Content-Encoding"] == "gzip, gzip, gzip"
    assert b"EB*1**30~" in gzip.decompress(gzip.decompress(gzip.decompress(page.body)))


def send_by_hand(url: str, wire: str, scenario: Scenario) -> socket.socket:
    where = urlsplit(url)
    content_type, body = WRITERS[wire](write_fields(ask(scenario)))
    head = (
        f"POST /core/{wire} HTTP/1.1\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    caller = socket.create_connection((where.hostname, where.port or 0), timeout=5)
    caller.sendall(head.encode() + body)
    return caller


def test_a_duplicate_is_the_same_response_again_on_the_same_connection(payer: Simulator) -> None:
    received = b""
    with send_by_hand(payer.url, "mime", SCENARIOS["duplicate_reply"]) as caller:
        while received.count(b"--\r\n") < 2:
            received += caller.recv(65536)

    first, second = received.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2]


def test_an_earlier_answer_comes_with_the_numbers_of_the_question_before(payer: Simulator) -> None:
    scenario = invent(Fault("earlier"))
    with Simulator(scenarios=[scenario], clock=FixedClock()) as simulator:
        pages = [
            call(simulator.url, "mime", ask(scenario, trace=trace)) for trace in ("TRACE0001", "TRACE0002")
        ]

    assert ["TRN*2*TRACE0001*9VERIFIER0" in page.segments for page in pages] == [True, True]


def test_a_question_put_off_is_accepted_and_not_answered(payer: Simulator) -> None:
    page = call(payer.url, "mime", ask(SCENARIOS["accepted_forever"]))

    assert (page.status, page.body) == (202, b"")


def test_a_number_that_is_none_stands_where_the_amount_is_due(payer: Simulator) -> None:
    segments = call(payer.url, "mime", ask(SCENARIOS["not_a_number"])).segments

    assert "EB*C*IND*30***23*NaN*****Y" in segments


@pytest.mark.parametrize("wire", WIRES)
def test_a_truncated_271_is_the_beginning_of_the_whole_one(payer: Simulator, wire: str) -> None:
    payload = call(payer.url, wire, ask(SCENARIOS["truncated"])).fields["Payload"]

    assert len(payload) == 450
    assert payload.startswith("ISA*")
    assert "SE*" not in payload


@pytest.mark.parametrize("wire", WIRES)
def test_a_huge_271_has_ten_thousand_lines_more_and_counts_them(payer: Simulator, wire: str) -> None:
    segments = call(payer.url, wire, ask(SCENARIOS["huge"])).segments

    assert sum(segment.startswith("EB*") for segment in segments) == 10_002
    assert segments[-3] == f"SE*{len(segments) - 4}*0001"


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("name", "kind", "segment"),
    [
        ("acknowledgement_999", "X12_999_Response_005010X231A1", "AK9*R*1*1*0"),
        ("acknowledgement_ta1", "X12_TA1_Response_00501X231A1", "TA1*000000101*261124*1230*R*025"),
    ],
)
def test_an_acknowledgement_comes_instead_of_a_271(
    payer: Simulator, wire: str, name: str, kind: str, segment: str
) -> None:
    page = call(payer.url, wire, ask(SCENARIOS[name]))

    assert page.fields["PayloadType"] == kind
    assert segment in page.segments


def test_the_answer_to_another_call_bears_none_of_our_numbers(payer: Simulator) -> None:
    segments = call(payer.url, "mime", ask(SCENARIOS["wrong_trace"])).segments

    assert segments[0].split("*")[13] == "987654321"
    assert "TRN*2*SOMEOTHERCALL*9VERIFIER0" in segments
    assert not [segment for segment in segments if "TRACE0001" in segment or "REFERENCE1" in segment]


def test_the_answer_about_another_member_bears_our_numbers(payer: Simulator) -> None:
    segments = call(payer.url, "mime", ask(SCENARIOS["wrong_member"])).segments

    assert "TRN*2*TRACE0001*9VERIFIER0" in segments
    assert "NM1*IL*1*ELSE*SOMEBODY****MI*SIM999999" in segments


@pytest.mark.parametrize("wire", WIRES)
def test_an_envelope_fault_is_a_core_error_envelope(payer: Simulator, wire: str) -> None:
    fields = call(payer.url, wire, ask(SCENARIOS["envelope_error"])).fields

    assert (fields["PayloadType"], fields["ErrorCode"]) == ("CoreEnvelopeError", "ReceiverIDIllegal")


def test_every_kind_of_fault_has_a_scenario() -> None:
    from payers.simulator.faults import FAULTS  # noqa: PLC0415

    assert {scenario.fault.kind for scenario in SCENARIOS.values() if scenario.fault} == FAULTS.keys()


def test_a_caller_who_leaves_does_no_harm(payer: Simulator) -> None:
    with send_by_hand(payer.url, "soap", SCENARIOS["drip"]) as caller:
        caller.recv(10)

    assert call(payer.url, "mime", ask(SCENARIOS["fully_covered"])).status == 200
