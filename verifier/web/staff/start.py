"""The first page behind the sign-in, and the way out."""

from flask import Blueprint, Response

from verifier.access.policy import KNOWN, SIGNED_IN
from verifier.web.api.session import leave
from verifier.web.cookies import take_session
from verifier.web.guard import declare, principal
from verifier.web.staff.navigation import entries_for
from verifier.web.staff.page import see, show

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@declare(KNOWN)
def first() -> Response:
    """Say what can be done here."""
    return show("staff/start.html", entries=entries_for(principal(), ""))


@blueprint.post("/sign-out")
@declare(SIGNED_IN)
def sign_out() -> Response:
    """End the session."""
    leave()
    return take_session(see("/staff/sign-in"))
