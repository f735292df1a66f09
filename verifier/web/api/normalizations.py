"""/v1/normalizations: read a payer's reply."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.coverage import CoverageSchema, dump_coverage
from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.web.api import examples
from verifier.web.exchange import json_response, raw_body
from verifier.web.openapi import Body, operation
from verifier.web.rooms import rooms

LARGEST_REPLY: Final = 10 * 1024 * 1024

blueprint = Blueprint(
    "normalizations", __name__, url_prefix="/v1/normalizations", description="Read a payer's reply"
)
COVERAGE: Final = {"oneOf": [CoverageSchema, {"type": "array", "items": CoverageSchema}]}


@operation(
    blueprint,
    "POST",
    "",
    name="normalize",
    takes=Body(
        {"type": "string"},
        examples.REPLY,
        "An X12 271, 999 or TA1, bare or inside SOAP, MIME or JSON; any content type, at most 10 MiB",
        content_type="application/edi-x12",
        largest=LARGEST_REPLY,
    ),
    gives={200: Body(COVERAGE, examples.COVERAGE, "The coverage; a list for several transactions")},
    problems={422: "Nothing in it can be read"},
    policy=needing(Scope.ESTIMATE),
)
def normalize() -> Response:
    """Turn a payer's reply into coverage; nothing is asked and nothing is kept."""
    found = [dump_coverage(coverage) for coverage in rooms().verifier.normalize(raw_body())]
    return json_response(found[0] if len(found) == 1 else found)
