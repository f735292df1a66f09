"""/v1/service-codes: the procedure codes of intensive outpatient programs."""

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.service_codes import ServiceCodesSchema, dump_service_codes
from verifier.access.policy import KNOWN
from verifier.codes.procedures import all_procedures
from verifier.web.api import examples
from verifier.web.exchange import json_response, query
from verifier.web.openapi import Body, operation

blueprint = Blueprint(
    "service-codes", __name__, url_prefix="/v1/service-codes", description="What a program is billed as"
)


@operation(
    blueprint,
    "GET",
    "",
    name="listServiceCodes",
    gives={200: Body(ServiceCodesSchema, examples.SERVICE_CODES, "The catalogue, programs first")},
    problems={422: "There is no parameter here"},
    policy=KNOWN,
)
def list_service_codes() -> Response:
    """List the procedure codes of programs and of what is billed beside them."""
    query()
    return json_response(dump_service_codes(all_procedures()))
