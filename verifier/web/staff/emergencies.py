"""Break-glass: somebody reads another facility's records for a while, and somebody else looks into it."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from schemas.access import load_emergency
from verifier.access.emergency import LONGEST, SHORTEST, Emergency
from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.web.context import present_context
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.colleagues import name_people
from verifier.web.staff.page import see, show

READING: Final = needing(Scope.READ, people_only=True)
ADMINISTERING: Final = needing(Scope.ADMIN, people_only=True)
HERE: Final = "/staff/emergencies/"
HINT: Final = "It is kept with everything that you read, and shown to those who look into it"
MINUTES: Final = tuple((f"{each}", f"{each} minutes") for each in range(SHORTEST, LONGEST + 1, SHORTEST))

blueprint = Blueprint("emergencies", __name__, url_prefix="/emergencies")


@blueprint.get("/")
@declare(ADMINISTERING)
def list_emergencies() -> Response:
    """List the latest, for review."""
    found = rooms().access.staffing.list_emergencies(present_context())
    return show(
        "staff/emergencies/list.html",
        emergencies=found,
        names=name_people(
            {each.user_id for each in found} | {each.reviewed_by for each in found if each.reviewed_by}
        ),
        own=principal().id,
        now=rooms().office.clock.now(),
    )


@blueprint.get("/new")
@declare(READING)
def show_new() -> Response:
    """Show what an emergency takes."""
    return show("staff/emergencies/new.html", form=Form(_fields(), {"minutes": (f"{SHORTEST}",)}))


@blueprint.post("/")
@declare(READING)
def break_glass() -> Response:
    """Let whoever asks read another facility's records for a while; everybody in charge is alerted."""
    form = read_form(_fields(), request.form)
    done = attempt(form, partial(_break_glass, form))
    if isinstance(done, Form):
        return show("staff/emergencies/new.html", 422, form=done)
    return see("/staff/verifications/", "emergency")


@blueprint.post("/<emergency_id>/review")
@declare(ADMINISTERING)
def review(emergency_id: str) -> Response:
    """Say that an emergency was looked into; nobody reviews their own."""
    rooms().access.staffing.review_emergency(present_context(), principal(), emergency_id)
    return see(HERE, "saved")


def _fields() -> Mapping[str, Field]:
    known = rooms().office.verifier.facilities.values()
    others = tuple((each.id, each.name) for each in known if each.id not in principal().facilities)
    return table(
        Field("facility", "Whose records", "select", choices=others),
        Field("reason", "Why they must be read now", "textarea", hint=HINT, longest=500),
        Field("minutes", "For how long", "select", choices=MINUTES),
    )


def _break_glass(form: Form) -> Emergency:
    asked = load_emergency(form.data() | {"minutes": int(form.value("minutes") or 0)})
    return rooms().access.staffing.break_glass(present_context(), principal(), **asked)
