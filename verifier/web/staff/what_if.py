"""What if: other days, another length, start, price or network, priced at once; no payer is asked."""

from functools import partial

from flask import Blueprint, Response, request

from schemas.plans import PlanOfCare, load_plans
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.errors import Conflict
from verifier.model.verification import Verification
from verifier.model.vocabulary import Network
from verifier.web.forms import Form, attempt, read_form
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.page import is_fragment, show
from verifier.web.staff.result.plans import (
    FIELDS,
    Plan,
    change_program,
    compare_plans,
    describe_plan,
    first_values,
)
from verifier.web.staff.result.whole import name_patient, word_program
from verifier.web.staff.results import name_payer

PRICING = needing(Scope.READ, Scope.ESTIMATE, facility=FacilityRule.RECORD)

blueprint = Blueprint("what_if", __name__, url_prefix="/verifications/<verification_id>/what-if")


@blueprint.get("")
@declare(PRICING)
def begin(verification_id: str) -> Response:
    """Show both plans as it was asked."""
    kept = rooms().verifier.find(verification_id)
    form = Form(FIELDS, first_values(kept.inquiry.program, kept.inquiry.network))
    return _answer(kept, form)


@blueprint.post("")
@declare(PRICING)
def price(verification_id: str) -> Response:
    """Price both plans."""
    return _answer(rooms().verifier.find(verification_id), read_form(FIELDS, request.form))


def _answer(kept: Verification, form: Form) -> Response:
    priced = attempt(form, partial(_price, kept, form), Conflict)
    if isinstance(priced, Form):
        return _show(kept, priced, (), 422)
    return _show(kept, form, priced, 200)


def _price(kept: Verification, form: Form) -> tuple[Plan, ...]:
    plans = load_plans(form.data())
    return tuple(_price_one(kept, side, plan) for side, plan in (("a", plans.a), ("b", plans.b)))


def _price_one(kept: Verification, side: str, plan: PlanOfCare) -> Plan:
    program = change_program(kept.inquiry.program, plan)
    network = None if plan.network is Network.UNKNOWN else plan.network
    estimate = rooms().verifier.estimate_verification(kept.id, program, network=network)
    return describe_plan(side, plan, estimate)


def _show(kept: Verification, form: Form, plans: tuple[Plan, ...], status: int) -> Response:
    template = "staff/what_if/plans.html" if is_fragment() else "staff/what_if/page.html"
    return show(
        template,
        status,
        kept=kept,
        form=form,
        plans=plans,
        difference=compare_plans(*plans) if plans else None,
        person=name_patient(kept),
        payer=name_payer(kept.inquiry.payer),
        program=word_program(kept.inquiry.program),
    )
