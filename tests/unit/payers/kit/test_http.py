import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
import requests
import responses

from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.http import HttpSender
from verifier.errors import (
    BadReply,
    NotConfigured,
    PayerRefused,
    PayerTimeout,
    PayerUnreachable,
)
from verifier.testing.faulty_server import (
    FaultyServer,
    Scene,
    Stage,
    closed_port,
    drip,
    drop,
    flood,
    gzip_bomb,
    hang,
    ignore,
    reply,
)

OVERRUN = 0.25
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SECRET = "W199003344"


@pytest.fixture(name="sender")
def _sender() -> Iterator[HttpSender]:
    sender = HttpSender(connect_seconds=0.2, pause=lambda _: None)
    yield sender
    sender.close()


def post(sender: HttpSender, url: str, seconds: float = 5.0) -> Reply:
    request = Request("POST", f"{url}/?member={SECRET}", {"X-Member": SECRET}, SECRET.encode())
    return sender.send(request, Deadline.after(seconds))


def held() -> set[str]:
    """Name the threads and sockets of this process; one of an earlier test may end at any time."""
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return {f"thread {thread.ident}" for thread in threading.enumerate()} | {
        link for link in links if link.startswith("socket:")
    }


def test_a_reply_comes_back_with_status_headers_body_and_time(sender: HttpSender) -> None:
    with FaultyServer(reply(b"payload", headers={"Content-Type": "text/plain"})) as server:
        answer = post(sender, server.url)

    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "text/plain", b"payload")
    assert 0 < answer.seconds < 5


def test_the_request_travels_as_given_and_asks_only_for_encodings_that_are_bounded(
    sender: HttpSender,
) -> None:
    with FaultyServer(reply()) as server:
        post(sender, server.url)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")

    assert head.startswith(b"POST /?member=W199003344 HTTP/1.1\r\n")
    assert b"Accept-Encoding: gzip, deflate\r\n" in head
    assert body == b"W199003344"


SLOW: dict[str, Scene] = {
    "never answers": hang(),
    "drips the head": drip(HEAD * 100, every=0.02),
    "drips the body": drip(b"x" * 1000, every=0.02, after=HEAD + b"Content-Length: 1000\r\n\r\n"),
    "drips chunks": drip(b"1\r\nx\r\n" * 100, every=0.02, after=CHUNKED),
    "drips a body without length": drip(b"x" * 1000, every=0.02, after=HEAD + b"\r\n"),
    "drips chunk lengths": drip(b"0" * 1000, every=0.02, after=CHUNKED),
    "drips interim replies": drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 10, every=0.02),
    "drips compressed bytes": drip(
        zlib.compress(bytes(10_000)), every=0.05, after=HEAD + b"Content-Encoding: deflate\r\n\r\n"
    ),
    "drips after the last chunk": drip(b"X-Trailer: 1\r\n" * 50, every=0.02, after=CHUNKED + b"0\r\n"),
}


@pytest.mark.parametrize("scene", SLOW.values(), ids=SLOW)
def test_the_deadline_holds_however_the_reply_trickles(sender: HttpSender, scene: Scene) -> None:
    before = held()

    with FaultyServer(scene) as server:
        started = time.monotonic()
        with pytest.raises(PayerTimeout):
            post(sender, server.url, seconds=0.4)
        taken = time.monotonic() - started

    assert 0.39 < taken < 0.4 + OVERRUN
    assert held() <= before


def test_the_deadline_holds_while_sending_to_one_who_does_not_read(sender: HttpSender) -> None:
    with FaultyServer(ignore()) as server:
        started = time.monotonic()
        with pytest.raises(PayerTimeout):
            sender.send(Request("POST", server.url, body=bytes(50_000_000)), Deadline.after(0.4))
        taken = time.monotonic() - started

    assert taken < 0.4 + OVERRUN


def test_a_tls_handshake_that_never_ends_is_left_within_the_time_to_connect(sender: HttpSender) -> None:
    before = held()

    with FaultyServer(ignore()) as server:
        started = time.monotonic()
        with pytest.raises(PayerUnreachable):
            post(sender, server.url.replace("http:", "https:"))
        taken = time.monotonic() - started

    assert taken < 2 * 0.2 + OVERRUN
    assert held() <= before


def test_a_dripped_tls_handshake_is_left_within_the_time_to_connect(sender: HttpSender) -> None:
    def drip_record(stage: Stage) -> None:
        while stage.pause(0.02):
            stage.send(b"\x16")

    with FaultyServer(drip_record) as server:
        started = time.monotonic()
        with pytest.raises(PayerUnreachable):
            post(sender, server.url.replace("http:", "https:"))

    assert time.monotonic() - started < 2 * 0.2 + OVERRUN


