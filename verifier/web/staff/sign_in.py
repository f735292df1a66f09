"""The page to sign in on; forms only, no script."""

from typing import Final

from flask import Blueprint, Response, request

from schemas.access import load_sign_in
from verifier.access.policy import PUBLIC
from verifier.errors import BadInput, Throttled, Unauthenticated
from verifier.web.api.session import enter
from verifier.web.cookies import give_entry
from verifier.web.guard import declare, require_same_origin
from verifier.web.rooms import rooms
from verifier.web.staff.page import see, show

FIELDS: Final = ("email", "password", "code")
INCOMPLETE: Final = "Fill in all three: your e-mail address, your password, and a code."

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.get("/sign-in")
@declare(PUBLIC)
def show_sign_in() -> Response:
    """Show the form."""
    return refuse(None, 200)


@blueprint.post("/sign-in")
@declare(PUBLIC)
def sign_in() -> Response:
    """Let in who fills it in rightly."""
    require_same_origin()
    entry = enter(load_sign_in({name: request.form.get(name, "") for name in FIELDS}))
    return give_entry(see("/staff/"), entry)


@blueprint.errorhandler(Unauthenticated)
def answer_unknown(error: Unauthenticated) -> Response:
    """Show the form again, or for the first time to who came to another page."""
    return refuse(error.detail, 401) if request.method == "POST" else see("/staff/sign-in")


@blueprint.errorhandler(Throttled)
def answer_throttled(error: Throttled) -> Response:
    """Say how long to wait."""
    minutes = -(-int(error.retry_after.total_seconds()) // 60)
    return refuse(f"{error.detail} ({minutes} min)", 429)


@blueprint.errorhandler(BadInput)
def answer_incomplete(_: BadInput) -> Response:
    """Ask for the whole form."""
    return refuse(INCOMPLETE, 422)


def refuse(fault: str | None, status: int) -> Response:
    """Show the form, and say why nobody is let in."""
    federated = rooms().access.federation is not None
    return show("staff/sign_in.html", status, fault=fault, federated=federated)
