"""The queue of requests for a free verification: who asks, how long ago, whose it is, and on to verifying."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, request

from schemas.intake import load_move, load_order
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.answering.intaking import plan
from verifier.answering.queue import Sought
from verifier.errors import ConsentNeeded, NotFound
from verifier.model.intake import Intake, IntakeState
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare, principal
from verifier.web.receiving import assign, colleagues
from verifier.web.rooms import rooms
from verifier.web.staff.asking.choosing import Search, describe, search_as_sent, search_for
from verifier.web.staff.asking.payer import Chosen
from verifier.web.staff.colleagues import name_people
from verifier.web.staff.page import is_fragment, see, show
from verifier.web.staff.results import name_payer
from verifier.wording import us_day

ROWS: Final = 25
READING: Final = needing(Scope.READ, facility=FacilityRule.RECORD)
WORKING: Final = needing(Scope.VERIFY, facility=FacilityRule.RECORD)
STATES: Final = {
    IntakeState.NEW: "New",
    IntakeState.VERIFYING: "Verifying",
    IntakeState.NEEDS_CALL: "Needs a call",
    IntakeState.READY_FOR_REVIEW: "Ready for review",
    IntakeState.DONE: "Done",
}
LOOKS: Final = {
    IntakeState.NEW: "new",
    IntakeState.VERIFYING: "waiting",
    IntakeState.NEEDS_CALL: "caution",
    IntakeState.READY_FOR_REVIEW: "ready",
    IntakeState.DONE: "go",
}
WHOSE: Final = {"": "Everybody's", "me": "Mine", "nobody": "Nobody's yet"}
NETWORKS: Final = (("in", "In network"), ("out", "Out of network"), ("unknown", "Not known"))
MILITARY: Final = (
    Field("tricare.sponsor_id", "Sponsor's number", hint="SSN, DoD ID or benefits number", is_optional=True),
    Field("tricare.state", "State of residence", hint="Two letters", is_optional=True, longest=2),
    Field("va.icn", "Integration control number", hint="As on a VA card or letter", is_optional=True),
    Field("va.referral_number", "Number of the referral", is_optional=True, longest=40),
)
ORDER: Final = table(
    Field("payer", "Insurance", "hidden"),
    Field("network", "The facility is", "radio", choices=NETWORKS),
    Field("program.code", "Billing code", longest=5),
    Field("program.start_date", "First session on or after", "day", hint="Month, day, year"),
    Field("program.allowed_amount", "Allowed amount", "money", is_optional=True),
    Field("consent_id", "Consent", hint="Its id, where it was signed elsewhere", is_optional=True),
    *MILITARY,
)

blueprint = Blueprint("queue", __name__, url_prefix="/requests")


@blueprint.get("/")
@declare(READING)
def list_requests() -> Response:
    """Show the queue."""
    queue, state, whose = rooms().admissions, _state(), _whose()
    sought = Sought(
        states=frozenset({state} if state else set(IntakeState) - {IntakeState.DONE}),
        assignee=principal().id if whose == "me" else None,
        is_free=whose == "nobody",
    )
    tally = queue.tally()  # before the list, so that what comes between is told of
    found = queue.listing(sought, limit=ROWS + 1, before=request.args.get("before"))
    template = "staff/requests_list.html" if is_fragment() else "staff/requests.html"
    return show(
        template,
        intakes=found[:ROWS],
        older=found[ROWS - 1].id if len(found) > ROWS else None,
        counts=tally.counts,
        payers={each.payer: name_payer(each.payer) for each in found if each.payer},
        states=STATES,
        looks=LOOKS,
        state=state,
        whose=whose,
        whoses=WHOSE,
        stamp=tally.stamp,
        names=name_people({each.assignee for each in found[:ROWS] if each.assignee}),
        now=_now(),
        me=principal().id,
        may_work=Scope.VERIFY in principal().scopes,
    )


@blueprint.get("/news")
@declare(READING)
def tell_news() -> Response:
    """Tell a page that is left open whether the queue has changed since it was drawn."""
    is_same = rooms().admissions.tally().stamp == request.args.get("seen")
    return Response(status=204) if is_same else Response("", headers={"HX-Trigger": "queue-changed"})


@blueprint.get("/<intake_id>")
@declare(READING)
def show_request(intake_id: str) -> Response:
    """Show one request."""
    return _show(rooms().admissions.find(intake_id))


@blueprint.post("/<intake_id>/payers")
@declare(WORKING)
def search_payers(intake_id: str) -> Response:
    """List the payers that resemble what the card says."""
    queue, search = rooms().admissions, search_as_sent()
    if is_fragment():
        queue.require(intake_id)
        return show(
            "staff/new/payers.html", 200, matches=search.matches, text=search.text, **_ways(intake_id)
        )
    return _show(queue.find(intake_id), read_form(ORDER, request.form), search=search)


@blueprint.post("/<intake_id>/payer")
@declare(WORKING)
def choose_payer(intake_id: str) -> Response:
    """Show the request with the payer that was chosen; what was typed stays."""
    intake, form = rooms().admissions.find(intake_id), read_form(ORDER, request.form)
    chosen = describe(request.form.get("choose", ""))
    return _show(intake, replace(form, values={**form.values, "payer": (chosen.id,)}))


@blueprint.post("/<intake_id>/assignment")
@declare(WORKING)
def assign_request(intake_id: str) -> Response:
    """Take it over, give it on, or give it back."""
    chosen = request.form.get("user_id", "")[:60]
    assign(intake_id, (principal().id if chosen == "me" else chosen) or None)
    return see(_back(intake_id), "saved")


@blueprint.post("/<intake_id>/state")
@declare(WORKING)
def move_request(intake_id: str) -> Response:
    """Close it, or open it again."""
    rooms().admissions.advance(intake_id, load_move({"state": request.form.get("state", "")}))
    return see(f"/staff/requests/{intake_id}", "saved")


@blueprint.post("/<intake_id>/verification")
@declare(WORKING)
def verify_request(intake_id: str) -> Response:
    """Verify it in one step, and look at the answer."""
    form, house = read_form(ORDER, request.form), rooms()
    wait = house.answer_wait

    def work() -> str:
        order = load_order(form.data())
        return house.admissions.verify(intake_id, order, wait=wait).id

    done = attempt(form, work, ConsentNeeded, NotFound)
    if isinstance(done, Form):
        return _show(house.admissions.find(intake_id), done, 422)
    return see(f"/staff/verifications/{done}")


def _show(
    intake: Intake, form: Form | None = None, status: int = 200, *, search: Search | None = None
) -> Response:
    form = form or _order_of(intake)
    chosen = _describe(form.value("payer"))
    search = search or search_for("" if chosen else intake.payer_text or "")
    return show(
        "staff/request_order.html" if is_fragment() else "staff/request.html",
        status,
        intake=intake,
        form=form,
        chosen=chosen,
        matches=search.matches,
        text=search.text,
        military=MILITARY,
        payer=name_payer(intake.payer) if intake.payer else None,
        states=STATES,
        looks=LOOKS,
        colleagues=colleagues(intake.facility),
        names=name_people({step.by for step in intake.steps} | {intake.assignee or ""}),
        now=_now(),
        me=principal().id,
        may_work=Scope.VERIFY in principal().scopes,
        **_ways(intake.id),
    )


def _ways(intake_id: str) -> dict[str, str]:
    here = f"/staff/requests/{intake_id}"
    return {"finding": f"{here}/payers", "choosing": f"{here}/payer", "whole": "#order"}


def _describe(payer_id: str) -> Chosen | None:
    """Describe the payer, if the directory still knows it."""
    try:
        return describe(payer_id) if payer_id else None
    except NotFound:
        return None


def _order_of(intake: Intake) -> Form:
    """Fill in what the form, and else the facility, says."""
    house = rooms()
    facility = house.admissions.facility(intake.facility)
    program = plan(facility, facility.day(_now()))
    said = {
        "payer": intake.payer or "",
        "network": "unknown",
        "program.code": program.code,
        "program.start_date": us_day(program.start_date),
        "consent_id": intake.consent_id or "",
    }
    return Form(ORDER, {name: (text,) for name, text in said.items()})


def _state() -> IntakeState | None:
    text = request.args.get("state", "")
    return IntakeState(text) if text in set(IntakeState) else None


def _whose() -> str:
    text = request.args.get("whose", "")
    return text if text in WHOSE else ""


def _back(intake_id: str) -> str:
    return "/staff/requests/" if request.form.get("from") == "queue" else f"/staff/requests/{intake_id}"


def _now() -> datetime:
    return rooms().office.clock.now()
