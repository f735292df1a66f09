"""The feed of changes over HTTP: read on from where one stopped, within the fence, and never round it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.access import bearing
from tests.store.support import ACTIVE, INACTIVE, inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Scope
from verifier.model.audit import Action

FEED = "/v1/changes"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))


def lose_coverage(house: WebHouse, facility: str, name: str = "Testcase") -> str:
    """Let somebody's coverage end between two verifications; return the id of the second."""
    member = replace(inquire().member, last_name=name)
    asked = inquire(facility=facility, member=member)
    for answer in (ACTIVE, INACTIVE):
        house.payer.answer = answer
        house.reception.clock.move(days=1)
        last = house.verifier.verify(asked, refresh=True)
    return last.id


def test_what_changed_is_listed_once_and_then_what_came_since(house: WebHouse, client: FlaskClient) -> None:
    assert client.get(FEED).json == {"items": [], "next": None}
    first = lose_coverage(house, OWN)

    page = client.get(FEED).json
    assert [(each["verification_id"], each["severity"]) for each in page["items"]] == [(first, "urgent")]
    (change,) = page["items"][0]["changes"]
    assert (change["kind"], change["before"]["value"], change["after"]["value"]) == (
        "coverage_ended",
        "active",
        "inactive",
    )
    nothing = client.get(f"{FEED}?after={page['next']}").json
    assert nothing == {"items": [], "next": page["next"]}
    second = lose_coverage(house, OWN, "Otherwise")
    rest = client.get(f"{FEED}?after={nothing['next']}").json
    assert [each["verification_id"] for each in rest["items"]] == [second]


def test_a_refresh_is_compared_with_what_it_replaces(house: WebHouse, client: FlaskClient) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))
    house.payer.answer = INACTIVE
    house.reception.clock.move(days=1)
    assert client.post(f"/v1/verifications/{kept.id}/refresh").status_code == 200

    (report,) = client.get(FEED).json["items"]
    assert (report["since"], report["verification_id"]) == (kept.id, kept.id)


def test_nobody_reads_of_a_facility_that_is_not_theirs(house: WebHouse, client: FlaskClient) -> None:
    lose_coverage(house, OTHER)
    own = lose_coverage(house, OWN)

    assert [each["verification_id"] for each in client.get(FEED).json["items"]] == [own]


@pytest.mark.parametrize("cursor", ["0", "MQ", "MQ.0f", "MQ." + "0" * 32, "ver_1"])
def test_a_cursor_that_was_made_up_is_refused(cursor: str, house: WebHouse, client: FlaskClient) -> None:
    lose_coverage(house, OWN)

    answer = client.get(f"{FEED}?after={cursor}")
    assert (answer.status_code, [each["pointer"] for each in answer.json["errors"]]) == (422, ["/after"])


def test_a_cursor_is_good_for_whoever_got_it(house: WebHouse, client: FlaskClient) -> None:
    lose_coverage(house, OWN)
    cursor = client.get(FEED).json["next"]
    other = bearing(house.app.test_client(), house.reception.key(facilities=[OWN, OTHER]))

    assert other.get(f"{FEED}?after={cursor}").status_code == 422


def test_reading_the_feed_needs_the_scope_and_leaves_its_event(house: WebHouse, client: FlaskClient) -> None:
    lacking = bearing(house.app.test_client(), house.reception.key(Scope.VERIFY, facilities=[OWN]))
    assert lacking.get(FEED).status_code == 403
    assert client.get(FEED).status_code == 200

    event = house.reception.audit.events[-1]
    assert (event.action, event.what) == (Action.READ, "changes")


def test_what_reveals_addiction_treatment_carries_the_statement_of_part_2(
    house: WebHouse, client: FlaskClient
) -> None:
    lose_coverage(house, OWN)

    (report,) = client.get(FEED).json["items"]
    assert [notice["code"] for notice in report["notices"]] == ["42_CFR_PART_2"]
