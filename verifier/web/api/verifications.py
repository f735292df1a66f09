"""/v1/verifications: ask a payer, and look at the answers."""

from dataclasses import replace
from typing import Final

from flask import Response, url_for
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.evidence import EvidenceSchema, dump_evidence
from schemas.inquiry import InquirySchema, load_inquiry
from schemas.search import SearchSchema, load_search
from schemas.verification import (
    VerificationPageSchema,
    VerificationSchema,
    dump_summary,
    dump_verification,
)
from verifier.access.fence import reach
from verifier.access.policy import FacilityRule, needing, place
from verifier.access.roles import Scope
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Verification, VerificationStatus
from verifier.ports import ANY, Wanted
from verifier.web import cursors
from verifier.web.api import examples
from verifier.web.exchange import (
    MOST_ROWS,
    json_body,
    json_response,
    preferred_wait,
    query,
    row_limit,
)
from verifier.web.openapi import Body, header_parameter, operation, path_parameter, query_parameter
from verifier.web.repeats import own_id
from verifier.web.rooms import rooms

SOONEST, LATEST = 2, 15  # seconds after which to look again at what is pending
ROWS: Final = 20
ID: Final = "/<verification_id>"

blueprint = Blueprint(
    "verifications", __name__, url_prefix="/v1/verifications", description="Ask a payer about a patient"
)
VERIFICATION: Final = Body(VerificationSchema, examples.VERIFICATION, "The answer")
PENDING: Final = Body(
    VerificationSchema,
    examples.PENDING,
    "Not answered yet; look again at Location",
    headers=("Location", "Retry-After"),
)
PREFER: Final = header_parameter("Prefer", "Seconds to wait for the answer, 0 to 60 (RFC 7240)", "wait=20")
BUSY: Final = "Too much is under way; ask again after Retry-After seconds"
NO_WAY: Final = "No way to this payer is configured here"
PAGING: Final = (
    query_parameter("limit", "Rows of a page", 20, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}),
    query_parameter(
        "before", "The cursor: next of the page before", cursors.EXAMPLE, {"type": "string", "minLength": 1}
    ),
)
IN_PATH: Final = path_parameter("verification_id", "Id of a verification", "ver_8f14e45fceea167a")


@operation(
    blueprint,
    "POST",
    "",
    name="verify",
    takes=Body(InquirySchema, examples.INQUIRY, "Which payer, which patient, which program"),
    gives={
        201: Body(
            VerificationSchema,
            examples.VERIFICATION,
            "Answered in time",
            headers=("Location", "Preference-Applied"),
        ),
        202: PENDING,
    },
    parameters=(PREFER,),
    problems={
        400: "The body is no JSON",
        403: "It reveals addiction treatment, and no active consent of the patient covers that",
        404: "There is no such payer",
        422: "Some field cannot be used",
        501: NO_WAY,
        503: BUSY,
    },
    policy=needing(Scope.VERIFY, facility=FacilityRule.NAMED),
)
def verify() -> Response:
    """Verify a patient's benefits and price the program.

    A payer that fails gives a verification of unknown coverage, not an error.
    """
    wait = preferred_wait(rooms().answer_wait)
    inquiry = put_in_place(load_inquiry(json_body()))
    verification = rooms().verifier.submit(inquiry, wait=wait, as_id=own_id("ver"))
    return answer_verification(verification, 201, Preference_Applied=f"wait={wait:.0f}")


@operation(
    blueprint,
    "GET",
    "",
    name="listVerifications",
    gives={200: Body(VerificationPageSchema, examples.VERIFICATION_PAGE, "One page, newest first")},
    parameters=PAGING,
    problems={422: "A parameter cannot be used"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def list_verifications() -> Response:
    """List verifications, newest first; no person is named in it."""
    return _page(ANY)


@operation(
    blueprint,
    "POST",
    "/search",
    name="searchVerifications",
    takes=Body(SearchSchema, examples.SEARCH, "Whose verifications are looked for"),
    gives={200: Body(VerificationPageSchema, examples.VERIFICATION_PAGE, "One page, newest first")},
    parameters=PAGING,
    problems={400: "The body is no JSON", 422: "Some field or parameter cannot be used"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def search_verifications() -> Response:
    """Find a person's verifications; who is looked for is in the body, and never in an address."""
    sought = json_body()
    return _page(load_search(sought), sought)


@operation(
    blueprint,
    "GET",
    ID,
    name="findVerification",
    gives={
        200: Body(
            VerificationSchema,
            examples.VERIFICATION,
            "What is known; while it is pending, Retry-After says when to look again",
            headers=("Retry-After",),
        )
    },
    parameters=(IN_PATH,),
    problems={404: "There is none with this id"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def find_verification(verification_id: str) -> Response:
    """Look at one verification; pending ones are complete later."""
    query()
    verification = rooms().verifier.find(verification_id)
    return json_response(dump_verification(verification), 200, **pause(verification))


@operation(
    blueprint,
    "GET",
    f"{ID}/x12",
    name="findExchange",
    gives={200: Body(EvidenceSchema, examples.EVIDENCE, "Every request and reply, in order")},
    parameters=(IN_PATH,),
    problems={404: "There is none with this id, or nothing that went over the wire is kept for it"},
    policy=needing(Scope.RAW, facility=FacilityRule.RECORD),
)
def find_exchange(verification_id: str) -> Response:
    """Take out what went over the wire, as sent and received but for credentials."""
    query()
    return json_response(dump_evidence(rooms().verifier.evidence(verification_id)))


@operation(
    blueprint,
    "POST",
    f"{ID}/refresh",
    name="refreshVerification",
    gives={200: VERIFICATION, 202: PENDING},
    parameters=(IN_PATH, PREFER),
    problems={
        403: "No active consent of the patient covers asking again",
        404: "There is none with this id",
        501: NO_WAY,
        503: BUSY,
    },
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def refresh_verification(verification_id: str) -> Response:
    """Ask the payer again, past the cache."""
    wait = preferred_wait(rooms().answer_wait)
    verification = rooms().verifier.refresh(verification_id, wait=wait)
    return answer_verification(verification, 200, Preference_Applied=f"wait={wait:.0f}")


def put_in_place(inquiry: Inquiry) -> Inquiry:
    """Let *inquiry* be about a facility that its caller acts for.

    Raises:
        Forbidden: it names another, or none of several.
    """
    return replace(inquiry, facility=place(inquiry.facility, reach()))


def _page(wanted: Wanted, sought: object = None) -> Response:
    given = query("limit", "before")
    limit, before = row_limit(given, ROWS), cursors.read_cursor(given, "before", sought)
    found = rooms().verifier.recent(limit=limit + 1, before=before, wanted=wanted)
    following = cursors.make_cursor(found[limit - 1].id if len(found) > limit else None, sought)
    return json_response({"items": [dump_summary(one) for one in found[:limit]], "next": following})


def answer_verification(verification: Verification, done: int, **headers: str) -> Response:
    """Answer with a verification: *done*, or 202 while it is pending."""
    again = pause(verification)
    location = url_for("verifications.find_verification", verification_id=verification.id)
    return json_response(
        dump_verification(verification), 202 if again else done, Location=location, **headers | again
    )


def pause(verification: Verification) -> dict[str, str]:
    """Say when to look again at one that is pending: the later, the longer the payer has taken already."""
    if verification.status is not VerificationStatus.PENDING:
        return {}
    age = rooms().office.clock.now() - verification.created_at
    return {"Retry_After": str(int(max(SOONEST, min(LATEST, age.total_seconds() / 2))))}
