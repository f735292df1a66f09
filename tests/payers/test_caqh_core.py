"""The CAQH CORE channel: the shipped contract over both envelopes, the wire itself, the simulator."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.channels.caqh_core import CaqhCore, CoreSettings, plug
from payers.kit.deadline import Deadline
from payers.kit.envelope import ENVELOPES, read_mime, read_soap
from payers.kit.exchange import Reply
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.server import Simulator
from verifier.errors import BadInput, BadReply, NotConfigured, PayerFault, PayerRefused, UnreadableReply
from verifier.model.inquiry import Member, Patient, Relationship
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.channel_contract import ChannelContract, Wire
from verifier.testing.people import QUESTION, find_secrets

NOW = datetime(2026, 11, 24, 15, 30, 5, tzinfo=UTC)
SETTINGS = CoreSettings("https://payer.invalid/core", "SENDER", "RECEIVER", "someone", "s3cret<&>")


class StandingClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    sender = HttpSender(pause=lambda _: None)
    yield sender
    sender.close()


def write_271(trace: str, member: Member) -> str:
    """Write a 271 by hand, apart from any writer of ours."""
    birth_date = f"{member.birth_date:%Y%m%d}"
    body = [
        "ST*271*0001*005010X279A1",
        "BHT*0022*11*PAYERS-OWN*20261124*1530",
        "HL*1**20*1",
        "NM1*PR*2*CONTRACT HEALTH PLAN*****PI*CONTRACT",
        "HL*2*1*21*1",
        "NM1*1P*2*CONTRACT CLINIC*****XX*1999999984",
        "HL*3*2*22*0",
        f"TRN*2*{trace}*9000000000",
        f"NM1*IL*1*{member.last_name}*{member.first_name}****MI*{member.id}".upper(),
        f"DMG*D8*{birth_date}*F",
        "EB*1**30**CONTRACT PLAN",
        "EB*C*IND*30***23*1500*****Y",
        "SE*13*0001",
    ]
    parties = "*ZZ*RECEIVER       *ZZ*SENDER         "
    head = f"ISA*00*          *00*          {parties}*261124*1530*^*00501*000000001*0*P*:"
    return "~".join(
        [head, "GS*HB*RECEIVER*SENDER*20261124*1530*1*X*005010X279A1", *body, "GE*1*1", "IEA*1*000000001", ""]
    )


def answer_mime(request: bytes, member: Member) -> tuple[str, bytes]:
    trace = re.search(rb"TRN\*1\*([^*~]+)", request)[1].decode()  # type: ignore[index]
    return mime(
        {
            "PayloadType": "X12_271_Response_005010X279A1",
            "ErrorCode": "Success",
            "Payload": write_271(trace, member),
        }
    )


def answer_soap(request: bytes, member: Member) -> tuple[str, bytes]:
    trace = re.search(rb"TRN\*1\*([^*~]+)", request)[1].decode()  # type: ignore[index]
    return soap(
        {
            "PayloadType": "X12_271_Response_005010X279A1",
            "ErrorCode": "Success",
            "Payload": write_271(trace, member),
        }
    )


def mime(fields: dict[str, str]) -> tuple[str, bytes]:
    parts = "".join(
        f'--frontier\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return 'multipart/form-data; boundary="frontier"', f"{parts}--frontier--\r\n".encode()


def soap(fields: dict[str, str]) -> tuple[str, bytes]:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    body = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<c:COREEnvelopeRealTimeResponse xmlns:c="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd">{inner}</c:COREEnvelopeRealTimeResponse></s:Body>'
        "</s:Envelope>"
    )
    return "application/soap+xml; charset=utf-8", body.encode()


def connect(sender: HttpSender, url: str, envelope: str) -> CaqhCore:
    return CaqhCore(replace(SETTINGS, url=url, envelope=envelope), Tools(sender))


class TestMimeKeepsTheContract(ChannelContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        return Wire(lambda url: connect(sender, url, "mime"), answer_mime)


class TestSoapKeepsTheContract(ChannelContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        return Wire(lambda url: connect(sender, url, "soap"), answer_soap)


class Nobody:
    """A sender for what is never sent."""

    def send(self, request: object, deadline: object) -> Reply:  # noqa: ARG002 - as senders have it
        raise AssertionError("nothing is sent here")


def offline(envelope: str = "mime") -> CaqhCore:
    return CaqhCore(replace(SETTINGS, envelope=envelope), Tools(Nobody(), StandingClock()))


TRACED = replace(QUESTION, trace="TRACE0001")
FIELDS = {
    "PayloadType": "X12_270_Request_005010X279A1",
    "ProcessingMode": "RealTime",
    "TimeStamp": "2026-11-24T15:30:05Z",
    "SenderID": "SENDER",
    "ReceiverID": "RECEIVER",
    "CORERuleVersion": "2.2.0",
}


def test_the_mime_envelope_has_every_field_of_the_rule() -> None:
    request = offline().encode(TRACED)

    fields = dict(read_mime(request.headers["Content-Type"], request.body))
    payload, identifier = fields.pop("Payload"), fields.pop("PayloadID")

    assert fields == {**FIELDS, "UserName": "someone", "Password": "s3cret<&>"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", identifier)
    assert payload.startswith("ISA*")


def test_the_soap_envelope_has_every_field_of_the_rule_and_the_credentials_in_its_header() -> None:
    request = offline("soap").encode(TRACED)

    fields = dict(read_soap(request.headers["Content-Type"], request.body))

    assert {name: fields[name] for name in FIELDS} == FIELDS
    assert (fields["Username"], fields["Password"]) == ("someone", "s3cret<&>")
    assert fields["Payload"].startswith("ISA*")
    assert b"<Payload><![CDATA[ISA*" in request.body


def test_the_270_names_us_and_the_payer_and_carries_the_trace_twice() -> None:
    request = offline().encode(TRACED)

    payload = dict(read_mime(request.headers["Content-Type"], request.body))["Payload"]
    segments = payload.split("~")

    assert "*ZZ*SENDER         *ZZ*RECEIVER       *261124*1530*" in segments[0]
    assert "BHT*0022*13*TRACE0001*20261124*1530" in segments
    assert any(segment.startswith("TRN*1*TRACE0001*") for segment in segments)
    assert "NM1*PR*2*CONTRACT HEALTH PLAN*****PI*CONTRACT" in segments


def test_two_questions_never_share_their_numbers() -> None:
    channel = offline()

    first, second = (re.search(rb"IEA\*1\*(\d+)", channel.encode(TRACED).body) for _ in range(2))

    assert first and second and first[1] != second[1]  # noqa: PT018


def test_a_question_that_x12_cannot_carry_names_the_field() -> None:
    with pytest.raises(BadInput) as refusal:
        offline().encode(replace(TRACED, subscriber=replace(QUESTION.subscriber, id="W*1~EQ*98")))

    assert list(refusal.value.errors) == ["/member/id"]


def decode(written: tuple[str, bytes], envelope: str) -> object:
    content_type, body = written
    return offline(envelope).decode(Reply(200, {"content-type": content_type}, body))


ERRORS = [
    ("UnAuthorized", "did not accept our user name and password"),
    ("VersionMismatch", "does not speak version 2.2.0"),
    ("ChecksumMismatched", "reached the payer's system damaged"),
    ("SenderIDIllegal", "did not accept SenderID of our envelope"),
    ("PayloadIDRequired", "did not accept PayloadID of our envelope"),
    ("W55500001Illegal", "reports an error in our envelope"),
    ("Anything", "reports an error in our envelope"),
]


@pytest.mark.parametrize("envelope", ["mime", "soap"])
@pytest.mark.parametrize(("code", "words"), ERRORS, ids=[code for code, _ in ERRORS])
def test_an_error_of_the_envelope_is_a_refusal_in_plain_words(envelope: str, code: str, words: str) -> None:
    fields = {"PayloadType": "CoreEnvelopeError", "ErrorCode": code, "ErrorMessage": "about W55500001"}
    write = {"mime": mime, "soap": soap}[envelope]

    with pytest.raises(PayerRefused) as refusal:
        decode(write(fields), envelope)

    assert words in refusal.value.detail
    assert find_secrets(str(refusal.value)) == []


def test_an_error_envelope_is_a_refusal_whatever_its_code_says() -> None:
    with pytest.raises(PayerRefused):
        decode(mime({"PayloadType": "CoreEnvelopeError", "ErrorCode": "Success"}), "mime")


def test_a_soap_fault_is_a_refusal_that_does_not_quote_it() -> None:
    body = (
        b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Reason><e:Text>'
        b"W55500001 not found</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>"
    )

    with pytest.raises(PayerRefused) as refusal:
        decode(("application/soap+xml", body), "soap")

    assert find_secrets(str(refusal.value)) == []


def test_a_payload_that_is_missing_is_a_bad_reply() -> None:
    with pytest.raises(BadReply):
        decode(mime({"ErrorCode": "Success", "Payload": ""}), "mime")


def test_a_payload_that_is_no_x12_cannot_be_read() -> None:
    with pytest.raises((BadReply, UnreadableReply)):
        decode(mime({"ErrorCode": "Success", "Payload": "coverage is inactive, SE*1"}), "mime")


def test_a_soap_body_of_many_elements_is_refused_before_it_becomes_a_tree() -> None:
    with pytest.raises(BadReply):
        read_soap("application/soap+xml", b"<a>" + b"<b/>" * 1_000_000 + b"</a>")


def test_a_reply_in_the_older_soap_and_with_a_wrapper_is_read_all_the_same() -> None:
    trace = "TRACE0001"
    body = (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        '<n:realTimeTransactionResponse xmlns:n="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"><COREEnvelopeRealTimeResponse>'
        f"<Payload>{write_271(trace, QUESTION.subscriber)}</Payload></COREEnvelopeRealTimeResponse>"
        "</n:realTimeTransactionResponse></S:Body></S:Envelope>"
    )

    (coverage,) = offline("soap").decode(Reply(200, {"content-type": "text/xml"}, body.encode()))

    assert coverage.status is CoverageStatus.ACTIVE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://payer.invalid/core"}, "https"),
        ({"url": "https://someone:secret@payer.invalid/core"}, "https"),
        ({"url": "payer.invalid"}, "https"),
        ({"url": "https://"}, "https"),
        ({"url": "https://payer.invalid:99999"}, "https"),
        ({"url": "http://127.0.0.1.payer.invalid/"}, "https"),
        ({"envelope": "rest"}, "envelope"),
        ({"usage": "X"}, "usage"),
        ({"sender_id": ""}, "sender_id"),
        ({"password": "two\r\nlines"}, "password"),
    ],
)
def test_settings_that_would_fail_or_leak_are_refused_at_the_start(
    change: dict[str, str], words: str
) -> None:
    with pytest.raises(NotConfigured, match=words) as refusal:
        replace(SETTINGS, **change)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]:8000/", "https://payer.invalid/"]
)
def test_plain_http_is_for_loopback_only(url: str) -> None:
    assert replace(SETTINGS, url=url).url == url


def test_secrets_stay_out_of_representations() -> None:
    assert "s3cret" not in repr(SETTINGS)
    assert "someone" not in repr(SETTINGS)


def test_the_plug_builds_the_channel_from_settings_as_text() -> None:
    settings = dict.fromkeys(("sender_id", "receiver_id", "user_name", "password"), "X")

    assert (
        plug.build({**settings, "url": "https://payer.invalid"}, Tools(Nobody())).name
        == plug.name
        == "caqh_core"
    )
    with pytest.raises(NotConfigured):
        plug.build(settings, Tools(Nobody()))
    with pytest.raises(NotConfigured):
        plug.build({**settings, "url": "https://payer.invalid", "colour": "red"}, Tools(Nobody()))


def test_both_envelopes_are_known_by_name() -> None:
    assert set(ENVELOPES) == {"mime", "soap"}


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def question_about(simulator: Simulator, name: str) -> Question:
    person = next(scenario.person for scenario in simulator.scenarios if scenario.name == name)
    member = Member(person.last_name, person.birth_date, person.first_name, person.id)
    return replace(QUESTION, payer_id="SIMULATED", subscriber=member, date_of_service=date(2026, 11, 24))


def converse(simulator: Simulator, sender: HttpSender, envelope: str) -> CaqhCore:
    settings = replace(
        SETTINGS,
        url=f"{simulator.url}/core/{envelope}",
        envelope=envelope,
        user_name=simulator.user_name,
        password=simulator.password,
    )
    return CaqhCore(settings, Tools(sender))


@pytest.mark.parametrize("envelope", ["mime", "soap"])
@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("fully_covered", CoverageStatus.ACTIVE),
        ("inactive", CoverageStatus.INACTIVE),
        ("payer_unavailable", CoverageStatus.UNKNOWN),
        ("carve_out", CoverageStatus.ACTIVE),
        ("huge", CoverageStatus.ACTIVE),
    ],
)
def test_the_simulated_payer_is_understood(
    simulator: Simulator, sender: HttpSender, envelope: str, scenario: str, status: CoverageStatus
) -> None:
    channel = converse(simulator, sender, envelope)

    coverage = channel.ask(question_about(simulator, scenario), Deadline.after(10))

    assert coverage.status is status


@pytest.mark.parametrize("envelope", ["mime", "soap"])
@pytest.mark.parametrize(
    "scenario",
    [
        "wrong_member",
        "wrong_trace",
        "truncated",
        "garbage",
        "html_error_page",
        "dropped_connection",
        "bomb",
        "endless",
    ],
)
def test_a_simulated_misdeed_is_a_bad_reply(
    simulator: Simulator, sender: HttpSender, envelope: str, scenario: str
) -> None:
    channel = converse(simulator, sender, envelope)

    with pytest.raises(BadReply):
        channel.ask(question_about(simulator, scenario), Deadline.after(10))


@pytest.mark.parametrize("envelope", ["mime", "soap"])
@pytest.mark.parametrize(
    "scenario", ["http_429", "http_500", "http_503", "redirect", "envelope_error", "soap_fault"]
)
def test_a_simulated_refusal_is_a_refusal(
    simulator: Simulator, sender: HttpSender, envelope: str, scenario: str
) -> None:
    channel = converse(simulator, sender, envelope)

    with pytest.raises(PayerRefused):
        channel.ask(question_about(simulator, scenario), Deadline.after(10))


def test_a_dependent_is_asked_about_and_recognized(simulator: Simulator, sender: HttpSender) -> None:
    scenario = next(each for each in simulator.scenarios if each.name == "dependent")
    child = scenario.dependents[0]
    patient = Patient(Relationship.CHILD, child.first_name, child.last_name, birth_date=child.birth_date)
    question = replace(question_about(simulator, "dependent"), patient=patient)

    coverage = converse(simulator, sender, "mime").ask(question, Deadline.after(10))

    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.patient is not None
    assert coverage.patient.birth_date == child.birth_date


def test_bad_credentials_are_a_refusal_that_says_so(simulator: Simulator, sender: HttpSender) -> None:
    channel = CaqhCore(replace(SETTINGS, url=f"{simulator.url}/core/mime"), Tools(sender))

    with pytest.raises(PayerRefused):
        channel.ask(question_about(simulator, "fully_covered"), Deadline.after(10))


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from(["mime", "soap"]))
def test_a_reply_damaged_anywhere_is_an_answer_or_a_named_fault(data: st.DataObject, envelope: str) -> None:
    content_type, body = {"mime": answer_mime, "soap": answer_soap}[envelope](
        b"TRN*1*T1*9", QUESTION.subscriber
    )
    damaged = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))

    with suppress(PayerFault, UnreadableReply):
        coverages = offline(envelope).decode(Reply(200, {"content-type": content_type}, bytes(damaged)))
        assert all(coverage.status in CoverageStatus for coverage in coverages)


def test_many_parts_of_a_mime_reply_cost_little() -> None:
    body = b"".join(repeat(b"--x\r\n\r\n\r\n", 100_000))

    with pytest.raises(BadReply):
        read_mime("multipart/form-data; boundary=x", body)
