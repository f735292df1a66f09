"""The token desk of a clearinghouse or a FHIR server: OAuth 2.0 client credentials (RFC 6749 section 4.4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from random import Random
from threading import Lock
from typing import Final
from urllib.parse import parse_qs

from payers.simulator.envelopes import BAD_REQUEST, OK
from payers.simulator.exchange import Response, whole

UNAUTHORIZED: Final = "401 Unauthorized"
GRANT: Final = "client_credentials"


def write_compact(status: str, value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Build a JSON response without a blank in it, as these APIs do."""
    return whole(status, "application/json", json.dumps(value, separators=(",", ":")).encode(), headers)


def read_form(body: bytes) -> dict[str, object]:
    """Read what was asked for in a form."""
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def read_json(body: bytes) -> dict[str, object]:
    """Read what was asked for in JSON; nothing where it is no object."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


@dataclass(slots=True)
class TokenDesk:
    """Gives tokens for *life* to whoever knows the client's secret, and remembers which are still good."""

    user_name: str
    password: str = field(repr=False)
    life: timedelta
    random: Random = field(default_factory=Random)
    needs_scope: bool = False
    _tokens: dict[str, datetime] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def grant(self, asked: Mapping[str, object], now: datetime) -> Response:
        """Answer a request for a token."""
        given = f"{asked.get('client_id')}\0{asked.get('client_secret')}".encode()
        if not compare_digest(given, f"{self.user_name}\0{self.password}".encode()):
            return write_compact(UNAUTHORIZED, {"error": "invalid_client"})
        if asked.get("grant_type") != GRANT:
            return write_compact(BAD_REQUEST, {"error": "unsupported_grant_type"})
        if self.needs_scope and not asked.get("scope"):
            return write_compact(BAD_REQUEST, {"error": "invalid_request"})
        life = int(self.life.total_seconds())
        return write_compact(
            OK, {"access_token": self._issue(now), "token_type": "bearer", "expires_in": life}
        )

    def knows(self, header: str, now: datetime) -> bool:
        """Tell whether this ``Authorization`` *header* holds a token that is still good."""
        with self._lock:
            until = self._tokens.get(header.removeprefix("Bearer "))
        return until is not None and now < until

    def revoke(self, header: str) -> None:
        """Take the token in *header* no more."""
        with self._lock:
            self._tokens.pop(header.removeprefix("Bearer "), None)

    def _issue(self, now: datetime) -> str:
        with self._lock:
            token = f"sim.{self.random.getrandbits(128):032x}"
            self._tokens = {each: until for each, until in self._tokens.items() if until > now}
            self._tokens[token] = now + self.life
        return token
