"""The page to sign in on, the first page behind it, and the way out; forms only, no script."""

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request

from schemas.access import load_sign_in
from verifier.access.policy import PUBLIC, SIGNED_IN
from verifier.errors import BadInput, Throttled, Unauthenticated
from verifier.web.api.session import enter, leave
from verifier.web.cookies import give_entry, take_session
from verifier.web.guard import CSRF_FIELD, declare, principal, require_same_origin, session_token
from verifier.web.rooms import rooms

FIELDS: Final = ("email", "password", "code")
INCOMPLETE: Final = "Fill in all three: your e-mail address, your password, and a code."
SEE_OTHER: Final = 303  # the browser asks the next page by GET, and a reload sends nothing again

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.get("/sign-in")
@declare(PUBLIC)
def show_sign_in() -> str:
    """Show the form."""
    return _render(None)


@blueprint.post("/sign-in")
@declare(PUBLIC)
def sign_in() -> Response:
    """Let in who fills it in rightly."""
    require_same_origin()
    entry = enter(load_sign_in({name: request.form.get(name, "") for name in FIELDS}))
    return give_entry(see("/staff/"), entry)


@blueprint.get("/")
@declare(SIGNED_IN)
def first() -> str:
    """Say who is signed in."""
    csrf = rooms().access.gate.csrf(session_token() or "")
    return render_template("staff/first.html", principal=principal(), csrf_field=CSRF_FIELD, csrf=csrf)


@blueprint.post("/sign-out")
@declare(SIGNED_IN)
def sign_out() -> Response:
    """End the session."""
    leave()
    return take_session(see("/staff/sign-in"))


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


def refuse(fault: str, status: int) -> Response:
    """Show the form, and say why nobody is let in."""
    return make_response(_render(fault), status)


def see(address: str) -> Response:
    """Let the browser go to another page."""
    return make_response(redirect(address, SEE_OTHER))


def _render(fault: str | None) -> str:
    federated = rooms().access.federation is not None
    return render_template("staff/sign_in.html", fault=fault, federated=federated)
