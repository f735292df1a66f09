"""The same inquiry and the same answer in FHIR R4; on addresses of FHIR errors are OperationOutcomes."""

from typing import Any, Final

from flask import Response, url_for
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.fhir.concepts import describe_resource
from schemas.fhir.request import load_request
from schemas.fhir.response import dump_response
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.model.audit import Action
from verifier.model.verification import VerificationStatus
from verifier.web.api import fhir_examples as examples
from verifier.web.api import verifications
from verifier.web.exchange import json_body, json_response, preferred_wait, query
from verifier.web.openapi import Body, operation
from verifier.web.problems import FHIR
from verifier.web.repeats import own_id
from verifier.web.rooms import rooms

blueprint = Blueprint("fhir", __name__, url_prefix="/fhir/R4", description="The same in FHIR R4")


RESPONSE: Final = describe_resource("CoverageEligibilityResponse")
REQUEST: Final = describe_resource("CoverageEligibilityRequest", "Bundle", "Parameters")


@operation(
    verifications.blueprint,
    "GET",
    f"{verifications.ID}/fhir",
    name="findVerificationAsFhir",
    gives={200: Body(RESPONSE, examples.RESPONSE, "The answer as HL7 writes it", content_type=FHIR)},
    parameters=(verifications.IN_PATH,),
    problems={404: "There is none with this id"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def find_as_fhir(verification_id: str) -> Response:
    """Take a verification out as a CoverageEligibilityResponse."""
    query()
    return _answer(dump_response(rooms().verifier.find(verification_id, action=Action.EXPORT)), 200)


@operation(
    blueprint,
    "POST",
    "/CoverageEligibilityRequest/$submit",
    name="submitEligibilityRequest",
    takes=Body(REQUEST, examples.REQUEST, "By itself, in a Bundle, or in Parameters", content_type=FHIR),
    gives={
        200: Body(RESPONSE, examples.RESPONSE, "The answer", content_type=FHIR, headers=("Location",)),
        202: Body(
            RESPONSE,
            examples.QUEUED,
            "Not answered yet",
            content_type=FHIR,
            headers=("Location", "Retry-After"),
        ),
    },
    parameters=(verifications.PREFER,),
    problems={
        403: "It reveals addiction treatment, and no active consent of the patient covers that",
        404: "There is no such payer",
        501: verifications.NO_WAY,
        503: verifications.BUSY,
    },
    policy=needing(Scope.VERIFY, facility=FacilityRule.NAMED),
)
def submit() -> Response:
    """Verify what a CoverageEligibilityRequest asks; nothing it refers to is fetched from elsewhere."""
    wait = preferred_wait(rooms().answer_wait)
    inquiry = verifications.put_in_place(load_request(json_body()))
    verification = rooms().verifier.submit(inquiry, wait=wait, as_id=own_id("ver"))
    pending = verification.status is VerificationStatus.PENDING
    location = url_for("verifications.find_as_fhir", verification_id=verification.id)
    again = {"Retry_After": str(verifications.RETRY_AFTER)} if pending else {}
    return _answer(dump_response(verification), 202 if pending else 200, Location=location, **again)


def _answer(resource: dict[str, Any], status: int, **headers: str) -> Response:
    response = json_response(resource, status, **headers)
    response.content_type = FHIR
    return response
