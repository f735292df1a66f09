"""The API in FHIR R4: the same use cases, answers and rules as the API's own, and errors as FHIR has them."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.coverageeligibilityrequest import CoverageEligibilityRequest
from fhir.resources.R4B.coverageeligibilityresponse import CoverageEligibilityResponse
from fhir.resources.R4B.operationoutcome import OperationOutcome
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.fhir.request import load_request
from tests.access import bearing
from tests.store.support import inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Scope
from verifier.errors import BadInput
from verifier.model.audit import Action
from verifier.model.inquiry import Relationship
from verifier.web.api import fhir_examples as examples

SUBMIT = "/fhir/R4/CoverageEligibilityRequest/$submit"
FHIR = "application/fhir+json"
ITEM = examples.REQUEST["item"][0]
REQUEST = examples.REQUEST | {"facility": {"identifier": {"value": OWN}}}
ELSEWHERE = {"reference": "https://elsewhere.example/Patient/1"}
IN_EUROS = ITEM | {"unitPrice": {"value": 1, "currency": "EUR"}}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))


def change(**elements: Any) -> dict[str, Any]:  # noqa: ANN401 - any element
    return {name: value for name, value in (REQUEST | elements).items() if value is not None}


def with_child() -> dict[str, Any]:
    request = deepcopy(REQUEST)
    patient, _, coverage = request["contained"]
    holder = deepcopy(patient) | {"id": "subscriber", "name": [{"family": "Exampleton", "given": ["Holly"]}]}
    request["contained"].append(holder)
    patient["birthDate"] = "2009-01-31"
    coverage["subscriber"] = {"reference": "#subscriber"}
    coverage["relationship"] = {"coding": [{"code": "child"}]}
    coverage["class"] = [{"type": {"coding": [{"code": "group"}]}, "value": "GRP-7"}]
    return request


def bundled() -> dict[str, Any]:
    request = deepcopy(REQUEST)
    contained = request.pop("contained")
    text = json.dumps(request)
    for each in contained:
        text = text.replace(f'"#{each["id"]}"', f'"{each["resourceType"]}/{each["id"]}"')
    entries = [{"resource": each} for each in [*contained, json.loads(text)]]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_the_examples_are_what_hl7_defines() -> None:
    CoverageEligibilityRequest.model_validate(examples.REQUEST)
    CoverageEligibilityResponse.model_validate(examples.RESPONSE)
    CoverageEligibilityResponse.model_validate(examples.QUEUED)
    Bundle.model_validate(bundled())


def test_a_request_in_fhir_is_the_inquiry_of_the_api_itself() -> None:
    inquiry = load_request(REQUEST)

    assert (inquiry.payer, inquiry.facility) == ("sim-commercial", OWN)
    member = inquiry.member
    assert (member.id, member.last_name, member.first_name) == ("XQZ4410027", "Exampleton", "Marigold")
    assert (str(member.birth_date), member.sex) == ("1991-06-30", "F")
    assert (inquiry.program.code, str(inquiry.program.start_date)) == ("H0015", "2026-12-07")
    assert inquiry.program.sessions == 24


def test_a_dependent_is_the_patient_and_the_subscriber_the_member() -> None:
    inquiry = load_request(with_child())

    assert inquiry.patient.relationship is Relationship.CHILD
    assert (inquiry.patient.first_name, str(inquiry.patient.birth_date)) == ("Marigold", "2009-01-31")
    assert (inquiry.member.first_name, inquiry.member.group_number) == ("Holly", "GRP-7")


def test_a_request_may_come_in_a_bundle_or_in_parameters() -> None:
    inside = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": REQUEST}]}

    assert load_request(bundled()) == load_request(inside) == load_request(REQUEST)


def test_price_and_consent_are_taken_along() -> None:
    item = REQUEST["item"][0] | {"unitPrice": {"value": 950.5, "currency": "USD"}}
    named = {"identifier": {"system": "urn:benefits-verifier:consent", "value": "cns_1"}}

    inquiry = load_request(change(item=[item], supportingInfo=[{"sequence": 1, "information": named}]))

    assert (str(inquiry.program.billed_amount), inquiry.consent_id) == ("950.50", "cns_1")


@pytest.mark.parametrize(
    ("request_", "element"),
    [
        ({"resourceType": "Patient"}, "CoverageEligibilityRequest"),
        ([], "CoverageEligibilityRequest"),
        (change(insurer=None), "CoverageEligibilityRequest.insurer.identifier"),
        (change(insurer={"reference": "#nobody"}), "CoverageEligibilityRequest.insurer.identifier"),
        (change(patient=ELSEWHERE), "CoverageEligibilityRequest.insurance[0].coverage.subscriber"),
        (change(item=None), "CoverageEligibilityRequest.item[0].productOrService"),
        (change(item=[ITEM | {"extension": []}]), "CoverageEligibilityRequest.item[0].extension"),
        (change(servicedDate="2026-13-07"), "CoverageEligibilityRequest.servicedDate"),
        (change(item=[IN_EUROS]), "CoverageEligibilityRequest.item[0].unitPrice"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named_by_its_element(
    client: FlaskClient, request_: object, element: str
) -> None:
    answer = client.post(SUBMIT, data=json.dumps(request_), content_type=FHIR)

    assert (answer.status_code, answer.content_type) == (422, FHIR)
    OperationOutcome.model_validate(answer.json)
    assert element in [each for issue in answer.json["issue"] for each in issue["expression"]]


def test_it_is_verified_and_answered_in_fhir(house: WebHouse, client: FlaskClient) -> None:
    answer = client.post(SUBMIT, json=REQUEST, headers={"Idempotency-Key": "once"})
    again = client.post(SUBMIT, json=REQUEST, headers={"Idempotency-Key": "once"})
    kept = client.get(answer.headers["Location"])

    assert (answer.status_code, answer.content_type) == (200, FHIR)
    CoverageEligibilityResponse.model_validate(answer.json)
    assert answer.json["insurance"][0]["inforce"] is True
    assert answer.json == again.json == kept.json
    assert len(house.payer.calls) == 1
    own = client.get(answer.headers["Location"].removesuffix("/fhir")).json
    assert own["coverage"]["status"] == "active"


def test_what_takes_longer_is_queued(house: WebHouse, client: FlaskClient) -> None:
    go = threading.Event()
    house.payer.pause = lambda: go.wait(20)
    answer = client.post(SUBMIT, json=REQUEST, headers={"Prefer": "wait=0"})
    go.set()

    assert (answer.status_code, answer.json["outcome"]) == (202, "queued")
    assert answer.headers["Retry-After"]
    CoverageEligibilityResponse.model_validate(answer.json)


def test_taking_a_verification_out_in_fhir_is_recorded_as_an_export(
    house: WebHouse, client: FlaskClient
) -> None:
    record = house.verifier.verify(inquire(facility=OWN)).id

    answer = client.get(f"/v1/verifications/{record}/fhir")

    assert (answer.status_code, answer.content_type) == (200, FHIR)
    told = [what for _, what, _ in house.reception.told(Action.EXPORT)]
    assert told == [f"verification {record}"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [(SUBMIT, 405, "not-supported"), ("/fhir/R4/metadata", 404, "not-found")],
)
def test_errors_of_http_itself_are_operation_outcomes_there(
    client: FlaskClient, path: str, status: int, code: str
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.content_type) == (status, FHIR)
    OperationOutcome.model_validate(answer.json)
    assert answer.json["issue"][0]["code"] == code


def test_who_may_not_is_told_so_in_fhir(house: WebHouse) -> None:
    nobody = house.app.test_client().post(SUBMIT, json=REQUEST)
    reader = bearing(house.app.test_client(), house.reception.key(Scope.READ)).post(SUBMIT, json=REQUEST)
    stranger = bearing(house.app.test_client(), house.reception.key(facilities=[OTHER]))
    elsewhere = stranger.post(SUBMIT, json=REQUEST)

    codes = [each.json["issue"][0]["code"] for each in (nobody, reader, elsewhere)]
    assert codes == ["login", "forbidden", "forbidden"]


NAMES = st.sampled_from(sorted(REQUEST))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, JSON, max_size=5), NAMES, JSON)
def test_whatever_stands_in_an_element_is_read_or_refused(
    elements: dict[str, Any], other: str, value: object
) -> None:
    for request in (REQUEST | elements, elements, REQUEST | {other: value}):
        with suppress(BadInput):
            load_request(request)
