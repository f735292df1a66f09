"""HTTP to payers: the only home of requests and tenacity.

A timeout argument of an HTTP library is not a deadline, because it starts again at each read of the socket:
a server that drips one byte at a time is read for ever. Here every socket operation, TLS handshake included,
gets no more than what is left until the deadline, and every byte received is counted before anyone sees it.
There is no second thread to interrupt the first, so nothing can be left behind.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from time import sleep
from typing import Any, Final
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from payers.kit.body import ACCEPTED, Bounds, decode_body
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.passage import Passage, Resolve, TimedTlsSocket, connect, passing, resolve_all
from payers.kit.recording import record
from payers.kit.retry import INTERACTIVE, may_retry
from verifier.address import is_safe
from verifier.errors import (
    BadReply,
    NotConfigured,
    PayerFault,
    PayerRefused,
    PayerThrottled,
    PayerTimeout,
    PayerUnreachable,
    VerifierError,
)

FOREIGN: Final = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)
TIMEOUTS: Final = (TimeoutError, requests.Timeout)
UNUSABLE: Final = "The payer's address or a header is not usable; check the connection's settings."
REFUSALS: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "The payer's system did not understand the request; check its settings.",
    HTTPStatus.UNAUTHORIZED: "The payer's system did not accept our user name and password.",
    HTTPStatus.FORBIDDEN: "The payer's system does not let this account ask about eligibility.",
    HTTPStatus.NOT_FOUND: "There is no eligibility service at the address configured for this payer.",
    HTTPStatus.REQUEST_TIMEOUT: "The payer's system gave up waiting for our request; ask again.",
    HTTPStatus.TOO_MANY_REQUESTS: "The payer's system takes no more requests at the moment; ask again later.",
    HTTPStatus.BAD_GATEWAY: "The payer's system cannot reach its own service; ask again later.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The payer's system is out of service; ask again later.",
    HTTPStatus.GATEWAY_TIMEOUT: "The payer's system waited in vain for its own service; ask again later.",
}
RANGES: Final[Mapping[int, str]] = {
    3: "The payer's system points to another address; it is not followed. Check the address configured.",
    4: "The payer's system refused the request; check the connection's settings.",
    5: "The payer's system failed; ask again later.",
}


class HttpSender:
    """Sends requests to payers, each within its deadline and its reply within bounds.

    One session with its connection pool for each thread. A request is tried a second time only when nothing
    of it had been sent, and only within the same deadline. *resolve* looks names up, *pause* sleeps.
    """

    def __init__(  # noqa: PLR0913 - each by name
        self,
        *,
        bounds: Bounds | None = None,
        connect_seconds: float = 10.0,
        certificates: str | None = None,
        private: Collection[str] = (),
        resolve: Resolve = resolve_all,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        """Trust the authorities in the file *certificates*, or those of certifi.

        Connections go where `verifier.address` lets them; the names of *private* to private networks too.
        """
        self._bounds = bounds or Bounds()
        self._connect_seconds = connect_seconds
        self._certificates = certificates
        self._private = private
        self._resolve = resolve
        self._pause = pause
        self._resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolver")
        self._sessions: WeakSet[requests.Session] = WeakSet()
        self._own = threading.local()
        # urllib3 warns of malformed headers and quotes them, and a reply's words stay out of logs
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    def send(self, request: Request, deadline: Deadline) -> Reply:
        """Send *request* and return a successful reply, read whole, before *deadline*; see `record` too.

        Raises:
            PayerTimeout: the deadline passed after the first byte was sent.
            PayerUnreachable: nothing was sent: no name, no connection, no trusted certificate, no time.
            PayerRefused: a status other than success and those the request accepts, redirects included.
            BadReply: a reply beyond the bounds, compressed twice, cut off, or not HTTP.
            NotConfigured: the address or a header cannot be used at all.
        """
        if not is_safe(request.url):
            raise NotConfigured(UNUSABLE)
        return record(request, partial(self._send, request, deadline))

    def _send(self, request: Request, deadline: Deadline) -> Reply:
        attempts = Retrying(
            retry=retry_if_exception_type(PayerUnreachable),
            stop=lambda state: (
                deadline.passed or stop_after_attempt(INTERACTIVE.attempts)(state) or not may_retry()
            ),
            wait=wait_random(0.05, 0.2),
            sleep=lambda seconds: self._pause(min(seconds, deadline.left)),
            reraise=True,
        )
        started = deadline.left
        status, headers, body = attempts(self._send_once, request, deadline)
        return Reply(status, headers, body, seconds=started - deadline.left)

    def close(self) -> None:
        """Close every connection kept open."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        for session in list(self._sessions):
            session.close()

    def _send_once(self, request: Request, deadline: Deadline) -> tuple[int, dict[str, str], bytes]:
        passage = Passage(
            deadline, self._connect_seconds, self._bounds, self._resolve, self._resolvers, self._private
        )
        with passing(passage), _translated(passage):
            deadline.require()
            with closing(self._open(request)) as response:
                passage.end_head()
                headers = {name.lower(): value for name, value in response.raw.headers.items()}
                if response.status_code not in request.accepts:
                    _require_success(response.status_code)
                _require_size(headers, self._bounds)
                chunks = _read(response, passage)
                body = decode_body(chunks, headers.get("content-encoding", ""), self._bounds)
        return response.status_code, headers, body

    def _open(self, request: Request) -> requests.Response:
        session = self._session()
        headers = {"User-Agent": "benefits-verifier", **request.headers, "Accept-Encoding": ACCEPTED}
        prepared = requests.Request(request.method, request.url, headers, data=request.body or None).prepare()
        verify = self._certificates or True
        return session.send(prepared, stream=True, allow_redirects=False, timeout=None, verify=verify)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = _Session()
            self._sessions.add(session)
        return session


