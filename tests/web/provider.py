"""An OpenID Connect provider over real HTTP, which knows one person and lies where a test wants it to."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

CLIENT: Final = "benefits-verifier"
SECRET: Final = "an invented secret"
KEY: Final = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
STRANGER: Final = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})

Sign = Callable[[dict[str, Any]], str]


def sign(claims: dict[str, Any], key: ECKey = KEY) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k1"}, claims, key, algorithms=["ES256"])


def sign_nothing(claims: dict[str, Any]) -> str:
    parts = (json.dumps(each).encode() for each in ({"alg": "none"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


@dataclass
class Provider:
    """What the provider knows, and where it lies: in *claims*, in its *document*, in how it signs."""

    now: Callable[[], float]
    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    sign: Sign = sign
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    proof: tuple[str, str | None, str | None] = ("header", CLIENT, SECRET)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401 - WSGI
        request = Request(environ)
        self.asked.append(request.path)
        if status := self.statuses.get(request.path):
            response = Response("<html>", status, {"Location": f"{self.url}/elsewhere"})
        else:
            response = self._answer(request)
        return response(environ, start_response)

    def authorize(self, address: str) -> dict[str, str]:
        """Sign the person in who was sent to *address*; return what the browser is sent back with."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def _answer(self, request: Request) -> Response:
        if request.path == "/token":
            return self._redeem(request)
        pages: Mapping[str, Any] = {
            "/.well-known/openid-configuration": self._describe(),
            "/keys": KeySet([KEY]).as_dict(private=False),
        }
        return _json(pages.get(request.path, {}))

    def _describe(self) -> dict[str, Any]:
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        written = {name: f"{self.url}/{path}" for name, path in endpoints.items()}
        return {"issuer": self.url, **written, **self.document}

    def _redeem(self, request: Request) -> Response:
        said = request.form
        asked = self._codes.pop(said.get("code", ""), {})
        challenge = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        good = (
            _prove(request) == self.proof
            and said.get("grant_type") == "authorization_code"
            and asked.get("redirect_uri") == said.get("redirect_uri")
            and asked.get("code_challenge_method") == "S256"
            and asked.get("code_challenge") == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        )
        return _json({"id_token": self.sign(self._claim(asked))}) if good else _json({"error": "x"}, 400)

    def _claim(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(self.now())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "248289761001", "nonce": asked["nonce"]}
        told = claims | {"iat": now, "exp": now + 300, "email": "Ana@Riverbend.example"} | self.claims
        return {name: value for name, value in told.items() if value is not None}


class Silent(WSGIRequestHandler):
    """Writes no log."""

    def log(self, *_: Any) -> None:  # noqa: ANN401 - the library's signature
        """Leave it out."""


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serve *provider* on a free port of this machine."""
    server = make_server("127.0.0.1", 0, provider, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _prove(request: Request) -> tuple[str, str | None, str | None]:
    """Return where a client shows who it is, and what."""
    if shown := request.authorization:
        return "header", shown.username, shown.password
    return "body", request.form.get("client_id"), request.form.get("client_secret")


def _json(content: Any, status: int = 200) -> Response:  # noqa: ANN401 - any JSON
    return Response(json.dumps(content), status, content_type="application/json")


def address_of(returned: dict[str, str]) -> str:
    """Write where the browser is sent back to."""
    return f"/staff/sign-in/oidc/callback?{urlencode(returned)}"
