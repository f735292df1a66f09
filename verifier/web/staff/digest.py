"""The morning digest: for whom something changed that matters, and who could not be asked about, and why."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.model.change import Severity
from verifier.web.exchange import query
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.page import show
from verifier.web.staff.results import name_payer

LENGTHS: Final = {"1": "last day", "3": "last 3 days", "7": "last week"}
USUAL: Final = "1"

blueprint = Blueprint("digest", __name__, url_prefix="/digest")


@blueprint.get("")
@declare(needing(Scope.READ, facility=FacilityRule.RECORD))
def show_digest() -> Response:
    """Show what matters, gravest first."""
    asked = query("days", "told").get("days", USUAL)
    days = asked if asked in LENGTHS else USUAL
    digest = rooms().newsroom.digest(timedelta(days=int(days)))
    payers = {kept.inquiry.payer for kept in digest.verifications.values()}
    return show(
        "staff/digest.html",
        digest=digest,
        days=days,
        lengths=LENGTHS,
        payers={payer: name_payer(payer) for payer in payers},
        severities=tuple(Severity),
        may_administer=Scope.ADMIN in principal().scopes,
    )
