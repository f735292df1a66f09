"""What the simulated payer refuses: envelopes and 270s that are not as the rules want them."""

import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.simulator.envelopes import ENVELOPES, EnvelopeFault
from payers.simulator.inquiries import InquiryFault, read_inquiry
from payers.simulator.server import Simulator
from tests.payers.simulator.calls import (
    SCENARIOS,
    WRITERS,
    FixedClock,
    ask,
    call,
    post,
    write_fields,
    write_mime,
    write_soap,
)

WIRES = ("mime", "soap")
DEMO = SCENARIOS["coinsurance_after_deductible"]
GOOD = ask(DEMO)


@pytest.fixture(scope="module")
def payer() -> Iterator[Simulator]:
    with Simulator(clock=FixedClock()) as simulator:
        yield simulator


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        *(({name: ""}, f"{name}Required", 200) for name in write_fields(GOOD)),
        ({"PayloadType": "X12_276_Request_005010X212"}, "PayloadTypeIllegal", 200),
        ({"ProcessingMode": "Batch"}, "ProcessingModeIllegal", 200),
        ({"PayloadID": "12345"}, "PayloadIDIllegal", 200),
        ({"TimeStamp": "yesterday"}, "TimeStampIllegal", 200),
        ({"SenderID": "S" * 51}, "SenderIDIllegal", 200),
        ({"CORERuleVersion": "1.1.0"}, "VersionMismatch", 200),
        ({"UserName": "stranger"}, "UnAuthorized", 403),
        ({"Password": "guess"}, "UnAuthorized", 403),
        ({"Payload": "hello"}, "PayloadIllegal", 200),
    ],
)
def test_a_bad_field_gets_the_error_envelope_of_the_rule(
    payer: Simulator, wire: str, changes: dict[str, str], code: str, status: int
) -> None:
    content_type, body = WRITERS[wire](write_fields(GOOD, **changes))

    page = post(f"{payer.url}/core/{wire}", content_type, body)

    assert page.status == status
    assert {key: page.fields[key] for key in ("PayloadType", "ErrorCode", "Payload")} == {
        "PayloadType": "CoreEnvelopeError",
        "ErrorCode": code,
        "Payload": "",
    }


BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">&b;</s:Envelope>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""
FORM = "multipart/form-data; boundary=edge"
PART = b'--edge\r\nContent-Disposition: form-data; name="PayloadID"\r\n\r\nx\r\n'


@pytest.mark.parametrize(
    ("wire", "content_type", "body"),
    [
        ("mime", "application/json", b"{}"),
        ("mime", "multipart/form-data", b"no boundary"),
        ("mime", FORM, b""),
        ("mime", FORM, b"no parts at all"),
        ("mime", FORM, PART),
        ("mime", FORM, PART + PART + b"--edge--"),
        ("mime", FORM, b"--edge\r\n\r\nnameless\r\n--edge--"),
        ("mime", FORM, b'--edge\r\nContent-Disposition: form-data; name="Other"\r\n\r\nx\r\n--edge--'),
        ("mime", FORM, PART.replace(b"x\r", b"\xff\r") + b"--edge--"),
        ("mime", FORM, PART * 1000 + b"--edge--"),
        ("mime", "multipart/form-data; boundary=-", b"-" * 500_000),
        ("mime", FORM, b"--edge\r\nContent-Type: multipart/mixed; boundary=edge\r\n\r\n" * 2000),
        ("soap", "application/soap+xml", b""),
        ("soap", "application/soap+xml", b"<unclosed>"),
        ("soap", "application/soap+xml", BOMB),
        ("soap", "application/soap+xml", OUTSIDE),
        ("soap", "application/soap+xml", b"<a>" * 200_000),
        ("soap", "application/soap+xml", b"<a>" * 30_000 + b"</a>" * 30_000),
        ("soap", "application/soap+xml", b'<?xml version="1.0" encoding="nonsense"?><a/>'),
        ("soap", "text/plain", write_soap(write_fields(GOOD))[1]),
        (
            "soap",
            "text/xml",
            write_soap(write_fields(GOOD))[1].replace(b"www.w3.org/2003/05", b"schemas.xmlsoap.org"),
        ),
        (
            "soap",
            "text/xml",
            write_soap(write_fields(GOOD))[1].replace(b"RealTimeRequest", b"BatchSubmission"),
        ),
    ],
)
def test_a_body_that_is_no_envelope_gets_an_error_envelope_and_400(
    payer: Simulator, wire: str, content_type: str, body: bytes
) -> None:
    page = post(f"{payer.url}/core/{wire}", content_type, body)

    assert page.status == 400
    assert page.fields["PayloadType"] == "CoreEnvelopeError"
    assert "Traceback" not in page.body.decode()


@pytest.mark.parametrize("wire", WIRES)
def test_ten_megabytes_are_read_and_refused(payer: Simulator, wire: str) -> None:
    page = call(payer.url, wire, "A" * 10_000_000)

    assert (page.status, page.fields["ErrorCode"]) == (413, "PayloadIllegal")


@pytest.mark.parametrize("wire", WIRES)
def test_the_largest_payload_that_fits_is_refused_for_what_it_is(payer: Simulator, wire: str) -> None:
    page = call(payer.url, wire, GOOD[:106] + "EQ*30~" * 170_000)

    assert (page.status, page.fields["ErrorCode"]) == (200, "PayloadIllegal")


