"""Verifications that were made: the newest, those of a person, and what changed from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from schemas.search import load_search
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.answering.consent_gate import person_of
from verifier.changes.compare import compare
from verifier.model.change import Change
from verifier.model.verification import Verification
from verifier.model.vocabulary import CoverageStatus
from verifier.ports import ANY, Wanted
from verifier.web.exchange import query
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare, principal
from verifier.web.rooms import rooms
from verifier.web.staff.page import show
from verifier.web.staff.result.rows import Row, tell_row
from verifier.web.staff.result.whole import name_patient
from verifier.web.staff.results import name_payer

ROWS: Final = 25
MOST_OF_A_PERSON: Final = 50
READING: Final = needing(Scope.READ, facility=FacilityRule.RECORD)
FIELDS: Final = table(
    Field("member.id", "Member ID", is_optional=True, longest=80),
    Field("member.last_name", "Patient's last name", is_optional=True, longest=60),
    Field("member.birth_date", "Date of birth", "day", hint="MM/DD/YYYY", is_optional=True),
)

blueprint = Blueprint("history", __name__, url_prefix="/verifications")


@dataclass(frozen=True, slots=True)
class Entry:
    """One verification of a person, and what the payer says otherwise than when it was last asked."""

    row: Row
    is_first: bool  # that this payer was asked
    changes: tuple[Change, ...] | None = ()  # none: the payer told nothing


@blueprint.get("/")
@declare(READING)
def list_newest() -> Response:
    """List the newest verifications, a page at a time."""
    before = query("before", "told").get("before")
    found = rooms().verifier.recent(limit=ROWS + 1, before=before, wanted=ANY)
    older = f"/staff/verifications/?before={found[ROWS - 1].id}" if len(found) > ROWS else None
    return _show(Form(FIELDS), found[:ROWS], older=older, is_newest=before is None)


@blueprint.post("/")
@declare(READING)
def search() -> Response:
    """List the verifications of a person; who is looked for stands in no address."""
    form = read_form(FIELDS, request.form)
    found = attempt(form, partial(_search, form))
    if isinstance(found, Form):
        return _show(found, [], status=422)
    return _show(form, found, is_search=True)


@blueprint.get("/<verification_id>/history")
@declare(READING)
def show_history(verification_id: str) -> Response:
    """Show the verifications of one person, newest first, each with what changed."""
    kept = rooms().verifier.find(verification_id)
    person = person_of(kept.inquiry)
    named = (person.last_name, person.birth_date) if person.last_name and person.birth_date else None
    wanted = Wanted(patient=named) if named else Wanted(member_id=person.member_id)
    found = rooms().verifier.recent(limit=MOST_OF_A_PERSON, wanted=wanted) if wanted != ANY else [kept]
    return show("staff/history/person.html", kept=kept, entries=_enter(found), person=name_patient(kept))


def _tell(verification: Verification) -> Row:
    return tell_row(verification, name_payer(verification.inquiry.payer))


def _search(form: Form) -> Sequence[Verification]:
    data = form.data()
    return rooms().verifier.recent(limit=MOST_OF_A_PERSON, wanted=load_search({"member": {}} | data))


def _enter(newest_first: Sequence[Verification]) -> list[Entry]:
    return [_compare(each, newest_first[place + 1 :]) for place, each in enumerate(newest_first)]


def _compare(verification: Verification, older: Sequence[Verification]) -> Entry:
    """Compare with the last time the same payer was asked; an answer that is unknown changes nothing."""
    payer = verification.inquiry.payer
    before = next((each for each in older if each.inquiry.payer == payer), None)
    told = verification.coverage and verification.coverage.status is not CoverageStatus.UNKNOWN
    changes = compare(before, verification) if before and told else () if told else None
    return Entry(_tell(verification), before is None, changes)


def _show(  # noqa: PLR0913 - what the one list shows, by name
    form: Form,
    found: Sequence[Verification],
    *,
    status: int = 200,
    older: str | None = None,
    is_newest: bool = True,
    is_search: bool = False,
) -> Response:
    return show(
        "staff/history/list.html",
        status,
        form=form,
        rows=[_tell(each) for each in found],
        older=older,
        is_newest=is_newest,
        is_search=is_search,
        may_verify=Scope.VERIFY in principal().scopes,
    )
