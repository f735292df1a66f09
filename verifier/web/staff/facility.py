"""One facility, added or changed by an administrator, whose word counts from then on."""

from functools import partial

from flask import Blueprint, Response, request

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.errors import Conflict
from verifier.facilities import read_facility
from verifier.model.kept_facility import KeptFacility
from verifier.web.forms import Form, attempt
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.colleagues import name_people
from verifier.web.staff.facility_fields import (
    program_rows,
    read_facility_form,
    show_facility,
    show_new,
    to_facility,
)
from verifier.web.staff.page import see, show

ADDING = needing(Scope.ADMIN, people_only=True)
CHANGING = needing(Scope.ADMIN, facility=FacilityRule.RECORD, people_only=True)
LIST = "/staff/facilities/"

blueprint = Blueprint("facility", __name__, url_prefix="/facilities")


@blueprint.get("/new")
@declare(ADDING)
def show_form() -> Response:
    """Show the form to add a facility."""
    rooms().housekeeping.require_every()
    return _show(show_new())


@blueprint.post("/")
@declare(ADDING)
def add() -> Response:
    """Add a facility."""
    rooms().housekeeping.require_every()
    form = read_facility_form(request.form, is_new=True)
    return _answer(form, attempt(form, partial(_add, form)) if _is_ready() else form)


@blueprint.get("/of/<facility_id>")
@declare(CHANGING)
def show_one(facility_id: str) -> Response:
    """Show what a facility is, and how to change it."""
    kept = rooms().housekeeping.find(facility_id)
    return _show(show_facility(kept.facility, kept.revision), kept)


@blueprint.post("/of/<facility_id>")
@declare(CHANGING)
def change(facility_id: str) -> Response:
    """Say anew what a facility is."""
    kept = rooms().housekeeping.find(facility_id)
    form = read_facility_form(request.form, is_new=False)
    done = attempt(form, partial(_change, facility_id, form), Conflict) if _is_ready() else form
    return _answer(form, done, kept)


def _is_ready() -> bool:
    """Tell whether it is to be saved, and not first drawn with a row more."""
    return "more" not in request.form


def _add(form: Form) -> None:
    rooms().housekeeping.add(read_facility(form.value("id").strip(), to_facility(form)))


def _change(facility_id: str, form: Form) -> None:
    revision = form.value("revision")
    seen = int(revision) if revision.isascii() and revision.isdigit() else 0
    rooms().housekeeping.change(read_facility(facility_id, to_facility(form)), seen)


def _answer(form: Form, done: Form | None, kept: KeptFacility | None = None) -> Response:
    if done is None:
        return see(LIST, "saved")
    return _show(done, kept, 200 if done is form else 422)


def _show(form: Form, kept: KeptFacility | None = None, status: int = 200) -> Response:
    by = name_people([kept.changed_by])[kept.changed_by] if kept and kept.changed_by else None
    return show("staff/facility.html", status, form=form, kept=kept, by=by, rows=program_rows(form))
