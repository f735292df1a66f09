"""/v1/estimates: price a program, without a payer."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.estimate import (
    EstimateRequest,
    EstimateRequestSchema,
    EstimateSchema,
    dump_estimate,
    load_estimate_requests,
)
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.model.estimate import Estimate
from verifier.web.api import examples
from verifier.web.exchange import json_body, json_response
from verifier.web.openapi import Body, operation
from verifier.web.rooms import rooms

blueprint = Blueprint("estimates", __name__, url_prefix="/v1/estimates", description="Price a program")
REQUEST: Final = {"oneOf": [EstimateRequestSchema, {"type": "array", "items": EstimateRequestSchema}]}
ESTIMATE: Final = {"oneOf": [EstimateSchema, {"type": "array", "items": EstimateSchema}]}


@operation(
    blueprint,
    "POST",
    "",
    name="estimate",
    takes=Body(REQUEST, examples.ESTIMATE_REQUEST, "A program with terms or a verification's id; or a list"),
    gives={200: Body(ESTIMATE, examples.ESTIMATE, "What the patient will owe; a list for a list")},
    problems={
        400: "The body is no JSON",
        404: "There is no such verification",
        409: "The verification holds no active coverage to price by",
        422: "Some field cannot be used",
    },
    policy=needing(Scope.ESTIMATE, facility=FacilityRule.RECORD),
)
def estimate() -> Response:
    """Estimate what the patient will owe.

    With terms it is plain arithmetic, so that low, expected and high are the same.
    """
    given = json_body()
    found = [dump_estimate(_price(request)) for request in load_estimate_requests(given)]
    return json_response(found if isinstance(given, list) else found[0])


def _price(request: EstimateRequest) -> Estimate:
    verifier = rooms().verifier
    if request.terms is not None:
        return verifier.estimate(request.terms, request.program)
    return verifier.estimate_verification(request.verification_id or "", request.program)
