"""Signing in by the organization's own provider: there, back, and the code of the authenticator."""

from typing import Final

from flask import Blueprint, Response, request, url_for

from verifier.access.federation import Federation, Returned, Voucher
from verifier.access.policy import PUBLIC
from verifier.access.sign_in import Entry
from verifier.errors import NotFound, Unauthenticated, Unavailable
from verifier.web.api.session import renew
from verifier.web.context import present_context
from verifier.web.cookies import give_entry, give_round, shown_device, shown_round, take_round
from verifier.web.guard import declare, require_same_origin
from verifier.web.rooms import rooms
from verifier.web.staff.page import see, show
from verifier.web.staff.sign_in import refuse

LONGEST: Final = 4096  # characters of anything a browser brings back

blueprint = Blueprint("federated", __name__, url_prefix="/staff/sign-in/oidc")


@blueprint.get("")
@declare(PUBLIC)
def leave_for_provider() -> Response:
    """Send the browser to the provider."""
    require_same_origin()
    address, ticket = _federation().begin(_back())
    return give_round(see(address), ticket, returning=True)


@blueprint.get("/callback")
@declare(PUBLIC)
def come_back() -> Response:
    """Let in whom the provider signed in, or ask for their code first."""
    state, code = (request.args.get(name, "")[:LONGEST] for name in ("state", "code"))
    returned = Returned(shown_round(), state, code, _back())
    found = _federation().finish(returned, shown_device(), present_context())
    if isinstance(found, Voucher):
        return give_round(_ask(None, 200), found.text, returning=False)
    return _let_in(show("staff/let_in.html"), found)


@blueprint.post("")
@declare(PUBLIC)
def confirm() -> Response:
    """Let in who knows their code."""
    require_same_origin()
    federation, code = _federation(), request.form.get("code", "")[:LONGEST]
    return _let_in(see("/staff/"), federation.confirm(shown_round(), code, shown_device(), present_context()))


@blueprint.errorhandler(Unauthenticated)
def answer_unknown(error: Unauthenticated) -> Response:
    """Ask for the code again, or let them begin again."""
    return _ask(error.detail, 401) if request.method == "POST" else take_round(refuse(error.detail, 401))


@blueprint.errorhandler(Unavailable)
def answer_away(error: Unavailable) -> Response:
    """Offer the password."""
    return take_round(refuse(error.detail, 503))


def _federation() -> Federation:
    found = rooms().access.federation
    if found is None:
        raise NotFound("Nobody else signs people in here; use your password.")
    return found


def _back() -> str:
    return url_for("federated.come_back", _external=True)


def _ask(fault: str | None, status: int) -> Response:
    return show("staff/code.html", status, fault=fault)


def _let_in(response: Response, entry: Entry) -> Response:
    return take_round(give_entry(response, renew(entry)))
