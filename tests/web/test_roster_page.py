"""The page of the nightly list: who is put on it, what it shows, and the way off."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.store.support import inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Role

FORM = "application/x-www-form-urlencoded"
HERE = "/staff/roster/"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    person = house.reception.add("ana@riverbend.example", Role.ADMISSIONS, facilities=[OWN])
    browser, headers = house.app.test_client(use_cookies=False), house.session(person.id)
    browser.environ_base["HTTP_COOKIE"] = headers["Cookie"]
    browser.environ_base["HTTP_X_CSRF_TOKEN"] = headers["X-CSRF-Token"]
    return browser


def put_on_the_list(house: WebHouse, client: FlaskClient, facility: str = OWN, often: str = "nightly") -> int:
    kept = house.verifier.verify(inquire(facility=facility))
    address = f"{HERE}of/{kept.id}"
    return client.post(address, data=f"frequency={often}", content_type=FORM).status_code


def test_nobody_is_on_the_list_at_first(client: FlaskClient) -> None:
    assert "Nobody is on the list." in client.get(HERE).text


def test_whoever_was_verified_is_put_on_the_list_and_taken_off_again(
    house: WebHouse, client: FlaskClient
) -> None:
    assert put_on_the_list(house, client, often="weekly") == 303
    page = client.get(HERE).text
    (leave,) = re.findall(r'action="(/staff/roster/rst_[^"]+/discharge)"', page)

    assert "every week" in page
    assert inquire().member.last_name in page
    assert client.post(leave, content_type=FORM).status_code == 303
    assert "Nobody is on the list." in client.get(HERE).text


def test_nobody_is_put_on_the_list_twice(house: WebHouse, client: FlaskClient) -> None:
    assert [put_on_the_list(house, client) for _ in range(2)] == [303, 409]


def test_a_person_of_another_facility_cannot_be_put_on_the_list(house: WebHouse, client: FlaskClient) -> None:
    assert put_on_the_list(house, client, facility=OTHER) == 404
