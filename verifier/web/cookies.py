"""The cookies: the session's, gone with it; the device's, which proves nothing but familiarity; a round's.

All are bound to this host (``__Host-``, RFC 6265bis 4.1.3.2), out of reach of scripts, and sent to no
request that another site's page makes; but for that of a round to the provider and back, which must come
along when the provider sends the browser back here.
"""

from typing import Final

from flask import Response, request

from verifier.access.federation import ROUND_LASTS
from verifier.access.sessions import ABSOLUTE
from verifier.access.sign_in import Entry
from verifier.web.guard import SESSION_COOKIE

DEVICE_COOKIE: Final = "__Host-verifier-device"
ROUND_COOKIE: Final = "__Host-verifier-round"
DEVICE_LASTS: Final = 180 * 24 * 3600


def give_entry(response: Response, entry: Entry) -> Response:
    """Hand out the session and the device's mark."""
    _give(response, SESSION_COOKIE, entry.token, int(ABSOLUTE.total_seconds()))
    _give(response, DEVICE_COOKIE, entry.device, DEVICE_LASTS)
    return response


def take_session(response: Response) -> Response:
    """Take the session back."""
    return _take(response, SESSION_COOKIE)


def give_round(response: Response, text: str, *, returning: bool) -> Response:
    """Hand out what ties a round to this browser; *returning*, from the provider's page."""
    _give(response, ROUND_COOKIE, text, int(ROUND_LASTS.total_seconds()), "Lax" if returning else "Strict")
    return response


def take_round(response: Response) -> Response:
    """Take back what tied the round to this browser."""
    return _take(response, ROUND_COOKIE)


def shown_round() -> str:
    """Return what ties the request to a round; empty without any."""
    return request.cookies.get(ROUND_COOKIE, "")


def shown_device() -> str | None:
    """Return the device's mark, if the caller shows one."""
    return request.cookies.get(DEVICE_COOKIE)


def _give(response: Response, name: str, value: str, seconds: int, same_site: str = "Strict") -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite=same_site
    )


def _take(response: Response, name: str) -> Response:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Strict")
    return response
