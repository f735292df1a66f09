"""The pages of the public form, the queue, the worksheet and the review, as they answer over HTTP."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from structlog.testing import CapturingLogger

from tests.web.conftest import FakePayers
from tests.web.house import OTHER, OWN, WebHouse, open_web
from tests.web.test_facts import sign_in
from verifier.access.roles import Role
from verifier.web.app import create_app

FORM = f"/free-verification/{OWN}"
SAID = {
    "asker": "patient",
    "reach.name": "Marigold Exampleton",
    "reach.phone": "985-555-0142",
    "patient.first_name": "Marigold",
    "patient.last_name": "Exampleton",
    "patient.birth_date": "06/30/1991",
    "payer_text": "simulated choice ppo",
    "payer": "sim-commercial",
    "relationship": "self",
    "member.id": "XQZ4410027",
    "consent.agree": "yes",
    "consent.name": "Marigold Exampleton",
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def anybody(house: WebHouse) -> FlaskClient:
    return house.app.test_client(use_cookies=False)


@pytest.fixture
def staff(house: WebHouse) -> FlaskClient:
    return sign_in(house, Role.ADMISSIONS)


def send(house: WebHouse, client: FlaskClient, **changes: str) -> Any:  # noqa: ANN401 - a response
    """Fill the form in; dots stand as two underscores in the names of *changes*."""
    token = find(r'name="token" value="([^"]+)"', client.get(FORM).text)
    house.reception.clock.move(seconds=20)
    said = SAID | {name.replace("__", "."): text for name, text in changes.items()}
    return client.post(FORM, data=said | {"token": token})


def find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]


def faults(page: str) -> list[str]:
    return re.findall(
        r'<li>(?:<a href="#([^"]*)">)?', page.split('id="errors"')[1].split("</div>", maxsplit=1)[0]
    )


def test_the_form_is_answered_by_a_receipt_with_a_copy_of_the_consent(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    answer = send(house, anybody)

    assert answer.status_code == 201
    assert "Your copy of what you signed" in answer.text
    assert "Marigold Exampleton, electronically on 11/24/2026" in answer.text
    assert "Marigold Exampleton" in staff.get("/staff/requests/").text


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reach__phone": ""}, ["reach-phone"]),
        ({"patient__birth_date": "yesterday"}, ["patient-birth_date"]),
        ({"patient__last_name": ""}, ["patient-last_name"]),
        ({"payer": "", "payer_text": ""}, ["payer_text"]),
        ({"consent__agree": ""}, ["consent-agree"]),
        ({"consent__name": ""}, ["consent-name"]),
        ({"asker": "representative"}, ["consent-capacity"]),
        ({"relationship": "child"}, ["holder-last_name"]),
        ({"website": "https://spam.example"}, [""]),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    changes: dict[str, str], fields: list[str], house: WebHouse, anybody: FlaskClient
) -> None:
    answer = send(house, anybody, **changes)

    assert answer.status_code == 422
    assert set(faults(answer.text)) == set(fields)
    assert 'value="Marigold Exampleton"' in answer.text


def test_what_somebody_else_signs_is_no_consent(house: WebHouse, anybody: FlaskClient) -> None:
    answer = send(house, anybody, asker="loved_one")

    assert answer.status_code == 201
    assert "Nobody has signed yet" in answer.text


def test_the_policyholder_may_be_somebody_else(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    holder = {
        "holder__first_name": "Iris",
        "holder__last_name": "Exampleton",
        "holder__birth_date": "1/2/1960",
    }
    send(house, anybody, relationship="child", **holder)

    intake = staff.get("/v1/intakes").json["items"][0]["id"]
    kept = staff.get(f"/v1/intakes/{intake}").json
    assert (kept["member"]["first_name"], kept["member"]["birth_date"]) == ("Iris", "1960-01-02")
    assert (kept["patient"]["relationship"], kept["patient"]["first_name"]) == ("child", "Marigold")
    assert kept["member"]["id"] == "XQZ4410027"


def test_insurers_are_offered_without_a_script_and_what_was_typed_stays(anybody: FlaskClient) -> None:
    whole = anybody.post(f"{FORM}/payers", data={"payer_text": "sim", "reach.name": "Bo"})
    part = anybody.post(f"{FORM}/payers", data={"payer_text": "sim"}, headers={"HX-Request": "true"})

    assert 'value="sim-commercial"' in whole.text
    assert 'value="Bo"' in whole.text
    assert "<html" not in part.text
    assert "Simulated Commercial" in part.text


def test_a_form_of_another_hosts_page_is_refused(house: WebHouse, anybody: FlaskClient) -> None:
    answer = anybody.post(FORM, data=SAID, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_a_form_that_was_sent_is_drawn_anew_and_can_be_sent_then(
    house: WebHouse, anybody: FlaskClient
) -> None:
    token = find(r'name="token" value="([^"]+)"', anybody.get(FORM).text)
    house.reception.clock.move(seconds=20)
    first = anybody.post(FORM, data=SAID | {"token": token})
    again = anybody.post(FORM, data=SAID | {"token": token})
    renewed = find(r'name="token" value="([^"]+)"', again.text)
    house.reception.clock.move(seconds=20)

    assert (first.status_code, again.status_code) == (201, 422)
    assert anybody.post(FORM, data=SAID | {"token": renewed}).status_code == 201


def test_nobody_frames_the_form_unless_named_and_then_only_the_form(house: WebHouse) -> None:
    framers = ("https://www.riverbend.example",)
    app = create_app(
        house.office,
        FakePayers(),  # type: ignore[arg-type]
        house.reception.access,
        registry=CollectorRegistry(),
        log=CapturingLogger(),
        framers=framers,
    )
    named, unnamed = app.test_client(), house.app.test_client()

    policies = {
        name: (answer.headers["Content-Security-Policy"], answer.headers.get("X-Frame-Options"))
        for name, answer in {
            "named": named.get(FORM),
            "sign-in": named.get("/staff/sign-in"),
            "unnamed": unnamed.get(FORM),
        }.items()
    }
    assert "frame-ancestors https://www.riverbend.example" in policies["named"][0]
    assert policies["named"][1] is None
    for name in ("sign-in", "unnamed"):
        assert "frame-ancestors 'none'" in policies[name][0]
        assert policies[name][1] == "DENY"


def test_a_page_left_open_is_told_only_of_changes(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    page = staff.get("/staff/requests/").text
    seen = find(r"seen=([\d.]+)", page)
    quiet = staff.get(f"/staff/requests/news?seen={seen}")
    send(house, anybody)
    news = staff.get(f"/staff/requests/news?seen={seen}")
    part = staff.get("/staff/requests/", headers={"HX-Request": "true"}).text

    assert (quiet.status_code, news.headers["HX-Trigger"]) == (204, "queue-changed")
    assert "Exampleton" in part
    assert "<html" not in part


def test_a_request_is_taken_over_verified_called_for_and_signed_off_by_forms_alone(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    send(house, anybody)
    reviewer = sign_in(house, Role.REVIEWER)
    intake = "/staff/requests/" + find(r"/staff/requests/(int_[\w-]+)", staff.get("/staff/requests/").text)
    staff.post(f"{intake}/assignment", data={"user_id": "me", "from": "queue"})
    case = staff.post(f"{intake}/verification", data={"network": "in"}).headers["Location"]
    sheet = staff.get(f"{case}/worksheet").text
    wrong = staff.post(
        f"{case}/worksheet", data={"representative": "Dana R.", "deductible_remaining.individual": "lots"}
    )
    late = staff.post(
        f"{case}/worksheet",
        data={"representative": "Dana R.", "called_at": "noon", "visit_limit.limit": "no"},
    )
    kept = staff.post(
        f"{case}/worksheet",
        data={
            "representative": "Dana R.",
            "reference_number": "4711",
            "called_at": "11/24/2026 11:30 AM",
            "visit_limit.limit": "no",
            "deductible_remaining.individual": "$1,250.00",
            "authorization.not_known": "yes",
        },
    )
    review = reviewer.get(f"{case}/review").text
    revision = find(r'name="revision" value="([^"]+)"', review)
    stale = reviewer.post(f"{case}/review", data={"revision": "older"})
    signed = reviewer.post(f"{case}/review", data={"revision": revision})

    assert "Mine" in staff.get("/staff/requests/?whose=me").text
    assert "need prior authorization" in sheet
    assert (wrong.status_code, faults(wrong.text)) == (422, ["deductible_remaining-individual"])
    assert (late.status_code, faults(late.text)) == (422, ["called_at"])
    assert kept.status_code == 303
    assert all(words in review for words in ("Dana R.", "4711", "$1,250.00", "could not say"))
    assert (stale.status_code, signed.status_code) == (409, 303)
    assert "Signed off" in staff.get(f"{case}/review").text
    assert "Done" in staff.get(intake).text


@pytest.mark.parametrize(
    ("role", "queue", "case"), [(Role.BILLING, 200, 200), (Role.AUDITOR, 200, 200), (Role.ADMIN, 403, 403)]
)
def test_who_may_only_look_finds_nothing_to_press(  # noqa: PLR0913, PLR0917 - a table and its fixtures
    role: Role, queue: int, case: int, house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    send(house, anybody)
    intake = "/staff/requests/" + find(r"/staff/requests/(int_[\w-]+)", staff.get("/staff/requests/").text)
    address = staff.post(f"{intake}/verification", data={"network": "in"}).headers["Location"] + "/review"
    looker = sign_in(house, role)
    pages = [looker.get("/staff/requests/"), looker.get(intake), looker.get(address)]

    assert [page.status_code for page in pages] == [queue, queue, case]
    assert not [
        each
        for page in pages
        for each in ("Verify now", "Take it", "Sign it off", "Add the note")
        if each in page.text
    ]
    assert looker.post(f"{intake}/assignment", data={"user_id": "me"}).status_code == 403


def test_another_facilitys_staff_see_no_request(house: WebHouse, anybody: FlaskClient) -> None:
    send(house, anybody)
    stranger = sign_in(house, Role.ADMISSIONS, OTHER)

    assert "Exampleton" not in stranger.get("/staff/requests/").text


def test_the_insurance_of_a_request_is_chosen_by_the_words_on_the_card(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    send(house, anybody, payer="")
    intake = "/staff/requests/" + find(r"/staff/requests/(int_[\w-]+)", staff.get("/staff/requests/").text)
    offer = f'value="sim-commercial" formaction="{intake}/payer"'
    typed = {"program.allowed_amount": "310.00", "network": "in"}

    assert offer in staff.get(intake).text  # by what the person wrote
    whole = staff.post(f"{intake}/payers", data=typed | {"q": "simulated"}).text
    part = staff.post(f"{intake}/payers", data={"q": "simulated"}, headers={"HX-Request": "true"}).text
    assert ("<html" in whole, offer in whole, 'value="310.00"' in whole) == (True, True, True)
    assert ("<html" in part, offer in part) == (False, True)

    page = staff.post(f"{intake}/payer", data=typed | {"choose": "sim-commercial"}).text
    assert 'name="payer" value="sim-commercial"' in page
    assert 'value="310.00"' in page
    assert staff.post(f"{intake}/payer", data={"choose": "nobody"}).status_code == 404
    program = {"program.code": "H0015", "program.start_date": "12/07/2026"}
    chosen = typed | program | {"payer": "sim-commercial"}
    assert staff.post(f"{intake}/verification", data=chosen).status_code == 303


def test_a_request_cannot_be_verified_before_its_insurance_is_chosen(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    send(house, anybody, payer="", payer_text="nobody knows this one")
    intake = "/staff/requests/" + find(r"/staff/requests/(int_[\w-]+)", staff.get("/staff/requests/").text)

    answer = staff.post(f"{intake}/verification", data={"network": "in"})

    assert answer.status_code == 422
    assert "Insurance" in answer.text.split('id="errors"')[1].split("</div>", maxsplit=1)[0]
