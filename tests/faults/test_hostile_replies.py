"""Replies that drip, hang, never end or swell keep to the deadline and to a bounded memory, all the way."""

import json
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from payers.kit.body import Bounds
from payers.simulator.scenarios import Scenario
from tests.faults.rooms import Rooms, play
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.faulty_server import (
    FaultyServer,
    Scene,
    Stage,
    drip,
    flood,
    gzip_bomb,
    hang,
    write_reply,
)

SECONDS = 1.0
OVERRUN = 0.25
GROWTH = 32 << 20
TRIES = 4  # at once, each below the breaker's five

SLOW = {
    "drips": play("drip", bytes=1, seconds=0.05),
    "drips in lumps": play("drip", bytes=64, seconds=0.3),
    "hangs": play("silent"),
    "answers much too late": play("slow", seconds=30.0),
    "never ends, slowly": play("endless", bytes=10, seconds=0.05),
}
LARGE = {
    "never ends": play("endless", bytes=1 << 16, seconds=0.0005),
    "a bomb": play("bomb", bytes=200_000_000),
    "huge": play("huge", rows=100_000),
}


@pytest.mark.parametrize("scenario", SLOW.values(), ids=SLOW)
def test_the_deadline_is_overrun_by_a_quarter_of_a_second_at_most(scenario: Scenario) -> None:
    def ask(number: int) -> float:
        started = time.monotonic()
        assert rooms.ask(number, seconds=SECONDS).coverage.status is CoverageStatus.UNKNOWN
        return time.monotonic() - started

    with Rooms([scenario]) as rooms, ThreadPoolExecutor(TRIES) as pool:
        threads = threading.active_count()
        taken = list(pool.map(ask, range(TRIES)))
        left_behind = threading.active_count() - threads - TRIES

        assert rooms.count() == TRIES
    assert max(taken) <= SECONDS + OVERRUN
    assert left_behind <= TRIES  # the simulator's own, one a connection


@pytest.mark.parametrize("scenario", (SLOW | LARGE).values(), ids=SLOW | LARGE)
def test_a_reply_costs_at_most_32_mebibytes_of_objects_and_is_no_answer(scenario: Scenario) -> None:
    with Rooms([scenario]) as rooms:
        tracemalloc.start()
        try:
            started = time.monotonic()
            answer = rooms.ask(seconds=SECONDS)
            taken = time.monotonic() - started
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert answer.coverage.status is CoverageStatus.UNKNOWN
    assert peak <= GROWTH
    assert taken <= SECONDS + OVERRUN


# the same by the resident set of a process of its own, for what is made to swell once it is read

ROOT = Path(__file__).parents[2]
SIZE = Bounds().decoded - 4096
PARTIES = b"*ZZ*THEIRS         *ZZ*OURS           "
ISA = b"ISA*00*          *00*          " + PARTIES + b"*261124*1530*^*00501*000000001*0*P*:~"
OPENING = ISA + b"GS*HB*A*B*20261124*1530*1*X*005010X279A1~ST*271*0001*005010X279A1~"
CLOSING = b"SE*12*0001~GE*1*1~IEA*1*000000001~"
SMILE = "\N{GRINNING FACE}".encode()


