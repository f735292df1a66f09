"""The Stedi channel: the contract over JSON and over the X12 in it, the wire itself, the simulated payer."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from payers.channels.stedi import Stedi, StediSettings, plug
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.scenarios import Fault, Scenario
from payers.simulator.server import Simulator
from tests.payers.checks import (
    CHILD,
    SELF,
    Nobody,
    StandingClock,
    ask_about,
    open_sender,
    read_fixture,
    reply,
    write_answer,
)
from verifier.errors import BadReply, NotConfigured, PayerRefused, PayerThrottled, UnreadableReply
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Member
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.channel_contract import ChannelContract, Wire
from verifier.testing.faulty_server import FaultyServer, answer, write_reply
from verifier.testing.people import QUESTION, find_secrets

SETTINGS = StediSettings("test_s3cret", "https://clearinghouse.invalid")
V3 = "/2024-04-01/change/medicalnetwork/eligibility/v3"


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    with open_sender() as sender:
        yield sender


def write_271(member: Member) -> str:
    body = [
        "ST*271*0001*005010X279A1",
        "BHT*0022*11*THEIRS*20261124*1530",
        "HL*1**20*1",
        "NM1*PR*2*CONTRACT HEALTH PLAN*****PI*CONTRACT",
        "HL*2*1*21*1",
        "NM1*1P*2*CONTRACT CLINIC*****XX*1999999984",
        "HL*3*2*22*0",
        "TRN*1*01K2QTG5GJ8K030SK9QDWF5HD9*3117151744",
        f"NM1*IL*1*{member.last_name}*{member.first_name}****MI*{member.id}".upper(),
        f"DMG*D8*{member.birth_date:%Y%m%d}*F",
        "EB*1**30**CONTRACT PLAN",
        "SE*12*0001",
    ]
    parties = "*ZZ*THEIRS         *ZZ*OURS           "
    head = f"ISA*00*          *00*          {parties}*261124*1530*^*00501*000000001*0*P*:"
    return "~".join(
        [head, "GS*HB*A*B*20261124*1530*1*X*005010X279A1", *body, "GE*1*1", "IEA*1*000000001", ""]
    )


class StediContract(ChannelContract):
    def test_the_reply_to_an_earlier_question_is_a_bad_reply(self, wire: Wire) -> None:
        """Here it is none: Stedi numbers each question itself, so the person alone can tell."""

        def write(request: bytes) -> bytes:
            content_type, body = wire.answer(request, wire.question.subscriber)
            return write_reply(body, headers={"Content-Type": content_type})

        with FaultyServer(answer(write)) as server:
            coverage = wire.connect(server.url).ask(
                replace(wire.question, trace="SECOND0002"), Deadline.after(5)
            )

        assert coverage.status is CoverageStatus.ACTIVE
        assert coverage.trace.numbers == ()


class TestJsonKeepsTheContract(StediContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        return Wire(lambda url: connect(sender, url), lambda _, member: write_answer(member))


class TestX12InJsonKeepsTheContract(StediContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        def write(_: bytes, member: Member) -> tuple[str, bytes]:
            return "application/json", json.dumps({"x12": write_271(member)}).encode()

        return Wire(lambda url: connect(sender, url), write)


def connect(sender: HttpSender, url: str, **settings: str) -> Stedi:
    return Stedi(replace(SETTINGS, url=url, **settings), Tools(sender))


def offline(**settings: str) -> Stedi:
    return Stedi(replace(SETTINGS, **settings), Tools(Nobody(), StandingClock()))


def test_a_check_is_posted_with_the_key_and_a_number_of_nine_digits() -> None:
    request = offline().encode(CHILD)

    body = json.loads(request.body)
    number = body.pop("controlNumber")
    expected = {
        name: value for name, value in read_fixture("request_child").items() if name != "controlNumber"
    }
    assert body == expected
    assert (len(number), number.isdigit()) == (9, True)
    assert (request.method, request.url) == ("POST", f"https://clearinghouse.invalid{V3}")
    assert request.headers["Authorization"] == "test_s3cret"
    assert request.headers["Content-Type"] == "application/json"


def test_the_redesigned_check_has_its_own_address_and_shape() -> None:
    request = offline(version="2026-06-01").encode(CHILD)

    assert request.url == "https://clearinghouse.invalid/2026-06-01/eligibility-check"
    assert json.loads(request.body) == read_fixture("request_plans")


def test_the_date_is_left_out_when_it_is_today_where_the_day_begins_last() -> None:
    class EarlyInTheEast(StandingClock):
        def now(self) -> datetime:
            return datetime(2026, 11, 21, 6, 0, tzinfo=UTC)  # the 20th, ten in the evening, in the west

    channel = Stedi(SETTINGS, Tools(Nobody(), EarlyInTheEast()))

    assert "dateOfService" not in json.loads(channel.encode(SELF).body)["encounter"]
    assert json.loads(offline().encode(SELF).body)["encounter"]["dateOfService"] == "20261120"


def test_the_way_of_a_question_to_medicare_is_told() -> None:
    assert "X-Forwarded-For" not in offline().encode(SELF).headers
    told = offline(forwarded_for="198.51.100.7, 203.0.113.9").encode(SELF).headers
    assert told["X-Forwarded-For"] == "198.51.100.7, 203.0.113.9"


def test_two_questions_never_share_their_number() -> None:
    channel = offline()

    first, second = (json.loads(channel.encode(SELF).body)["controlNumber"] for _ in range(2))

    assert first != second


def test_an_answer_by_hand_is_decoded_whole_and_its_trace_put_aside() -> None:
    (coverage,) = offline().decode(reply(read_fixture("answer")))

    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.trace.numbers == ()
    assert coverage.extras["trace_numbers"] == "TRN-OF-THEIRS"
    assert coverage.extras["check_id"] == "ec_0000"


def test_a_refusal_of_the_question_with_400_is_an_answer() -> None:
    error = {"field": "AAA", "code": "43", "location": "Loop 2100B"}

    (coverage,) = offline().decode(reply({"errors": [error], "provider": {"aaaErrors": [error]}}, 400))

    assert coverage.status is CoverageStatus.REJECTED
    assert [each.code for each in coverage.rejections] == ["43"]


def test_a_validation_error_names_the_fields_and_quotes_nothing() -> None:
    fault = {
        "message": "1 validation error detected. Value 'W55500001' at '/subscriber/memberId'",
        "fieldList": [{"path": "/subscriber/memberId", "message": "Value 'W55500001' is wrong"}],
    }

    with pytest.raises(PayerRefused, match="/subscriber/memberId") as refusal:
        offline().decode(reply(fault, 400))

    assert find_secrets(str(refusal.value)) == []


@pytest.mark.parametrize(
    "body", [{}, [], "no", {"message": "no"}, {"errors": []}, {"fieldList": [{"path": "Ingrid Contractson"}]}]
)
def test_a_400_without_an_answer_is_a_refusal_of_the_call(body: object) -> None:
    with pytest.raises(PayerRefused) as refusal:
        offline().decode(reply(body, 400))

    assert find_secrets(str(refusal.value)) == []


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"errors": [{"code": NaN}]}',
        b'{"errors": [{"code": "75"}], "errors": []}',
        b'{"benefitsInformation": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"benefitsInformation": [{"benefitAmount": 1e999999}]}',
        b"[]",
        b"\xff\xfe{}",
        b'{"x12": "' + b"A" * 100_000 + b'"}',
    ],
)
def test_hostile_json_is_no_answer(hostile: bytes) -> None:
    with pytest.raises(UnreadableReply):
        offline().decode(Reply(200, {"content-type": "application/json"}, hostile))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://clearinghouse.invalid"}, "url"),
        ({"url": "https://someone:secret@clearinghouse.invalid"}, "url"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": "two\r\nlines"}, "api_key"),
        ({"version": "2020-01-01"}, "version"),
        ({"forwarded_for": "somewhere"}, "forwarded_for"),
    ],
)
def test_settings_that_would_fail_or_leak_are_refused_at_the_start(
    change: dict[str, str], words: str
) -> None:
    with pytest.raises(NotConfigured, match=words) as refusal:
        replace(SETTINGS, **change)

    assert "secret" not in str(refusal.value)


def test_the_key_stays_out_of_representations() -> None:
    assert "s3cret" not in f"{SETTINGS!r} {offline().encode(SELF)!r}"


def test_the_plug_builds_the_channel_from_settings_as_text() -> None:
    assert plug.build({"api_key": "k"}, Tools(Nobody())).name == plug.name == "stedi"
    with pytest.raises(NotConfigured):
        plug.build({}, Tools(Nobody()))
    with pytest.raises(NotConfigured):
        plug.build({"api_key": "k", "colour": "red"}, Tools(Nobody()))


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


DOORS = ("stedi", "stedi-without-x12")
Ask = Callable[[str, str], Coverage]


@pytest.fixture(name="ask")
def _ask(simulator: Simulator, sender: HttpSender) -> Ask:
    def ask(door: str, name: str) -> Coverage:
        scenario = next(each for each in simulator.scenarios if each.name == name)
        channel = connect(sender, f"{simulator.url}/{door}", api_key=simulator.password)
        return channel.ask(ask_about(scenario), Deadline.after(10))

    return ask


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("fully_covered", CoverageStatus.ACTIVE),
        ("dependent", CoverageStatus.ACTIVE),
        ("inactive", CoverageStatus.INACTIVE),
        ("payer_unavailable", CoverageStatus.UNKNOWN),
        ("acknowledgement_999", CoverageStatus.UNKNOWN),
        ("acknowledgement_ta1", CoverageStatus.UNKNOWN),
        ("not_found", CoverageStatus.REJECTED),
        ("provider_not_on_file", CoverageStatus.REJECTED),
        ("huge", CoverageStatus.ACTIVE),
    ],
)
def test_the_simulated_payer_is_understood(
    ask: Ask, door: str, scenario: str, status: CoverageStatus
) -> None:
    assert ask(door, scenario).status is status


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "scenario",
    [
        "wrong_member",
        "truncated",
        "garbage",
        "html_error_page",
        "dropped_connection",
        "hang_up",
        "bomb",
        "endless",
    ],
)
def test_a_simulated_misdeed_is_a_bad_reply(ask: Ask, door: str, scenario: str) -> None:
    with pytest.raises(BadReply):
        ask(door, scenario)


@pytest.mark.parametrize(
    "scenario", ["http_429", "http_500", "http_503", "redirect", "envelope_error", "soap_fault"]
)
def test_a_simulated_refusal_is_a_refusal(ask: Ask, scenario: str) -> None:
    with pytest.raises(PayerRefused):
        ask("stedi", scenario)


def test_a_wrong_key_is_a_refusal(simulator: Simulator, sender: HttpSender) -> None:
    channel = connect(sender, f"{simulator.url}/stedi", api_key="another")

    with pytest.raises(PayerRefused, match="401"):
        channel.ask(QUESTION, Deadline.after(10))


def test_a_check_over_the_limit_of_fifty_is_throttled_and_nothing_was_asked(sender: HttpSender) -> None:
    covered = next(each for each in Simulator().scenarios if each.name == "fully_covered")
    slow = Scenario("slow", "Answers too late.", covered.person, fault=Fault("slow", seconds=60))
    person = ask_about(covered)
    with ThreadPoolExecutor(50) as executor, Simulator(scenarios=[slow]) as simulator:
        channel = connect(sender, f"{simulator.url}/stedi", api_key=simulator.password)
        for _ in range(50):
            executor.submit(channel.ask, person, Deadline.after(60))
        give_up = time.monotonic() + 30
        while simulator.ledger.paid < 50 and time.monotonic() < give_up:
            time.sleep(0.01)

        with pytest.raises(PayerThrottled):
            channel.ask(person, Deadline.after(20))
        assert simulator.ledger.paid == 50
