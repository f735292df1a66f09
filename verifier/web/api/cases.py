"""/v1/verifications/{id}/facts, notes, review: what staff put to a verification after the payer answered."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.facts import (
    CallReportSchema,
    NewNoteSchema,
    SignOffSchema,
    load_call_report,
    load_note,
    load_sign_off,
)
from schemas.verification import VerificationSchema, dump_verification
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.web.api import case_examples as examples
from verifier.web.exchange import json_body, json_response
from verifier.web.openapi import Body, operation, path_parameter
from verifier.web.rooms import rooms

ID: Final = "/<verification_id>"

blueprint = Blueprint(
    "cases", __name__, url_prefix="/v1/verifications", description="What the phone said, notes, sign-off"
)
IN_PATH: Final = path_parameter("verification_id", "Id of a verification", "ver_8f14e45fceea167a")
CHANGED: Final = Body(VerificationSchema, examples.WITH_FACTS, "The verification as it stands now")
NONE: Final = "There is none with this id"


@operation(
    blueprint,
    "POST",
    f"{ID}/facts",
    name="addFacts",
    takes=Body(CallReportSchema, examples.CALL_REPORT, "Who answered, and what"),
    gives={201: CHANGED},
    parameters=(IN_PATH,),
    problems={
        400: "The body is no JSON",
        404: NONE,
        409: "It is not complete, or the first request with this Idempotency-Key is still in flight",
        422: "Some field cannot be used",
    },
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def add_facts(verification_id: str) -> Response:
    """Add what somebody at the payer answered by phone; the estimate, verdict and open questions follow.

    Both answers are kept, and the remarks say where they contradict each other.
    """
    report = load_call_report(json_body())
    return json_response(dump_verification(rooms().verifier.add_facts(verification_id, report)), 201)


@operation(
    blueprint,
    "POST",
    f"{ID}/notes",
    name="addNote",
    takes=Body(NewNoteSchema, examples.NOTE, "The note"),
    gives={201: CHANGED},
    parameters=(IN_PATH,),
    problems={400: "The body is no JSON", 404: NONE, 422: "Some field cannot be used"},
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def add_note(verification_id: str) -> Response:
    """Add a note; it is never changed, and never sent to a payer."""
    text = load_note(json_body())
    return json_response(dump_verification(rooms().verifier.add_note(verification_id, text)), 201)


@operation(
    blueprint,
    "POST",
    f"{ID}/review",
    name="signOff",
    takes=Body(SignOffSchema, examples.SIGN_OFF, "What the reviewer saw"),
    gives={200: CHANGED},
    parameters=(IN_PATH,),
    problems={
        400: "The body is no JSON",
        404: NONE,
        409: "It is not complete or has changed since, or the first request with this key is in flight",
        422: "Some field cannot be used",
    },
    policy=needing(Scope.REVIEW, facility=FacilityRule.RECORD),
)
def sign_off(verification_id: str) -> Response:
    """Sign a verification off as the reviewer saw it; any later answer takes the sign-off away."""
    revision = load_sign_off(json_body())
    return json_response(dump_verification(rooms().verifier.sign_off(verification_id, revision)))