def fill(unit: bytes, size: int = SIZE) -> bytes:
    return unit * (size // len(unit))


def number(pattern: str) -> bytes:
    return "".join(pattern % each for each in range(SIZE // len(pattern % 100_000))).encode()


def wrap(x12: bytes) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="Payload"\r\n\r\n'
    return part + OPENING + x12 + CLOSING + b"\r\n--x--\r\n"


def pack(body: bytes) -> bytes:
    """Compress *body* less than the bound on that allows, the first of it not at all."""
    plain, rest = zlib.compressobj(0, wbits=-15), zlib.compressobj(9, wbits=-15)
    first = len(body) // 80
    deflated = (
        plain.compress(body[:first])
        + plain.flush(zlib.Z_FULL_FLUSH)
        + rest.compress(body[first:])
        + rest.flush()
    )
    trailer = zlib.crc32(body).to_bytes(4, "little") + len(body).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated + trailer


MIME = "multipart/form-data; boundary=x"
JSON = "application/json"
SOAP = "application/soap+xml"
SWELLING = {  # name: wire, content type, body
    "objects": ("optum", JSON, b"[" + fill(b"{},") + b"1]"),
    "decimals": ("fhir", JSON, b"[" + fill(b"1.5,") + b"1]"),
    "members": ("availity", JSON, b"{" + number('"a%d":1,') + b'"z":1}'),
    "one rare character": ("fhir", JSON, b'"' + SMILE + fill(b"x") + b'"'),
    "benefits": ("stedi-v3", JSON, b'{"benefitsInformation":[' + fill(b'{"code":"1"},') + b"{}]}"),
    "benefits, as many as are read": (
        "stedi-v3",
        JSON,
        b'{"benefitsInformation":[' + fill(b'{"code":"1"},', 12_500 * 13) + b"{}]}",
    ),
    "plans": (
        "stedi-2026-06-01",
        JSON,
        b'{"plans":[{"benefits":{"a":[' + fill(b'{"amount":"1"},') + b"{}]}}]}",
    ),
    "items": (
        "fhir",
        "application/fhir+json",
        b'{"resourceType":"CoverageEligibilityResponse","insurance":[{"item":['
        + fill(b'{"a":1},', 400_000)
        + b"{}]}]}",
    ),
    "segments": ("core-mime", MIME, wrap(fill(b"EB*1~"))),
    "repetitions": ("core-mime", MIME, wrap(b"EB*1**" + fill(b"30^") + b"30~")),
    "messages": ("core-mime", MIME, wrap(b"EB*1~" + fill(b"MSG*A~"))),
    "rare characters": ("core-mime", MIME, wrap(b"EB*1~MSG*" + fill(SMILE) + b"~")),
    "interchanges": ("core-mime", MIME, wrap(fill(CLOSING + OPENING))),
    "attributes": ("core-soap", SOAP, b"<a " + number('a%d="" ') + b"/>"),
    "rare text": ("core-soap", SOAP, b"<a><Payload>" + fill(SMILE) + b"</Payload></a>"),
    "comments": ("core-soap", SOAP, b"<a>" + fill(b"<!---->") + b"</a>"),
}
HEAD = b"HTTP/1.1 200 OK\r\n"


def send_gzip(content_type: str, body: bytes) -> Scene:
    def play_gzip(stage: Stage) -> None:
        stage.read_request()
        stage.send(write_reply(body, headers={"Content-Type": content_type, "Content-Encoding": "gzip"}))

    return play_gzip


def blanks() -> Iterator[bytes]:
    while True:
        yield b" " * (1 << 16)


FLOODING: dict[str, tuple[Scene, str]] = {  # name: what the payer does, what that is
    "drips": (drip(b"ISA" * 1000, every=0.02, after=HEAD + b"\r\n"), "PayerTimeout"),
    "hangs": (hang(), "PayerTimeout"),
    "never ends": (flood(HEAD + b"\r\n", blanks()), "BadReply"),
    "200 MiB": (flood(HEAD + b"Content-Length: 209715200\r\n\r\n", blanks()), "BadReply"),
    "a bomb": (send_gzip(JSON, gzip_bomb()), "BadReply"),
    "fifty encodings": (
        flood(HEAD + b"Content-Encoding: " + b"gzip, " * 49 + b"gzip\r\n\r\n", blanks()),
        "BadReply",
    ),
}


def measure(wire: str, scene: Scene, seconds: float) -> dict[str, Any]:
    """Meet one hostile reply in a process of its own, after a harmless one; tokens are given meanwhile."""
    asked: list[bytes] = []

    def play_second(stage: Stage) -> None:
        request = stage.connection.recv(1 << 16, socket.MSG_PEEK)  # the scene reads for itself
        if b"/token" in request.partition(b"\r\n")[0]:
            stage.read_request()
            stage.send(write_reply(b'{"access_token": "t"}', headers={"Content-Type": JSON}))
            return
        asked.append(request)
        if len(asked) == 1:
            stage.read_request()
            stage.send(write_reply(b"{}", headers={"Content-Type": JSON}))
            return
        scene(stage)

    with FaultyServer(play_second) as server:
        command = [sys.executable, "-m", "tests.faults.appetite", wire, server.url, str(seconds)]
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=100)  # noqa: S603 - our own file
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(("wire", "content_type", "body"), SWELLING.values(), ids=SWELLING)
def test_a_reply_that_swells_adds_at_most_32_mebibytes_to_the_process(
    wire: str, content_type: str, body: bytes
) -> None:
    found = measure(wire, send_gzip(content_type, pack(body)), 60.0)

    assert found["outcomes"][1] in {"BadReply", "unknown"}
    assert found["grown"] <= GROWTH


@pytest.mark.parametrize(("scene", "outcome"), FLOODING.values(), ids=FLOODING)
def test_a_reply_without_measure_adds_at_most_32_mebibytes_to_the_process(scene: Scene, outcome: str) -> None:
    found = measure("core-mime", scene, SECONDS)

    assert found["outcomes"][1] == outcome
    assert found["grown"] <= GROWTH
    assert found["seconds"] <= SECONDS + OVERRUN
