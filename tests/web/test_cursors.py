"""A cursor leads on only in the list, under the filter and for the caller it was given to."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access import bearing
from tests.store.support import MEMBER, inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.web.cursors import EXAMPLE

LIST, SEARCH = "/v1/verifications", "/v1/verifications/search"
BY_ID = {"member": {"id": MEMBER.id}}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        for number in range(6):
            opened.verifier.verify(inquire(facility=(OWN, OTHER)[number % 2]))
            opened.reception.clock.move(seconds=1)
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))


def assert_refused(answer: Any) -> None:  # noqa: ANN401 - the test client's response
    assert (answer.status_code, answer.json["code"]) == (422, "bad_input")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/before"]


def test_a_cursor_leads_to_the_next_page_and_holds_no_more_than_that(client: FlaskClient) -> None:
    first = client.get(f"{LIST}?limit=2").json
    last = client.get(f"{LIST}?limit=2&before={first['next']}").json

    assert len(first["items"]) == 2
    assert len(last["items"]) == 1
    assert first["items"][-1]["id"] not in first["next"]


def test_a_cursor_of_one_list_or_filter_is_none_of_another(client: FlaskClient) -> None:
    listed = client.get(f"{LIST}?limit=1").json["next"]
    sought = client.post(f"{SEARCH}?limit=1", json=BY_ID).json["next"]

    assert client.post(f"{SEARCH}?limit=1&before={sought}", json=BY_ID).status_code == 200
    assert_refused(client.post(f"{SEARCH}?before={listed}", json=BY_ID))
    assert_refused(client.get(f"{LIST}?before={sought}"))
    assert_refused(client.post(f"{SEARCH}?before={sought}", json={"member": {"id": "W000000001"}}))


def test_a_cursor_of_one_caller_is_none_of_another(house: WebHouse, client: FlaskClient) -> None:
    cursor = client.get(f"{LIST}?limit=1").json["next"]
    same_rights = bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))

    assert_refused(same_rights.get(f"{LIST}?before={cursor}"))


@pytest.mark.parametrize("made_up", ["", "."], ids=["bare", "unsigned"])
def test_a_cursor_that_is_made_up_is_refused(house: WebHouse, client: FlaskClient, made_up: str) -> None:
    record = house.verifier.recent(limit=1)[0].id
    coded = urlsafe_b64encode(record.encode()).decode().rstrip("=")

    assert_refused(client.get(f"{LIST}?before={coded}{made_up}"))
    assert_refused(client.get(f"{LIST}?before={record}{made_up}"))


def test_no_list_of_the_api_takes_a_cursor_that_it_did_not_give(house: WebHouse, client: FlaskClient) -> None:
    """Whatever list there is: the OpenAPI document tells which parameter is its cursor."""
    paths = client.get("/openapi.json").json["paths"]
    lists = [
        (method, path, parameter["name"], said.get("requestBody", {}))
        for path, item in paths.items()
        for method, said in item.items()
        if method in {"get", "post"}
        for parameter in said.get("parameters", ())
        if parameter["in"] == "query" and parameter.get("description", "").startswith("The cursor")
    ]

    answers = {}
    for method, path, name, body in lists:
        sent = next(iter(body.get("content", {}).values()), {}).get("example")
        for made_up in ("ver_8f14e45fceea167a5a36de", "100", EXAMPLE):
            answer = client.open(path, method=method, query_string={name: made_up}, json=sent)
            answers[method, path, made_up] = answer.status_code

    assert set(answers.values()) == {422}, answers
    assert {(method, path) for method, path, _, _ in lists} >= {("get", LIST), ("post", SEARCH)}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cursor_changed_in_any_place_is_refused(client: FlaskClient, data: st.DataObject) -> None:
    cursor = client.get(f"{LIST}?limit=1").json["next"]
    place = data.draw(st.integers(cursor.index(".") + 1, len(cursor) - 1))
    other = data.draw(st.sampled_from("0123456789abcdefG.é"))
    changed = cursor[:place] + other + cursor[place + 1 :]

    if changed != cursor:
        assert_refused(client.get(LIST, query_string={"before": changed}))
    assert_refused(client.get(LIST, query_string={"before": "A" + cursor}))
