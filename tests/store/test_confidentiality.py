"""Invented people whose every word can be searched for: none of theirs reaches Redis, a file or a log."""

import base64
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.store.support import (
    ACTIVE,
    FACILITY,
    FAULT,
    INQUIRY,
    MEMBER,
    NOON,
    RING,
    ScriptedGateway,
    Server,
    SetClock,
    SilentReplies,
    await_until,
    connect,
    open_gate,
    open_records,
)
from verifier.keeping import SNAPSHOTS
from verifier.model.verification import Exchange
from verifier.ports import Wanted
from verifier.service import Verifier
from verifier.store.cache import EncryptedCache

SHORTEST = 6  # bytes: shorter ones turn up in any ciphertext by chance
CANARIES = (
    "W199003344",
    "99003344",
    "Testcase",
    "1988-04-12",
    "19880412",
    "123456789",
    "key-of-Testcase",
    "H0015",
    "sim-commercial",
    "1234567893",
    "abita-springs",
    "active",
)


def spell(word: str) -> Iterator[bytes]:
    raw = word.encode()
    yield from (raw, raw[::-1], raw.hex().encode(), word.encode("utf-16-le"), quote(word).encode())
    yield "".join(f"%{byte:02x}" for byte in raw).encode()
    for bits, encode in ((6, base64.b64encode), (6, base64.urlsafe_b64encode), (5, base64.b32encode)):
        for shift in range(bits):  # wherever in a longer text the word stands
            whole = slice(-(-8 * shift // bits), 8 * (shift + len(raw)) // bits)
            yield encode(b"\0" * shift + raw)[whole]


def read_everything(server: Server) -> list[bytes]:
    found = []
    with server.redis() as redis:
        for name in redis.scan_iter():
            found.append(name)
            kind = redis.type(name)
            found += [redis.get(name)] if kind == b"string" else redis.zrange(name, 0, -1)
    return [content.lower() for content in found if content]


def find_canaries(contents: list[bytes]) -> list[tuple[str, bytes]]:
    return [
        (word, spelled)
        for word in CANARIES
        for spelled in spell(word)
        if len(spelled) >= SHORTEST and any(spelled.lower() in content for content in contents)
    ]


@pytest.fixture
def canaries_spread(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[list[bytes]]:
    """Every flow that writes: live, cached, refused keys, faults, a lease held and a tampered entry."""
    caplog.set_level(logging.DEBUG)
    connection = connect(server.url)
    clock, gateway = SetClock(), ScriptedGateway(ACTIVE)
    cache = EncryptedCache(connection, RING, SNAPSHOTS)
    records = open_records(f"sqlite:///{tmp_path / 'verifier.db'}", clock)
    with Verifier(
        gateway=gateway,
        cache=cache,
        records=records,
        replies=SilentReplies(),
        facilities={"abita-springs": FACILITY},
        clock=clock,
        gate=open_gate(clock),
    ) as service:
        kept = service.submit(INQUIRY, wait=20)
        clock.move(hours=30)
        gateway.answer = FAULT
        service.refresh(kept.id)
        gateway.answer, go = RuntimeError("Testcase W199003344"), threading.Event()
        gateway.pause = lambda: go.wait(20)
        service.submit(replace(INQUIRY, member=replace(MEMBER, id="W199003399")), wait=0)
        await_until(lambda: len(gateway.calls) == 3)
        records.save(kept, [Exchange("caqh_core", NOON, b"NM1*IL*1*Testcase*Ana", b"W199003344")])
        records.recent(
            limit=9, wanted=Wanted(member_id="W199003344", patient=("Testcase", MEMBER.birth_date))
        )
        go.set()
    with cache.leading("Testcase W199003344", lease=60):
        yield [file.read_bytes().lower() for file in tmp_path.iterdir()]
    connection.close()


@pytest.mark.usefixtures("canaries_spread")
def test_no_word_of_a_person_or_a_program_is_in_redis_in_any_spelling(server: Server) -> None:
    contents = read_everything(server)

    assert {content.split(b":")[1] for content in contents if content.startswith(b"verifier:")} == {
        b"coverage",
        b"lease",
    }
    assert find_canaries(contents) == []


def test_no_word_of_a_person_is_in_the_database_file_or_its_journal(canaries_spread: list[bytes]) -> None:
    assert max(map(len, canaries_spread)) > 50_000
    assert {word for word, _ in find_canaries(canaries_spread)} == {"abita-springs"}


@pytest.mark.usefixtures("canaries_spread")
def test_no_word_of_a_person_is_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    logged = [record.getMessage().lower().encode() for record in caplog.get_records("setup")]

    assert any(b"runtimeerror" in message for message in logged)
    assert find_canaries(logged) == []


@pytest.mark.parametrize("encode", [bytes, bytes.hex, base64.b64encode])
def test_the_search_would_find_them(encode: object, server: Server) -> None:
    content = encode(b"{'last_name': 'Testcase', 'id': 'W199003344'}")  # type: ignore[operator]
    with server.redis() as redis:
        redis.set("verifier:coverage:x", content, px=timedelta(minutes=1))

    assert {word for word, _ in find_canaries(read_everything(server))} >= {"W199003344", "Testcase"}
