"""Signing in with a signed statement instead of a secret (RFC 7523 section 2.2), for one patient at a time.

VA's authorization server takes a JWT signed with RS256: issuer and subject are the client's id, the audience
is the server's own token address, whatever address the request is sent to, each has an id of its own and
ends within 300 seconds. ``launch`` (SMART App Launch) names the patient whom the token will be for.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from payers.kit.exchange import Request, Sender
from payers.kit.oauth import FORM, GRANT, JSON, ClientCredentials
from payers.kit.signing import SigningKey
from payers.kit.tokens import Tokens
from verifier.clock import Clock

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE: Final = 300  # seconds; VA takes no statement that lives longer
MOST_PATIENTS: Final = 256  # whose tokens are kept at one time


def draw_id() -> str:
    """Draw an id that no other statement has."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to an authorization server that knows our public key."""

    token_url: str
    audience: str
    client_id: str = field(repr=False)
    key: SigningKey = field(repr=False)
    scope: str = ""
    new_id: Callable[[], str] = draw_id


@dataclass(frozen=True, slots=True)
class Assertion:
    """The `payers.kit.oauth.Grant` of a *client* for one *patient*, by the id the server knows them by."""

    client: Client
    patient: str = field(repr=False)

    def write(self, now: float) -> Request:
        """Write the request for a token, with a statement signed anew: each is taken once."""
        launch = b64encode(json.dumps({"patient": self.patient}, separators=(",", ":")).encode())
        fields = {
            "grant_type": GRANT,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._sign(int(now)),
            "scope": self.client.scope,
            "launch": launch.decode(),
        }
        headers = {"Content-Type": FORM, "Accept": JSON}
        return Request("POST", self.client.token_url, headers, urlencode(fields).encode())

    def _sign(self, now: int) -> str:
        client = self.client
        return client.key.sign(
            {
                "iss": client.client_id,
                "sub": client.client_id,
                "aud": client.audience,
                "jti": client.new_id(),
                "iat": now,
                "exp": now + LIFE,
            }
        )


class PatientTokens:
    """The tokens of a *client*, for each patient of the latest 256 their own."""

    def __init__(self, client: Client, sender: Sender, clock: Clock) -> None:
        """Ask for tokens through *sender*."""
        self._client = client
        self._sender = sender
        self._clock = clock
        self._of = lru_cache(MOST_PATIENTS)(self._open)

    def of(self, patient: str) -> Tokens:
        """Give the tokens for *patient*."""
        return self._of(patient)

    def _open(self, patient: str) -> Tokens:
        return ClientCredentials(Assertion(self._client, patient), self._sender, self._clock)
