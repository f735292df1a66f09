"""`SignedTokens`: JSON Web Tokens (RFC 7519) that one issuer signed, by the keys it publishes (RFC 7517)."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")  # none that anybody but the issuer could sign by
LEEWAY: Final = 30  # seconds that the issuer's clock may differ
KEYS_LAST: Final = timedelta(minutes=5)  # a key the issuer withdrew is good for nothing after that
KEYS_STAY: Final = timedelta(seconds=30)  # a token by a key not seen yet asks for them again, not sooner
LONGEST: Final = 16_384


class KeysAway(LookupError):
    """The issuer's keys cannot be read now, so no token can be trusted."""


class SignedTokens:
    """Opens the tokens of one issuer; *fetch* reads its key set and may raise anything."""

    def __init__(self, fetch: Callable[[], bytes]) -> None:
        """Fetch nothing yet."""
        self._keys = _Keys(fetch)

    def open(self, token: str, now: datetime) -> jwt.Token:
        """Return what a token says, its claims not looked at yet.

        Raises:
            JoseError, ValueError, TypeError, RecursionError: the issuer did not sign it.
            KeysAway: whether they did cannot be told now.
        """
        if len(token) > LONGEST:
            raise ValueError("too long")
        try:
            return jwt.decode(token, self._keys.get(now, KEYS_LAST), list(ALGORITHMS))
        except (JoseError, ValueError):  # perhaps by a key that is newer than what is known here
            return jwt.decode(token, self._keys.get(now, KEYS_STAY), list(ALGORITHMS))


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
            raise KeysAway from error
