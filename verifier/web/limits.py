"""How many requests a caller may send: counted in Redis for all processes, in this one while Redis is away.

Every answer says what is left (``RateLimit`` and ``RateLimit-Policy`` of the IETF draft "RateLimit header
fields for HTTP"); one too many is answered by 429 and when to come again. Probes are never refused.
"""

import time
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from limits.errors import StorageError

from verifier.web.context import ANONYMOUS, present_context

WINDOW: Final = 60  # seconds
STRATEGY: Final = "fixed-window"  # part of the keys' name: a live Redis holds one kind of counter under it
UNCOUNTED: Final = frozenset({"/livez", "/readyz", "/metrics"})
TOO_MANY: Final = 429
MEMORY: Final = "memory://"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a caller may send a minute, and where they are counted."""

    requests: int
    counted_at: str = field(default=MEMORY, repr=False)  # address of a Redis; may carry a password


def register_limits(app: Flask, rate: Rate) -> None:
    """Let *app* count each caller's requests and refuse those beyond *rate*."""
    limiter = Limiter(
        _caller,
        app=app,
        application_limits=[f"{rate.requests} per minute"],
        application_limits_exempt_when=lambda: request.path in UNCOUNTED,
        storage_uri=rate.counted_at.replace("unix://", "redis+unix://", 1),
        strategy=STRATEGY,
        key_prefix=f"verifier:rate:{STRATEGY}",
        in_memory_fallback_enabled=True,
        swallow_errors=True,  # of two requests that find Redis gone at once, the library counts one in memory
        storage_options={"wrap_exceptions": True},
    )

    @app.after_request
    def tell(response: Response) -> Response:
        counted = limiter.current_limit
        if counted and (known := _describe(counted)):
            left, seconds = known
            response.headers["RateLimit-Policy"] = f'"minute";q={rate.requests};w={WINDOW}'
            response.headers["RateLimit"] = f'"minute";r={left};t={seconds}'
            if response.status_code == TOO_MANY:
                response.headers["Retry-After"] = str(seconds)
        return response


def _caller() -> str:
    """Tell callers apart: by who they are, or by where they come from while that is not known."""
    who = present_context().who
    return get_remote_address() if who == ANONYMOUS else who


def _describe(counted: RequestLimit) -> tuple[int, int] | None:
    """Tell how many requests are left for how many seconds; nothing if Redis went away since it counted."""
    try:
        return max(0, counted.remaining), _seconds_left(counted)
    except StorageError:
        return None


def _seconds_left(counted: RequestLimit) -> int:
    return min(WINDOW, max(1, ceil(counted.reset_at - time.time())))
