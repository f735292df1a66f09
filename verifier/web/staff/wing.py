"""The pages behind the sign-in, put together; a new page is a blueprint in `PAGES` and a row in the menu."""

from typing import Final

from flask import Blueprint, Response, request

from verifier.errors import Unauthenticated
from verifier.web.guard import SAFE, require_same_origin
from verifier.web.staff import (
    audit,
    digest,
    emergencies,
    explanations,
    facilities,
    facility,
    history,
    keys,
    new_verification,
    payer_health,
    people,
    queue,
    results,
    roster,
    start,
    what_if,
    worksheet,
)
from verifier.web.staff.page import frame, is_fragment
from verifier.web.staff.sign_in import answer_unknown

PAGES: Final = (
    start.blueprint,
    new_verification.blueprint,
    digest.blueprint,
    history.blueprint,
    what_if.blueprint,
    results.blueprint,
    explanations.blueprint,
    payer_health.blueprint,
    facilities.blueprint,
    facility.blueprint,
    people.blueprint,
    keys.blueprint,
    emergencies.blueprint,
    audit.blueprint,
    queue.blueprint,
    worksheet.blueprint,
    roster.blueprint,
)

wing = Blueprint("wing", __name__, url_prefix="/staff")
for page in PAGES:
    wing.register_blueprint(page)
wing.context_processor(frame)


@wing.before_request
def refuse_foreign_forms() -> None:
    """Let no other host's page change anything here, whoever is signed in or nobody."""
    if request.method not in SAFE:
        require_same_origin()


@wing.errorhandler(Unauthenticated)
def ask_who(error: Unauthenticated) -> Response:
    """Let them sign in; a script on a page that was left open leads the whole page there."""
    response = answer_unknown(error)
    if is_fragment():
        response = Response(status=401, headers={"HX-Redirect": "/staff/sign-in"})
    return response
