"""The two cookies: the session's, gone with it, and the device's, which proves nothing but familiarity.

Both are bound to this host (``__Host-``, RFC 6265bis 4.1.3.2), out of reach of scripts, and sent to no
request that another site's page makes.
"""

from typing import Final

from flask import Response, request

from verifier.access.sessions import ABSOLUTE
from verifier.access.sign_in import Entry
from verifier.web.guard import SESSION_COOKIE

DEVICE_COOKIE: Final = "__Host-verifier-device"
DEVICE_LASTS: Final = 180 * 24 * 3600


def give_entry(response: Response, entry: Entry) -> Response:
    """Hand out the session and the device's mark."""
    _give(response, SESSION_COOKIE, entry.token, int(ABSOLUTE.total_seconds()))
    _give(response, DEVICE_COOKIE, entry.device, DEVICE_LASTS)
    return response


def take_session(response: Response) -> Response:
    """Take the session back."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
    return response


def shown_device() -> str | None:
    """Return the device's mark, if the caller shows one."""
    return request.cookies.get(DEVICE_COOKIE)


def _give(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Strict")
