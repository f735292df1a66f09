"""Phone facts, notes and sign-off over HTTP, on the real service, records and audit."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.store.support import INACTIVE, inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Role, Scope
from verifier.model.audit import Action
from verifier.model.vocabulary import Network

CALL: dict[str, Any] = {"representative": "Dana R.", "reference_number": "4711"}
AUTHORIZED = {"code": "authorization", "value": "required"}
COST_SHARE = {"code": "cost_share", "value": {"copay": "5", "per": "day", "deductible": "waived"}}
DEDUCTIBLE = {"code": "deductible_remaining", "value": {"individual": "250.00"}}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def address(house: WebHouse) -> str:
    return f"/v1/verifications/{house.verifier.verify(inquire(facility=OWN)).id}"


@pytest.fixture
def staff(house: WebHouse) -> FlaskClient:
    return sign_in(house, Role.ADMISSIONS)


@pytest.fixture
def reviewer(house: WebHouse) -> FlaskClient:
    return sign_in(house, Role.REVIEWER)


def sign_in(house: WebHouse, role: Role, facility: str = OWN) -> FlaskClient:
    person = house.reception.add(f"{role}.{facility}@riverbend.example", role, facilities=[facility])
    client = house.app.test_client(use_cookies=False)
    headers = house.session(person.id)
    client.environ_base |= {"HTTP_COOKIE": headers["Cookie"], "HTTP_X_CSRF_TOKEN": headers["X-CSRF-Token"]}
    return client


def test_what_the_phone_said_closes_its_question_and_moves_the_estimate(
    staff: FlaskClient, address: str
) -> None:
    before = staff.get(address).json

    answer = staff.post(f"{address}/facts", json=CALL | {"facts": [AUTHORIZED, DEDUCTIBLE]})

    assert answer.status_code == 201
    after = answer.json
    assert after == staff.get(address).json
    assert {each["code"] for each in before["unknowns"]} - {each["code"] for each in after["unknowns"]} == {
        "authorization",
        "deductible_remaining",
    }
    assert after["coverage"] == before["coverage"]
    told = {step["what"]: step["from"]["text"] for step in after["estimate"]["steps"] if step["from"]}
    assert "Dana R., reference 4711" in told["deductible, individual, remaining"]
    assert [(each["code"], each["value"]) for each in after["facts"]] == [
        ("authorization", "required"),
        ("deductible_remaining", {"individual": "250.00"}),
    ]
    assert {each["recorded_by"].split(":")[0] for each in after["facts"]} == {"user"}


def test_facts_notes_and_the_estimate_by_phone_outlive_a_refresh(staff: FlaskClient, address: str) -> None:
    staff.post(f"{address}/facts", json=CALL | {"facts": [DEDUCTIBLE]})
    told = staff.post(f"{address}/notes", json={"text": "Closed after 5 pm.\r\nCall again."}).json

    again = staff.post(f"{address}/refresh").json

    assert (again["facts"], again["notes"]) == (told["facts"], told["notes"])
    assert told["notes"][0]["text"] == "Closed after 5 pm.\nCall again."
    assert again["estimate"]["totals"] == told["estimate"]["totals"]


def test_another_program_is_priced_by_what_the_phone_said_too(staff: FlaskClient, address: str) -> None:
    told = staff.post(f"{address}/facts", json=CALL | {"facts": [DEDUCTIBLE]}).json
    program = {name: told["inquiry"]["program"][name] for name in ("code", "start_date", "weekdays", "weeks")}

    priced = staff.post(
        "/v1/estimates",
        json={"verification_id": told["id"], "program": program | {"allowed_amount": "325.00"}},
    )

    assert priced.json["totals"] == told["estimate"]["totals"]


def test_what_was_told_of_one_network_prices_no_other(
    staff: FlaskClient, house: WebHouse, address: str
) -> None:
    told = staff.post(f"{address}/facts", json=CALL | {"facts": [COST_SHARE]}).json
    kept = house.verifier.find(told["id"])

    priced = house.verifier.price_networks(kept)

    assert kept.inquiry.network is Network.IN
    assert kept.estimate
    assert priced[Network.IN].expected == kept.estimate.expected == Decimal("60.00")
    assert priced[Network.OUT].expected != priced[Network.IN].expected


def test_a_reviewer_signs_off_what_they_saw_and_a_later_answer_takes_it_away(
    staff: FlaskClient, reviewer: FlaskClient, address: str
) -> None:
    seen = reviewer.get(address).json["revision"]

    signed = reviewer.post(f"{address}/review", json={"revision": seen})
    noted = staff.post(f"{address}/notes", json={"text": "Told the patient."})
    changed = staff.post(f"{address}/facts", json=CALL | {"facts": [AUTHORIZED]})
    late = reviewer.post(f"{address}/review", json={"revision": seen})

    assert (signed.status_code, signed.json["review"]["by"].split(":")[0]) == (200, "user")
    assert noted.json["review"] == signed.json["review"]
    assert changed.json["review"] is None
    assert (late.status_code, late.json["code"]) == (409, "conflict")


def test_a_refresh_that_brings_another_answer_takes_the_sign_off_away_and_one_that_does_not_leaves_it(
    staff: FlaskClient, reviewer: FlaskClient, house: WebHouse, address: str
) -> None:
    reviewer.post(f"{address}/review", json={"revision": reviewer.get(address).json["revision"]})
    house.reception.clock.move(minutes=1)

    same = staff.post(f"{address}/refresh").json
    house.payer.answer = INACTIVE
    another = staff.post(f"{address}/refresh").json

    assert same["review"] is not None
    assert another["review"] is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REVIEWER}))
def test_nobody_but_a_reviewer_signs_off(role: Role, house: WebHouse, address: str) -> None:
    answer = sign_in(house, role).post(f"{address}/review", json={"revision": "x"})

    assert answer.status_code == 403


def test_another_facilitys_verification_takes_nothing(house: WebHouse, address: str) -> None:
    stranger = sign_in(house, Role.REVIEWER, OTHER)
    sent = (
        ("facts", CALL | {"facts": [AUTHORIZED]}),
        ("notes", {"text": "x"}),
        ("review", {"revision": "x"}),
    )

    assert [stranger.post(f"{address}/{name}", json=body).status_code for name, body in sent] == [404] * 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"facts": [AUTHORIZED]}, "/representative"),
        (CALL | {"facts": []}, "/facts"),
        (CALL | {"facts": [AUTHORIZED, AUTHORIZED]}, "/facts"),
        (CALL | {"facts": [{"code": "weather", "value": "fine"}]}, "/facts/0/code"),
        (CALL | {"facts": [{"code": "authorization", "value": "perhaps"}]}, "/facts/0/value/answer"),
        (CALL | {"facts": [{"code": "authorization", "value": 1}]}, "/facts/0/value"),
        (CALL | {"facts": [{"code": "authorization", "value": {}}]}, "/facts/0/value"),
        (CALL | {"facts": [AUTHORIZED], "called_at": "yesterday"}, "/called_at"),
        (CALL | {"facts": [AUTHORIZED], "called_at": "2026-11-24T12:00:00"}, "/called_at"),
        (CALL | {"facts": [AUTHORIZED], "called_at": "2026-12-24T12:00:00Z"}, "/called_at"),
        (CALL | {"facts": [AUTHORIZED], "representative": "a\u0000b"}, "/representative"),
    ],
)
def test_a_call_that_cannot_be_used_is_refused_by_the_name_of_the_field(
    body: dict[str, Any], pointer: str, staff: FlaskClient, address: str
) -> None:
    answer = staff.post(f"{address}/facts", json=body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert staff.get(address).json["facts"] == []


def test_the_same_call_sent_again_under_its_key_is_kept_once(staff: FlaskClient, address: str) -> None:
    body, headers = CALL | {"facts": [AUTHORIZED]}, {"Idempotency-Key": "call-1"}

    answers = [staff.post(f"{address}/facts", json=body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(staff.get(address).json["facts"]) == 1


def test_each_change_leaves_its_event_and_without_the_trail_nothing_is_handed_over(
    house: WebHouse, staff: FlaskClient, address: str
) -> None:
    staff.post(f"{address}/facts", json=CALL | {"facts": [AUTHORIZED]})
    staff.post(f"{address}/notes", json={"text": "x"})
    record = f"verification {address.rpartition('/')[2]}"

    assert [what for _, what, _ in house.reception.told(Action.CHANGE)] == [record, record]
    house.reception.audit.away = True
    assert staff.post(f"{address}/notes", json={"text": "y"}).status_code == 503


def test_a_key_that_may_only_read_adds_nothing(house: WebHouse, address: str) -> None:
    headers = {"Authorization": f"Bearer {house.reception.key(Scope.READ)}"}

    answer = house.app.test_client().post(f"{address}/notes", json={"text": "x"}, headers=headers)

    assert answer.status_code == 403
