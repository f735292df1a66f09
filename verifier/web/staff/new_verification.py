"""A new verification: the payer by what its card says, the few fields it needs, and off it goes."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, request

from schemas.consent import load_consent
from schemas.inquiry import load_inquiry
from verifier.access.fence import reach
from verifier.access.policy import FacilityRule, needing, place
from verifier.access.roles import Scope
from verifier.answering.consent_gate import ADVICE
from verifier.errors import Busy, ConsentNeeded, NotConfigured, NotFound
from verifier.model.inquiry import Facility
from verifier.model.verification import Verification
from verifier.web.context import present_context
from verifier.web.forms import Field, Form, attempt, read_form
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.asking.choosing import Search, describe, search_as_sent
from verifier.web.staff.asking.fields import BLOCKS, fields_for
from verifier.web.staff.asking.payer import Chosen
from verifier.web.staff.asking.start import STATEMENT, to_consent, to_inquiry, usual_values
from verifier.web.staff.page import is_fragment, see, show

HERE: Final = "Name one on file, or record one signed now, below."
SHORT_WAIT: Final = 0.8  # seconds; whoever takes longer is waited for on the page of the answer
WAYS: Final = {
    "finding": "/staff/verifications/new/payers",
    "choosing": "/staff/verifications/new/payer",
    "whole": "#inquiry",
}
POLICY: Final = needing(Scope.VERIFY, Scope.READ, facility=FacilityRule.NAMED)
CHOOSING: Final = needing(Scope.VERIFY, Scope.READ)
REFUSALS: Final = (ConsentNeeded, NotFound, NotConfigured, Busy)

blueprint = Blueprint("new_verification", __name__, url_prefix="/verifications/new")


@dataclass(frozen=True, slots=True)
class Scene:
    """What the form is drawn from: the payer, if one is chosen, the facilities within reach."""

    chosen: Chosen | None
    facilities: Sequence[Facility]

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return the fields that this payer needs."""
        program, requires = (self.chosen.program, self.chosen.requires) if self.chosen else ("", ())
        return fields_for(program, requires, self.facilities)


@blueprint.get("")
@declare(CHOOSING)
def begin() -> Response:
    """Show the empty form, with what the first facility usually does."""
    scene = _scene("")
    form = Form(scene.fields, _usual(scene) | {"once": (secrets.token_urlsafe(16),)})
    return _show(scene, form)


@blueprint.post("/payers")
@declare(CHOOSING)
def search_payers() -> Response:
    """List the payers that resemble what the card says."""
    search = search_as_sent()
    if is_fragment():
        return show("staff/new/payers.html", 200, matches=search.matches, text=search.text, **WAYS)
    scene = _scene("")
    return _show(scene, read_form(scene.fields, request.form), search=search)


@blueprint.post("/payer")
@declare(CHOOSING)
def choose_payer() -> Response:
    """Show the form with the fields that the payer chosen needs; what was typed stays."""
    scene = _scene(request.form.get("choose") or request.form.get("payer", ""))
    form = read_form(scene.fields, request.form)
    if request.form.get("usual") or "program.code" not in request.form:
        form = replace(form, values={**form.values, **_usual(scene, form.value("facility"))})
    payer = (scene.chosen.id,) if scene.chosen else ()
    return _show(scene, replace(form, values={**form.values, "payer": payer}))


@blueprint.post("")
@declare(POLICY)
def verify() -> Response:
    """Ask the payer, and go to the page of its answer."""
    scene = _scene(request.form.get("payer", ""))
    form = read_form(scene.fields, request.form)
    done = attempt(form, partial(_submit, form), *REFUSALS)
    if isinstance(done, Form):
        return _show(scene, _advise(done), status=422)
    return see(f"/staff/verifications/{done.id}")


def _advise(form: Form) -> Form:
    """Say what to do about a consent in words for the page instead of those for programs."""
    errors = {name: text.replace(ADVICE, HERE) for name, text in form.errors.items()}
    return replace(form, errors=errors)


def _submit(form: Form) -> Verification:
    data: dict[str, Any] = form.data()
    inquiry = load_inquiry(to_inquiry(data))
    inquiry = replace(inquiry, facility=place(inquiry.facility, reach()))
    signed = to_consent(data, inquiry.facility)
    if signed:
        consent = rooms().verifier.give_consent(load_consent(signed))
        inquiry = replace(inquiry, consent_id=consent.id)
    return rooms().verifier.submit(inquiry, wait=SHORT_WAIT, as_id=_own_id(form))


def _own_id(form: Form) -> str:
    """Return the id of what this very form makes: sent twice with the same words, it asks once."""
    said = json.dumps(form.data(), sort_keys=True)
    name = f"{present_context().who}\0form\0{hashlib.sha256(said.encode()).hexdigest()}"
    return f"ver_{rooms().office.claims.token(name)}"


def _scene(payer_id: str) -> Scene:
    every = rooms().verifier.facilities
    facilities = [each for each in every.values() if each.id in reach()]
    return Scene(describe(payer_id) if payer_id else None, facilities)


def _usual(scene: Scene, facility_id: str = "") -> dict[str, tuple[str, ...]]:
    facilities = [each for each in scene.facilities if each.id == facility_id] or scene.facilities
    now = rooms().office.clock.now()
    return usual_values(facilities[0], facilities[0].day(now)) if facilities else {}


def _show(scene: Scene, form: Form, *, status: int = 200, search: Search | None = None) -> Response:
    block = BLOCKS.get(scene.chosen.program) if scene.chosen else None
    search = search or Search()
    template = "staff/new/form.html" if is_fragment() else "staff/new/page.html"
    return show(
        template, status, form=form, chosen=scene.chosen, block=block, statement=STATEMENT,
        matches=search.matches, text=search.text, shows_consent=_shows_consent(scene, form), **WAYS,
    )  # fmt: skip


def _shows_consent(scene: Scene, form: Form) -> bool:
    """Tell whether the consent is asked for at once: the facility's name alone says what it treats."""
    is_part2 = any(each.part2 for each in scene.facilities if each.id == form.value("facility"))
    return is_part2 or any("consent" in text.lower() for text in form.errors.values())
