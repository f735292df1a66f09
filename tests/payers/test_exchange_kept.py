"""What goes over every wire is kept to the byte, and nothing that anybody signs in with."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape
from typing import Final
from urllib.parse import quote_plus

import pytest

from payers.channels.availity import Availity, AvailitySettings
from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.channels.fhir import Fhir, FhirSettings
from payers.channels.lighthouse import Lighthouse, LighthouseSettings
from payers.channels.optum import Optum, OptumSettings
from payers.channels.stedi import REDESIGNED, Stedi, StediSettings
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.kit.recording import REMOVED, Recorder, recording
from payers.kit.routing import Trip
from payers.simulator.scenarios import load_scenarios
from payers.simulator.server import Simulator
from payers.simulator.veterans import load_veterans
from payers.simulator.wires.okta import AUDIENCE, CLIENT_KEY
from tests.payers.checks import ask_about, open_sender
from tests.payers.wires import pause
from verifier.clock import SystemClock
from verifier.errors import BadReply, PayerFault, PayerRefused, PayerTimeout, PayerUnreachable
from verifier.model.inquiry import Member
from verifier.model.question import Question, Veteran
from verifier.model.verification import Exchange
from verifier.testing.faulty_server import (
    FaultyServer,
    Scene,
    answer,
    closed_port,
    drop,
    hang,
    reply,
    write_reply,
)
from verifier.testing.people import QUESTION

USER: Final = "user.of.the&clinic"
SECRET: Final = "a-secret+of<ours>"
SPELLED: Final = {spell(word) for word in (USER, SECRET) for spell in (str, escape, quote_plus)}
SCENARIO: Final = next(each for each in load_scenarios() if each.fault is None and not each.dependents)
VETERAN: Final = {each.name: each for each in load_veterans()}["va_confirmed"]


@dataclass
class Wiretap:
    """A sender that sees everything: what is signed in with, and what goes out and comes back."""

    sender: HttpSender
    signed: set[str] = field(default_factory=set)
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def send(self, request: Request, deadline: Deadline) -> Reply:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.signed |= {headers.get(name, "").removeprefix("Bearer ") for name in ("authorization", "apikey")}
        self.sent.append(request.body)
        reply = self.sender.send(request, deadline)
        self.received.append(reply.body)
        return reply

    @property
    def credentials(self) -> set[str]:
        return (self.signed | SPELLED) - {""}


def open_core(url: str, tools: Tools, envelope: str = "mime") -> CaqhCore:
    return CaqhCore(
        CoreSettings(f"{url}/core/{envelope}", "VERIFIER", "SIMULATED", USER, SECRET, envelope), tools
    )


def open_lighthouse(url: str, tools: Tools, **settings: str) -> Lighthouse:
    return Lighthouse(LighthouseSettings(f"{url}/lighthouse", **settings), tools)  # type: ignore[arg-type]


OPENING: dict[str, Callable[[str, Tools], Channel]] = {
    "core-mime": open_core,
    "core-soap": lambda url, tools: open_core(url, tools, "soap"),
    "stedi-v3": lambda url, tools: Stedi(StediSettings(SECRET, f"{url}/stedi"), tools),
    "stedi-2026-06-01": lambda url, tools: Stedi(StediSettings(SECRET, f"{url}/stedi", REDESIGNED), tools),
    "optum": lambda url, tools: Optum(OptumSettings(USER, SECRET, f"{url}/optum"), tools),
    "availity-at-poll": lambda url, tools: Availity(
        AvailitySettings(f"{url}/availity-at-poll/v1", USER, SECRET), tools, pause=pause
    ),
    "fhir": lambda url, tools: Fhir(
        FhirSettings(f"{url}/fhir-secured", f"{url}/fhir-secured/token", USER, SECRET), tools
    ),
    "lighthouse-key": lambda url, tools: open_lighthouse(url, tools, api_key=SECRET),
    "lighthouse-statement": lambda url, tools: open_lighthouse(
        url, tools, client_id=USER, audience=AUDIENCE, key_file=str(CLIENT_KEY)
    ),
}
ENVELOPED: Final = {"core-mime", "core-soap"}


@pytest.fixture(name="tap")
def _tap() -> Iterator[Wiretap]:
    with open_sender() as sender:
        yield Wiretap(sender)


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator(user_name=USER, password=SECRET) as simulator:
        yield simulator


def choose_question(wire: str) -> Question:
    if not wire.startswith("lighthouse"):
        return ask_about(SCENARIO)
    member = Member(VETERAN.last_name, VETERAN.birth_date, VETERAN.first_name, ssn=VETERAN.ssn)
    found_by = (None, None) if wire == "lighthouse-key" else (VETERAN.icn, VETERAN.consent)
    veteran = Veteran(*found_by, "1 Nowhere Lane", "Covington", "LA", VETERAN.zip)
    return replace(QUESTION, subscriber=member, veteran=veteran)


def find(words: Iterable[str], content: bytes) -> list[str]:
    return [word for word in words if word.encode().upper() in content.upper()]


def join(exchanges: Iterable[Exchange]) -> bytes:
    return b"\n".join(part for each in exchanges for part in (each.request, each.reply or b""))


@pytest.mark.parametrize("wire", OPENING)
def test_every_wire_keeps_its_exchanges_to_the_byte_and_no_credential(
    wire: str, simulator: Simulator, tap: Wiretap
) -> None:
    question = choose_question(wire)
    trip = Trip(OPENING[wire](simulator.url, Tools(tap)))

    trip.ask(question, Deadline.after(20))

    whole, sent, received = join(trip.exchanges), b"\n".join(tap.sent), b"\n".join(tap.received)
    assert find(tap.credentials, sent + b"\n".join(each.encode() for each in tap.signed))
    assert find(tap.credentials, whole) == []
    assert find([question.subscriber.last_name, VETERAN.icn], whole)
    assert {each.channel for each in trip.exchanges} == {trip.name}
    for each in trip.exchanges:
        assert each.reply
        assert each.reply in received
        assert each.request in sent or each.request.startswith(b"GET /")
        assert (each.request[:3] + each.reply[:3] == b"ISAISA") == (wire in ENVELOPED)


def echo(content_type: str) -> Scene:
    """Send the whole request back, head and body, as a hostile payer may."""
    return answer(lambda request: write_reply(request, headers={"Content-Type": content_type}))


@pytest.mark.parametrize("wire", ["core-mime", "core-soap", "stedi-v3"])
@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json", "text/xml"])
def test_a_payer_that_repeats_what_we_sign_in_with_leaves_none_of_it(
    wire: str, content_type: str, tap: Wiretap
) -> None:
    with FaultyServer(echo(content_type)) as server:
        trip = Trip(OPENING[wire](server.url, Tools(tap)))
        with pytest.raises(PayerFault):
            trip.ask(ask_about(SCENARIO), Deadline.after(20))

    (exchange,) = trip.exchanges
    assert exchange.reply
    assert REMOVED in exchange.reply
    assert find([SECRET, escape(SECRET)], tap.received[0])
    assert find(tap.credentials, join(trip.exchanges)) == []


@pytest.mark.parametrize(
    ("scene", "fault"),
    [
        (hang(), PayerTimeout),
        (drop(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nISA"), BadReply),
        (reply(b"no", "500 Internal Server Error"), PayerRefused),
    ],
)
def test_a_question_that_went_out_is_kept_without_a_reply_that_cannot_be_taken(
    scene: Scene, fault: type[PayerFault], tap: Wiretap
) -> None:
    with FaultyServer(scene) as server:
        trip = Trip(open_core(server.url, Tools(tap)))
        with pytest.raises(fault):
            trip.ask(ask_about(SCENARIO), Deadline.after(1))

    assert [(each.request[:3], each.reply) for each in trip.exchanges] == [(b"ISA", None)]


def test_of_a_question_that_never_left_nothing_is_kept(tap: Wiretap) -> None:
    trip = Trip(open_core(closed_port(), Tools(tap)))

    with pytest.raises(PayerUnreachable):
        trip.ask(ask_about(SCENARIO), Deadline.after(5))

    assert trip.exchanges == ()


def test_a_request_whose_wire_says_nothing_is_not_kept(tap: Wiretap) -> None:
    taken: list[Exchange] = []

    with FaultyServer(reply(b"a token")) as server, recording(Recorder("any", SystemClock(), taken.append)):
        request = Request("POST", server.url, body=b"client_secret=" + SECRET.encode())
        tap.send(request, Deadline.after(5))
        tap.send(request.kept_whole(), Deadline.after(5))

    assert [(each.channel, each.request, each.reply) for each in taken] == [("any", request.body, b"a token")]
