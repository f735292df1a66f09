"""Any payer's reply is unwrapped; what holds nothing readable is named, with what to do."""

import base64
import json
import time
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.replies import LARGEST, Replies
from verifier.errors import UnreadableReply
from verifier.ports import ReplyReader

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261124*0930*^*00501*000000101*0*T*:"
)
BODY = "HL*3*2*22*0~NM1*IL*1*TESTCASE*NORA~EB*1**30**PLAN {0}~EB*B**98***27*30~MSG*A & B"


def x12(name: str = "ONE") -> str:
    segments = ["ST*271*0001*005010X279A1", *BODY.format(name).split("~")]
    group = "GS*HB*PAYER*CLINIC*20261124*0930*7*X*005010X279A1"
    return "~".join([ISA, group, *segments, f"SE*{len(segments) + 1}*0001", "GE*1*7", "IEA*1*000000101", ""])


def plans(reply: bytes) -> list[str | None]:
    return [coverage.plan.name for coverage in Replies().read(reply)]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def soap(payload: str) -> str:
    return (
        '<?xml version="1.0"?>\n<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body>\n'
        '<COREEnvelopeRealTimeResponse xmlns="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd">'
        f"<PayloadType>X12_271_Response_005010X279A1</PayloadType>\n<Payload>{payload}</Payload>"
        "<ErrorCode>Success</ErrorCode></COREEnvelopeRealTimeResponse></S:Body></S:Envelope>"
    )


def mime(*parts: tuple[str, bytes], boundary: str = "=_part-7") -> bytes:
    body = b"".join(
        b"--%b\r\n%b\r\n\r\n%b\r\n" % (boundary.encode(), head.encode(), data) for head, data in parts
    )
    return body + b"--%b--\r\n" % boundary.encode()


FORM = 'Content-Disposition: form-data; name="{}"'
MESSAGE = x12().encode()
SHORT = x12()
DOCUMENT_TYPE = '\n<!DOCTYPE S [<!ENTITY a "b">]>\n<S:'
WRAPPED: dict[str, bytes] = {
    "raw": MESSAGE,
    "byte order mark": b"\xef\xbb\xbf" + MESSAGE,
    "utf-16 little": b"\xff\xfe" + SHORT.encode("utf-16-le"),
    "utf-16 big": b"\xfe\xff" + SHORT.encode("utf-16-be"),
    "utf-16 without mark": SHORT.encode("utf-16-le"),
    "blank lines": b"\r\n\r\n  " + MESSAGE,
    "HETS frame": b"\x01%010d\x02%b\x03" % (len(MESSAGE), MESSAGE),
    "HETS frame without end": b"\x01%010d\x02%b" % (len(MESSAGE), MESSAGE),
    "SOAP with entities": soap(escaped(SHORT)).encode(),
    "SOAP with CDATA": soap(f"<![CDATA[{SHORT}]]>").encode(),
    "SOAP with escaped CDATA": soap(f"&lt;![CDATA[{escaped(SHORT)}]]&gt;").encode(),
    "SOAP with indented lines": soap(escaped(SHORT.replace("~", "~\n          "))).encode(),
    "SOAP that is not well formed": soap(SHORT).removesuffix("</S:Envelope>").encode(),
    "SOAP with a document type": soap(escaped(SHORT)).replace("\n<S:", DOCUMENT_TYPE, 1).encode(),
    "SOAP in UTF-16": soap(escaped(SHORT)).replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
    "MIME form": mime((FORM.format("PayloadType"), b"X12_271_Response"), (FORM.format("Payload"), MESSAGE)),
    "MIME with header": b'MIME-Version: 1.0\r\nContent-Type: multipart/form-data; boundary="=_part-7"\r\n\r\n'
    + mime((FORM.format("Payload"), MESSAGE)),
    "MIME base64": mime(("Content-Transfer-Encoding: base64", base64.encodebytes(MESSAGE))),
    "MIME quoted": mime(("Content-Transfer-Encoding: quoted-printable", MESSAGE.replace(b"=", b"=3D"))),
    "MTOM": mime(
        ("Content-Type: application/xop+xml", soap('<xop:Include xmlns:xop="x" href="cid:1"/>').encode()),
        ("Content-Type: application/EDI-X12\r\nContent-ID: <1>", MESSAGE),
    ),
    "SOAP in MIME": mime(("Content-Type: application/soap+xml", soap(escaped(SHORT)).encode())),
    "JSON": json.dumps({"id": 1, "x12": SHORT}).encode(),
    "JSON deep": json.dumps({"items": [{"a": None}, {"result": {"x12-271": SHORT}}]}).encode(),
    "JSON with the question": json.dumps(
        {"x12-270": SHORT.replace("ST*271", "ST*270"), "x12-271": SHORT}
    ).encode(),
    "JSON with SOAP": json.dumps({"x12Response": soap(escaped(SHORT))}).encode(),
    "JSON with MIME header before it": b"\n\n" + json.dumps(["noise", SHORT]).encode(),
    "JSON cut off": json.dumps({"x12": SHORT}).encode()[:-2],
    "web page": f"<html><body><br><pre>{escaped(SHORT)}</pre></body></html>".encode(),
}


