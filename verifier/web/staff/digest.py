"""The morning digest: for whom something changed that matters, and who could not be asked about, and why."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.model.change import Severity
from verifier.news.newsroom import PAGE
from verifier.web.exchange import query
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.page import show
from verifier.web.staff.results import name_payer

LENGTHS: Final = {"1": "last day", "3": "last 3 days", "7": "last week"}
USUAL: Final = "1"
LONGEST_PLACE: Final = 6

blueprint = Blueprint("digest", __name__, url_prefix="/digest")


@blueprint.get("")
@declare(needing(Scope.READ, facility=FacilityRule.RECORD))
def show_digest() -> Response:
    """Show what matters, gravest first."""
    given = query("days", "from", "told")
    asked, start = given.get("days", USUAL), _place(given.get("from", ""))
    days = asked if asked in LENGTHS else USUAL
    digest = rooms().newsroom.digest(timedelta(days=int(days)), start)
    following = start + PAGE
    is_last = following >= digest.tally.changed.total() + digest.tally.unanswered
    payers = {kept.inquiry.payer for kept in digest.verifications.values()}
    return show(
        "staff/digest.html",
        digest=digest,
        days=days,
        following=None if is_last else f"/staff/digest?days={days}&from={following}",
        newest=f"/staff/digest?days={days}" if start else None,
        lengths=LENGTHS,
        payers={payer: name_payer(payer) for payer in payers},
        severities=tuple(Severity),
        may_administer=Scope.ADMIN in principal().scopes,
    )


def _place(text: str) -> int:
    """Read the place a page begins at; the first for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_PLACE else 0
