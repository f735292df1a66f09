"""Webhooks over HTTP, from being added to what a receiver verifies with the package of the specification."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook as Verifying
from standardwebhooks import WebhookVerificationError

from payers.opening import open_post
from tests.access import bearing
from tests.receiver import Receiver
from tests.store.support import ACTIVE, INACTIVE, MEMBER, inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.clock import SystemClock
from verifier.errors import Unavailable
from verifier.model.audit import Action
from verifier.news.delivering import Deliverer
from verifier.news.runner import Job, Runner
from verifier.settings import Settings

HOOKS: Final = "/v1/webhooks"
RANDOM_ID: Final = re.compile(r"(msg|ver|chg)_[\w-]{22}", re.ASCII)
KEY: Final = {"id", "address", "events", "facility", "created_at", "disabled_at", "disabled_why", "secret"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@contextmanager
def delivering(house: WebHouse) -> Iterator[Deliverer]:
    with open_post(Settings(Path("/nowhere"), webhook_hosts=("localhost",))) as post:
        yield Deliverer(house.news.outbox, house.news.signing, post)


def deliver(house: WebHouse) -> int:
    """Deliver now: what is signed must be as old as the receiver's own clock says."""
    with delivering(house) as deliverer:
        return deliverer.deliver_due(datetime.now(UTC))


def running(deliverer: Deliverer) -> Runner:
    return Runner([Job("webhooks", deliverer.deliver_due)], SystemClock(), pause=0.01)


def add(client: FlaskClient, receiver: Receiver, **more: object) -> dict[str, Any]:
    answer = client.post(HOOKS, json={"address": receiver.address, **more})
    assert answer.status_code == 201, answer.text
    return answer.json


def lose_coverage(house: WebHouse, facility: str = OWN) -> None:
    for answer in (ACTIVE, INACTIVE):
        house.payer.answer = answer
        house.reception.clock.move(seconds=1)
        house.verifier.verify(inquire(facility=facility), refresh=True)


