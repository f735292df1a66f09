"""OAuth 2.0 client credentials (RFC 6749 section 4.4): a token fetched once and shared until it expires."""

import json
import re
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from threading import Lock
from typing import Final, Protocol
from urllib.parse import urlencode

from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request, Sender
from payers.kit.http import refuse
from payers.kit.json_text import Node, read_json
from verifier.clock import Clock
from verifier.errors import BadReply, PayerFault, PayerRefused, PayerTimeout, UnreadableReply

GRANT: Final = "client_credentials"
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
MARGIN: Final = 60.0  # seconds before its end from which a token is no longer used
UNTOLD: Final = 300.0  # seconds for a token that does not say how long it lives
LONGEST: Final = 86_400.0
TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{1,8000}=*")  # RFC 6750 section 2.1
REFUSED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED})
ERRORS: Final = {  # RFC 6749 section 5.2; a description may quote what we sent, so none is kept
    "invalid_client": "It does not accept who we say we are: check the client id and its secret or key.",
    "invalid_grant": "It does not accept the grant; check the connection's settings.",
    "invalid_request": "It did not understand the request; check the connection's settings.",
    "invalid_scope": "It does not give this client the scope asked for; check the connection's scope.",
    "unauthorized_client": "It does not let this client sign in by itself; check its registration.",
    "unsupported_grant_type": "It does not let any client sign in by itself; check its address.",
}


class Grant(Protocol):
    """What a token is asked for with."""

    def write(self, now: float) -> Request:
        """Write the request for a token; *now* is in seconds since 1970."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to an authorization server, and how it wants to be asked: a form by the RFC, or JSON."""

    token_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    scope: str = ""
    as_json: bool = False

    def write(self, now: float) -> Request:  # noqa: ARG002 - a secret bears no date
        """Write the request for a token; see `Grant.write`."""
        fields = {
            "grant_type": GRANT,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            **({"scope": self.scope} if self.scope else {}),
        }
        body = json.dumps(fields) if self.as_json else urlencode(fields)
        headers = {"Content-Type": JSON if self.as_json else FORM, "Accept": JSON}
        return Request("POST", self.token_url, headers, body.encode())


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    until: float


class ClientCredentials:
    """The `payers.kit.tokens.Tokens` of one account; whoever needs a new one first fetches it for all."""

    def __init__(self, grant: Grant, sender: Sender, clock: Clock) -> None:
        """Ask with *grant*, through *sender*."""
        self._grant = grant
        self._sender = sender
        self._clock = clock
        self._lock = Lock()
        self._held: _Held | None = None

    def token(self, deadline: Deadline) -> str:
        """Return a token that is still good.

        Raises:
            PayerTimeout: the deadline passed while another call was fetching one.
            PayerFault: the authorization server failed or refused; a subclass of it says how.
        """
        if token := self._find():
            return token
        if not self._lock.acquire(timeout=deadline.left):
            raise PayerTimeout("The payer's system did not let us sign in within the time allowed.")
        try:
            return self._find() or self._fetch(deadline)
        finally:
            self._lock.release()

    def forget(self, token: str) -> None:
        """Never return *token* again."""
        held = self._held
        if held and held.token == token:
            self._held = None

    def _find(self) -> str | None:
        held = self._held
        return held.token if held and self._clock.monotonic() < held.until else None

    def _fetch(self, deadline: Deadline) -> str:
        asked = self._clock.monotonic()
        request = replace(self._grant.write(self._clock.now().timestamp()), accepts=REFUSED)
        reply = self._sender.send(request, deadline)
        if reply.status in REFUSED:
            raise _explain(reply)
        try:
            answer = read_json(reply.body)
        except UnreadableReply as error:
            raise BadReply("The authorization server's reply is not JSON.") from error
        token = answer.at("access_token").value
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise BadReply("The authorization server's reply holds no token.")
        self._held = _Held(token, asked + _read_life(answer))
        return token


def _explain(reply: Reply) -> PayerFault:
    """Say why no token was given, by the error codes of the RFC."""
    try:
        code = read_json(reply.body).at("error").text
    except UnreadableReply:
        code = None
    words = ERRORS.get(code or "")
    if words is None:
        return refuse(reply.status)
    return PayerRefused(
        f"The authorization server gave no token ({code}). {words} (HTTP {reply.status})", reply.status
    )


def _read_life(answer: Node) -> float:
    """Tell for how many seconds to use a token: a margin less than it lives, and half of a short life."""
    try:
        told = float(answer.at("expires_in").text or UNTOLD)
    except ValueError:
        told = UNTOLD
    life = min(max(told, 0.0), LONGEST)
    return max(life - MARGIN, life / 2)
