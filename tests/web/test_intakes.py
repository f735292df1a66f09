"""Requests for a free verification over HTTP: from the public form to the signed-off answer."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.store.support import inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from tests.web.test_facts import sign_in
from verifier.access.roles import Role
from verifier.model.audit import Action
from verifier.model.intake import Intake, IntakeState
from verifier.web.api import intake_examples

SAID: dict[str, Any] = {name: value for name, value in intake_examples.REQUEST.items() if name != "token"}


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


def ask(house: WebHouse, client: FlaskClient, facility: str = OWN, **changes: object) -> Any:  # noqa: ANN401 - a response
    form = client.get(f"/v1/intakes/form?facility={facility}").json
    house.reception.clock.move(seconds=20)
    return client.post("/v1/intakes", json=SAID | {"token": form["token"], "facility": facility} | changes)


def test_whoever_asks_gets_a_receipt_and_a_copy_of_their_consent_and_nothing_else(
    house: WebHouse, anybody: FlaskClient
) -> None:
    receipt = ask(house, anybody)

    assert receipt.status_code == 201
    assert receipt.json.keys() == {"id", "received_at", "consent"}
    assert receipt.json["consent"]["signature"]["name"] == "Marigold Exampleton"
    assert (
        receipt.json["consent"]["information"]
        == anybody.get("/v1/intakes/form").json["consent"]["information"]
    )
    assert [anybody.get(f"/v1/intakes{path}").status_code for path in ("", f"/{receipt.json['id']}")] == [
        401,
        401,
    ]
    assert house.payer.calls == []


def test_an_insurer_is_found_by_the_card_and_says_only_what_it_needs(anybody: FlaskClient) -> None:
    found = anybody.get("/v1/intakes/payers?q=simulated+choice").json["items"]

    assert found[0] == {"id": "sim-commercial", "name": "Simulated Commercial", "requires": ["member.id"]}


def test_a_request_goes_from_the_form_over_the_phone_to_the_sign_off(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    reviewer = sign_in(house, Role.REVIEWER)
    address = f"/v1/intakes/{ask(house, anybody).json['id']}"

    def state() -> str:
        return str(staff.get(address).json["state"])

    states = [state()]
    answer = staff.post(f"{address}/verification", json={"network": "in"})
    assert answer.status_code == 201, answer.json
    kept = answer.headers["Location"]
    states.append(state())
    facts = [{"code": each["code"], "value": ANSWERS[each["code"]]} for each in answer.json["unknowns"]]
    told = staff.post(f"{kept}/facts", json={"representative": "Dana R.", "facts": facts}).json
    states.append(state())
    reviewer.post(f"{kept}/review", json={"revision": told["revision"]})
    states.append(state())
    staff.post(f"{kept}/facts", json={"representative": "Dana R.", "facts": [UNKNOWN_AGAIN]})
    states.append(state())

    assert told["unknowns"] == []
    assert states == ["new", "needs_call", "ready_for_review", "done", "needs_call"]
    assert answer.json["inquiry"]["consent_id"] == staff.get(address).json["consent_id"]
    (asked,) = house.payer.calls
    assert asked.member.id == "XQZ4410027"


ANSWERS: dict[str, Any] = {
    "covered": "yes",
    "administrator": "The plan itself",
    "network": "in",
    "authorization": "not_required",
    "cost_share": {"copay": "40.00", "per": "day"},
    "copay_period": "day",
    "visit_limit": {"limit": "no"},
    "deductible_remaining": {"individual": "0.00"},
    "out_of_pocket_remaining": {"individual": "900.00"},
}
UNKNOWN_AGAIN = {"code": "authorization", "value": "unknown"}


def test_the_queue_names_nobody_and_counts_its_states(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    first, second = (ask(house, anybody).json["id"] for _ in range(2))
    staff.post(f"/v1/intakes/{first}/state", json={"state": "done"})

    page = staff.get("/v1/intakes?limit=1")
    rest = staff.get(f"/v1/intakes?before={page.json['next']}").json

    assert [row["id"] for row in page.json["items"] + rest["items"]] == [second, first]
    assert page.json["counts"] == {
        "new": 1,
        "verifying": 0,
        "needs_call": 0,
        "ready_for_review": 0,
        "done": 1,
    }
    assert [row["id"] for row in staff.get("/v1/intakes?state=done").json["items"]] == [first]
    assert not [secret for secret in ("Exampleton", "XQZ44", "985-555", "1991") if secret in page.text]


def test_a_request_is_taken_over_given_on_and_given_back(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    address = f"/v1/intakes/{ask(house, anybody).json['id']}/assignment"
    users = {role: house.reception.add(f"{role}@x.example", role, facilities=[OWN]).id for role in Role}
    stranger = house.reception.add("far@x.example", Role.ADMISSIONS, facilities=[OTHER]).id

    given = staff.post(address, json={"user_id": users[Role.REVIEWER]})
    refused = [
        staff.post(address, json={"user_id": each}).status_code
        for each in (users[Role.AUDITOR], stranger, "usr_nobody", "' OR 1=1")
    ]

    assert given.json["assignee"] == users[Role.REVIEWER]
    assert refused == [422] * 4
    assert len(staff.get(f"/v1/intakes?assignee={users[Role.REVIEWER]}").json["items"]) == 1
    assert staff.get("/v1/intakes?assignee=me").json["items"] == []
    assert staff.post(address, json={"user_id": None}).json["assignee"] is None
    assert len(staff.get("/v1/intakes?assignee=nobody").json["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"asker": "stranger"}, "/asker"),
        ({"asker": "loved_one"}, "/consent"),
        ({"asker": "representative"}, "/consent/capacity"),
        ({"reach": {"name": "Bo"}}, "/reach/phone"),
        ({"reach": {"name": "Bo", "phone": "<script>"}}, "/reach/phone"),
        ({"reach": {"name": "Bo", "email": "nobody"}}, "/reach/email"),
        ({"payer": None}, "/payer_text"),
        ({"member": {"last_name": "Exampleton"}}, "/member/birth_date"),
        ({"consent": {"name": ""}}, "/consent/name"),
        ({"token": "forged"}, "/token"),
        ({"facility": "covington"}, "/facility"),
        ({"coverage": "please"}, "/coverage"),
    ],
)
def test_a_form_that_cannot_be_used_says_which_field(
    changes: dict[str, object], pointer: str, house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    form = anybody.get("/v1/intakes/form").json
    house.reception.clock.move(seconds=20)
    answer = anybody.post("/v1/intakes", json=SAID | {"token": form["token"]} | changes)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert staff.get("/v1/intakes").json["items"] == []


def test_a_form_counts_once_and_a_quick_one_not_at_all(house: WebHouse, anybody: FlaskClient) -> None:
    token = anybody.get("/v1/intakes/form").json["token"]
    quick = anybody.post("/v1/intakes", json=SAID | {"token": token})
    house.reception.clock.move(seconds=20)
    sent = [anybody.post("/v1/intakes", json=SAID | {"token": token}).status_code for _ in range(2)]

    assert (quick.status_code, sent) == (422, [201, 422])


def test_many_forms_from_one_address_are_held_back(house: WebHouse, anybody: FlaskClient) -> None:
    answers = [ask(house, anybody) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [201] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_loved_one_asks_without_a_consent_and_the_queue_shows_that_it_is_missing(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    receipt = ask(house, anybody, asker="loved_one", consent=None).json

    assert receipt["consent"] is None
    assert staff.get(f"/v1/intakes/{receipt['id']}").json["consent_id"] is None


def test_another_facilitys_staff_find_nothing(house: WebHouse, anybody: FlaskClient) -> None:
    stranger = sign_in(house, Role.REVIEWER, OTHER)
    address = f"/v1/intakes/{ask(house, anybody).json['id']}"

    assert stranger.get("/v1/intakes").json["items"] == []
    assert stranger.get(address).status_code == 404
    assert [
        stranger.post(f"{address}/{name}", json=body).status_code
        for name, body in (
            ("assignment", {"user_id": None}),
            ("state", {"state": "done"}),
            ("verification", {}),
        )
    ] == [404] * 3


def test_each_step_is_in_the_trail_by_who_did_it(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    intake = ask(house, anybody).json["id"]
    staff.get(f"/v1/intakes/{intake}")
    staff.post(f"/v1/intakes/{intake}/state", json={"state": "done"})

    told = house.reception.told(Action.CHANGE)
    assert [(who.split(":")[0], what) for who, what, _ in told] == [
        ("anonymous", f"intake {intake}"),
        ("user", f"intake {intake}"),
    ]
    assert house.reception.told(Action.READ)[-1][1] == f"intake {intake}"
    (sent,) = [
        each
        for each in house.reception.audit.events
        if each.context.who == "anonymous" and each.action is Action.CHANGE
    ]
    assert sent.whose
    assert sent.whose.last_name == "Exampleton"


def test_requests_whose_verification_ended_unseen_have_moved_on_when_the_queue_is_looked_at(
    house: WebHouse, anybody: FlaskClient, staff: FlaskClient
) -> None:
    first, second, purged = (ask(house, anybody).json["id"] for _ in range(3))
    ended = [house.verifier.verify(inquire(facility=OWN)).id for _ in range(2)]
    assert house.office.intakes
    for own_id, verification_id in zip((first, second, purged), (*ended, "ver_gone"), strict=True):
        house.office.intakes.change(own_id, partial(leave_alone, verification_id=verification_id))
    house.reception.audit.events.clear()

    rows = staff.get("/v1/intakes").json["items"]

    states = {row["id"]: row["state"] for row in rows}
    assert states == {first: "needs_call", second: "needs_call", purged: "verifying"}
    looked_at = [what for _, what, _ in house.reception.told(Action.READ)]
    assert sorted(looked_at) == sorted(f"verification {each}" for each in ended)
    staff.get("/v1/intakes")
    assert len(house.reception.told(Action.READ)) == len(ended), "looked at again"


def leave_alone(intake: Intake, verification_id: str) -> Intake:
    """Leave a request as whoever verified it left it when they went before the answer came."""
    return replace(intake, state=IntakeState.VERIFYING, verification_id=verification_id)