@pytest.mark.parametrize("wrapper", WRAPPED)
def test_every_wrapper_comes_off(wrapper: str) -> None:
    (coverage,) = Replies().read(WRAPPED[wrapper])

    assert coverage.status == "active"
    assert [benefit.source.text for benefit in coverage.benefits] == [
        "EB*1**30**PLAN ONE",
        "EB*B**98***27*30",
    ]
    assert coverage.benefits[1].messages == ("A & B",)


@pytest.mark.parametrize("wrapper", sorted(set(WRAPPED) - {"JSON cut off"}))
def test_a_wrapper_taken_off_on_purpose_leaves_no_warning(wrapper: str) -> None:
    assert [coverage.warnings for coverage in Replies().read(WRAPPED[wrapper])] == [()]


def test_names_in_latin_1_are_read() -> None:
    reply = x12().replace("NORA", "JOSÉ").encode("latin-1")

    (coverage,) = Replies().read(reply)

    assert coverage.patient is not None
    assert coverage.patient.first_name == "JOSÉ"


def test_several_messages_come_in_their_order() -> None:
    one, two, three = x12("ONE"), x12("TWO"), x12("THREE")

    assert plans((one + two).encode()) == ["PLAN ONE", "PLAN TWO"]
    assert plans(json.dumps([{"x12": one}, {"error": "42"}, {"x12": two}, three]).encode()) == [
        "PLAN ONE",
        "PLAN TWO",
        "PLAN THREE",
    ]
    assert plans(mime(("X-Part: 1", one.encode()), ("X-Part: 2", two.encode()))) == ["PLAN ONE", "PLAN TWO"]
    framed = "".join(f"\x01{len(text):010}\x02{text}\x03" for text in (one, two))
    assert plans(framed.encode()) == ["PLAN ONE", "PLAN TWO"]


def test_an_acknowledgement_and_an_inquiry_are_coverage_nobody_can_tell() -> None:
    acknowledgement = f"{ISA}~TA1*000000007*261124*0930*R*025~IEA*0*000000101~"

    for reply in (
        acknowledgement,
        json.dumps({"response": acknowledgement}),
        x12().replace("ST*271", "ST*270"),
    ):
        (coverage,) = Replies().read(reply.encode())

        assert coverage.status == "unknown"
        assert coverage.warnings


