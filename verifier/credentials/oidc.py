"""`OidcProvider`: the relying party of OpenID Connect Core 1.0, code flow (only home of authlib).

Authlib writes what is sent and judges the claims of the ID token; our own sender carries it, within its
deadline and bounds and following no redirect, and the signature is checked as any other token's here.
The access token is never used, so nothing is asked on the person's behalf.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from authlib.oidc.discovery import get_well_known_url  # type: ignore[import-untyped]
from joserfc.errors import JoseError

from verifier.access.environment import OidcClient
from verifier.access.federation import BEGIN_AGAIN, Identity, Round
from verifier.access.sign_in import normalize_email
from verifier.address import LOCALHOST, is_name, is_safe
from verifier.credentials.signed import LEEWAY, KeysAway, SignedTokens
from verifier.errors import PayerRefused, Unauthenticated, Unavailable, VerifierError

Ask = Callable[[str, str, Mapping[str, str], bytes], bytes]

SCOPE: Final = "openid email"
DOCUMENT_LASTS: Final = timedelta(hours=1)
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
WAYS_TO_PROVE: Final = ("client_secret_basic", "client_secret_post")  # what a secret is shown by, best first
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
BAD_REQUEST: Final = 400  # RFC 6749, section 5.2: among others, a code that was used or belongs to another
AWAY: Final = "Your organization's sign-in service cannot be reached; try again later, or use your password."
NOT_VOUCHED: Final = "Your organization's sign-in service does not vouch for your e-mail address."

log = logging.getLogger(__name__)


class OidcProvider:
    """One provider; *ask* sends method, address, headers and body, and returns a successful reply's body."""

    def __init__(self, client: OidcClient, ask: Ask) -> None:
        """Ask nothing yet."""
        self._client = client
        self._ask = ask
        self._lock = threading.Lock()
        self._document: tuple[datetime, Mapping[str, Any]] | None = None
        self._signed = SignedTokens(self._fetch_keys)

    def authorize(self, turn: Round, now: datetime) -> str:
        """Return the address at the provider where a person signs in, to come back to ``turn.back``.

        Raises:
            Unavailable: the provider cannot be asked, or describes itself wrongly.
        """
        address: str = prepare_grant_uri(
            self._describe(now)["authorization_endpoint"],
            self._client.client_id,
            "code",
            turn.back,
            SCOPE,
            turn.state,
            nonce=turn.nonce,
            code_challenge=create_s256_code_challenge(turn.verifier),
            code_challenge_method="S256",
        )
        return address

    def redeem(self, code: str, turn: Round, now: datetime) -> Identity:
        """Tell whom the provider signed in.

        Raises:
            Unauthenticated: the code is worth nothing, or the ID token is none of this round's.
            Unavailable: the provider cannot be asked.
        """
        document = self._describe(now)
        reply = self._send("POST", *self._write_redemption(document, code, turn))
        token = reply.get("id_token")
        if not isinstance(token, str):
            raise Unauthenticated(BEGIN_AGAIN)
        return self._identify(self._judge(token, turn, now))

    def _describe(self, now: datetime) -> Mapping[str, Any]:
        """Return the provider's own document (OpenID Connect Discovery 1.0), an hour old at most."""
        with self._lock:
            if self._document is None or now - self._document[0] > DOCUMENT_LASTS:
                self._document = now, self._fetch_document()
            return self._document[1]

    def _fetch_document(self) -> Mapping[str, Any]:
        document = self._send("GET", get_well_known_url(self._client.issuer, external=True), {}, b"")
        if not all(self._may_ask(document.get(name)) for name in ENDPOINTS):
            raise self._away("names an endpoint that cannot be used")
        if document.get("issuer") != self._client.issuer:  # Discovery 1.0, section 4.3
            raise self._away("calls itself otherwise than VERIFIER_OIDC_ISSUER does")
        return document

    def _may_ask(self, url: object) -> bool:
        """Tell whether an endpoint may be asked: a name, or the provider's own host; no address of ours."""
        if not isinstance(url, str) or not is_safe(url):
            return False
        host, own = urlsplit(url).hostname or "", urlsplit(self._client.issuer).hostname
        return host == own or (is_name(host) and host != LOCALHOST)

    def _fetch_keys(self) -> bytes:
        document = self._document
        return self._ask("GET", document[1]["jwks_uri"], {}, b"") if document else b""

    def _write_redemption(
        self, document: Mapping[str, Any], code: str, turn: Round
    ) -> tuple[str, Mapping[str, str], bytes]:
        body = prepare_token_request(
            "authorization_code", redirect_uri=turn.back, code=code, code_verifier=turn.verifier
        )
        client, url = self._client, document["token_endpoint"]
        auth = ClientAuth(client.client_id, client.client_secret, self._choose_proof(document))
        url, headers, body = auth.prepare("POST", url, dict(FORM), body)
        return url, headers, body.encode()

    def _choose_proof(self, document: Mapping[str, Any]) -> str:
        if not self._client.client_secret:
            return "none"
        taken = document.get("token_endpoint_auth_methods_supported") or WAYS_TO_PROVE
        return next((way for way in WAYS_TO_PROVE if way in taken), WAYS_TO_PROVE[0])

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
        try:
            reply = json.loads(self._ask(method, url, headers, body))
        except PayerRefused as error:
            if method == "POST" and error.status == BAD_REQUEST:
                raise Unauthenticated(BEGIN_AGAIN) from None
            raise self._away(f"refused with status {error.status}") from error
        except (VerifierError, ValueError, RecursionError) as error:
            raise self._away(f"failed: {type(error).__name__}") from error
        if not isinstance(reply, dict):
            raise self._away("answered with no JSON object")
        return reply

    def _away(self, reason: str) -> Unavailable:
        log.warning("sign-in provider %s", reason)
        return Unavailable(AWAY)

    def _judge(self, token: str, turn: Round, now: datetime) -> Mapping[str, Any]:
        """Return the claims of an ID token that is meant for us, for now and for this round (3.1.3.7)."""
        expected = {"iss": self._client.issuer, "aud": self._client.client_id, "nonce": turn.nonce}
        options = {name: {"essential": True, "value": value} for name, value in expected.items()}
        try:
            opened = self._signed.open(token, now)
            claims = CodeIDToken(opened.claims, opened.header, options, {"client_id": expected["aud"]})
            claims.validate(int(now.timestamp()), LEEWAY)
        except KeysAway as error:
            raise self._away("publishes no keys that can be read") from error
        except (JoseError, ValueError, TypeError, RecursionError):
            raise Unauthenticated(BEGIN_AGAIN) from None
        return opened.claims

    def _identify(self, claims: Mapping[str, Any]) -> Identity:
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise Unauthenticated(NOT_VOUCHED)
        return Identity(normalize_email(email), bool(self._client.mfa & _methods(claims)))


def _methods(claims: Mapping[str, Any]) -> set[str]:
    """Return by what a person proved themselves (``amr``, RFC 8176) and of which class that is (``acr``)."""
    listed = claims.get("amr")
    said = [*(listed if isinstance(listed, list) else []), claims.get("acr")]
    return {word for word in said if isinstance(word, str)}
