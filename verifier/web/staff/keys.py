"""API keys: what programs may do and until when; a key is shown once, when it is made."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from verifier.access.people import ApiKey
from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.errors import BadInput, NotFound
from verifier.web.context import present_context
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.page import see, show
from verifier.web.staff.people import chosen_facilities, facility_choices

ADMINISTERING: Final = needing(Scope.ADMIN, people_only=True)
HERE: Final = "/staff/keys/"
SCOPES: Final = {
    Scope.VERIFY: "Ask payers",
    Scope.READ: "See verifications",
    Scope.RAW: "See the exchange with the payer",
    Scope.ESTIMATE: "Price, and look into the directory",
    Scope.ROSTER: "The nightly lists",
    Scope.ADMIN: "People, keys and settings",
    Scope.AUDIT: "The audit trail",
}
LIVES: Final = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"))

blueprint = Blueprint("keys", __name__, url_prefix="/keys")


@blueprint.get("/")
@declare(ADMINISTERING)
def list_keys() -> Response:
    """List every key, and show the form to make one."""
    return _show(Form(_fields(), {"life": ("90",)}))


@blueprint.post("/")
@declare(ADMINISTERING)
def create() -> Response:
    """Make a key, and show it once."""
    form = read_form(_fields(), request.form)
    done = attempt(form, partial(_create, form))
    if isinstance(done, Form):
        return _show(done, 422)
    key, text = done
    return show("staff/keys/created.html", 201, key=key, text=text)


@blueprint.post("/<key_id>/revocation")
@declare(ADMINISTERING)
def revoke(key_id: str) -> Response:
    """End a key, from the next request on."""
    staffing = rooms().access.staffing
    if key_id not in {key.id for key in staffing.list_keys()}:  # any other text may name a person
        raise NotFound("No key has this id.")
    staffing.revoke_key(present_context(), key_id)
    return see(HERE, "saved")


def _fields() -> Mapping[str, Field]:
    return table(
        Field("name", "What the key is for", hint="A program, not a person", longest=80),
        Field("scopes", "May", "checkboxes", choices=tuple(SCOPES.items())),
        Field("facilities", "Facilities", "checkboxes", choices=facility_choices()),
        Field("life", "Ends after", "select", choices=LIVES),
    )


def _create(form: Form) -> tuple[ApiKey, str]:
    chosen, life = {text for text in form.values_of("scopes") if text}, form.value("life")
    faults = {
        "/name": "" if form.value("name").strip() else "must not be empty",
        "/scopes": "" if chosen and chosen <= set(Scope) else "must be at least one of these",
        "/life": "" if life in dict(LIVES) else "must be one of these",
    }
    if wrong := {pointer: text for pointer, text in faults.items() if text}:
        raise BadInput("No key can be made like this.", wrong)
    scopes, facilities = map(Scope, chosen), chosen_facilities(form)
    make = rooms().access.staffing.create_key
    return make(present_context(), form.value("name"), scopes, facilities, life=timedelta(days=int(life)))


def _show(form: Form, status: int = 200) -> Response:
    staffing = rooms().access.staffing
    now = rooms().office.clock.now()
    return show("staff/keys/list.html", status, keys=staffing.list_keys(), form=form, now=now)
