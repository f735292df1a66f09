"""What the public form and its API share: handing a form out, offering insurers, taking a form in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from verifier.access.forms import WITHOUT_WORK, WORK_BITS, Forms, Sending
from verifier.access.people import User
from verifier.access.roles import Scope, scopes_of
from verifier.admissions import Receipt
from verifier.answering.intaking import Request
from verifier.errors import BadInput
from verifier.model.intake import Intake
from verifier.web.rooms import rooms

MOST_PAYERS: Final = 8
LEAST_ALIKE: Final = 50.0  # of 100: below it a name resembles the words by chance


def forms() -> Forms:
    """Return what guards the public form."""
    house = rooms()
    access = house.access
    return Forms(access.staffing.digest, access.sign_in.tries, house.office.claims, house.office.clock)


def hand_out(facility_id: str | None) -> dict[str, Any]:
    """Make a form for a facility.

    Raises:
        BadInput: there is no such facility.
    """
    admissions = rooms().admissions
    facility = admissions.facility(facility_id)
    return {
        "facility": facility.id,
        "name": facility.name,
        "token": forms().hand_out(facility.id),
        "wait_seconds": int(WITHOUT_WORK.total_seconds()),
        "work_bits": WORK_BITS,
        "consent": dict(admissions.wording(facility)),
    }


def offer_payers(text: str) -> Sequence[dict[str, Any]]:
    """Offer the insurers that resemble *text*: name and what each needs, and nothing else of them."""
    payers = rooms().payers
    found = [match for match in payers.search(text, MOST_PAYERS) if match.score >= LEAST_ALIKE]
    return [
        {"id": match.id, "name": match.name, "requires": list(payers.find(match.id).requires)}
        for match in found
    ]


def receive(request: Request, sending: Sending, as_id: str | None = None) -> Receipt:
    """Take a form in, once.

    Raises:
        BadInput: the form cannot be used, or is another facility's; or a field cannot be used.
        Throttled: too many came from this source.
        NotFound: there is no such insurer.
    """
    if request.payer is not None:
        rooms().payers.find(request.payer)
    facility = forms().take_in(sending)
    if request.facility not in {"", facility}:
        raise BadInput("This form is another facility's.", {"/facility": f"must be {facility}"})
    return rooms().admissions.submit(replace(request, facility=facility), as_id=as_id)


def assign(intake_id: str, user_id: str | None) -> Intake:
    """Give a request to a colleague who may work on it, or back to everybody.

    Raises:
        NotFound: there is none under this id.
        BadInput: the colleague does not exist, or does not verify for its facility.
    """
    house = rooms()
    intake = house.admissions.find(intake_id)
    if user_id is not None and user_id not in {user.id for user in colleagues(intake.facility)}:
        fault = {"/user_id": "must be somebody who verifies for this facility"}
        raise BadInput("This request cannot be given to them.", fault)
    return house.admissions.assign(intake_id, user_id)


def colleagues(facility: str) -> Sequence[User]:
    """List who may verify for *facility*."""
    users = rooms().access.staffing.users.listing()
    return [
        user
        for user in users
        if user.disabled_at is None and facility in user.facilities and Scope.VERIFY in scopes_of(user.roles)
    ]
