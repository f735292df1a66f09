"""What is printed of a verification: PDF documents, never stored, named by no person."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.web.exchange import query
from verifier.web.openapi import Body, operation, path_parameter
from verifier.web.rooms import rooms

PDF: Final = "application/pdf"
CONTENT: Final = {"type": "string", "contentMediaType": PDF}
IN_PATH: Final = path_parameter("verification_id", "Id of a verification", "ver_8f14e45fceea167a")

blueprint = Blueprint(
    "papers", __name__, url_prefix="/v1/verifications", description="A verification on paper"
)


@operation(
    blueprint,
    "GET",
    "/<verification_id>/report.pdf",
    name="printReport",
    gives={200: Body(CONTENT, "%PDF-1.4", "The report, as PDF", content_type=PDF)},
    parameters=(IN_PATH,),
    problems={404: "There is none with this id"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def print_report(verification_id: str) -> Response:
    """Print the report: question, answer, costs, and the evidence of each."""
    query()
    return pdf(rooms().verifier.report(verification_id), f"verification-{verification_id}.pdf")


def pdf(content: bytes, name: str) -> Response:
    """Answer with a PDF that a browser shows, and saves under *name*, which is of our making."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, 200, headers, content_type=PDF)
