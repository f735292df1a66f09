"""The nightly list over HTTP: enrol, change, discharge, import."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.access import bearing
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.model.audit import Action
from verifier.web.api.examples import INQUIRY
from verifier.web.api.nightly_examples import SHEET

HEADER = SHEET.splitlines()[0]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))


def about(member_id: str, **changes: object) -> dict[str, Any]:
    return {"inquiry": INQUIRY | {"member": INQUIRY["member"] | {"id": member_id}} | changes}


def line(member_id: str, **cells: str) -> str:
    usual = SHEET.splitlines()[1].split(",")
    row = dict(zip(HEADER.split(","), usual, strict=True)) | {"member_id": member_id} | cells
    return ",".join(row.values())


def bring(client: FlaskClient, *lines: str) -> Any:  # noqa: ANN401 - JSON
    return client.post("/v1/roster/import", data="\n".join((HEADER, *lines)), content_type="text/csv").json


def test_somebody_enrolled_is_listed_found_changed_and_discharged(client: FlaskClient) -> None:
    added = client.post("/v1/roster", json=about("A1") | {"frequency": "weekly"})
    address = added.headers["Location"]
    changed = client.patch(address, json={"frequency": "before_each_session"})
    left = client.post(f"{address}/discharge", json={"on": "2026-11-24"})

    assert (added.status_code, added.json["frequency"], added.json["enrolled_on"]) == (
        201,
        "weekly",
        "2026-11-24",
    )
    assert changed.json == added.json | {"frequency": "before_each_session"}
    assert left.json == changed.json | {"discharged_on": "2026-11-24"}
    assert client.get("/v1/roster").json == {"items": [], "next": None}
    assert [each["id"] for each in client.get("/v1/roster?all=yes").json["items"]] == [added.json["id"]]


def test_nobody_is_on_the_list_twice_until_discharged(client: FlaskClient) -> None:
    first = client.post("/v1/roster", json=about("A1"))
    again = client.post("/v1/roster", json=about("a-1"))
    other_payer = client.post("/v1/roster", json=about("A1", payer="sim-multiple"))
    client.post(f"/v1/roster/{first.json['id']}/discharge", json={})
    back = client.post("/v1/roster", json=about("A1"))

    assert [each.status_code for each in (first, again, other_payer, back)] == [201, 409, 201, 201]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (about("A1") | {"frequency": "hourly"}, "/frequency"),
        (about("A1", payer="nobody"), "/inquiry/payer"),
        ({}, "/inquiry"),
        (about("A1") | {"enrolled_on": "2026-12-01", "discharged_on": "2026-11-01"}, "/discharged_on"),
        (about("A1", program=INQUIRY["program"] | {"weeks": 0}), "/inquiry/program/weeks"),
    ],
)
def test_what_could_not_be_asked_at_night_is_refused(client: FlaskClient, body: object, pointer: str) -> None:
    answer = client.post("/v1/roster", json=body)

    assert (answer.status_code, [each["pointer"] for each in answer.json["errors"]]) == (422, [pointer])


def test_the_list_is_paged(client: FlaskClient) -> None:
    for number in range(5):
        client.post("/v1/roster", json=about(f"A{number}"))
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/v1/roster?limit=2{after and f'&after={after}'}").json
        seen += [each["inquiry"]["member"]["id"] for each in page["items"]]
        after = page["next"]

    assert sorted(seen) == [f"A{number}" for number in range(5)]


def test_a_bad_row_never_refuses_the_rest(client: FlaskClient) -> None:
    became = bring(
        client,
        line("A1"),
        line("A2", birth_date="31.12.1990"),
        line("A3", payer="nobody"),
        line("A4", facility=OTHER),
        line("A5", code="IOP"),
        line("A1"),
        line("A6") + ",more",
        line("A7", frequency="hourly", last_name=""),
        line("A8", weekdays="", weeks=""),
        line("A9", frequency="weekly"),
    )

    listed = client.get("/v1/roster").json["items"]
    assert {each["inquiry"]["member"]["id"]: each["frequency"] for each in listed} == {
        "A1": "nightly",
        "A9": "weekly",
    }
    assert len(became["added"]) == 2
    assert sorted((each["line"], each["column"]) for each in became["errors"]) == [
        (3, "birth_date"),
        (4, "payer"),
        (5, "facility"),
        (6, "code"),
        (7, ""),
        (8, ""),
        (9, "frequency"),
        (9, "last_name"),
        (10, "weekdays"),
    ]  # fmt: skip


def test_a_row_error_repeats_nothing_of_the_row(client: FlaskClient) -> None:
    became = bring(client, line("Zebulon", birth_date="Zebulon", payer="Zebulon", weeks="Zebulon"))

    assert became["added"] == []
    assert "Zebulon" not in str(became)


@pytest.mark.parametrize(
    "content",
    [b"name,age\n", b"\xff\xfe", HEADER.replace("facility", "payer").encode(), b"payer\n", b'"'],
)
def test_what_is_no_such_file_at_all_is_refused_whole(client: FlaskClient, content: bytes) -> None:
    answer = client.post("/v1/roster/import", data=content, content_type="text/csv")

    assert answer.status_code == 422
    assert client.get("/v1/roster").json["items"] == []


def test_a_file_of_a_spreadsheet_with_a_byte_order_mark_is_taken(client: FlaskClient) -> None:
    answer = client.post("/v1/roster/import", data=SHEET.encode("utf-8-sig"), content_type="text/csv")

    assert len(answer.json["added"]) == 1


def test_every_use_of_the_list_is_in_the_audit_trail(house: WebHouse, client: FlaskClient) -> None:
    entry_id = client.post("/v1/roster", json=about("A1")).json["id"]
    client.get(f"/v1/roster/{entry_id}")
    client.get("/v1/roster/rst_nobody")
    client.get("/v1/roster")
    client.post(f"/v1/roster/{entry_id}/discharge", json={})

    told = [
        (each.action, each.what, each.result)
        for each in house.reception.audit.events
        if "roster" in each.what and each.action is not Action.DENIAL
    ]
    assert told == [
        (Action.CHANGE, f"roster entry {entry_id}", "done"),
        (Action.READ, f"roster entry {entry_id}", "done"),
        (Action.READ, "roster entry", "failed"),
        (Action.SEARCH, "roster", "done"),
        (Action.CHANGE, f"roster entry {entry_id}", "done"),
    ]


def test_nothing_is_served_that_cannot_be_recorded(house: WebHouse, client: FlaskClient) -> None:
    client.post("/v1/roster", json=about("A1"))
    house.reception.audit.away = True

    assert client.get("/v1/roster").status_code == 503
