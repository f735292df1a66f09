"""The headers every response carries."""

from typing import Final

from flask import Flask, Response, request

NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
OWN_FILES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
OWN_FORMS: Final = OWN_FILES.replace("form-action 'none'", "form-action 'self'").replace(
    "script-src 'self'; ", ""
)
BLUEPRINTS: Final = {"staff": OWN_FORMS, "federated": OWN_FORMS}  # pages with forms hold no script
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


def register_headers(app: Flask) -> None:
    """Let *app* forbid storing, sniffing, framing and referring; pages may load this host's own files."""

    @app.after_request
    def protect(response: Response) -> Response:
        pages = BLUEPRINTS.get(request.blueprint or "", OWN_FILES)
        policy = pages if response.mimetype == "text/html" else NOTHING
        response.headers.update({**HEADERS, "Content-Security-Policy": policy})
        return response
