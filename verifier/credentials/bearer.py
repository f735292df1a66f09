"""`BearerTokens`: OAuth 2.0 access tokens in the form of JWTs (RFC 9068; only home of joserfc).

A token is taken when it was signed by a key of the configured issuer with one of four asymmetric algorithms,
is meant for this audience, and its time is now. Its ``scope`` claim says what it may do, as far as this
service knows the words; its ``facilities`` claim (a list of ids, ``["*"]`` for every one) for whom, and
without one it reaches no record.
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from verifier.access.principal import Facilities, Kind, Principal
from verifier.access.roles import Scope
from verifier.errors import Unauthenticated

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")  # none that anybody but the issuer could sign by
LEEWAY: Final = 30  # seconds that the issuer's clock may differ
KEYS_LAST: Final = timedelta(minutes=5)  # a key the issuer withdrew is good for nothing after that
KEYS_STAY: Final = timedelta(seconds=30)  # a token by a key not seen yet asks for them again, not sooner
LONGEST: Final = 16_384
REFUSED: Final = "This bearer token is none of the configured issuer's, or its time is not now."
AWAY: Final = "The issuer's keys cannot be read now, so no token can be trusted; try again later."


class BearerTokens:
    """Reads the tokens of one issuer; *fetch* reads its key set (RFC 7517) and may raise anything."""

    def __init__(self, issuer: str, audience: str, fetch: Callable[[], bytes]) -> None:
        """Trust *issuer*; nothing is fetched yet."""
        self._claims: Mapping[str, Any] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            "exp": {"essential": True},
            "sub": {"essential": True, "allow_blank": False},
        }
        self._keys = _Keys(fetch)

    def read(self, token: str, now: datetime) -> Principal:
        """Tell who holds *token*.

        Raises:
            Unauthenticated: it is none of ours, or its time is not now.
        """
        try:
            claims = self._open(token, now)
            jwt.JWTClaimsRegistry(int(now.timestamp()), LEEWAY, **self._claims).validate(claims)
        except (JoseError, ValueError, TypeError, RecursionError):
            raise Unauthenticated(REFUSED) from None
        return Principal(Kind.SERVICE, claims["sub"], _scopes(claims), _facilities(claims))

    def _open(self, token: str, now: datetime) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise ValueError("too long")
        try:
            return jwt.decode(token, self._keys.get(now, KEYS_LAST), list(ALGORITHMS)).claims
        except (JoseError, ValueError):  # perhaps by a key that is newer than what is known here
            return jwt.decode(token, self._keys.get(now, KEYS_STAY), list(ALGORITHMS)).claims


class NoTokens:
    """Stands where no issuer is configured."""

    def read(self, token: str, now: datetime) -> Principal:  # noqa: ARG002 - nothing is looked at
        """Refuse."""
        raise Unauthenticated("No issuer of bearer tokens is configured here; send an API key (vk_...).")


class _Keys:
    """The issuer's keys, fetched when those at hand are too old."""

    def __init__(self, fetch: Callable[[], bytes]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._held: tuple[datetime, KeySet] | None = None

    def get(self, now: datetime, at_most: timedelta) -> KeySet:
        with self._lock:
            if self._held is None or now - self._held[0] > at_most:
                self._held = now, self._load()
            return self._held[1]

    def _load(self) -> KeySet:
        try:
            return KeySet.import_key_set(json.loads(self._fetch()))
        except Exception as error:
            raise Unauthenticated(AWAY) from error


def _scopes(claims: Mapping[str, Any]) -> frozenset[Scope]:
    said = claims.get("scope", "")
    words = said.split() if isinstance(said, str) else []
    return frozenset(Scope(word) for word in words if word in set(Scope))


def _facilities(claims: Mapping[str, Any]) -> Facilities:
    said = claims.get("facilities", [])
    names = said if isinstance(said, list) else []
    return Facilities.of(name for name in names if isinstance(name, str))