class _Session(requests.Session):
    """A session that keeps nothing of one exchange for the next and takes nothing from the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxies, no netrc, no certificates of the environment's choosing
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - the library's signature
        """Follow nothing: even to refuse a redirect, requests would first unpack its body without bounds."""
        return None


class _Adapter(HTTPAdapter):
    """An adapter whose connections obey the passage they are used in."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on as they are
        """Use our own connections and sockets."""
        context = create_urllib3_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = TimedTlsSocket
        super().init_poolmanager(*args, ssl_context=context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


class _Connecting(HTTPConnection):
    """A connection opened by the passage it is used in."""

    def _new_conn(self) -> socket.socket:
        try:
            return connect(self._dns_host, self.port)
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error


class _TlsConnecting(_Connecting, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Connecting


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnecting


def _read(response: requests.Response, passage: Passage) -> Iterator[bytes]:
    """Read the body as it came over the wire, undecoded; the passage keeps count and time."""
    while chunk := response.raw.read(65536, decode_content=False):
        passage.deadline.require()
        yield chunk


def refuse(status: int) -> PayerFault:
    """Put a *status* that is no success into words."""
    words = REFUSALS.get(status) or RANGES.get(status // 100)
    if words is None:
        return BadReply("The payer's system answered with a status that does not exist.")
    kind = PayerThrottled if status == HTTPStatus.TOO_MANY_REQUESTS else PayerRefused
    return kind(f"{words} (HTTP {status})", status)


def _require_success(status: int) -> None:
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise refuse(status)


def _require_size(headers: Mapping[str, str], bounds: Bounds) -> None:
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > len(str(bounds.wire)) or int(length) > bounds.wire):
        raise BadReply("The payer announces a reply larger than any benefit answer.")


@contextmanager
def _translated(passage: Passage) -> Iterator[None]:
    """Turn a foreign error into one of ours; the address, the body and their words stay out of its text."""
    try:
        yield
    except VerifierError:
        raise
    except FOREIGN as error:
        raise _translate(error, passage) from error


def _translate(error: Exception, passage: Passage) -> PayerFault | NotConfigured:
    if passage.sent:
        if passage.deadline.passed or isinstance(error, TIMEOUTS):
            return PayerTimeout("The payer did not answer completely within the time allowed.")
        return BadReply(
            "The connection broke, or stopped speaking HTTP, before the payer's reply was complete."
        )
    if isinstance(error, requests.exceptions.SSLError):
        return PayerUnreachable(
            "No safe connection to the payer: its certificate is not trusted, or TLS failed."
        )
    if isinstance(error, ValueError) and not isinstance(error, UnicodeError | requests.JSONDecodeError):
        return NotConfigured(UNUSABLE)
    return PayerUnreachable("No connection to the payer's system could be made; nothing was sent.")
