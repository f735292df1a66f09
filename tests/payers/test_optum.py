"""The Optum channel: the shipped contract, tokens, the wire itself, the outage list, the simulated payer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from payers.channels.optum import Optum, OptumSettings, Outage, plug, read_outages, shorten_trace
from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.server import Simulator
from tests.payers.checks import (
    CHILD,
    NOW,
    SELF,
    Nobody,
    StandingClock,
    ask_about,
    open_sender,
    read_body,
    read_fixture,
    reply,
    write_answer,
)
from verifier.errors import (
    BadReply,
    NotConfigured,
    PayerFault,
    PayerRefused,
    PayerTimeout,
    UnreadableReply,
)
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Member
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.channel_contract import GARBAGE, REFUSALS, SLOW, ChannelContract, Wire
from verifier.testing.faulty_server import FaultyServer, Scene, answer, write_reply
from verifier.testing.people import QUESTION, find_secrets

SETTINGS = OptumSettings("client-1", "s3cret", "https://clearinghouse.invalid")


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    with open_sender() as sender:
        yield sender


@pytest.fixture(name="tokens", scope="module")
def _tokens() -> Iterator[str]:
    """Run an authorization server that always gives a token: the contract strikes the API behind it."""
    body = json.dumps({"access_token": "abc.def", "token_type": "bearer", "expires_in": 3600}).encode()
    with FaultyServer(
        answer(lambda _: write_reply(body, headers={"Content-Type": "application/json"}))
    ) as server:
        yield server.url


def echo(request: bytes, member: Member) -> tuple[str, bytes]:
    asked = read_body(request)
    meta = {"outboundTraceId": asked["submitterTransactionIdentifier"]}
    return write_answer(member, controlNumber=asked["controlNumber"], meta=meta)


class TestOptumKeepsTheContract(ChannelContract):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender, tokens: str) -> Wire:
        return Wire(lambda url: Optum(replace(SETTINGS, url=url, token_url=tokens), Tools(sender)), echo)


FAULTS = [
    *((PayerRefused, name, scene) for name, scene in REFUSALS.items()),
    *((BadReply, name, scene) for name, scene in GARBAGE.items()),
    *((PayerTimeout, name, scene) for name, scene in SLOW.items()),
]


@pytest.mark.parametrize(
    ("kind", "scene"), [(kind, scene) for kind, _, scene in FAULTS], ids=[name for _, name, _ in FAULTS]
)
def test_a_failure_while_signing_in_is_a_named_fault_and_nothing_is_asked(
    sender: HttpSender, kind: type[PayerFault], scene: Scene
) -> None:
    with FaultyServer(scene) as tokens, FaultyServer(scene) as server:
        channel = Optum(replace(SETTINGS, url=server.url, token_url=tokens.url), Tools(sender))
        with pytest.raises(kind) as fault:
            channel.ask(QUESTION, Deadline.after(0.4 if kind is PayerTimeout else 5))

    assert find_secrets(str(fault.value)) == []
    assert "s3cret" not in str(fault.value)
    assert server.requests == []


def offline() -> Optum:
    return Optum(SETTINGS, Tools(Nobody(), StandingClock()))


@pytest.mark.parametrize(("question", "fixture"), [(SELF, "request_self"), (CHILD, "request_child")])
def test_a_question_is_posted_under_one_number_of_nine_digits(question: object, fixture: str) -> None:
    request = offline().encode(question)  # type: ignore[arg-type] # a question

    body = json.loads(request.body)
    assert body == {**read_fixture(fixture), "submitterTransactionIdentifier": "000004711"}
    assert request.url == "https://clearinghouse.invalid/medicalnetwork/eligibility/v3/"
    assert "Authorization" not in request.headers


def test_a_trace_becomes_nine_digits_that_differ() -> None:
    numbers = {shorten_trace(f"TRACE{number}") for number in range(1000)}

    assert all(len(number) == 9 and number.isdigit() for number in numbers)
    assert len(numbers) == 1000
    assert shorten_trace("000004711") == "000004711"


def test_an_answer_by_hand_is_decoded_whole_with_the_numbers_that_are_ours() -> None:
    (coverage,) = offline().decode(reply(read_fixture("answer")))

    assert coverage.trace.numbers == ("000009001", "TRACE-OF-THEIRS")
    assert coverage.extras["trace_numbers"] == "TRN-OF-THEIRS"


def test_a_refusal_of_the_question_with_400_is_an_answer_and_any_other_a_refusal() -> None:
    error = {"code": "75", "location": "Loop 2100C"}

    (coverage,) = offline().decode(reply({"subscriber": {"aaaErrors": [error]}, "errors": [error]}, 400))

    assert coverage.status is CoverageStatus.REJECTED
    with pytest.raises(PayerRefused):
        offline().decode(reply({"code": "400", "message": "no"}, 400))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://clearinghouse.invalid"}, "url"),
        ({"token_url": "http://clearinghouse.invalid"}, "token_url"),
        ({"client_id": ""}, "client_id"),
        ({"client_secret": "two\r\nlines"}, "client_secret"),
    ],
)
def test_settings_that_would_fail_or_leak_are_refused_at_the_start(
    change: dict[str, str], words: str
) -> None:
    with pytest.raises(NotConfigured, match=words):
        replace(SETTINGS, **change)


def test_secrets_stay_out_of_representations() -> None:
    assert "s3cret" not in f"{SETTINGS!r} {SETTINGS.credentials!r}"
    assert "client-1" not in f"{SETTINGS!r} {SETTINGS.credentials!r}"


def test_the_plug_builds_the_channel_from_settings_as_text() -> None:
    wanted = {"client_id": "a", "client_secret": "b"}
    assert plug.build(wanted, Tools(Nobody(), StandingClock())).name == plug.name == "optum"
    with pytest.raises(NotConfigured):
        plug.build({"client_id": "a"}, Tools(Nobody()))
    with pytest.raises(NotConfigured):
        plug.build({**wanted, "colour": "red"}, Tools(Nobody()))


def test_the_outage_list_is_read_row_by_row_and_says_nothing_it_was_not_told() -> None:
    body = {
        "data": [
            {
                "imnPayerId": "AETNA",
                "payerName": "Aetna",
                "transactionType": "Eligibility",
                "activeStatus": "Inactive",
                "payerProductStandinFlag": "Yes",
                "standinReason": "Payer Maintenance",
                "intermittentPayerOutage": "No",
                "additionalPayerIds": ["60054", None, "AET"],
                "issueStartDate": "2026-11-24",
            },
            {"imnPayerId": "X", "payerProductStandinFlag": "Perhaps", "additionalPayerIds": {}},
            "no row",
        ],
        "page": 1,
        "totalCount": 2,
    }

    assert read_outages(json.dumps(body).encode()) == (
        Outage(
            "AETNA",
            ("60054", "AET"),
            "Aetna",
            "Eligibility",
            "Inactive",
            is_out=True,
            is_intermittent=False,
            reason="Payer Maintenance",
            since="2026-11-24",
        ),
        Outage("X", (), None, None, None, is_out=None, is_intermittent=None, reason=None, since=None),
    )
    assert read_outages(json.dumps(body["data"]).encode()) == read_outages(json.dumps(body).encode())
    assert read_outages(b"{}") == ()
    with pytest.raises(UnreadableReply):
        read_outages(b"<html>")


class MovableClock(StandingClock):
    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(name="clock", scope="module")
def _clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(name="simulator", scope="module")
def _simulator(clock: MovableClock) -> Iterator[Simulator]:
    with Simulator(clock=clock) as simulator:
        yield simulator


def sign_in(simulator: Simulator, sender: HttpSender) -> Optum:
    settings = OptumSettings(simulator.user_name, simulator.password, f"{simulator.url}/optum")
    return Optum(settings, Tools(sender))


Ask = Callable[[str], Coverage]


@pytest.fixture(name="ask")
def _ask(simulator: Simulator, sender: HttpSender) -> Ask:
    def ask(name: str) -> Coverage:
        scenario = next(each for each in simulator.scenarios if each.name == name)
        return sign_in(simulator, sender).ask(ask_about(scenario), Deadline.after(10))

    return ask


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("fully_covered", CoverageStatus.ACTIVE),
        ("dependent", CoverageStatus.ACTIVE),
        ("inactive", CoverageStatus.INACTIVE),
        ("payer_unavailable", CoverageStatus.UNKNOWN),
        ("acknowledgement_999", CoverageStatus.UNKNOWN),
        ("not_found", CoverageStatus.REJECTED),
        ("provider_not_on_file", CoverageStatus.REJECTED),
        ("huge", CoverageStatus.ACTIVE),
    ],
)
def test_the_simulated_payer_is_understood(ask: Ask, scenario: str, status: CoverageStatus) -> None:
    assert ask(scenario).status is status


@pytest.mark.parametrize(
    "scenario",
    ["wrong_member", "wrong_trace", "truncated", "garbage", "html_error_page", "dropped_connection", "bomb"],
)
def test_a_simulated_misdeed_is_a_bad_reply(ask: Ask, scenario: str) -> None:
    with pytest.raises(BadReply):
        ask(scenario)


@pytest.mark.parametrize("scenario", ["http_429", "http_500", "http_503", "redirect", "envelope_error"])
def test_a_simulated_refusal_is_a_refusal(ask: Ask, scenario: str) -> None:
    with pytest.raises(PayerRefused):
        ask(scenario)


def test_a_token_no_longer_taken_is_replaced_and_the_question_put_once(
    simulator: Simulator, sender: HttpSender, clock: MovableClock
) -> None:
    channel = sign_in(simulator, sender)
    question = ask_about(next(each for each in simulator.scenarios if each.name == "fully_covered"))
    channel.ask(question, Deadline.after(10))
    paid = simulator.ledger.paid

    clock.moment += timedelta(hours=2)
    coverage = channel.ask(question, Deadline.after(10))

    assert coverage.status is CoverageStatus.ACTIVE
    assert simulator.ledger.paid == paid + 1
    assert [call.outcome for call in simulator.ledger.calls[-2:]] == ["UnAuthorized", "answered"]


def test_a_wrong_secret_is_a_refusal_that_says_so(simulator: Simulator, sender: HttpSender) -> None:
    settings = OptumSettings(simulator.user_name, "another", f"{simulator.url}/optum")

    with pytest.raises(PayerRefused, match="client id and its secret"):
        Optum(settings, Tools(sender)).ask(QUESTION, Deadline.after(10))
