"""The headers every response carries."""

from collections.abc import Sequence
from typing import Final

from flask import Flask, Response, request

from verifier.web.own_files import is_versioned

NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
OWN_FILES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
OWN_PAGES: Final = OWN_FILES.replace("form-action 'none'", "form-action 'self'")
OWN_FORMS: Final = OWN_PAGES.replace("script-src 'self'; ", "").replace("connect-src 'self'; ", "")
# By blueprint: whoever signs in does so on a page that holds no script.
BLUEPRINTS: Final = {"staff": OWN_FORMS, "federated": OWN_FORMS, "wing": OWN_PAGES, "free": OWN_PAGES}
FRAMED: Final = "free"  # the one blueprint whose pages a page of another host may show
OK: Final = 200
FOREVER: Final = "public, max-age=31536000, immutable"  # of a file whose address changes with its content
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": NOTHING,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "verifier",
    "Vary": "Authorization, Cookie, Prefer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def register_headers(app: Flask, framers: Sequence[str] = ()) -> None:
    """Let *app* forbid storing, sniffing, framing and referring; pages may load this host's own files.

    The public form may be framed by the origins *framers*.
    """

    @app.after_request
    def protect(response: Response) -> Response:
        policy = _page_policy() if response.mimetype == "text/html" else NOTHING
        is_framed = framers and FRAMED in request.blueprints
        if is_framed:
            policy = policy.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(framers)}")
        response.headers.update({**HEADERS, "Content-Security-Policy": policy})
        if is_framed:  # the older header knows no list; browsers that know the newer one heed that
            del response.headers["X-Frame-Options"]
        if "form-action 'self'" in policy:  # with no referrer at all, a browser hides the form's origin too
            response.headers["Referrer-Policy"] = "same-origin"
        if is_versioned() and response.status_code == OK:
            response.headers.update({"Cache-Control": FOREVER, "Vary": "Accept-Encoding"})
        return response


def _page_policy() -> str:
    return next((BLUEPRINTS[name] for name in request.blueprints if name in BLUEPRINTS), OWN_FILES)
