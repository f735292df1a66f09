"""What is printed of a verification: PDF documents, never stored, named by no person."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.papers.phrases import Language
from verifier.web.exchange import choice, query
from verifier.web.openapi import Body, operation, path_parameter, query_parameter
from verifier.web.rooms import rooms

PDF: Final = "application/pdf"
CONTENT: Final = {"type": "string", "contentMediaType": PDF}
IN_PATH: Final = path_parameter("verification_id", "Id of a verification", "ver_8f14e45fceea167a")
LANGUAGE: Final = query_parameter(
    "language", "The patient's language", "es", {"type": "string", "enum": [*Language]}
)

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


@operation(
    blueprint,
    "GET",
    "/<verification_id>/explanation.pdf",
    name="printExplanation",
    gives={200: Body(CONTENT, "%PDF-1.4", "One page for the patient, as PDF", content_type=PDF)},
    parameters=(IN_PATH, LANGUAGE),
    problems={404: "There is none with this id", 422: "The language is none of those spoken here"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def print_explanation(verification_id: str) -> Response:
    """Explain a verification to its patient on one page, in plain English or Spanish."""
    language = Language(choice(query("language"), "language", Language, Language.ENGLISH))
    printed = rooms().verifier.explain(verification_id, language)
    return pdf(printed.content, f"explanation-{verification_id}-{language}.pdf")


def pdf(content: bytes, name: str) -> Response:
    """Answer with a PDF that a browser shows, and saves under *name*, which is of our making."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, 200, headers, content_type=PDF)
