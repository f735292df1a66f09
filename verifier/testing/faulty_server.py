r"""A payer's server that misbehaves on purpose, on a real loopback socket.

    with FaultyServer(drip(b"HTTP/1.1 200 OK\r\n", every=0.5)) as server:
        ask(server.url)

A scene is a function that plays one connection; the functions below write scenes.
"""

import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Self

LONGEST = 1 << 20


@dataclass(slots=True)
class Stage:
    """One connection to the server: what was asked, and the way back."""

    connection: socket.socket
    closing: threading.Event
    request: bytes = b""

    def read_request(self) -> bytes:
        """Read head and body of one request, as far as the client sends them."""
        while b"\r\n\r\n" not in self.request and self._read():
            pass
        head, _, body = self.request.partition(b"\r\n\r\n")
        fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
        length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
        while len(body) < length and self._read():
            body = self.request.partition(b"\r\n\r\n")[2]
        return self.request

    def send(self, data: bytes) -> None:
        """Send *data* whole."""
        self.connection.sendall(data)

    def pause(self, seconds: float) -> bool:
        """Wait *seconds*; tell whether the server is still open."""
        return not self.closing.wait(seconds)

    def reset(self) -> None:
        """Break the connection the hard way, with a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _read(self) -> bool:
        data = self.connection.recv(65536)
        self.request += data
        return bool(data) and len(self.request) < LONGEST


Scene = Callable[[Stage], None]


class FaultyServer:
    """Plays one scene for each connection in turn, the last one again and again."""

    def __init__(self, *scenes: Scene) -> None:
        """Take the scenes to play."""
        self.requests: list[bytes] = []
        self._scenes = scenes
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Return where it listens."""
        host, port = self._listener.getsockname()[:2]
        return f"http://{host}:{port}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for connection in (self._listener, *self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            with suppress(OSError):
                connection = self._listener.accept()[0]
                scene = self._scenes[min(len(self._connections), len(self._scenes) - 1)]
                self._connections.append(connection)
                self._start(partial(self._play, scene, connection))

    def _play(self, scene: Scene, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            stage = Stage(connection, self._closing)
            scene(stage)
            self.requests.append(stage.request)


def closed_port() -> str:
    """Return the address of a loopback port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def write_reply(body: bytes, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """Write a whole HTTP/1.1 reply that closes the connection."""
    fields = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def reply(body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None) -> Scene:
    """Answer the request."""

    def play(stage: Stage) -> None:
        stage.read_request()
        stage.send(write_reply(body, status, headers))

    return play


def answer(write: Callable[[bytes], bytes]) -> Scene:
    """Answer with what *write* makes of the request."""

    def play(stage: Stage) -> None:
        stage.send(write(stage.read_request()))

    return play


def hang() -> Scene:
    """Take the request and say nothing."""

    def play(stage: Stage) -> None:
        stage.read_request()
        stage.pause(3600)

    return play


def ignore() -> Scene:
    """Accept the connection and do not even read, as a dead TLS end does."""

    def play(stage: Stage) -> None:
        stage.pause(3600)

    return play


def drip(data: bytes, *, every: float, after: bytes = b"") -> Scene:
    """Send *after* at once, then *data* one byte at a time."""

    def play(stage: Stage) -> None:
        stage.read_request()
        stage.send(after)
        for byte in data:
            if not stage.pause(every):
                return
            stage.send(bytes([byte]))

    return play


def drop(data: bytes, *, hard: bool = False) -> Scene:
    """Send *data* and break off, with a TCP reset if *hard*."""

    def play(stage: Stage) -> None:
        stage.read_request()
        stage.send(data)
        if hard:
            stage.reset()

    return play


def flood(head: bytes, chunks: Iterable[bytes]) -> Scene:
    """Send *head*, then *chunks* for as long as the client takes them."""

    def play(stage: Stage) -> None:
        stage.read_request()
        stage.send(head)
        for chunk in chunks:
            if stage.closing.is_set():
                return
            stage.send(chunk)

    return play


def gzip_bomb(size: int = 200_000_000) -> bytes:
    """Pack *size* zero bytes into a thousandth of them, a megabyte at a time."""
    packer = zlib.compressobj(9, wbits=31)
    megabyte = bytes(1 << 20)
    return b"".join(packer.compress(megabyte) for _ in range(size >> 20)) + packer.flush()