@pytest.mark.parametrize(
    ("length", "status"),
    [("5000", 400), ("-5", 411), ("many", 411), ("", 411), ("9" * 40, 411)],
)
def test_a_wrong_length_gets_an_error_envelope(payer: Simulator, length: str, status: int) -> None:
    where = urlsplit(payer.url)
    with socket.create_connection((where.hostname, where.port or 0), timeout=5) as caller:
        header = f"Content-Length: {length}\r\n" if length else ""
        caller.sendall(f"POST /core/mime HTTP/1.1\r\nContent-Type: {FORM}\r\n{header}\r\nshort".encode())
        caller.shutdown(socket.SHUT_WR)
        reply = b"".join(iter(lambda: caller.recv(65536), b""))

    assert reply.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"CoreEnvelopeError" in reply


def test_the_connection_stays_open_for_the_next_question(payer: Simulator) -> None:
    where = urlsplit(payer.url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=5)
    content_type, body = write_mime(write_fields(GOOD))
    replies = []
    for _ in range(3):
        connection.request("POST", "/core/mime", body, {"Content-Type": content_type})
        replies.append(connection.getresponse().read())
        port = connection.sock.getsockname()[1]
        assert port == connection.sock.getsockname()[1]
    connection.close()

    assert replies[0] == replies[1] == replies[2]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/core/mime", "GET", 405), ("/ledger", "POST", 405), ("/nowhere", "GET", 404), ("/core/", "GET", 404)],
)
def test_other_paths_and_methods_are_refused(payer: Simulator, path: str, method: str, status: int) -> None:
    where = urlsplit(payer.url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=5)
    connection.request(method, path)
    reply = connection.getresponse()
    reply.read()
    connection.close()

    assert reply.status == status


def refuse(text: str) -> None:
    with pytest.raises(InquiryFault) as refusal:
        read_inquiry(text)

    assert re.fullmatch(r"[A-Z].*\.", str(refusal.value))
    assert "AVERY" not in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ISA*00", "ISB*00"),
        ("VERIFIER       ", "VERIFIER"),
        ("*00501*", "*00401*"),
        ("*^*00501", "*U*00501"),
        ("*T*:", "*T**"),
        ("IEA*1*000000101", "IEA*1*000000102"),
        ("GE*1*101", "GE*1*102"),
        ("GE*1*", "GE*2*"),
        ("SE*16*", "SE*15*"),
        ("*0001~", "*0002~"),
        ("ST*270", "ST*276"),
        ("BHT*0022*13", "BHT*0022*11"),
        ("GS*HS", "GS*HB"),
        ("HL*2*1*21*1", "HL*2*1*22*1"),
        ("HL*3*2*22", "HL*3*1*22"),
        ("NM1*IL", "NM1*03"),
        ("TRN*1*", "TRN*2*"),
        ("*9VERIFIER0", "*9VER"),
        ("DTP*291", "ZZZ*291"),
        ("19880412", "19880231"),
        ("EQ*30~EQ*CJ~EQ*CH~EQ*MH", "III*30~III*CJ~III*CH~III*MH"),
        ("AVERY", "AV\x07RY"),
        ("AVERY", "AVÉRY"),
        ("AVERY", "AV:RY"),
        ("IEA*1*000000101~", "IEA*1*000000101~EB*1~"),
        ("IEA*1*000000101~", "IEA*1*000000101"),
        ("EQ*30~", "EQ*30~" * 200),
    ],
)
def test_a_270_against_the_guide_is_refused_with_the_rule_it_breaks(old: str, new: str) -> None:
    assert old in GOOD

    refuse(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("length", [0, 3, 105, 106, 107, 400, len(GOOD) - 1])
def test_a_270_cut_short_is_refused(length: int) -> None:
    refuse(GOOD[:length])


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("hostile", ["A~EB*1", "A*B", "A:B", "A^B"])
def test_delimiters_inside_values_cannot_write_segments_into_the_answer(
    payer: Simulator, wire: str, hostile: str
) -> None:
    payload = ask(DEMO, delimiters="|!>\n").replace("TRACE0001", hostile)

    fields = call(payer.url, wire, payload).fields

    assert (fields["ErrorCode"], fields["Payload"]) == ("PayloadIllegal", "")


def test_markup_inside_values_cannot_leave_the_envelope(payer: Simulator) -> None:
    hostile = "A]]><Payload>B</Payload>"
    payload = ask(DEMO).replace("TRACE0001", hostile)
    fields = write_fields("PAYLOAD")
    content_type, body = write_soap(fields)
    body = body.replace(
        b"<![CDATA[PAYLOAD]]>", payload.replace("]]>", "]]&gt;").replace("<", "&lt;").encode()
    )

    page = post(f"{payer.url}/core/soap", content_type, body)

    assert page.body.count(b"<Payload>") == 2
    assert b"TRN*2*A]]]]><![CDATA[><Payload>B</Payload>*9VERIFIER0~" in page.body
    assert page.body.endswith(b"</soap:Envelope>")


@given(st.text(max_size=400) | st.integers(0, len(GOOD)).map(lambda at: GOOD[:at] + "*" + GOOD[at:]))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        inquiry = read_inquiry(text)
    except InquiryFault:
        return
    assert inquiry.payer_id


@pytest.mark.parametrize("wire", WIRES)
@given(content_type=st.sampled_from([FORM, "application/soap+xml", "x"]), body=st.binary(max_size=400))
def test_any_body_is_read_or_refused(wire: str, content_type: str, body: bytes) -> None:
    try:
        fields = ENVELOPES[wire].read(content_type, body)
    except EnvelopeFault:
        return
    assert all(isinstance(value, str) for value in fields.values())
