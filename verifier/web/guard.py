"""The guard before every view: who asks, whether they may, and whose records exist for them.

A view declares its policy; the application does not start while one of its routes has none.
"""

import hmac
import ipaddress
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, g, request

from verifier.access.fence import widen, within
from verifier.access.gate import Shown
from verifier.access.policy import Policy, authorize
from verifier.access.principal import NO_FACILITY, OPEN, Kind, Principal
from verifier.errors import Forbidden, NotConfigured, Unauthenticated
from verifier.model.audit import Action, Result
from verifier.web.context import present_context
from verifier.web.rooms import rooms

View = TypeVar("View", bound=Callable[..., Any])

ATTRIBUTE: Final = "policy"
SESSION_COOKIE: Final = "__Host-verifier-session"
CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf_token"
OPEN_HEADER: Final = "X-Verifier-Access"  # on answers that nobody had to sign in for
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PROXY_TRACES: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")
UNKNOWN: Final = "unknown"


def declare(policy: Policy) -> Callable[[View], View]:
    """Let a view ask for *policy*."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, policy)
        return view

    return mark


def declared(app: Flask, endpoint: str) -> Policy | None:
    """Return the policy of an endpoint, if it declares one."""
    return getattr(app.view_functions.get(endpoint), ATTRIBUTE, None)


def require_policies(app: Flask) -> None:
    """Check that every route declares a policy.

    Raises:
        NotConfigured: some do not; the text names them.
    """
    open_routes = {rule.rule for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None}
    if open_routes:
        raise NotConfigured(f"These routes declare no policy: {', '.join(sorted(open_routes))}.")


def register_recognition(app: Flask) -> None:
    """Let no record exist for *app*, and have it ask who is there; what comes next may count them."""
    app.wsgi_app = _fenced(app.wsgi_app)  # type: ignore[method-assign,assignment]

    @app.before_request
    def recognize() -> None:
        g.principal = g.refusal = None
        policy = declared(app, request.endpoint) if request.endpoint else None
        if policy is not None and not policy.public:
            _recognize()


def register_guard(app: Flask) -> None:
    """Let nothing else of *app* run before its caller was judged."""

    @app.before_request
    def judge() -> None:
        if request.endpoint is None:
            return  # there is no such address; nothing is behind it
        policy = declared(app, request.endpoint)
        if policy is None:
            raise Forbidden("This address declares no policy, so nobody may use it.")
        if not policy.public:
            _admit(policy)

    @app.after_request
    def tell(response: Response) -> Response:
        if g.get("principal") is OPEN:
            response.headers[OPEN_HEADER] = "open"
        return response


def principal() -> Principal:
    """Return who is being served by a route that is not public."""
    return cast("Principal", g.principal)


def session_token() -> str | None:
    """Return the token of the session's cookie."""
    return request.cookies.get(SESSION_COOKIE)


def source() -> str:
    """Tell where the request comes from; the 64 bits an IPv6 customer is given count as one source."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return UNKNOWN
    if address.version == 6:  # noqa: PLR2004 - the version of the protocol
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def require_same_origin() -> None:
    """Refuse a form sent from a page of another host.

    Raises:
        Forbidden: the browser says that it was.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in {"same-origin", "none"} or origin not in {None, request.host_url.rstrip("/")}:
        raise Forbidden("This was sent from a page of another host; use the page of this one.")


def _fenced(application: WSGIApplication) -> WSGIApplication:
    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with within(NO_FACILITY):
            return application(environ, start_response)

    return serve


def _recognize() -> None:
    """Find out who asks; a credential that is worth nothing is refused by the guard, once it was counted."""
    try:
        g.principal = rooms().access.gate.admit(_shown())
    except Unauthenticated as refusal:
        g.refusal = refusal
    if g.principal:
        g.who = g.principal.label


def _admit(policy: Policy) -> None:
    try:
        if g.refusal:
            raise g.refusal
        reach = authorize(policy, g.principal)
        if g.principal.kind is Kind.USER and request.method not in SAFE:
            _require_csrf()
    except (Unauthenticated, Forbidden):
        told = present_context()
        rooms().access.witness.note(Action.DENIAL, f"route {told.where}", told, Result.REFUSED)
        raise
    widen(reach)


def _shown() -> Shown:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise Unauthenticated("Send the key or token as: Authorization: Bearer ...")
    return Shown(bearer.strip() if scheme else None, session_token(), _is_local())


def _is_local() -> bool:
    proxied = any(name in request.headers for name in PROXY_TRACES)
    try:
        return not proxied and ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _require_csrf() -> None:
    sent = request.headers.get(CSRF_HEADER) or (
        request.form.get(CSRF_FIELD) if request.mimetype in FORMS else None
    )
    expected = rooms().access.gate.csrf(session_token() or "")
    if not hmac.compare_digest((sent or "").encode(), expected.encode()):
        raise Forbidden(f"Send the session's token along: {CSRF_HEADER}, as GET /v1/session gives it.")
