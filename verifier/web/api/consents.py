"""/v1/consents: the patient's leave to disclose, needed before a payer is asked about addiction."""

from typing import Final

from flask import Response, url_for
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.consent import ConsentSchema, dump_consent, load_consent
from verifier.access.fence import reach
from verifier.access.policy import FacilityRule, needing, place
from verifier.access.roles import Scope
from verifier.web.api import examples
from verifier.web.exchange import json_body, json_response, query
from verifier.web.openapi import Body, operation, path_parameter
from verifier.web.repeats import own_id
from verifier.web.rooms import rooms

ID: Final = "/<consent_id>"

blueprint = Blueprint(
    "consents", __name__, url_prefix="/v1/consents", description="The patient's leave to disclose"
)
CONSENT: Final = Body(ConsentSchema, examples.CONSENT, "The consent")
IN_PATH: Final = path_parameter("consent_id", "Id of a consent", "cns_8f14e45fceea167a5a36de")
NONE: Final = "There is none with this id"


@operation(
    blueprint,
    "POST",
    "",
    name="giveConsent",
    takes=Body(ConsentSchema, examples.CONSENT_GIVEN, "What the patient signed (42 CFR 2.31)"),
    gives={201: Body(ConsentSchema, examples.CONSENT, "Recorded", headers=("Location",))},
    problems={400: "The body is no JSON", 422: "Some field cannot be used"},
    policy=needing(Scope.VERIFY, facility=FacilityRule.NAMED),
)
def give_consent() -> Response:
    """Record a signed consent; an inquiry names it as consent_id."""
    given = load_consent(json_body())
    place(given.facility, reach())
    consent = rooms().verifier.give_consent(given, as_id=own_id("cns"))
    location = url_for("consents.find_consent", consent_id=consent.id)
    return json_response(dump_consent(consent), 201, Location=location)


@operation(
    blueprint,
    "GET",
    ID,
    name="findConsent",
    gives={200: CONSENT},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def find_consent(consent_id: str) -> Response:
    """Look at one consent, revoked or not."""
    query()
    return json_response(dump_consent(rooms().verifier.find_consent(consent_id)))


@operation(
    blueprint,
    "POST",
    f"{ID}/revocation",
    name="revokeConsent",
    gives={200: CONSENT},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=needing(Scope.VERIFY, facility=FacilityRule.RECORD),
)
def revoke_consent(consent_id: str) -> Response:
    """Note that the patient revoked it; from now on no payer is asked under it."""
    return json_response(dump_consent(rooms().verifier.revoke_consent(consent_id)))