UNREADABLE: list[tuple[bytes, str]] = [
    (b"", "nothing in it"),
    (b" \r\n\t", "nothing in it"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nstream", "binary"),
    (bytes(range(256)) * 20, "binary"),
    (b"PK\x03\x04\x14\x00\x00\x00", "binary"),
    (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "web page"),
    (b"  <html>\n<p>Service unavailable", "web page"),
    (b"<Envelope><Fault>no</Fault></Envelope>", "XML without"),
    (b'{"coverage": {"active": false}}', "JSON without"),
    (b'[{"a": 1}, "hello"]', "JSON without"),
    (b'{"a": ', "begins like JSON"),
    (b"[" * 100_000, "begins like JSON"),
    (b"the member is active", "no X12 message"),
    (b"VISA*00*not an envelope", "no X12 message"),
]


@pytest.mark.parametrize(("reply", "said"), UNREADABLE)
def test_what_holds_nothing_readable_is_named_with_what_to_do(reply: bytes, said: str) -> None:
    with pytest.raises(UnreadableReply) as caught:
        Replies().read(reply)

    assert said in caught.value.detail
    assert caught.value.detail.endswith(".")
    assert ";" in caught.value.detail  # what it is; what to do


def test_a_reply_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(UnreadableReply, match="10 MiB"):
        Replies().read(b" " * (LARGEST + 1))


@pytest.mark.parametrize(
    "reply",
    [
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"<a>" * 200_000,
        b"<a>" * 50_000 + b"</a>" * 50_000,
        b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 20_000,
        b"\x01" * 500_000,
        b"ISA*" * 300_000,
        b"IEA*" * 300_000,
        ISA.encode() * 2_000,
        b"ST*271~" * 100_000,
        x12().encode().replace(b"~", b"\n" * 50_000, 1)[: LARGEST - 1],
        (ISA + "~EB*1" + "\n1" * 1_000_000).encode(),
        (ISA + "~EB" + "*1" * 1_000_000 + "~").encode(),
        (ISA + "~ST*271~EB*1**" + "30^" * 500_000 + "~").encode(),
        (ISA + "~ST*271~" + "HL*3*2*22*0~" * 49_000).encode(),
        (ISA + "~ST*271~" + "HL*3*9*23*0~" * 49_000).encode(),
        (ISA + "~ST*271~" + "HL*3*9*23*0~EB*1**30~AAA*N**72*C~HL*1**20~AAA*N**42~" * 9_000).encode(),
        (ISA + "~ST*271~HL*1**22~" + "REF*6P*1~" * 20_000 + "HL*2*1*23~" * 20_000).encode(),
        (ISA + "~" + "GE*9*9~ST*271~" * 24_000).encode(),
        (ISA + "~ST*271~" + "EB*C**30***23*BAD~HL*1*2*22~" * 24_000).encode(),
        (ISA + "~ST*271~EB*1**30~" + "NM1*PR*2*A~DTP*291*D8*20260101~REF*6P*1~" * 16_000).encode(),
    ],
    ids=range(22),
)
def test_hostile_bytes_cost_little_and_raise_nothing_else(reply: bytes) -> None:
    begun = time.process_time()

    with suppress(UnreadableReply):
        Replies().read(reply)
    assert time.process_time() - begun < 15


@given(st.binary(max_size=300))
def test_no_bytes_give_anything_but_coverage_or_a_refusal_to_read(noise: bytes) -> None:
    for reply in (
        noise,
        b"{" + noise,
        b"<" + noise,
        b"--" + noise,
        b"\x01" + noise,
        MESSAGE + noise,
        noise + MESSAGE,
    ):
        with suppress(UnreadableReply):
            assert Replies().read(reply)


def test_the_reader_fills_the_port() -> None:
    reader: ReplyReader = Replies()

    assert reader.read(MESSAGE)


def test_published_json_that_carries_x12_gives_its_benefits(reference: Path) -> None:
    folder = reference / "data" / "samples" / "json"
    counts: dict[str, int] = {
        "vendor__stedi_EligibilityCheck_response200_example1.json": 41,
        "vendor__stedi_batch_BatchEligibilityPolling_response200_example1.json": 40,
        "vendor__stedi_EligibilityCheck_response400_example2.json": 0,
        "vendor__optum_enhanced_CoverageDiscoveryRequestX12.json": 13,
        "vendor__optum_enhanced_RTEEligibilityResponseHMO.json": 1,
    }

    found = {name: Replies().read((folder / name).read_bytes()) for name in counts}

    assert {name: sum(len(each.benefits) for each in read) for name, read in found.items()} == counts


def test_no_published_body_makes_the_reader_fail(reference: Path) -> None:
    for path in sorted((reference / "data" / "samples").rglob("*.*")):
        with suppress(UnreadableReply) if path.suffix in (".json", ".tsv") else nullcontext():
            assert Replies().read(path.read_bytes()), path.name
