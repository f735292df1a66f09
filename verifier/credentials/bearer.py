"""`BearerTokens`: OAuth 2.0 access tokens in the form of JWTs (RFC 9068).

A token is taken when it was signed by a key of the configured issuer (`verifier.credentials.signed`), is
meant for this audience, and its time is now. Its ``scope`` claim says what it may do, as far as this service
knows the words; its ``facilities`` claim (a list of ids, ``["*"]`` for every one) for whom, and without one
it reaches no record.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError

from verifier.access.principal import Facilities, Kind, Principal
from verifier.access.roles import Scope
from verifier.credentials.signed import LEEWAY, KeysAway, SignedTokens
from verifier.errors import Unauthenticated

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
        self._signed = SignedTokens(fetch)

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
        try:
            return self._signed.open(token, now).claims
        except KeysAway as error:
            raise Unauthenticated(AWAY) from error


class NoTokens:
    """Stands where no issuer is configured."""

    def read(self, token: str, now: datetime) -> Principal:  # noqa: ARG002 - nothing is looked at
        """Refuse."""
        raise Unauthenticated("No issuer of bearer tokens is configured here; send an API key (vk_...).")


def _scopes(claims: Mapping[str, Any]) -> frozenset[Scope]:
    said = claims.get("scope", "")
    words = said.split() if isinstance(said, str) else []
    return frozenset(Scope(word) for word in words if word in set(Scope))


def _facilities(claims: Mapping[str, Any]) -> Facilities:
    said = claims.get("facilities", [])
    names = said if isinstance(said, list) else []
    return Facilities.of(name for name in names if isinstance(name, str))
