# ruff: noqa: S101 - assert is what a suite is made of
"""The contract of a channel, as a suite: subclass it, say how your wire is spoken, run it.

    class TestMyWire(ChannelContract):
        @pytest.fixture(name="wire")
        def _wire(self) -> Wire:
            return Wire(connect=..., answer=...)

It stands up real servers on loopback sockets and lets them misbehave in every way of the failure table. Each
failure has to end as a named `PayerFault` within the deadline, give nothing away, and never as a coverage.
"""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import repeat

import pytest

from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from verifier.errors import BadReply, PayerFault, PayerRefused, PayerTimeout, PayerUnreachable
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Member
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.faulty_server import (
    FaultyServer,
    Scene,
    answer,
    closed_port,
    drip,
    drop,
    flood,
    gzip_bomb,
    hang,
    reply,
    write_reply,
)
from verifier.testing.people import QUESTION, find_secrets

SECONDS = 5.0
SHORT = 0.4
OVERRUN = 0.25
CUTS = 20

Written = tuple[str, bytes]  # content type and body


@dataclass(frozen=True, slots=True)
class Wire:
    """How a wire is spoken.

    *connect* opens the channel to a server's URL. *answer* writes, for one whole HTTP request as received, a
    good reply about *member*: active coverage, with the trace of that request.
    """

    connect: Callable[[str], Channel]
    answer: Callable[[bytes, Member], Written]
    question: Question = QUESTION


def refuse(status: str) -> Scene:
    """Answer with *status*."""
    return reply(b"no", status)


def send_text(content_type: str, body: bytes) -> Scene:
    """Answer 200 with a body of another kind."""
    return reply(body, headers={"Content-Type": content_type})


