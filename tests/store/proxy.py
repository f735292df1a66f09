"""A TCP proxy that does to a connection what networks do: cut, delay, swallow, garble."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

Toxic = Callable[[socket.socket, bytes], None]


def pass_on(client: socket.socket, reply: bytes) -> None:
    client.sendall(reply)


def cut(client: socket.socket, reply: bytes) -> None:
    client.sendall(reply[: len(reply) // 2])
    client.shutdown(socket.SHUT_RDWR)


def reset(client: socket.socket, _: bytes) -> None:
    client.shutdown(socket.SHUT_RDWR)


def swallow(_: socket.socket, __: bytes) -> None:
    pass


def delay(seconds: float) -> Toxic:
    def send_late(client: socket.socket, reply: bytes) -> None:
        time.sleep(seconds)
        client.sendall(reply)

    return send_late


def answer(garbage: bytes) -> Toxic:
    return lambda client, _: client.sendall(garbage)


class Proxy:
    """Stands between a client and the server at *target*; `toxic` is done to every reply."""

    def __init__(self, target: Path) -> None:
        self.toxic: Toxic = pass_on
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._target))
                self._open += [client, server]
                threading.Thread(target=self._send, args=(client, server), daemon=True).start()
                threading.Thread(target=self._reply, args=(server, client), daemon=True).start()

    def _send(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _reply(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                self.toxic(client, data)
