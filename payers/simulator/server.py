"""The simulator as a server: the WSGI application behind real sockets, many at once, and what WSGI cannot do.

`wsgiref`'s own server closes every connection after one request; this one keeps HTTP/1.1 connections open,
cuts them when the application says so (by raising `ConnectionAbortedError`), and ends every thread and socket
on stop.
"""

import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import Random
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread, current_thread
from typing import Any, Final, Self
from wsgiref.handlers import SimpleHandler
from wsgiref.headers import Headers
from wsgiref.types import WSGIApplication

from payers.simulator.application import Application
from payers.simulator.ledger import Ledger
from payers.simulator.matching import MemberFile
from payers.simulator.scenarios import SHIPPED, Scenario, load_scenarios
from verifier.clock import Clock, SystemClock
from verifier.errors import NotConfigured

USER_NAME: Final = "simulator"
PASSWORD: Final = "simulated"  # noqa: S105 - guards invented people on the loopback interface
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
LONGEST_WAIT: Final = 3600.0


class Simulator:
    """A payer on the loopback interface; use as a context manager, or `start` and `stop`.

    *port* 0 takes a free one. *scenarios* is a folder of TOML files or ready `Scenario` objects. *latency* is
    the least and most seconds any answer takes; draws and noise come from *seed*.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing a test may turn
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        scenarios: Path | Sequence[Scenario] = SHIPPED,
        clock: Clock | None = None,
        user_name: str = USER_NAME,
        password: str = PASSWORD,
        latency: tuple[float, float] = (0.0, 0.0),
        seed: int = 0,
    ) -> None:
        self.scenarios = load_scenarios(scenarios) if isinstance(scenarios, Path) else tuple(scenarios)
        self.ledger = Ledger()
        self.user_name = user_name
        self.password = password
        self._address = (host, port)
        self._stopping = Event()
        self._server: _Server | None = None
        self._thread: Thread | None = None
        self._application = Application(
            members=MemberFile(self.scenarios),
            ledger=self.ledger,
            clock=clock or SystemClock(),
            user_name=user_name,
            password=password,
            pause=self._pause,
            latency=latency,
            random=Random(seed),  # noqa: S311 - noise, not secrets
        )

    @property
    def url(self) -> str:
        """Where it listens, no slash at the end; a path it does not know answers with those it does."""
        host, port = self._server.server_address[:2] if self._server else self._address
        return f"http://{host!s}:{port}"

    def start(self) -> Self:
        """Listen, and answer in threads of its own.

        Raises:
            NotConfigured: the port cannot be had.
        """
        self._stopping.clear()
        try:
            self._server = _Server(self._address, self._application)
        except OSError as error:
            raise NotConfigured(
                "The simulator's port is taken; give it another, or 0 for a free one."
            ) from error
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.05,), name="payer-simulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Cut what is under way and return when every thread and socket is gone; again does nothing."""
        self._stopping.set()
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.cut_connections()
        self._server.await_threads()
        self._server.server_close()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(min(seconds, LONGEST_WAIT)):
            raise ConnectionAbortedError


class _Server(ThreadingMixIn, TCPServer):
    """A thread for each connection; knows the open ones, to end them."""

    allow_reuse_address = True
    request_queue_size = 512
    daemon_threads = True  # a process that forgets to stop it can still end

    def __init__(self, address: tuple[str, int], application: WSGIApplication) -> None:
        self.application = application
        self._open: set[socket.socket] = set()
        self._answering: set[Thread] = set()
        self._lock = Lock()
        super().__init__(address, _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        with self._lock:
            self._answering.add(current_thread())
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._answering.discard(current_thread())

    def await_threads(self) -> None:
        """Return when every connection's thread is gone."""
        with self._lock:
            answering = tuple(self._answering)
        for thread in answering:
            thread.join()

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as the base class has it
        with self._lock:
            self._open.discard(request)
            super().shutdown_request(request)

    def cut_connections(self) -> None:
        """End every open connection, so that its thread comes to its end."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the caller was quicker
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Keep quiet about callers who leave or are cut off: it is what the faults are for."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One connection: request after request into the WSGI application."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        """Hand the request to the application, then keep the connection, close it or cut it."""
        runner = _Runner(self)
        runner.run(self.server.application)
        if not runner.is_complete:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        if not (runner.is_complete and runner.keeps_open):
            self.close_connection = True

    do_POST = do_GET  # noqa: N815 - as the base class looks for it

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        """Log nothing: the ledger tells all there is to tell."""


class _Runner(SimpleHandler):
    """Runs the application for one request and notes how far its response came."""

    http_version = "1.1"
    os_environ: dict[str, str] = {}  # noqa: RUF012 - the process's own environment is nobody's business
    headers: Headers
    status: str | None
    is_complete = False
    keeps_open = False

    def __init__(self, request: _Connection) -> None:
        environ = {
            "REQUEST_METHOD": request.command,
            "PATH_INFO": request.path.partition("?")[0],
            "QUERY_STRING": request.path.partition("?")[2],
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": request.headers.get("Content-Length", ""),
            "HTTP_AUTHORIZATION": request.headers.get("Authorization", ""),
            "HTTP_APIKEY": request.headers.get("apikey", ""),
            "SERVER_PROTOCOL": request.protocol_version,
        }
        super().__init__(request.rfile, request.wfile, sys.stderr, environ, multiprocess=False)  # type: ignore[arg-type] # the stubs ask for more than is used

    def cleanup_headers(self) -> None:
        """See before the headers leave whether the connection outlives the response.

        After an error it does not: bytes of the question may still be unread.
        """
        super().cleanup_headers()
        self.keeps_open = "Content-Length" in self.headers and (self.status or "").startswith("2")
        if not self.keeps_open:
            self.headers["Connection"] = "close"

    def handle_error(self) -> None:
        """Answer 500 for an error of the application; nothing can be said to a caller who is gone."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error()

    def close(self) -> None:
        """Note that all of the response left."""
        self.is_complete = True
        super().close()
