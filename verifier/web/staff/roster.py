"""The nightly list for staff: who is asked about, how often, what came of it last, and the way off it."""

from typing import Final

from flask import Blueprint, Response, request

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.errors import Conflict
from verifier.model.roster import Entry, Frequency
from verifier.web import cursors
from verifier.web.exchange import query
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.page import see, show
from verifier.web.staff.results import name_payer

HERE: Final = "/staff/roster/"
ROWS: Final = 50
WORDS: Final = {
    Frequency.NIGHTLY: "every night",
    Frequency.WEEKLY: "every week",
    Frequency.FIRST_OF_MONTH: "on the first of the month",
    Frequency.BEFORE_EACH_SESSION: "before each session",
}
POLICY: Final = needing(Scope.ROSTER, facility=FacilityRule.RECORD)

blueprint = Blueprint("nightly_list", __name__, url_prefix="/roster")


@blueprint.get("/")
@declare(POLICY)
def list_entries() -> Response:
    """List who is asked about at night, a page at a time."""
    given = query("after", "told")
    after = cursors.read_cursor(given, "after")
    found = rooms().roster.listing(limit=ROWS + 1, after=after)
    following = cursors.make_cursor(found[ROWS - 1].id if len(found) > ROWS else None)
    shown = found[:ROWS]
    return show(
        "staff/roster.html",
        entries=shown,
        words=WORDS,
        payers={each: name_payer(each) for each in {entry.inquiry.payer for entry in shown}},
        runs=rooms().reverifications.listing(limit=1),
        more=f"{HERE}?after={following}" if following else None,
    )


@blueprint.post("/<entry_id>/discharge")
@declare(POLICY)
def discharge(entry_id: str) -> Response:
    """Ask about this person no more, from today on."""
    rooms().roster.discharge(entry_id)
    return see(HERE, "saved")


@blueprint.post("/of/<verification_id>")
@declare(POLICY)
def enroll(verification_id: str) -> Response:
    """Put the person of a verification on the list.

    Raises:
        Conflict: they are on it already, for this payer and facility.
    """
    inquiry, desk = rooms().verifier.find(verification_id).inquiry, rooms().roster
    chosen = request.form.get("frequency", Frequency.NIGHTLY)
    if chosen not in set(Frequency):
        raise Conflict("Choose how often of this list.")
    desk.enroll(Entry("", inquiry.facility or "", inquiry, desk.today, Frequency(chosen)))
    return see(HERE, "saved")