def test_a_name_look_up_that_hangs_is_left_within_the_time_to_connect() -> None:
    release = threading.Event()

    def look_up(_host: str, _port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        release.wait(30)
        return []

    sender = HttpSender(connect_seconds=0.2, resolve=look_up, pause=lambda _: None)
    started = time.monotonic()
    with pytest.raises(PayerUnreachable):
        post(sender, "https://payer.invalid")
    taken = time.monotonic() - started
    release.set()
    sender.close()

    assert taken < 2 * 0.2 + OVERRUN


def test_no_time_left_means_nothing_is_sent(sender: HttpSender) -> None:
    with FaultyServer(reply()) as server, pytest.raises(PayerUnreachable):
        post(sender, server.url, seconds=0)

    assert server.requests == []


HOSTILE: dict[str, Scene] = {
    "endless body": flood(HEAD + b"\r\n", repeat(bytes(65536))),
    "endless chunks": flood(CHUNKED, repeat(b"1000\r\n" + bytes(4096) + b"\r\n")),
    "endless tiny chunks": flood(CHUNKED, repeat(b"1\r\nx\r\n" * 1000)),
    "endless chunk extension": flood(CHUNKED + b"1;", repeat(b"x" * 60000)),
    "endless head": flood(HEAD, repeat(b"X-More: " + b"x" * 1000 + b"\r\n")),
    "endless head line": flood(HEAD + b"X: ", repeat(b"x" * 10000)),
    "a thousand headers": flood(HEAD, [b"X-%d: y\r\n" % number for number in range(1000)]),
    "endless interim replies": flood(b"", repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)),
    "endless trailers": flood(CHUNKED + b"0\r\n", repeat(b"X-Trailer: 1\r\n" * 1000)),
    "announces 200 MiB": reply(b"x", headers={"Content-Length": str(200 << 20)}),
    "announces an astronomical length": reply(b"x", headers={"Content-Length": "9" * 5000}),
    "gzip bomb": reply(gzip_bomb(), headers={"Content-Encoding": "gzip"}),
    "gzip bomb in a redirect's place": flood(
        HEAD + b"Content-Encoding: gzip\r\n\r\n", repeat(gzip_bomb(10_000_000))
    ),
    "deflate bomb": reply(zlib.compress(bytes(20_000_000), 9), headers={"Content-Encoding": "deflate"}),
    "two encodings": reply(b"x", headers={"Content-Encoding": "gzip, gzip"}),
    "an encoding nobody asked for": reply(b"x", headers={"Content-Encoding": "br"}),
    "broken gzip": reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}),
    "empty gzip": reply(b"", headers={"Content-Encoding": "gzip"}),
    "cut-off gzip": reply(gzip_bomb(1 << 20)[:100], headers={"Content-Encoding": "gzip"}),
    "gzip with something behind it": reply(
        zlib.compress(b"a" * 50, wbits=31) * 2, headers={"Content-Encoding": "gzip"}
    ),
    "no HTTP at all": drop(b"ISA*00*~\r\n\r\n"),
    "nothing at all": drop(b""),
    "reset": drop(b"", hard=True),
    "cut-off body": drop(HEAD + b"Content-Length: 100\r\n\r\nonly this"),
    "cut-off chunk": drop(CHUNKED + b"64\r\nonly this"),
    "reset in the body": drop(HEAD + b"Content-Length: 100\r\n\r\nonly this", hard=True),
    "two lengths": drop(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "a chunk length that is none": drop(CHUNKED + b"zebra\r\nx"),
    "a status that does not exist": reply(status="999 Strange"),
    "a status that is none": drop(b"HTTP/1.1 abc Strange\r\n\r\n"),
}


@pytest.mark.parametrize("scene", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_reply_is_refused_soon_and_in_little_memory(sender: HttpSender, scene: Scene) -> None:
    before = held()
    with FaultyServer(scene) as server:
        tracemalloc.start()
        started = time.monotonic()
        with pytest.raises(BadReply):
            post(sender, server.url, seconds=60)
        taken = time.monotonic() - started
        growth = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert taken < 30  # half of the deadline: a busy machine is no reason to fail
    assert growth < 32 << 20
    assert held() <= before


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", b"payload"),
        ("identity", b"payload"),
        ("gzip", zlib.compress(b"payload", wbits=31)),
        ("X-GZIP", zlib.compress(b"payload", wbits=31)),
        ("deflate", zlib.compress(b"payload")),
        ("deflate", zlib.compress(b"payload", wbits=-15)),
    ],
    ids=["none", "identity", "gzip", "x-gzip", "zlib", "bare deflate"],
)
def test_one_layer_of_compression_is_undone(sender: HttpSender, encoding: str, body: bytes) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}

    with FaultyServer(reply(body, headers=headers)) as server:
        answer = post(sender, server.url)

    assert answer.body == b"payload"


def test_a_long_compressed_reply_is_unpacked_whole(sender: HttpSender) -> None:
    body = b"".join(b"EB*C*IND*30***23*%d*****Y~" % number for number in range(100_000))

    with FaultyServer(reply(zlib.compress(body, wbits=31), headers={"Content-Encoding": "gzip"})) as server:
        answer = post(sender, server.url)

    assert answer.body == body


REFUSED = [300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 408, 418, 429, 500, 501, 502, 503, 504, 599]


