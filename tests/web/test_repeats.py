"""A POST that is sent again under its key is answered by the same bytes, and nothing is done twice."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import CapturingLogger

from tests.access import Reception, bearing
from tests.store.support import (
    ACTIVE,
    FACILITY,
    NOON,
    PAPERS,
    MemoryAudit,
    MemoryConsents,
    ScriptedGateway,
    SetClock,
    SilentReplies,
    await_until,
    open_gate,
    open_records,
)
from tests.web.test_whole_service import NoCache
from verifier.desk import Office
from verifier.errors import PayerRefused
from verifier.model.audit import Action
from verifier.service import Verifier
from verifier.store.database.records import DatabaseRecords
from verifier.web.api import examples
from verifier.web.app import create_app

REPLAYED = "Idempotent-Replayed"
POSTS: dict[str, tuple[str, Any]] = {
    "verify": ("/v1/verifications", examples.INQUIRY),
    "consent": ("/v1/consents", examples.CONSENT_GIVEN),
    "estimate": ("/v1/estimates", examples.ESTIMATE_REQUEST),
}


class House:
    """The web over the real service and a real database; the payer is played."""

    def __init__(self, records: DatabaseRecords, clock: SetClock, reception: Reception) -> None:
        self.payer, self.audit, self.consents = ScriptedGateway(ACTIVE), MemoryAudit(), MemoryConsents()
        self.records, self.clock = records, clock
        self.verifier = Verifier(
            gateway=self.payer,
            cache=NoCache(),
            records=records,
            replies=SilentReplies(),
            facilities={FACILITY.id: FACILITY},
            clock=clock,
            gate=open_gate(clock),
        )
        office = Office(self.verifier, self.consents, records, self.audit, clock, PAPERS)
        self.app = create_app(office, None, reception.access, log=CapturingLogger())  # type: ignore[arg-type]
        self.key = reception.key()

    def post(self, address: str, body: object, key: str = "4d0a9c52") -> Any:  # noqa: ANN401 - has JSON
        client = bearing(self.app.test_client(), self.key)
        return client.post(address, json=body, headers={"Idempotency-Key": key})


@pytest.fixture
def house(new_database: str, reception: Reception) -> Iterator[House]:
    clock = SetClock(NOON)
    house = House(open_records(new_database, clock, retention=timedelta(days=2)), clock, reception)
    yield house
    house.verifier.close()


@pytest.mark.parametrize("name", POSTS)
def test_every_post_is_answered_again_by_the_same_bytes(house: House, name: str) -> None:
    address, body = POSTS[name]

    first, again = house.post(address, body), house.post(address, body)

    assert first.status_code in {200, 201}
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert first.headers.get("Location") == again.headers.get("Location")
    assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")
    assert len(house.payer.calls) == (name == "verify")
    assert len(house.consents.kept) == (name == "consent")


def test_a_replay_is_in_the_audit_trail_too(house: House) -> None:
    first = house.post(*POSTS["verify"])
    house.audit.events.clear()

    house.post(*POSTS["verify"])

    (event,) = house.audit.events
    assert (event.action, event.what) == (Action.READ, f"answer about {first.json['id']}")
    house.audit.away = True
    assert house.post(*POSTS["verify"]).json["code"] == "audit_unavailable"


def test_another_spelling_is_the_same_request_and_other_words_are_not(house: House) -> None:
    first = house.post("/v1/verifications", examples.INQUIRY)
    turned = dict(reversed(examples.INQUIRY.items()))

    assert house.post("/v1/verifications", turned).data == first.data
    other = house.post("/v1/verifications", examples.INQUIRY | {"network": "out"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(house.payer.calls) == 1


def test_a_key_belongs_to_its_route(house: House) -> None:
    answers = [house.post(address, body) for address, body in POSTS.values()]

    assert all(answer.status_code in {200, 201} for answer in answers)
    assert not any(REPLAYED in answer.headers for answer in answers)


def test_what_was_refused_may_be_sent_again_under_its_key(house: House) -> None:
    refused = house.post("/v1/verifications", examples.INQUIRY | {"facility": "none"})
    house.payer.answer = PayerRefused("The payer's system said no.")
    failed = house.post("/v1/verifications", examples.INQUIRY)
    house.payer.answer = ACTIVE

    assert (refused.status_code, failed.status_code) == (422, 502)
    assert house.post("/v1/verifications", examples.INQUIRY).status_code == 201


def test_in_flight_it_is_a_conflict(house: House) -> None:
    go = threading.Event()
    house.payer.pause = lambda: go.wait(20)
    first = threading.Thread(target=house.post, args=POSTS["verify"])
    first.start()
    await_until(lambda: bool(house.payer.calls))

    second = house.post(*POSTS["verify"])
    go.set()
    first.join()

    assert (second.status_code, second.json["code"]) == (409, "conflict")


@pytest.mark.timeout(300)
def test_of_a_thousand_in_races_and_replays_none_is_carried_out_twice(house: House) -> None:
    answers: list[int] = []
    for key in range(20):
        together = threading.Barrier(50)

        def send(key: int = key, together: threading.Barrier = together) -> None:
            together.wait()
            answers.append(house.post(*POSTS["verify"], key=f"key-{key}").status_code)

        run_together([send] * 50)

    assert set(answers) <= {201, 409}
    assert len(answers) == 1_000
    assert len(house.payer.calls) == len(house.records.recent(limit=200, before=None)) == 20


def run_together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_after_a_crash_the_lease_ends_and_nothing_is_done_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the work and before the answer is kept: the claim stands, without an answer."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(house.records, "settle", die)
        with pytest.raises(KeyboardInterrupt):
            house.post(*POSTS["verify"])
    (done,) = house.records.recent(limit=2, before=None)

    assert house.post(*POSTS["verify"]).status_code == 409
    house.clock.move(minutes=5, seconds=1)
    again = house.post(*POSTS["verify"])

    assert (again.status_code, again.json["id"]) == (201, done.id)
    assert len(house.payer.calls) == 1