def test_a_receiver_verifies_what_it_is_told_and_finds_ids_and_the_notice(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    secret = add(client, receiver)["secret"]
    lose_coverage(house)
    assert deliver(house) == 3

    told = [Verifying(secret).verify(each.body, each.headers) for each in receiver.received]
    assert sorted(each["type"] for each in told) == [
        "coverage.changed",
        "verification.completed",
        "verification.completed",
    ]
    changed = next(each for each in told if each["type"] == "coverage.changed")
    assert changed.keys() == {"type", "timestamp", "data", "notice"}
    assert changed["data"].keys() == {"verification_id", "change_id"}
    assert changed["notice"].startswith("42 CFR part 2 prohibits")
    (report,) = client.get("/v1/changes").json["items"]
    assert changed["data"] == {"verification_id": report["verification_id"], "change_id": report["id"]}
    assert len({each.id for each in receiver.received}) == 3


def test_no_health_data_is_in_what_is_sent(house: WebHouse, client: FlaskClient, receiver: Receiver) -> None:
    add(client, receiver)
    lose_coverage(house)
    deliver(house)

    heads = [each.headers | {"webhook-signature": "", "host": ""} for each in receiver.received]
    said = json.dumps([heads, [each.body.decode() for each in receiver.received]])
    sent = RANDOM_ID.sub("", said).lower()
    words = (MEMBER.last_name, MEMBER.first_name, MEMBER.id, MEMBER.ssn, "1988", "sim-commercial")
    for word in (*words, "H0015", "inactive", "ended", OWN, "CJ"):
        assert str(word).lower() not in sent


def test_a_changed_byte_another_key_or_an_old_time_is_refused(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    secret, other = add(client, receiver)["secret"], house.news.signing.new_secret()
    lose_coverage(house)
    with delivering(house) as deliverer:
        deliverer.deliver_due(datetime.now(UTC) - timedelta(minutes=6))
    late = receiver.received[0]
    for key, headers, body in (
        (secret, late.headers, late.body),
        (other, late.headers, late.body),
        (secret, late.headers | {"webhook-id": "msg_other"}, late.body),
    ):
        with pytest.raises(WebhookVerificationError):
            Verifying(key).verify(body, headers)
    client.post(f"{HOOKS}/{client.get(HOOKS).json['items'][0]['id']}/replay", json=REPLAY_ALL)
    deliver(house)
    fresh = receiver.received[-1]
    Verifying(secret).verify(fresh.body, fresh.headers)
    with pytest.raises(WebhookVerificationError):
        Verifying(secret).verify(fresh.body.replace(b"ver_", b"vex_"), fresh.headers)


REPLAY_ALL: Final = {"since": "2026-01-01T00:00:00Z", "taken": True}


def test_a_new_key_signs_beside_the_old_one_for_a_day(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    house.reception.clock.moment = datetime.now(UTC)
    first = add(client, receiver)
    second = client.post(f"{HOOKS}/{first['id']}/keys").json
    lose_coverage(house)
    deliver(house)
    for each in receiver.received:
        for secret in (first["secret"], second["secret"]):
            Verifying(secret).verify(each.body, each.headers)

    kept = house.news.webhooks.find(first["id"])
    later = house.reception.clock.now() + timedelta(hours=25)
    assert kept.signing(later) == (second["secret"],)
    codes = [client.post(f"{HOOKS}/{first['id']}/keys").status_code for _ in range(5)]
    assert codes == [201, 201, 201, 409, 409]


def test_a_key_is_told_once(client: FlaskClient, receiver: Receiver, house: WebHouse, tmp_path: Path) -> None:
    made = add(client, receiver)
    assert made.keys() == KEY
    assert made["secret"].startswith("whsec_")

    listed, found = client.get(HOOKS).json["items"][0], client.get(f"{HOOKS}/{made['id']}").json
    assert listed == found == made | {"secret": None}
    house.reception.database.close()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert made["secret"].removeprefix("whsec_").encode() not in written
    assert receiver.address.encode() not in written


def test_a_webhook_is_told_of_its_own_facility_and_events(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    add(client, receiver, events=["coverage.changed"])
    lose_coverage(house, OTHER)
    assert deliver(house) == 0
    lose_coverage(house, OWN)
    assert deliver(house) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"address": "http://hooks.example/"}, "/address"),
        ({"address": "https://127.0.0.1/"}, "/address"),
        ({"address": "https://169.254.169.254/latest"}, "/address"),
        ({"address": "https://user:pw@hooks.example/"}, "/address"),
        ({"address": "file:///etc/passwd"}, "/address"),
        ({}, "/address"),
        ({"address": "https://hooks.example/", "events": []}, "/events"),
        ({"address": "https://hooks.example/", "events": ["coverage.lost"]}, "/events/0"),
        ({"address": "https://hooks.example/", "secret": "mine"}, "/secret"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_by_its_field(
    client: FlaskClient, body: dict[str, object], pointer: str
) -> None:
    answer = client.post(HOOKS, json=body)
    assert (answer.status_code, [each["pointer"] for each in answer.json["errors"]]) == (422, [pointer])


def test_nobody_adds_one_for_a_facility_that_is_not_theirs(client: FlaskClient, receiver: Receiver) -> None:
    body = {"address": receiver.address, "facility": OTHER}
    assert client.post(HOOKS, json=body).status_code == 403
    assert add(client, receiver)["facility"] == OWN


def test_switched_off_it_is_told_nothing_and_a_replay_waits_until_it_is_on(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    own = f"{HOOKS}/{add(client, receiver)['id']}"
    lose_coverage(house)
    off = client.post(f"{own}/disable").json
    assert (off["disabled_why"], deliver(house)) == ("by_hand", 0)
    assert {each["state"] for each in client.get(f"{own}/deliveries").json["items"]} == {"given_up"}
    assert client.post(f"{own}/replay", json=REPLAY_ALL).status_code == 409

    assert client.post(f"{own}/enable").json["disabled_at"] is None
    assert client.post(f"{own}/replay", json=REPLAY_ALL).json == {"deliveries": 3}
    assert deliver(house) == 3
    assert {each["outcome"] for each in client.get(f"{own}/deliveries").json["items"]} == {"taken"}


def test_a_removed_one_is_gone_and_what_waited_for_it_too(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    own = f"{HOOKS}/{add(client, receiver)['id']}"
    lose_coverage(house)
    assert client.delete(own).status_code == 204
    assert (client.get(own).status_code, client.delete(own).status_code, deliver(house)) == (404, 404, 0)


def test_the_same_request_sent_again_adds_one(client: FlaskClient, receiver: Receiver) -> None:
    body, key = {"address": receiver.address}, {"Idempotency-Key": "one"}
    first, again = (client.post(HOOKS, json=body, headers=key).json for _ in range(2))
    assert first == again
    assert len(client.get(HOOKS).json["items"]) == 1


def test_each_change_is_in_the_audit_trail_without_the_address(
    house: WebHouse, client: FlaskClient, receiver: Receiver
) -> None:
    own = add(client, receiver)["id"]
    client.post(f"{HOOKS}/{own}/keys")
    client.delete(f"{HOOKS}/{own}")

    events = [each for each in house.reception.audit.events if each.action is Action.RULE_CHANGE]
    assert [each.what for each in events] == [
        f"webhook {own} {how}" for how in ("added", "given a new key", "removed")
    ]
    assert receiver.address not in str(house.reception.audit.events)


def test_whoever_serves_delivers_by_itself(house: WebHouse, client: FlaskClient, receiver: Receiver) -> None:
    add(client, receiver, events=["coverage.changed"])
    with (
        delivering(house) as deliverer,
        running(deliverer),
    ):
        lose_coverage(house)
        assert receiver.came.acquire(timeout=30)

    assert len(receiver.received) == 1


def test_a_database_that_is_away_for_a_while_stops_no_runner(house: WebHouse, receiver: Receiver) -> None:
    class Away:
        def __getattr__(self, name: str) -> object:
            return getattr(house.news.outbox, name)

        looks = 0

        def claim(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - handed on
            self.looks += 1
            if self.looks < 3:
                raise Unavailable("The database cannot be used at the moment.")
            return house.news.outbox.claim(*given, **named)

    with delivering(house) as deliverer:
        client = bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))
        add(client, receiver, events=["coverage.changed"])
        lose_coverage(house)
        with running(replace(deliverer, outbox=Away())):
            assert receiver.came.acquire(timeout=30)
