"""A new verification from the page: what is sent becomes an inquiry, once, and under the consent it needs."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Role
from verifier.errors import NotFound
from verifier.model.audit import Action

NEW = "/staff/verifications/new"
FORM = "application/x-www-form-urlencoded"
TYPED = {
    "payer": "sim-commercial",
    "once": "a-form",
    "facility": OWN,
    "member.id": "XQZ44",
    "member.first_name": "Marigold",
    "member.last_name": "Exampleton",
    "member.birth_date": "06/30/1991",
    "patient.relationship": "self",
    "program.code": "H0015",
    "program.start_date": "2026-12-07",
    "program.weekdays": "mon",
    "program.weeks": "4",
    "program.allowed_amount": "$325.00",
    "network": "in",
    "consent.method": "on_paper",
}
SIGNED = {"consent.name": "Marigold Exampleton", "consent.signed_on": "2026-11-20"}


@pytest.fixture(params=[False])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[WebHouse]:
    with open_web(tmp_path, consent=request.param) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    person = house.reception.add("ana@riverbend.example", Role.ADMISSIONS, facilities=[OWN])
    browser = house.app.test_client(use_cookies=False)
    headers = house.session(person.id)
    browser.environ_base["HTTP_COOKIE"] = headers["Cookie"]
    browser.environ_base["HTTP_X_CSRF_TOKEN"] = headers["X-CSRF-Token"]
    return browser


def send(client: FlaskClient, **changes: str) -> TestResponse:
    said = TYPED | {name.replace("__", "."): text for name, text in changes.items()}
    return client.post(NEW, data=urlencode(said), content_type=FORM)


def test_what_is_typed_is_asked_and_leads_to_the_answer(house: WebHouse, client: FlaskClient) -> None:
    answer = send(client)

    (asked,) = house.payer.calls
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/verifications/ver_")
    assert (asked.member.last_name, asked.facility, asked.program.weeks) == ("Exampleton", OWN, 4)
    assert str(asked.program.allowed_amount) == "325.00"


def test_a_form_sent_twice_asks_once_and_one_that_was_mended_asks_again(
    house: WebHouse, client: FlaskClient
) -> None:
    first, again = send(client), send(client)
    mended = send(client, member__id="XQZ45")

    assert first.headers["Location"] == again.headers["Location"] != mended.headers["Location"]
    assert [asked.member.id for asked in house.payer.calls] == ["XQZ44", "XQZ45"]


def test_a_facility_out_of_reach_is_refused_and_nobody_is_asked(house: WebHouse, client: FlaskClient) -> None:
    answer = send(client, facility=OTHER)

    assert answer.status_code == 403
    assert answer.mimetype == "text/html"
    assert house.payer.calls == []


def test_what_the_service_refuses_is_told_on_the_form_and_the_words_stay(
    house: WebHouse, client: FlaskClient
) -> None:
    house.payer.answer = NotFound("There is no payer with this id; search the directory.")

    answer = send(client)

    assert answer.status_code == 422
    assert "There is no payer with this id" in answer.text
    assert 'value="Exampleton"' in answer.text


@pytest.mark.parametrize("house", [True], indirect=True)
def test_without_a_consent_nothing_leaves_and_the_form_asks_for_one(
    house: WebHouse, client: FlaskClient
) -> None:
    answer = send(client)

    assert answer.status_code == 422
    assert "Name one on file, or record one signed now, below." in answer.text
    assert '<details class="card more" open>' in answer.text
    assert "/v1/" not in answer.text
    assert house.payer.calls == []


@pytest.mark.parametrize("house", [True], indirect=True)
def test_a_consent_signed_at_the_desk_is_kept_and_asked_under(house: WebHouse, client: FlaskClient) -> None:
    answer = send(client, **{name.replace(".", "__"): text for name, text in SIGNED.items()})

    (asked,) = house.payer.calls
    assert answer.status_code == 303
    assert asked.consent_id
    kept = house.office.consents.find(asked.consent_id)
    assert (kept.patient.last_name, kept.facility, kept.signature.name) == (
        "Exampleton",
        OWN,
        "Marigold Exampleton",
    )
    assert [what for _, what, _ in house.reception.told(Action.CONSENT)] == [f"consent {kept.id}"]


def test_a_page_of_another_host_changes_nothing(house: WebHouse, client: FlaskClient) -> None:
    answer = client.post(
        NEW, data=urlencode(TYPED), content_type=FORM, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
    assert house.payer.calls == []


def test_whoever_is_timed_out_on_an_open_page_is_led_to_the_sign_in(house: WebHouse) -> None:
    fragment = {"HX-Request": "true"}

    answer = house.app.test_client().get("/staff/verifications/", headers=fragment)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/staff/sign-in")
