"""/v1/emergencies: break-glass, and its review."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.access import (
    EmergenciesSchema,
    EmergencyRequestSchema,
    EmergencySchema,
    dump_emergency,
    load_emergency,
)
from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.web.api import access_examples as examples
from verifier.web.context import present_context
from verifier.web.exchange import json_body, json_response, query
from verifier.web.guard import principal
from verifier.web.openapi import Body, nothing, operation, path_parameter
from verifier.web.rooms import rooms

blueprint = Blueprint(
    "emergencies", __name__, url_prefix="/v1/emergencies", description="Reading in an emergency"
)
EMERGENCY: Final = Body(EmergencySchema, examples.EMERGENCY, "It lasts from now to its end")


@operation(
    blueprint,
    "POST",
    "",
    name="breakGlass",
    takes=Body(EmergencyRequestSchema, examples.EMERGENCY_REQUEST, "Which facility, why, how long"),
    gives={201: EMERGENCY},
    problems={400: "The body is no JSON", 422: "No reason, or not 15 to 60 minutes"},
    policy=needing(Scope.READ, people_only=True),
)
def break_glass() -> Response:
    """Read another facility's records for a while; everybody in charge is alerted."""
    asked = load_emergency(json_body())
    emergency = rooms().access.staffing.break_glass(present_context(), principal(), **asked)
    return json_response(dump_emergency(emergency), 201)


@operation(
    blueprint,
    "GET",
    "",
    name="listEmergencies",
    gives={200: Body(EmergenciesSchema, examples.EMERGENCIES, "The latest hundred, newest first")},
    problems={422: "There is no parameter here"},
    policy=needing(Scope.ADMIN),
)
def list_emergencies() -> Response:
    """List emergencies, for review."""
    query()
    found = rooms().access.staffing.list_emergencies(present_context())
    return json_response({"items": [dump_emergency(each) for each in found]})


@operation(
    blueprint,
    "POST",
    "/<emergency_id>/review",
    name="reviewEmergency",
    gives={204: nothing("Reviewed")},
    parameters=(path_parameter("emergency_id", "Id of an emergency", "emg_8f14e45fceea167a"),),
    problems={404: "There is none under this id that you may review"},
    policy=needing(Scope.ADMIN, people_only=True),
)
def review_emergency(emergency_id: str) -> Response:
    """Say that an emergency was looked into; nobody reviews their own."""
    rooms().access.staffing.review_emergency(present_context(), principal(), emergency_id)
    return Response(status=204)
