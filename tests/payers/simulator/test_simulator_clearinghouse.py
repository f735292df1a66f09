"""The simulated payer behind Stedi and Optum: bodies, statuses and limits, seen without a channel of ours."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from payers.simulator.server import PASSWORD, USER_NAME, Simulator
from tests.payers.simulator.calls import OPENER, SCENARIOS, FixedClock, Page, get

STEDI = "/stedi/2024-04-01/change/medicalnetwork/eligibility/v3"
REDESIGNED = "/stedi/2026-06-01/eligibility-check"
BARE = "/stedi-without-x12/2024-04-01/change/medicalnetwork/eligibility/v3"
OPTUM = "/optum/medicalnetwork/eligibility/v3/"
TOKEN = "/optum/apip/auth/v2/token"


def post(url: str, body: object, authorization: str = PASSWORD) -> tuple[Page, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": authorization}
    try:
        with OPENER.open(Request(url, data, headers), timeout=10) as reply:  # noqa: S310 - the loopback interface
            page = Page(reply.status, dict(reply.headers), reply.read())
    except HTTPError as error:
        with error:
            page = Page(error.code, dict(error.headers), error.read())
    return page, json.loads(page.body)


def check(name: str = "copay_waives_deductible", **changes: object) -> dict[str, object]:
    person = SCENARIOS[name].person
    return {
        "controlNumber": "000000042",
        "tradingPartnerServiceId": SCENARIOS[name].payer,
        "provider": {"organizationName": "BAYOU RECOVERY", "npi": "1999999984"},
        "subscriber": {
            "memberId": person.id,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "dateOfBirth": f"{person.birth_date:%Y%m%d}",
        },
        "encounter": {"serviceTypeCodes": ["30", "CJ"]},
        **changes,
    }


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Any:  # noqa: ANN401 - a generator of one
    with Simulator(clock=FixedClock()) as simulator:
        yield simulator


def test_an_answer_has_the_same_benefits_in_json_and_in_the_x12_beside_it(simulator: Simulator) -> None:
    page, answer = post(simulator.url + STEDI, check())

    segments = [segment for segment in answer["x12"].split("~") if segment.startswith("EB*")]
    assert page.status == 200
    assert [item["code"] for item in answer["benefitsInformation"]] == [
        segment.split("*")[1] for segment in segments
    ]
    assert answer["subscriber"]["memberId"] == SCENARIOS["copay_waives_deductible"].person.id
    assert answer["id"].startswith("ec_")
    assert answer["errors"] == []


def test_the_other_door_leaves_the_x12_out(simulator: Simulator) -> None:
    assert "x12" not in post(simulator.url + BARE, check())[1]


@pytest.mark.parametrize(
    ("name", "status", "level", "code"),
    [
        ("not_found", 200, "subscriber", "75"),
        ("provider_not_on_file", 400, "provider", "51"),
        ("payer_unavailable", 200, "payer", "42"),
    ],
)
def test_a_refusal_stands_beside_whom_it_is_about_and_in_the_list_of_all(
    simulator: Simulator, name: str, status: int, level: str, code: str
) -> None:
    page, answer = post(simulator.url + STEDI, check(name))

    assert page.status == status
    assert [error["code"] for error in answer["errors"]] == [code]
    assert answer[level]["aaaErrors"] == answer["errors"]
    assert "benefitsInformation" not in answer


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"controlNumber": "42"}, "/controlNumber"),
        ({"provider": {"organizationName": "X"}}, "/provider/npi"),
        ({"subscriber": {"firstName": "X"}}, "/subscriber"),
        ({"subscriber": {"memberId": "A_1"}}, "/subscriber/memberId"),
        ({"subscriber": {"memberId": "A1", "dateOfBirth": "1990-01-01"}}, "/subscriber/dateOfBirth"),
        ({"dependents": [{}, {}]}, "/dependents/0"),
        ({"colour": "red"}, "/colour"),
        ({"encounter": None}, "/encounter"),
    ],
)
def test_a_check_that_breaks_the_specification_is_refused_by_field(
    simulator: Simulator, change: dict[str, object], path: str
) -> None:
    page, answer = post(simulator.url + STEDI, check(**change))

    assert page.status == 400
    assert path in [fault["path"] for fault in answer["fieldList"]]


def test_what_is_no_json_is_refused(simulator: Simulator) -> None:
    assert post(simulator.url + STEDI, b"[" * 50_000)[0].status == 400
    assert post(simulator.url + TOKEN, b"[" * 50_000)[0].status == 401


def test_a_wrong_key_is_refused_before_anything_is_counted_as_paid(simulator: Simulator) -> None:
    paid = simulator.ledger.paid

    assert post(simulator.url + STEDI, check(), "another")[0].status == 401
    assert simulator.ledger.paid == paid


def redesign(name: str = "copay_waives_deductible", **changes: object) -> dict[str, object]:
    person = SCENARIOS[name].person
    return {
        "payerId": SCENARIOS[name].payer,
        "provider": {"name": {"organization": "BAYOU RECOVERY"}, "npi": "1999999984"},
        "subscriber": {
            "memberId": person.id,
            "name": {"person": {"firstName": person.first_name, "lastName": person.last_name}},
            "dateOfBirth": f"{person.birth_date}",
        },
        "encounter": {"services": [{"system": "STC", "value": "30"}, {"system": "STC", "value": "CJ"}]},
        **changes,
    }


def test_the_redesigned_shape_groups_by_plan_and_kind_in_words(simulator: Simulator) -> None:
    page, answer = post(simulator.url + REDESIGNED, redesign("other_payer"))

    (plan,) = answer["plans"]
    assert (page.status, answer["errors"], plan["name"]) == (200, [], "RETIREE PPO")
    assert list(plan["benefits"]) == ["statuses", "deductible", "coInsurance", "otherOrAdditionalPayer"]
    assert plan["benefits"]["statuses"][0] == {
        "status": "ACTIVE_COVERAGE",
        "coverageLevel": "INDIVIDUAL",
        "insuranceType": "PREFERRED_PROVIDER_ORGANIZATION_PPO",
        "planCoverageDescription": "RETIREE PPO",
        "service": {"system": "STC", "value": "30"},
    }
    assert answer["subscriber"]["dateOfBirth"] == f"{SCENARIOS['other_payer'].person.birth_date}"
    assert answer["x12"].startswith("ISA*")


def test_a_refusal_in_the_redesigned_shape_names_whom_it_is_about(simulator: Simulator) -> None:
    answer = post(simulator.url + REDESIGNED, redesign("not_found"))[1]

    assert [(error["code"], error["location"]) for error in answer["errors"]] == [("75", "SUBSCRIBER")]
    assert answer["plans"] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"payerId": ""}, "/payerId"),
        ({"tradingPartnerServiceId": "X"}, "/tradingPartnerServiceId"),
        ({"subscriber": {"memberId": "A1", "dateOfBirth": "19900101"}}, "/subscriber/dateOfBirth"),
        ({"subscriber": {"name": {"person": {"firstName": "X"}}}}, "/subscriber"),
        ({"encounter": {"services": [{"value": "30"}]}}, "/encounter/services"),
        ({"encounter": {"services": [{"system": "STC30", "value": "30"}]}}, "/encounter/services/system"),
    ],
)
def test_a_redesigned_check_is_read_as_strictly(
    simulator: Simulator, change: dict[str, object], path: str
) -> None:
    page, answer = post(simulator.url + REDESIGNED, redesign(**change))

    assert page.status == 400
    assert path in [fault["path"] for fault in answer["fieldList"]]


def sign_in(simulator: Simulator, **changes: str) -> tuple[Page, Any]:
    asked = {"client_id": USER_NAME, "client_secret": PASSWORD, "grant_type": "client_credentials"}
    return post(simulator.url + TOKEN, asked | changes, "")


def test_optum_gives_a_token_and_takes_it(simulator: Simulator) -> None:
    granted = sign_in(simulator)[1]

    question = check(submitterTransactionIdentifier="OURS-1")
    page, answer = post(simulator.url + OPTUM, question, f"Bearer {granted['access_token']}")

    assert (granted["token_type"], granted["expires_in"]) == ("bearer", 3600)
    assert page.status == 200
    assert (answer["controlNumber"], answer["meta"]["outboundTraceId"]) == ("000000042", "OURS-1")
    assert "x12" not in answer


def test_optum_takes_no_other_token_nor_secret(simulator: Simulator) -> None:
    assert post(simulator.url + OPTUM, check(), "Bearer nothing")[0].status == 401
    assert sign_in(simulator, client_secret="another")[1] == {"error": "invalid_client"}
    assert sign_in(simulator, grant_type="password")[1] == {"error": "unsupported_grant_type"}


def test_every_door_is_listed_and_wants_a_post(simulator: Simulator) -> None:
    page, listed = post(simulator.url + "/nowhere", {})

    assert page.status == 404
    assert {STEDI, REDESIGNED, BARE, OPTUM, TOKEN, "/core/mime", "/core/soap"} <= set(listed["paths"])
    with pytest.raises(HTTPError) as refused:
        get(simulator.url + STEDI)
    with refused.value:
        assert refused.value.code == 405
