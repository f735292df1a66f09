"""What went over the wire is taken out with its notice, and a person is found without being in an address."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.evidence import dump_message
from tests.access import bearing
from tests.store.support import ACTIVE, MEMBER, NOON, PROGRAM, inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Scope
from verifier.answering.notices import PART_2
from verifier.model.audit import Action
from verifier.model.inquiry import Patient, Relationship

SEARCH = "/v1/verifications/search"
BY_ID = {"member": {"id": "w-199 003344"}}
BY_NAME = {"member": {"last_name": "TESTCASE", "birth_date": "1988-04-12"}}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(Scope.READ, Scope.RAW, facilities=[OWN]))


def test_the_exchange_is_taken_out_whole_with_the_notice_of_part_2_and_is_not_to_be_stored(
    house: WebHouse, client: FlaskClient
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))

    answer = client.get(f"/v1/verifications/{kept.id}/x12")

    assert answer.json == {
        "verification_id": kept.id,
        "exchanges": [
            {
                "channel": "caqh_core",
                "at": NOON.isoformat(),
                "request": {
                    "content_type": "application/edi-x12",
                    "encoding": "utf-8",
                    "content": "ISA*asked",
                },
                "reply": {
                    "content_type": "application/edi-x12",
                    "encoding": "utf-8",
                    "content": "ISA*answered",
                },
            }
        ],
        "notices": [{"code": PART_2.code, "text": PART_2.text}],
    }
    assert answer.headers["Cache-Control"] == "no-store"
    told = [(what, result) for _, what, result in house.reception.told(Action.EXPORT)]
    assert told == [(f"exchange of verification {kept.id}", "done")]


def test_an_exchange_that_reveals_no_addiction_needs_no_notice(house: WebHouse, client: FlaskClient) -> None:
    kept = house.verifier.verify(inquire(facility=OWN, program=replace(PROGRAM, code="S9480")))

    assert client.get(f"/v1/verifications/{kept.id}/x12").json["notices"] == []


def test_where_nothing_was_kept_there_is_nothing_to_take_out(house: WebHouse, client: FlaskClient) -> None:
    house.payer.answer = replace(ACTIVE, exchanges=())
    kept = house.verifier.verify(inquire(facility=OWN))

    answer = client.get(f"/v1/verifications/{kept.id}/x12")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert [result for _, _, result in house.reception.told(Action.EXPORT)] == ["failed"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'\n {"a": 1}', ("application/json", "utf-8", '\n {"a": 1}')),
        (b"[1]", ("application/json", "utf-8", "[1]")),
        (b"GET /status/1", ("text/plain", "utf-8", "GET /status/1")),
        (b"ISA*\xe9", ("application/edi-x12", "base64", "SVNBKuk=")),
        (b"", ("text/plain", "utf-8", "")),
    ],
)
def test_each_message_is_told_to_the_byte(content: bytes, message: tuple[str, str, str]) -> None:
    assert tuple(dump_message(content).values()) == message


@pytest.mark.parametrize("body", [BY_ID, BY_NAME, {"member": {**BY_ID["member"], **BY_NAME["member"]}}])
def test_a_persons_verifications_are_found_in_ones_own_facilities_only(
    house: WebHouse, client: FlaskClient, body: dict[str, Any]
) -> None:
    own, _ = house.verifier.verify(inquire(facility=OWN)), house.verifier.verify(inquire(facility=OTHER))
    house.verifier.verify(inquire(facility=OWN, member=replace(MEMBER, id="W1", last_name="Other")))

    found = client.post(SEARCH, json=body)

    assert [row["id"] for row in found.json["items"]] == [own.id]
    assert found.json["next"] is None
    assert "Testcase" not in found.text
    assert [what for _, what, _ in house.reception.told(Action.SEARCH)] == ["verifications"]


def test_a_dependent_is_found_by_their_own_name_and_birth_date(house: WebHouse, client: FlaskClient) -> None:
    child = Patient(Relationship.CHILD, "Bo", "Childcase", birth_date=MEMBER.birth_date)
    kept = house.verifier.verify(inquire(facility=OWN, patient=child))

    named = {"last_name": "Childcase", "birth_date": "1988-04-12"}
    assert [row["id"] for row in client.post(SEARCH, json={"member": named}).json["items"]] == [kept.id]
    assert client.post(SEARCH, json=BY_NAME).json["items"] == []


def test_what_is_found_comes_page_by_page(house: WebHouse, client: FlaskClient) -> None:
    ids = []
    for _ in range(3):
        ids.append(house.verifier.verify(inquire(facility=OWN)).id)
        house.reception.clock.move(seconds=1)

    first = client.post(f"{SEARCH}?limit=2", json=BY_ID).json
    last = client.post(f"{SEARCH}?limit=2&before={first['next']}", json=BY_ID).json

    assert [row["id"] for row in first["items"] + last["items"]] == ids[::-1]
    assert last["next"] is None


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/member"]),
        ({"member": {}}, ["/member"]),
        ({"member": {"last_name": "Testcase"}}, ["/member/birth_date"]),
        ({"member": {"id": "W1", "birth_date": "1988-04-12"}}, ["/member/last_name"]),
        ({"member": {"id": ""}}, ["/member/id"]),
        ({"member": {"id": "W1", "ssn": "123456789"}}, ["/member/ssn"]),
        ({"member": {"id": "W1"}, "limit": 5}, ["/limit"]),
        ([], [""]),
    ],
)
def test_a_search_that_names_nobody_is_refused(
    client: FlaskClient, body: object, pointers: list[str]
) -> None:
    answer = client.post(SEARCH, json=body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == pointers