@pytest.mark.parametrize("status", REFUSED)
def test_a_status_that_is_no_success_is_a_refusal_in_plain_words(sender: HttpSender, status: int) -> None:
    with responses.RequestsMock() as payer:
        payer.post(
            "https://payer.invalid/", status=status, body=SECRET, headers={"Location": "https://x.invalid/"}
        )

        with pytest.raises(PayerRefused) as refusal:
            post(sender, "https://payer.invalid")

    assert f"(HTTP {status})" in refusal.value.detail
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_success_is_handed_on(sender: HttpSender, status: int) -> None:
    with responses.RequestsMock() as payer:
        payer.post("https://payer.invalid/", status=status, body=b"")

        assert post(sender, "https://payer.invalid").status == status


def test_a_redirect_is_not_followed_and_its_body_not_unpacked(sender: HttpSender) -> None:
    headers = {"Content-Encoding": "gzip", "Location": "/elsewhere"}

    with FaultyServer(reply(gzip_bomb(), "302 Found", headers)) as server, pytest.raises(PayerRefused):
        post(sender, server.url)

    assert len(server.requests) == 1


def test_a_refused_connection_is_tried_once_more_because_nothing_was_sent() -> None:
    pauses: list[float] = []
    sender = HttpSender(pause=pauses.append)

    with pytest.raises(PayerUnreachable):
        post(sender, closed_port())
    sender.close()

    assert len(pauses) == 1
    assert 0 < pauses[0] <= 0.2


def test_a_request_that_was_sent_is_never_sent_again(sender: HttpSender) -> None:
    with FaultyServer(drop(b""), reply(b"late")) as server, pytest.raises(BadReply):
        post(sender, server.url)

    assert len(server.requests) == 1


def every(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from every(child)


FOREIGN = sorted(
    {
        kind
        for kind in every(requests.RequestException)
        if kind.__module__ == "requests.exceptions" and not issubclass(kind, Warning)
    },
    key=lambda kind: kind.__name__,
)


def build(kind: type[Exception]) -> Exception:
    return kind(SECRET, SECRET, 0) if "JSON" in kind.__name__ else kind(SECRET)


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_no_error_of_the_library_passes_untranslated(sender: HttpSender, kind: type[Exception]) -> None:
    with responses.RequestsMock() as payer:
        payer.post("https://payer.invalid/", body=build(kind))
        if not issubclass(kind, ValueError) or issubclass(kind, requests.JSONDecodeError):
            payer.post("https://payer.invalid/", body=build(kind))

        with pytest.raises((PayerUnreachable, NotConfigured)) as ours:
            post(sender, "https://payer.invalid")

    assert isinstance(ours.value.__cause__, kind)
    assert SECRET not in str(ours.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "payer.invalid",
        "ftp://payer.invalid",
        "http://",
        "http://[::1",
        "http://*.invalid",
        "http://payer.invalid:x",
    ],
)
def test_an_address_that_cannot_be_used_is_a_matter_of_configuration(sender: HttpSender, url: str) -> None:
    with pytest.raises(NotConfigured):
        sender.send(Request("POST", url), Deadline.after(5))


def test_nothing_is_taken_from_the_environment(
    sender: HttpSender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, closed_port())

    with FaultyServer(reply(b"direct")) as server:
        answer = post(sender, server.url)

    assert answer.body == b"direct"
    assert b"authorization" not in server.requests[0].lower()


def test_cookies_of_one_exchange_do_not_travel_with_the_next(sender: HttpSender) -> None:
    with FaultyServer(reply(headers={"Set-Cookie": "member=W1"})) as server:
        post(sender, server.url)
        post(sender, server.url)

    assert b"cookie" not in b"".join(server.requests).lower()


def test_a_connection_kept_open_serves_the_next_request_of_the_thread(sender: HttpSender) -> None:
    def serve_two(stage: Stage) -> None:
        for _ in range(2):
            stage.request = b""
            stage.read_request()
            stage.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        stage.pause(5)

    with FaultyServer(serve_two, drop(b"")) as server:
        bodies = [post(sender, server.url).body for _ in range(2)]

    assert bodies == [b"ok", b"ok"]


def test_a_connection_closed_while_idle_is_replaced(sender: HttpSender) -> None:
    with FaultyServer(reply(b"one"), reply(b"two")) as server:
        first = post(sender, server.url).body
        time.sleep(0.05)
        second = post(sender, server.url).body

    assert (first, second) == (b"one", b"two")


def test_threads_do_not_share_a_session(sender: HttpSender) -> None:
    sessions: list[requests.Session] = []
    worker = threading.Thread(target=lambda: sessions.append(sender._session()))
    worker.start()
    worker.join()

    assert sessions[0] is not sender._session()
    assert sender._session() is sender._session()


def test_old_tls_is_not_spoken(sender: HttpSender) -> None:
    adapter = sender._session().get_adapter("https://payer.invalid")

    context = adapter.poolmanager.connection_pool_kw["ssl_context"]  # type: ignore[attr-defined]

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_request_and_its_reply_keep_their_content_out_of_representations() -> None:
    assert SECRET not in repr(Request("POST", "http://x", {"A": SECRET}, SECRET.encode()))
    assert SECRET not in repr(Reply(200, {"A": SECRET}, SECRET.encode()))