REFUSALS: dict[str, Scene] = {
    status: refuse(status)
    for status in (
        "301 Moved Permanently",
        "307 Temporary Redirect",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "405 Method Not Allowed",
        "408 Request Timeout",
        "413 Content Too Large",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    )
}
GARBAGE: dict[str, Scene] = {
    "empty body": reply(),
    "nothing": drop(b""),
    "reset": drop(b"", hard=True),
    "HTML with 200": send_text("text/html", b"<html><body>Please sign in</body></html>"),
    "plain words": send_text("text/plain", b"coverage is inactive"),
    "binary": send_text("application/octet-stream", bytes(range(256)) * 20),
    "NaN": send_text("application/json", b"NaN"),
    "a JSON list": send_text("application/json", b"[]"),
    "a JSON string": send_text("application/json", b'"inactive"'),
    "deep JSON": send_text("application/json", b"[" * 100_000),
    "deep XML": send_text("application/xml", b"<a>" * 100_000),
    "an entity bomb": send_text(
        "application/soap+xml", b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    ),
    "an outside entity": send_text(
        "application/soap+xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    ),
    "unfinished multipart": send_text("multipart/form-data; boundary=x", b"--x\r\n\r\nISA"),
    "a gzip bomb": reply(gzip_bomb(), headers={"Content-Encoding": "gzip"}),
    "no gzip": reply(b"plain", headers={"Content-Encoding": "gzip"}),
    "an endless body": flood(b"HTTP/1.1 200 OK\r\n\r\n", repeat(b"ISA*00*" * 1000)),
}
SLOW: dict[str, Scene] = {
    "silence": hang(),
    "a dripped head": drip(b"HTTP/1.1 200 OK\r\n" * 100, every=0.02),
    "a dripped body": drip(b"ISA" * 1000, every=0.02, after=b"HTTP/1.1 200 OK\r\n\r\n"),
}


class ChannelContract:
    """What every channel keeps to."""

    @pytest.fixture(name="wire")
    def _wire(self) -> Wire:
        """Say how your wire is spoken: override this."""
        pytest.fail("override the fixture 'wire'")

    def test_it_has_a_name(self, wire: Wire) -> None:
        """A channel is called the same in answers, attempts and metrics."""
        assert wire.connect(closed_port()).name

    def test_a_good_reply_is_an_answer(self, wire: Wire) -> None:
        """The good case works at all, or nothing below proves anything."""
        coverage = self._ask(wire, self._answer_well(wire))

        assert coverage.status is CoverageStatus.ACTIVE
        assert coverage.benefits

    def test_a_compressed_reply_is_an_answer(self, wire: Wire) -> None:
        """Gzip is asked for, so it is understood."""

        def write(request: bytes) -> bytes:
            content_type, body = wire.answer(request, wire.question.subscriber)
            headers = {"Content-Type": content_type, "Content-Encoding": "gzip"}
            return write_reply(zlib.compress(body, wbits=31), headers=headers)

        assert self._ask(wire, answer(write)).status is CoverageStatus.ACTIVE

    def test_nothing_of_the_member_is_in_the_address(self, wire: Wire) -> None:
        """URLs reach logs."""
        with FaultyServer(self._answer_well(wire)) as server:
            wire.connect(server.url).ask(wire.question, Deadline.after(SECONDS))

        assert find_secrets(server.requests[0].split(b"\r\n")[0].decode("latin-1")) == []

    @pytest.mark.parametrize("scene", REFUSALS.values(), ids=REFUSALS)
    def test_a_status_that_is_no_success_is_a_refusal(self, wire: Wire, scene: Scene) -> None:
        """A status is no answer about coverage."""
        self._expect(PayerRefused, wire, scene)

    @pytest.mark.parametrize("scene", GARBAGE.values(), ids=GARBAGE)
    def test_garbage_is_a_bad_reply(self, wire: Wire, scene: Scene) -> None:
        """What cannot be read says nothing about coverage."""
        self._expect(BadReply, wire, scene)

    @pytest.mark.parametrize("cut", range(CUTS))
    def test_a_reply_cut_off_anywhere_is_a_bad_reply(self, wire: Wire, cut: int) -> None:
        """Half an answer could mislead: the half that says active may be the one that is missing."""

        def write(request: bytes) -> bytes:
            content_type, body = wire.answer(request, wire.question.subscriber)
            return write_reply(body[: len(body) * cut // CUTS], headers={"Content-Type": content_type})

        self._expect(BadReply, wire, answer(write))

    def test_a_connection_dropped_in_the_body_is_a_bad_reply(self, wire: Wire) -> None:
        """The announced length is held against what came."""

        def write(request: bytes) -> bytes:
            content_type, body = wire.answer(request, wire.question.subscriber)
            return write_reply(body, headers={"Content-Type": content_type})[:-10]

        self._expect(BadReply, wire, answer(write))

    def test_another_content_type_is_a_bad_reply(self, wire: Wire) -> None:
        """A page that quotes an answer is not one."""

        def write(request: bytes) -> bytes:
            body = wire.answer(request, wire.question.subscriber)[1]
            return write_reply(body, headers={"Content-Type": "text/html"})

        self._expect(BadReply, wire, answer(write))

    def test_another_members_reply_is_a_bad_reply(self, wire: Wire) -> None:
        """The right trace does not make it ours: it would disclose somebody else's coverage."""
        other = replace(
            wire.question.subscriber,
            id="X99900009",
            first_name="Somebody",
            last_name="Else",
            birth_date=QUESTION.date_of_service.replace(year=1990),
        )

        self._expect(BadReply, wire, self._answer_well(wire, other))

    def test_the_reply_to_an_earlier_question_is_a_bad_reply(self, wire: Wire) -> None:
        """A late or crossed reply about the same member belongs to the question it answers."""
        first: list[bytes] = []

        def write(request: bytes) -> bytes:
            first.append(request)
            content_type, body = wire.answer(first[0], wire.question.subscriber)
            return write_reply(body, headers={"Content-Type": content_type})

        with FaultyServer(answer(write)) as server:
            channel = wire.connect(server.url)
            channel.ask(replace(wire.question, trace="FIRST0001"), Deadline.after(SECONDS))
            with pytest.raises(BadReply):
                channel.ask(replace(wire.question, trace="SECOND0002"), Deadline.after(SECONDS))

    @pytest.mark.parametrize("scene", SLOW.values(), ids=SLOW)
    def test_the_deadline_holds(self, wire: Wire, scene: Scene) -> None:
        """The deadline is over the whole exchange; starting and stopping the server is not part of it."""
        with FaultyServer(scene) as server:
            channel, started = wire.connect(server.url), time.monotonic()
            with pytest.raises(PayerTimeout) as fault:
                channel.ask(wire.question, Deadline.after(SHORT))
            taken = time.monotonic() - started

        assert taken < SHORT + OVERRUN
        assert find_secrets(str(fault.value)) == []

    def test_a_closed_port_is_unreachable(self, wire: Wire) -> None:
        """Nothing was sent, and that is said."""
        with pytest.raises(PayerUnreachable):
            wire.connect(closed_port()).ask(wire.question, Deadline.after(SECONDS))

    def test_a_failure_does_not_spoil_the_next_question(self, wire: Wire) -> None:
        """A channel recovers by itself."""
        with FaultyServer(drop(b"HTTP/1.1 200"), self._answer_well(wire)) as server:
            channel = wire.connect(server.url)
            with pytest.raises(PayerFault):
                channel.ask(wire.question, Deadline.after(SECONDS))

            assert channel.ask(wire.question, Deadline.after(SECONDS)).status is CoverageStatus.ACTIVE

    def _answer_well(self, wire: Wire, member: Member | None = None) -> Scene:
        def write(request: bytes) -> bytes:
            content_type, body = wire.answer(request, member or wire.question.subscriber)
            return write_reply(body, headers={"Content-Type": content_type})

        return answer(write)

    def _ask(self, wire: Wire, scene: Scene) -> Coverage:
        with FaultyServer(scene) as server:
            return wire.connect(server.url).ask(wire.question, Deadline.after(SECONDS))

    def _expect(self, kind: type[PayerFault], wire: Wire, scene: Scene) -> None:
        with pytest.raises(kind) as fault:
            self._ask(wire, scene)

        assert find_secrets(str(fault.value)) == []
