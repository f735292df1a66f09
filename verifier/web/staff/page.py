"""What every page for staff is shown with: its frame, its messages, and the way on to the next page."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, g, make_response, redirect, request
from markupsafe import Markup

from verifier.access.fence import reach
from verifier.web.guard import CSRF_FIELD, session_token
from verifier.web.rooms import rooms
from verifier.web.showing import is_fragment, show
from verifier.web.staff.navigation import entries_for

__all__ = ["frame", "is_fragment", "see", "show", "zone_of"]

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
        "zone_of": zone_of,
        "name_facility": name_facility,
    }


def name_facility(facility_id: str) -> str:
    """Return a facility's name, or its id where it is no longer configured."""
    known = rooms().verifier.facilities.get(facility_id)
    return known.name if known else facility_id


def zone_of(facility_id: str | None = None) -> str | None:
    """Return the IANA time zone that a facility goes by; of none, the one that all within reach go by.

    ``None``, and so UTC, where none is named or they go by several.
    """
    known = rooms().verifier.facilities
    chosen = [facility_id] if facility_id else [each for each in known if each in reach()]
    zones = {known[each].time_zone for each in chosen if each in known} - {None}
    return zones.pop() if len(zones) == 1 else None
