"""Every error as RFC 9457 problem details: one table from error to HTTP status, no ``try`` in any view.

On the addresses of FHIR the same is told as an OperationOutcome.
Behind a page for people the same problem is shown as one.
"""

import json
import traceback
from math import ceil
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request
from structlog.typing import FilteringBoundLogger
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from schemas.fhir.outcome import write_outcome
from schemas.problem import dump_problem, write_problem
from verifier.errors import (
    AuditUnavailable,
    BadInput,
    BadReply,
    Busy,
    Conflict,
    ConsentNeeded,
    Forbidden,
    MalformedInput,
    NotConfigured,
    NotFound,
    PayerFault,
    PayerTimeout,
    Throttled,
    Unauthenticated,
    Unavailable,
    VerifierError,
)
from verifier.web.showing import is_fragment, show

PROBLEM: Final = "application/problem+json"
FHIR: Final = "application/fhir+json"
FHIR_PREFIX: Final = "/fhir/"
PAGES: Final = ("/staff/", "/free-verification")  # where the addresses begin whose problems people read
STATUS: Final[dict[type[VerifierError], int]] = {
    MalformedInput: 400,
    BadInput: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    ConsentNeeded: 403,
    Conflict: 409,
    Throttled: 429,
    Busy: 503,
    AuditUnavailable: 503,
    Unavailable: 503,
    NotConfigured: 501,
    PayerTimeout: 504,
    BadReply: 502,
    PayerFault: 502,
    VerifierError: 500,
}
HEADERS: Final = {
    401: {"WWW-Authenticate": "Bearer"},  # RFC 6750, section 3
    503: {"Retry-After": "5"},  # seconds
}
ADDRESSES: Final = "GET /openapi.json names every address and what it takes."
KINDS: Final = {
    400: ("bad_request", "The request cannot be understood", "Send well-formed HTTP and JSON. " + ADDRESSES),
    404: ("no_such_address", "There is nothing at this address", ADDRESSES),
    405: (
        "method_not_allowed",
        "This address does not take this method",
        "Use a method of the Allow header.",
    ),
    408: ("request_timeout", "The request did not arrive in time", "Send it again."),
    413: (
        "too_large",
        "The body is too large",
        "Send at most 1 MiB, or 10 MiB to /v1/normalizations; split it.",
    ),
    414: ("address_too_long", "The address is too long", "Send long values in the body."),
    429: (
        "throttled",
        "Too many requests",
        "A caller may send no more this minute; come again after Retry-After seconds.",
    ),
    415: ("unsupported_media_type", "The body's type is not taken here", ADDRESSES),
}
OTHER_KIND: Final = ("http_error", "The request cannot be served", ADDRESSES)
FAULT: Final = ("internal_error", "Something went wrong here")
FAULT_DETAIL: Final = (
    "The fault is on this side and has been recorded. Try again; if it stays, report the request_id."
)


def register_problems(app: Flask, log: FilteringBoundLogger) -> None:
    """Let *app* answer every error with a problem."""

    def answer_fault(error: Exception) -> Response:
        log.error("fault", request_id=g.request_id, kind=type(error).__name__, frames=_frames(error))
        return _problem(write_problem(*FAULT, FAULT_DETAIL, status=500, request_id=g.request_id))

    app.register_error_handler(VerifierError, answer_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_fault)


def answer_error(error: VerifierError) -> Response:
    """Answer an error of ours."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    response = _problem(dump_problem(error, status=status, request_id=g.request_id))
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(ceil(error.retry_after.total_seconds()))
    return response


def answer_http_error(error: HTTPException) -> Response:
    """Answer an error of HTTP itself, keeping the headers that belong to it (``Allow``)."""
    status = error.code or 500
    code, title, detail = KINDS.get(status, OTHER_KIND)
    said = error.description if isinstance(error, UnsupportedMediaType) and error.description else detail
    response = _problem(write_problem(code, title, said, status=status, request_id=g.request_id))
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _problem(problem: dict[str, Any]) -> Response:
    """Write *problem*: for people as a page, on FHIR's own addresses as FHIR has it."""
    status = problem["status"]
    if request.path.startswith(PAGES):
        return show("problem_fragment.html" if is_fragment() else "problem.html", status, problem=problem)
    is_fhir = request.path.startswith(FHIR_PREFIX)
    body, kind = (write_outcome(problem), FHIR) if is_fhir else (problem, PROBLEM)
    return Response(json.dumps(body), status, HEADERS.get(status), content_type=kind)


def _frames(error: BaseException) -> list[str]:
    """Say where a fault happened; its text is left out because it may hold what a caller sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
