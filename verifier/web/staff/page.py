"""What every page for staff is shown with: its frame, its messages, and the way on to the next page."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, g, make_response, redirect, request
from markupsafe import Markup

from verifier.web.guard import CSRF_FIELD, session_token
from verifier.web.rooms import rooms
from verifier.web.showing import is_fragment, show
from verifier.web.staff.navigation import entries_for

__all__ = ["frame", "is_fragment", "see", "show"]

SEE_OTHER: Final = 303  # the browser asks the next page by GET, and a reload sends nothing again
HIDDEN: Final = Markup('<input type="hidden" name="{}" value="{}">')
# What the page after a change may say of it: the address carries the key, so nobody else's words come in.
TOLD: Final[Mapping[str, str]] = {
    "emergency": "Their records are yours to read until the time is over.",
    "refreshed": "The payer was asked again.",
    "saved": "Saved.",
}


def see(address: str, told: str | None = None) -> Response:
    """Let the browser go to another page, which may tell one of `TOLD`."""
    return make_response(redirect(f"{address}?told={told}" if told else address, SEE_OTHER))


def frame() -> dict[str, Any]:
    """Return what the frame of a page is drawn with; forms put `csrf` inside themselves."""
    who = g.get("principal")
    return {
        "principal": who,
        "navigation": entries_for(who, request.path),
        "csrf": HIDDEN.format(CSRF_FIELD, rooms().access.gate.csrf(session_token() or "")),
        "told": TOLD.get(request.args.get("told", "")),
    }
