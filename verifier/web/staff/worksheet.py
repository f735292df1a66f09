"""The phone worksheet: what is still unknown, as questions in order; what the payer answers becomes facts.

And beside it the review: both words on each fact, notes, and the sign-off.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from schemas.facts import load_call_report, load_note
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.answering.facts import PARTS, Part
from verifier.errors import BadInput, Conflict
from verifier.model.fact import ANSWER, NOT_KNOWN, CallReport, Fact, FactCode
from verifier.model.findings import Unknown
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Verification
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.colleagues import name_people
from verifier.web.staff.page import see, show, zone_of
from verifier.web.staff.result.glance import tell_pays
from verifier.wording import dollars, percent, plain

READING: Final = needing(Scope.READ, facility=FacilityRule.RECORD)
WORKING: Final = needing(Scope.VERIFY, facility=FacilityRule.RECORD)
REVIEWING: Final = needing(Scope.REVIEW, facility=FacilityRule.RECORD)
WAYS: Final = {"money": "money", "rate": "decimal", "count": "number", "day": "day"}
HINTS: Final = {"rate": "As a fraction: 0.20 for 20%", "day": "Month, day, year"}
PROGRAMS: Final = frozenset({"tricare", "champva", "va"})
NOBODY_KNEW: Final = "not_known"
LOCAL: Final = "%m/%d/%Y %I:%M %p"
FACT: Final = re.compile(r"/facts/(\d{1,3})(?:/value)?(/.*)?")
CALL: Final = (
    Field("representative", "Who answered", hint="Name, and initial or id", longest=80),
    Field("reference_number", "Reference number of the call", is_optional=True, longest=80),
    Field(
        "called_at",
        "When",
        hint="Such as 11/24/2026 3:30 PM, by the facility's clock; empty: now",
        is_optional=True,
    ),
)
NOTE: Final = table(Field("text", "Note", "textarea", longest=4000))

blueprint = Blueprint("worksheet", __name__, url_prefix="/verifications")


@blueprint.get("/<verification_id>/worksheet")
@declare(READING)
def show_worksheet(verification_id: str) -> Response:
    """Show what to ask, in order."""
    return _sheet(rooms().verifier.find(verification_id))


@blueprint.post("/<verification_id>/worksheet")
@declare(WORKING)
def keep_answers(verification_id: str) -> Response:
    """Keep what was answered; what was left empty stays open."""
    house = rooms()
    kept = house.verifier.find(verification_id)
    form = read_form(_fields(kept), request.form)
    done = attempt(form, lambda: house.verifier.add_facts(verification_id, _report(form, kept)), Conflict)
    if isinstance(done, Form):
        return _sheet(kept, done, 422)
    return see(f"/staff/verifications/{verification_id}/review", "saved")


@blueprint.get("/<verification_id>/review")
@declare(READING)
def show_review(verification_id: str) -> Response:
    """Show what was learned by wire and by phone, notes, and who signed it off."""
    return _review(rooms().verifier.find(verification_id))


@blueprint.post("/<verification_id>/notes")
@declare(WORKING)
def keep_note(verification_id: str) -> Response:
    """Keep a note."""
    form = read_form(NOTE, request.form)
    done = attempt(form, lambda: rooms().verifier.add_note(verification_id, load_note(form.data())), Conflict)
    if isinstance(done, Form):
        return _review(rooms().verifier.find(verification_id), done, 422)
    return see(f"/staff/verifications/{verification_id}/review", "saved")


@blueprint.post("/<verification_id>/review")
@declare(REVIEWING)
def sign_off(verification_id: str) -> Response:
    """Sign it off as it was seen."""
    revision = request.form.get("revision", "")[:120]
    form = Form(NOTE)
    done = attempt(form, lambda: rooms().verifier.sign_off(verification_id, revision), Conflict)
    if isinstance(done, Form):
        return _review(rooms().verifier.find(verification_id), done, 409)
    return see(f"/staff/verifications/{verification_id}/review", "saved")


def _sheet(kept: Verification, form: Form | None = None, status: int = 200) -> Response:
    return show(
        "staff/worksheet.html",
        status,
        kept=kept,
        form=form or Form(_fields(kept)),
        facility=rooms().verifier.facilities.get(kept.inquiry.facility or ""),
        numbers=_numbers(kept.inquiry),
        questions=[(each, [part.name for part in _parts(each)]) for each in kept.unknowns],
        not_known=NOBODY_KNEW,
        may_work=Scope.VERIFY in principal().scopes,
    )


def _review(kept: Verification, form: Form | None = None, status: int = 200) -> Response:
    return show(
        "staff/review.html",
        status,
        kept=kept,
        form=form or Form(NOTE),
        facts=[(fact, _name(fact.code), _say(fact)) for fact in kept.facts],
        pays=tell_pays(kept.estimate),
        names=_names(kept),
        may_work=Scope.VERIFY in principal().scopes,
        may_review=Scope.REVIEW in principal().scopes,
    )


def _numbers(inquiry: Inquiry) -> list[tuple[str, str]]:
    """List the numbers by which whoever pays may find the person."""
    known = {
        "Member ID": inquiry.member.id,
        "Sponsor's ID": inquiry.tricare and inquiry.tricare.sponsor_id,
        "Referral number": inquiry.va and inquiry.va.referral_number,
        "Integration control number (ICN)": inquiry.va and inquiry.va.icn,
    }
    return [(name, number) for name, number in known.items() if number]


def _fields(kept: Verification) -> Mapping[str, Field]:
    """Make the fields of what is open, and of the call."""
    asked = (field for unknown in kept.unknowns for field in _fields_of(unknown))
    return table(*CALL, *asked)


def _fields_of(unknown: Unknown) -> list[Field]:
    parts = [
        Field(
            f"{unknown.code}.{part.name}",
            part.label,
            "radio" if part.words else WAYS.get(part.form, "text"),
            HINTS.get(part.form, ""),
            choices=(*((word, plain(word)) for word in part.words), ("", "left open")),
        )
        for part in _parts(unknown)
    ]
    return [*parts, Field(f"{unknown.code}.{NOBODY_KNEW}", "They could not say", "check")]


def _parts(unknown: Unknown) -> tuple[Part, ...]:
    return PARTS[FactCode(unknown.code)] if unknown.code in set(FactCode) else ()


def _report(form: Form, kept: Verification) -> CallReport:
    """Make the report of the call.

    Raises:
        BadInput: some field cannot be used; the pointers are those of the form's fields.
    """
    data, facts = form.data(), []
    for unknown in kept.unknowns:
        said = data.pop(unknown.code, {})
        value = {name: str(text) for name, text in said.items()} if isinstance(said, dict) else {}
        could_not_say = value.pop(NOBODY_KNEW) == str(True)
        if could_not_say or value:
            facts.append({"code": unknown.code, "value": NOT_KNOWN if could_not_say else value})
    if not facts:
        raise BadInput(
            "Nothing was answered.", {"": "Fill in at least one answer, or tick that they could not say."}
        )
    data |= _when(data.get("called_at"), kept) | {"facts": facts}
    try:
        return load_call_report(data)
    except BadInput as error:
        codes = [str(fact["code"]) for fact in facts]
        raise BadInput(
            error.detail, {_place(each, codes): text for each, text in error.errors.items()}
        ) from error


def _place(pointer: str, codes: Sequence[str]) -> str:
    """Lead a pointer back to the form: ``/facts/0/value/copay`` of the JSON is ``/cost_share/copay`` here."""
    found = FACT.fullmatch(pointer)
    return f"/{codes[int(found[1])]}{found[2] or ''}" if found and int(found[1]) < len(codes) else pointer


def _when(text: object, kept: Verification) -> dict[str, str]:
    """Read when the call was, by the clock of the facility.

    Raises:
        BadInput: it is written in another way.
    """
    if text is None:
        return {}
    zone = ZoneInfo(zone_of(kept.inquiry.facility) or "UTC")
    try:
        moment = datetime.strptime(str(text).strip().upper(), LOCAL).replace(tzinfo=zone)
    except ValueError as error:
        fault = {"/called_at": "must be written like 11/24/2026 3:30 PM"}
        raise BadInput("The time of the call cannot be read.", fault) from error
    return {"called_at": moment.isoformat()}


def _name(code: FactCode) -> str:
    """Name a question: ``Visit limit``, ``VA region``."""
    first, *others = code.split("_")
    return " ".join([first.upper() if first in PROGRAMS else first.capitalize(), *others])


def _say(fact: Fact) -> str:
    """Put an answer into words."""
    if not fact.is_known:
        return "could not say"
    labels = {part.name: part.label for part in PARTS[fact.code]}
    value = [(name, _word(fact.code, name, text)) for name, text in fact.value.items()]
    return "; ".join(text if name == ANSWER else f"{labels[name]}: {text}" for name, text in value)


def _word(code: FactCode, name: str, text: str) -> str:
    form = {part.name: part.form for part in PARTS[code]}.get(name)
    if form == "money":
        return dollars(Decimal(text))
    if form == "rate":
        return percent(Decimal(text))
    return plain(text) if form == "words" else text


def _names(kept: Verification) -> dict[str, str]:
    """Name the people who wrote something down here."""
    labels = {fact.recorded_by for fact in kept.facts} | {note.by for note in kept.notes}
    labels |= {kept.review.by} if kept.review else set()
    return name_people(labels)
