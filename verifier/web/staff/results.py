"""The answer of a verification: while the payer is asked, when it is there, when it is asked again."""

from typing import Final

from flask import Blueprint, Response, request

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.errors import NotFound
from verifier.model.verification import Verification, VerificationStatus
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.page import is_fragment, see, show
from verifier.web.staff.result.whole import Result, build_result

SHORT_WAIT: Final = 0.8  # seconds
NOTHING_NEW: Final = 204
READING: Final = needing(Scope.READ, facility=FacilityRule.RECORD)
ASKING: Final = needing(Scope.VERIFY, Scope.READ, facility=FacilityRule.RECORD)

blueprint = Blueprint("results", __name__, url_prefix="/verifications/<verification_id>")


@blueprint.get("")
@declare(READING)
def show_result(verification_id: str) -> Response:
    """Show the answer, or how far asking has come; asked for by the page itself, the part that changes."""
    verification = rooms().verifier.find(verification_id)
    if is_fragment() and _is_seen(verification):
        return Response(status=NOTHING_NEW)
    result = describe(verification)
    template = "staff/result/body.html" if is_fragment() else "staff/result/page.html"
    may = principal().scopes
    return show(
        template,
        result=result,
        may_verify=Scope.VERIFY in may,
        may_estimate=Scope.ESTIMATE in may,
        may_enroll=Scope.ROSTER in may,
    )


@blueprint.post("/refresh")
@declare(ASKING)
def ask_again(verification_id: str) -> Response:
    """Ask the payer again, past the cache."""
    rooms().verifier.refresh(verification_id, wait=SHORT_WAIT)
    return see(f"/staff/verifications/{verification_id}", "refreshed")


def describe(verification: Verification) -> Result:
    """Work out the page of *verification*."""
    desk = rooms().verifier
    facility = desk.facilities.get(verification.inquiry.facility or "")
    return build_result(
        verification,
        desk.price_networks(verification) if verification.estimate and facility else {},
        payer=name_payer(verification.inquiry.payer),
        facility=facility,
        now=rooms().office.clock.now(),
    )


def _is_seen(verification: Verification) -> bool:
    """Tell whether the page that asks shows all there is: so nothing is read out that was read before."""
    calls = str(len(verification.attempts))
    return verification.status is VerificationStatus.PENDING and request.args.get("seen") == calls


def name_payer(payer_id: str) -> str:
    """Return a payer's name, or its id where the directory has it no longer."""
    try:
        return rooms().payers.find(payer_id).name
    except NotFound:
        return payer_id
