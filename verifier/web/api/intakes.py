"""/v1/intakes: the public free-verification form, and the queue of the desk.

Public addresses say what a form needs and take it in; of any coverage they say nothing.
"""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.intake import (
    AssignmentSchema,
    FormSchema,
    IntakePageSchema,
    IntakeSchema,
    MoveSchema,
    OrderSchema,
    PublicPayersSchema,
    ReceiptSchema,
    RequestSchema,
    dump_intake,
    dump_receipt,
    dump_row,
    load_assignment,
    load_move,
    load_order,
    load_request,
    load_sending,
)
from schemas.verification import VerificationSchema
from verifier.access.policy import PUBLIC, FacilityRule, needing
from verifier.access.roles import Scope
from verifier.answering.queue import Sought
from verifier.errors import BadInput
from verifier.model.intake import IntakeState
from verifier.web import cursors
from verifier.web.api import examples, intake_examples
from verifier.web.api.verifications import BUSY, PENDING, PREFER, answer_verification
from verifier.web.exchange import choice, json_body, json_response, preferred_wait, query, row_limit
from verifier.web.guard import principal, source
from verifier.web.openapi import Body, operation, path_parameter, query_parameter
from verifier.web.receiving import assign, hand_out, offer_payers, receive
from verifier.web.repeats import own_id
from verifier.web.rooms import rooms

ID: Final = "/<intake_id>"
ROWS: Final = 50
ME: Final = "me"
NOBODY: Final = "nobody"

blueprint = Blueprint(
    "intakes", __name__, url_prefix="/v1/intakes", description="Free verification: the form and the queue"
)
IN_PATH: Final = path_parameter("intake_id", "Id of a request", "int_8f14e45fceea167a5a36de")
INTAKE: Final = Body(IntakeSchema, intake_examples.INTAKE, "The request")
NONE: Final = "There is none with this id"
FACILITY: Final = query_parameter(
    "facility", "Which facility the form is for; left out: the first", "abita-springs", {"type": "string"}
)


@operation(
    blueprint,
    "GET",
    "/form",
    name="openForm",
    gives={200: Body(FormSchema, intake_examples.FORM, "A form to fill in")},
    parameters=(FACILITY,),
    problems={422: "There is no such facility"},
    policy=PUBLIC,
)
def open_form() -> Response:
    """Get a form: a token that is good once, and what would be consented to."""
    return json_response(hand_out(query("facility").get("facility")))


@operation(
    blueprint,
    "GET",
    "/payers",
    name="offerPayers",
    gives={200: Body(PublicPayersSchema, intake_examples.PAYERS, "Best match first")},
    parameters=(query_parameter("q", "The words on the card", "simulated choice ppo", {"type": "string"}),),
    problems={422: "Nothing to search for"},
    policy=PUBLIC,
)
def find_payers() -> Response:
    """Find an insurer by the words on the card, and what it needs to be told."""
    given = query("q")
    if "q" not in given:
        raise BadInput("Say what stands on the card.", {"/q": "is missing"})
    return json_response({"items": offer_payers(given["q"])})


@operation(
    blueprint,
    "POST",
    "",
    name="requestVerification",
    takes=Body(RequestSchema, intake_examples.REQUEST, "The form as it was filled in"),
    gives={201: Body(ReceiptSchema, intake_examples.RECEIPT, "It came; a copy of the consent")},
    problems={
        400: "The body is no JSON",
        404: "There is no such payer",
        422: "Some field cannot be used, or the form came too soon, is too old or was sent before",
        429: "Too many came from this address",
    },
    policy=PUBLIC,
)
def request_verification() -> Response:
    """Ask for a free verification; the desk calls back. Nothing of any coverage is answered here."""
    body = json_body()
    asked = load_request(body)
    return json_response(dump_receipt(receive(asked, load_sending(body, source()), own_id("int"))), 201)


