"""People who may sign in: who they are, what they may do and where, how they are let in and shut out."""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from verifier.access.people import User
from verifier.access.policy import needing
from verifier.access.principal import Facilities
from verifier.access.roles import Role, Scope
from verifier.access.staffing import Enrolment, Staffing
from verifier.errors import BadInput, Conflict, NotFound
from verifier.web.context import present_context
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.page import see, show

ADMINISTERING: Final = needing(Scope.ADMIN, people_only=True)
HERE: Final = "/staff/people/"
OWN: Final = "This is your own account; let another administrator do it."
NOBODY: Final = "Nobody has this account."
ROLES: Final = tuple((role.value, role.value.capitalize()) for role in Role)
EVERY: Final = "*"
EMAIL: Final = Field("email", "E-mail address", "email", longest=254)

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("/")
@declare(ADMINISTERING)
def list_people() -> Response:
    """List everybody."""
    return show("staff/people/list.html", people=_staffing().list_users(), own=principal().id)


@blueprint.get("/new")
@declare(ADMINISTERING)
def show_new() -> Response:
    """Show the form to give somebody access."""
    return show("staff/people/new.html", form=Form(_fields(EMAIL)))


@blueprint.post("/")
@declare(ADMINISTERING)
def add() -> Response:
    """Give somebody access, and show once what they sign in with."""
    form = read_form(_fields(EMAIL), request.form)
    password = new_password()
    done = attempt(form, partial(_add, form, password), Conflict)
    if isinstance(done, Form):
        return show("staff/people/new.html", 422, form=done)
    return _hand_over(done, password)


@blueprint.get("/<user_id>")
@declare(ADMINISTERING)
def show_person(user_id: str) -> Response:
    """Show what somebody may do, and how to change it."""
    user = _find(user_id)
    values = {"roles": tuple(sorted(user.roles)), "facilities": user.facilities.listing()}
    return _show(user, Form(_fields(), values))


@blueprint.post("/<user_id>")
@declare(ADMINISTERING)
def change(user_id: str) -> Response:
    """Give somebody other roles and facilities."""
    user, form = _find(user_id), read_form(_fields(), request.form)
    done = attempt(form, partial(_change, user, form), Conflict)
    return _show(user, done, 422) if isinstance(done, Form) else see(HERE, "saved")


@blueprint.post("/<user_id>/disabling")
@declare(ADMINISTERING)
def disable(user_id: str) -> Response:
    """Shut somebody out."""
    user = _other(user_id)
    _staffing().disable_user(present_context(), user.email)
    return see(HERE, "saved")


@blueprint.post("/<user_id>/enrolment")
@declare(ADMINISTERING)
def enrol_anew(user_id: str) -> Response:
    """Give somebody a new password, authenticator and recovery codes, and show them once."""
    user, password = _other(user_id), new_password()
    return _hand_over(_staffing().enrol_anew(present_context(), user.email, password), password)


def facility_choices() -> tuple[tuple[str, str], ...]:
    """Return every facility that may be chosen, and all of them at once."""
    known = rooms().office.verifier.facilities.values()
    return (EVERY, "Every facility"), *((each.id, each.name) for each in known)


def chosen_facilities(form: Form) -> Facilities:
    """Return the facilities that were chosen.

    Raises:
        BadInput: none was, or one that there is not.
    """
    chosen = [text for text in form.values_of("facilities") if text]
    if not chosen or not {*chosen} <= {value for value, _ in facility_choices()}:
        raise BadInput("Choose facilities of this list.", {"/facilities": "must be at least one of these"})
    return Facilities.of(chosen)


def new_password() -> str:
    """Make a password that nobody chose, for the first time somebody signs in."""
    return secrets.token_urlsafe(15)


def _staffing() -> Staffing:
    return rooms().access.staffing


def _fields(*first: Field) -> Mapping[str, Field]:
    return table(
        *first,
        Field("roles", "Roles", "checkboxes", choices=ROLES),
        Field("facilities", "Facilities", "checkboxes", choices=facility_choices()),
    )


def _roles(form: Form) -> frozenset[Role]:
    chosen = {text for text in form.values_of("roles") if text}
    if not chosen or not chosen <= set(Role):
        raise BadInput("Choose roles of this list.", {"/roles": "must be at least one of these"})
    return frozenset(map(Role, chosen))


def _add(form: Form, password: str) -> Enrolment:
    roles, facilities = _roles(form), chosen_facilities(form)
    return _staffing().add_user(present_context(), form.value("email"), password, roles, facilities)


def _change(user: User, form: Form) -> User:
    roles, facilities = _roles(form), chosen_facilities(form)
    if user.id == principal().id and Role.ADMIN not in roles:
        raise Conflict(OWN)
    return _staffing().change_user(present_context(), user.email, roles, facilities)


def _find(user_id: str) -> User:
    found = _staffing().users.find(user_id)
    if found is None:
        raise NotFound(NOBODY)
    return found


def _other(user_id: str) -> User:
    if user_id == principal().id:
        raise Conflict(OWN)
    return _find(user_id)


def _show(user: User, form: Form, status: int = 200) -> Response:
    own = user.id == principal().id
    return show("staff/people/person.html", status, person=user, form=form, is_own=own)


def _hand_over(enrolment: Enrolment, password: str) -> Response:
    return show("staff/people/enrolment.html", 201, enrolment=enrolment, password=password)
