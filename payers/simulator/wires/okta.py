"""The simulated token server of VA (Okta): a token for one patient for a statement signed with RS256.

The words of a refusal are Okta's where a source has them; those about the issuer, the id of a statement, the
scopes and the launch context are ours.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from payers.simulator.envelopes import BAD_REQUEST, OK
from payers.simulator.exchange import Response, write_json
from payers.simulator.wires.tokens import GRANT, UNAUTHORIZED, read_form

# Guards invented people on the loopback interface; as public as the simulator's password.
CLIENT_KEY: Final = Path(__file__).parents[1] / "lighthouse_client.pem"
AUDIENCE: Final = "https://va.simulated.invalid/oauth2/simulated/v1/token"  # the token server's own address
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES: Final = frozenset(
    {"launch", "veteran_status.read", "disability_rating.read", "service_history.read"}
    | {"enrolled_benefits.read", "flashes.read"}
)
LIFE: Final = timedelta(seconds=300)


class Denied(Exception):
    """A request that is refused."""

    def __init__(self, status: str, body: Mapping[str, object]) -> None:
        """Keep what goes back."""
        super().__init__(status)
        self.response = write_json(status, body)


def _okta(words: str, error: str = "invalid_client", status: str = UNAUTHORIZED) -> Denied:
    return Denied(status, {"error": error, "error_description": words})


@dataclass
class Authority:
    """The token server; keeps the tokens it gave, the patient of each, and the statements used already."""

    client_id: str
    random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        """Begin with no token given."""
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._used: dict[str, datetime] = {}
        self._lock = Lock()

    @cached_property
    def key(self) -> RSAKey:
        """Return the client's public key."""
        return RSAKey.import_key(RSAKey.import_key(CLIENT_KEY.read_bytes()).as_pem(private=False))

    def find_patient(self, authorization: str, now: datetime) -> str | None:
        """Return whom the token in an ``Authorization`` header is for; ``None``: it is not good."""
        with self._lock:
            patient, until = self._tokens.get(authorization.removeprefix("Bearer "), (None, now))
        return patient if until > now else None

    def grant(self, body: bytes, now: datetime) -> Response:
        """Give a token for what the form in *body* proves.

        Raises:
            Denied: it proves nothing.
        """
        form = {name: str(value) for name, value in read_form(body).items()}
        if form.get("grant_type") != GRANT:
            raise _okta("The grant type is not supported.", "unsupported_grant_type", BAD_REQUEST)
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise _okta("A client_id must be provided in the request.")
        self._check(form.get("client_assertion", ""), now)
        scopes = set(form.get("scope", "").split())
        if not scopes or scopes - SCOPES:
            raise _okta("One or more scopes are not configured.", "invalid_scope", BAD_REQUEST)
        return self._give(_read_launch(form.get("launch", "")), scopes, now)

    def _give(self, patient: str, scopes: set[str], now: datetime) -> Response:
        with self._lock:
            token = f"sim.{self.random.randrange(1, 1 << 64):016x}"
            self._tokens[token] = (patient, now + LIFE)
        life = int(LIFE.total_seconds())
        fields = {"token_type": "Bearer", "expires_in": life, "scope": " ".join(sorted(scopes))}
        return write_json(OK, {"access_token": token, **fields})

    def _check(self, statement: str, now: datetime) -> None:
        """Check who signed *statement*, for whom, for how long, and that it is used once."""
        try:
            claims = jwt.decode(statement, self.key, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            raise _okta("The client_assertion signature is invalid.") from None
        if not claims.get("iss") == claims.get("sub") == self.client_id:
            raise _okta("The client_assertion issuer and subject must be the client id.")
        if claims.get("aud") != AUDIENCE:
            raise _okta(
                "The audience claim for client_assertion must be the endpoint invoked for the request."
            )
        self._check_times(claims, now)

    def _check_times(self, claims: Mapping[str, Any], now: datetime) -> None:
        end, seconds, identifier = claims.get("exp"), now.timestamp(), claims.get("jti")
        if not isinstance(end, int) or end <= seconds:
            raise _okta("The client_assertion token is expired.")
        if end > seconds + LIFE.total_seconds():
            raise _okta("The client_assertion token has an expiration too far into the future.")
        if not isinstance(identifier, str):
            raise _okta("The client_assertion token has no id.")
        with self._lock:
            self._used = {name: until for name, until in self._used.items() if until > now}
            if identifier in self._used:
                raise _okta("The client_assertion token has already been used.")
            self._used[identifier] = now + LIFE


def _read_launch(text: str) -> str:
    try:
        icn = json.loads(b64decode(text, validate=True))["patient"]
    except (ValueError, KeyError, TypeError):
        icn = None
    if not isinstance(icn, str) or not icn:
        raise _okta("The launch context names no patient.", "invalid_request", BAD_REQUEST)
    return icn