@operation(
    blueprint,
    "GET",
    "",
    name="listIntakes",
    gives={200: Body(IntakePageSchema, intake_examples.PAGE, "One page, newest first")},
    parameters=(
        query_parameter("state", "Only in this state", "new", {"type": "string", "enum": [*IntakeState]}),
        query_parameter("assignee", "Whose: me, nobody, or a user's id", "me", {"type": "string"}),
        query_parameter("limit", "Rows of a page", 50, {"type": "integer", "minimum": 1, "maximum": 100}),
        query_parameter(
            "before",
            "The cursor: next of the page before",
            cursors.EXAMPLE,
            {"type": "string", "minLength": 1},
        ),
    ),
    problems={422: "A parameter cannot be used"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def list_intakes() -> Response:
    """List requests, newest first; no person is named in it."""
    given = query("state", "assignee", "limit", "before")
    limit, sought, queue = row_limit(given, ROWS), _sought(given), rooms().admissions
    filters = given.get("state"), given.get("assignee")
    before = cursors.read_cursor(given, "before", *filters)
    found = queue.listing(sought, limit=limit + 1, before=before)
    following = cursors.make_cursor(found[limit - 1].id if len(found) > limit else None, *filters)
    counts = {state.value: number for state, number in queue.tally().counts.items()}
    items = [dump_row(intake) for intake in found[:limit]]
    return json_response({"items": items, "counts": counts, "next": following})


@operation(
    blueprint,
    "GET",
    ID,
    name="findIntake",
    gives={200: INTAKE},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def find_intake(intake_id: str) -> Response:
    """Look at one request."""
    query()
    return json_response(dump_intake(rooms().admissions.find(intake_id)))


@operation(
    blueprint,
    "POST",
    f"{ID}/assignment",
    name="assignIntake",
    takes=Body(AssignmentSchema, intake_examples.ASSIGNMENT, "Whose it is from now on"),
    gives={200: INTAKE},
    parameters=(IN_PATH,),
    problems={400: "The body is no JSON", 404: NONE, 422: "Some field cannot be used"},
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def assign_intake(intake_id: str) -> Response:
    """Give a request to a colleague, or back to everybody."""
    return json_response(dump_intake(assign(intake_id, load_assignment(json_body()))))


@operation(
    blueprint,
    "POST",
    f"{ID}/state",
    name="advanceIntake",
    takes=Body(MoveSchema, intake_examples.MOVE, "Where it is moved"),
    gives={200: INTAKE},
    parameters=(IN_PATH,),
    problems={
        400: "The body is no JSON",
        404: NONE,
        409: "Verifying begins and ends by itself; or the first request with this key is in flight",
        422: "Some field cannot be used",
    },
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def advance_intake(intake_id: str) -> Response:
    """Move a request by hand; what its verification does moves it by itself."""
    return json_response(dump_intake(rooms().admissions.advance(intake_id, load_move(json_body()))))


@operation(
    blueprint,
    "POST",
    f"{ID}/verification",
    name="verifyIntake",
    takes=Body(OrderSchema, intake_examples.ORDER, "What the form and the facility do not say"),
    gives={
        201: Body(
            VerificationSchema,
            examples.VERIFICATION,
            "Answered in time",
            headers=("Location", "Preference-Applied"),
        ),
        202: PENDING,
    },
    parameters=(IN_PATH, PREFER),
    problems={
        400: "The body is no JSON",
        403: "No active consent of the patient covers it",
        404: NONE,
        422: "Some field cannot be used, or nobody has said which payer it is",
        503: BUSY,
    },
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def verify_intake(intake_id: str) -> Response:
    """Verify what a request asks about, in one step."""
    wait = preferred_wait(rooms().answer_wait)
    order = load_order(json_body())
    verification = rooms().admissions.verify(intake_id, order, wait=wait, as_id=own_id("ver"))
    return answer_verification(verification, 201, Preference_Applied=f"wait={wait:.0f}")


def _sought(given: dict[str, str]) -> Sought:
    """Read which requests are looked for.

    Raises:
        BadInput: there is no such state.
    """
    state, assignee = choice(given, "state", IntakeState), given.get("assignee")
    return Sought(
        states=frozenset({IntakeState(state)} if state else ()),
        assignee=principal().id if assignee == ME else None if assignee == NOBODY else assignee,
        is_free=assignee == NOBODY,
    )
