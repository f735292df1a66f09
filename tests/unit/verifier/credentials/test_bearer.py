"""Bearer tokens: the one that is taken, and each way another is not."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from verifier.access.principal import Facilities, Kind, Principal
from verifier.access.roles import Scope
from verifier.credentials.bearer import BearerTokens, NoTokens
from verifier.errors import Unauthenticated

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ISSUER, AUDIENCE = "https://login.riverbend.example", "benefits-verifier"
RSA = RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "nightly-job",
    "exp": int(NOON.timestamp()) + 300,
    "scope": "verify read launch",
    "facilities": ["riverbend"],
}


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


NONE, HS256 = encode(b'{"alg":"none"}'), encode(b'{"alg":"HS256"}')


def a_set(*keys: RSAKey | ECKey) -> bytes:
    return json.dumps(KeySet(keys).as_dict(private=False)).encode()


def sign(claims: dict[str, Any], key: RSAKey | ECKey = RSA, algorithm: str = "RS256") -> str:
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def reader(fetch: Callable[[], bytes] = lambda: a_set(RSA, CURVE)) -> BearerTokens:
    return BearerTokens(ISSUER, AUDIENCE, fetch)


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (RSA, "PS256"), (CURVE, "ES256")])
def test_a_token_of_the_issuer_tells_who_may_what_for_whom(key: RSAKey | ECKey, algorithm: str) -> None:
    assert reader().read(sign(CLAIMS, key, algorithm), NOON) == Principal(
        Kind.SERVICE, "nightly-job", frozenset({Scope.VERIFY, Scope.READ}), Facilities.of(["riverbend"])
    )


CHANGED: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(NOON.timestamp()) - 31},
    "without an end": {"exp": None},
    "with an end that is no time": {"exp": "tomorrow"},
    "not yet valid": {"nbf": int(NOON.timestamp()) + 31},
    "issued in the future": {"iat": int(NOON.timestamp()) + 31},
    "of another issuer": {"iss": "https://login.riverbend.example.evil.example"},
    "without issuer": {"iss": None},
    "for another audience": {"aud": "another"},
    "for other audiences": {"aud": ["another", "benefits-verifier-2"]},
    "without audience": {"aud": None},
    "of nobody": {"sub": ""},
    "without subject": {"sub": None},
}


@pytest.mark.parametrize("changes", CHANGED.values(), ids=CHANGED)
def test_a_token_whose_claims_do_not_fit_is_refused(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}

    with pytest.raises(Unauthenticated):
        reader().read(sign(claims), NOON)


def unsigned() -> str:
    body = sign(CLAIMS).split(".")[1]
    return f"{NONE}.{body}."


def by_the_public_key_as_a_secret() -> str:
    signed = f"{HS256}.{sign(CLAIMS).split('.')[1]}"
    return f"{signed}.{encode(hmac.digest(RSA.as_pem(private=False), signed.encode(), 'sha256'))}"


def with_another_body() -> str:
    header, _, signature = sign(CLAIMS).split(".")
    return f"{header}.{sign(CLAIMS | {'scope': 'admin'}).split('.')[1]}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "unsigned": unsigned,
    "signed by a stranger's key of the same name": lambda: sign(CLAIMS, STRANGER),
    "signed with the public key as a secret": by_the_public_key_as_a_secret,
    "with another body": with_another_body,
    "signed by an algorithm that is not taken": lambda: sign(CLAIMS, RSA, "RS512"),
    "no token": lambda: "open sesame",
    "empty": lambda: "",
    "too long": lambda: sign(CLAIMS | {"filler": "x" * 20_000}),
    "no text": lambda: "\udcff.\x00.é",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(forge: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated):
        reader().read(forge(), NOON)


@pytest.mark.parametrize(
    ("claims", "scopes", "facilities"),
    [
        ({"scope": "", "facilities": []}, set(), []),
        ({"scope": ["read"], "facilities": "*"}, set(), []),
        ({"scope": "READ read", "facilities": [1, "a", None]}, {Scope.READ}, ["a"]),
        ({"scope": "admin", "facilities": ["*"]}, {Scope.ADMIN}, ["*"]),
    ],
)
def test_what_a_token_does_not_clearly_allow_is_not_allowed(
    claims: dict[str, Any], scopes: set[Scope], facilities: list[str]
) -> None:
    principal = reader().read(sign(CLAIMS | claims), NOON)

    assert (principal.scopes, list(principal.facilities.listing())) == (scopes, facilities)


def test_a_new_key_is_fetched_when_a_token_needs_it_and_an_old_one_is_soon_forgotten() -> None:
    published = [RSA]
    fetched: list[int] = []

    def fetch() -> bytes:
        fetched.append(len(published))
        return a_set(*published)

    tokens = reader(fetch)
    minute = timedelta(minutes=1)
    claims = CLAIMS | {"exp": CLAIMS["exp"] + 3600}
    tokens.read(sign(claims), NOON)
    published[:] = [CURVE]
    with pytest.raises(Unauthenticated):  # asked a moment ago; not again so soon
        tokens.read(sign(claims, CURVE, "ES256"), NOON)
    assert len(fetched) == 1
    tokens.read(sign(claims, CURVE, "ES256"), NOON + minute)
    with pytest.raises(Unauthenticated):
        tokens.read(sign(claims), NOON + 2 * minute)
    assert len(fetched) == 3


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"keys": 1}', b"[]"])
def test_without_the_issuers_keys_no_token_is_taken(answer: bytes) -> None:
    with pytest.raises(Unauthenticated, match="cannot be read"):
        reader(lambda: answer).read(sign(CLAIMS), NOON)


def test_without_an_issuer_no_token_is_taken() -> None:
    with pytest.raises(Unauthenticated, match="No issuer"):
        NoTokens().read(sign(CLAIMS), NOON)
