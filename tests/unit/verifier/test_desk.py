"""Whatever is read, changed, refused or sent leaves its event; without the event nothing is handed over."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest

from tests.store.support import (
    ACTIVE,
    FACILITY,
    FAULT,
    INQUIRY,
    NOON,
    PAPERS,
    PROGRAM,
    MemoryAudit,
    MemoryClaims,
    MemoryConsents,
    ScriptedGateway,
    SetClock,
    await_until,
    inquire,
)
from tests.unit.verifier.answering.test_consent_gate import CONSENT
from verifier.answering.consent_gate import ConsentGate
from verifier.answering.departure import Departure
from verifier.desk import Desk, Office
from verifier.errors import AuditUnavailable, BadInput, ConsentNeeded, NotFound, VerifierError
from verifier.model.audit import Action, Context, Event, Person, Result
from verifier.model.verification import Exchange, VerificationStatus
from verifier.service import Verifier

CONTEXT = Context("user:1", "req-1", "POST /v1/verifications", "payment")
ANA = Person("W199003344", "Testcase", "Ana", date(1988, 4, 12))
Told = list[tuple[str, str, str]]


class Rooms:
    """A desk over a service whose payer is played and whose consents are required."""

    def __init__(self, open_service: Callable[..., Verifier], gateway: ScriptedGateway) -> None:
        self.audit, self.consents, self.gateway = MemoryAudit(), MemoryConsents(), gateway
        clock = SetClock()
        gate = ConsentGate(self.consents, clock, required=True)
        door = Departure(gateway, gate=gate, audit=self.audit, clock=clock)
        verifier = open_service(gateway=door, gate=gate)
        self.office = Office(verifier, self.consents, MemoryClaims(), self.audit, clock, PAPERS)
        self.desk: Desk = self.office.desk(CONTEXT)
        self.consent = self.desk.give_consent(CONSENT)
        self.inquiry = inquire(consent_id=self.consent.id)
        self.audit.events.clear()

    def told(self) -> Told:
        return [(each.action, each.what, each.result) for each in self.audit.events]


@pytest.fixture
def rooms(open_service: Callable[..., Verifier], gateway: ScriptedGateway) -> Rooms:
    return Rooms(open_service, gateway)


def test_asking_a_payer_is_recorded_before_it_happens_and_when_it_is_answered(rooms: Rooms) -> None:
    before: Told = []
    rooms.gateway.pause = lambda: before.extend(rooms.told())

    kept = rooms.desk.verify(rooms.inquiry)

    assert before == [("disclosure", "payer sim-commercial", "done")]
    assert rooms.told()[1:] == [
        ("payer_call", "payer sim-commercial by caqh_core: answered", "done"),
        ("change", f"verification {kept.id}", "done"),
    ]
    assert {(each.whose, each.context, each.at) for each in rooms.audit.events} == {(ANA, CONTEXT, NOON)}


def test_an_answer_from_the_cache_discloses_nothing(rooms: Rooms) -> None:
    rooms.desk.verify(rooms.inquiry)
    rooms.audit.events.clear()

    rooms.desk.submit(rooms.inquiry, wait=20)

    assert [each.action for each in rooms.audit.events] == [Action.CHANGE]


def test_what_is_asked_in_another_thread_is_recorded_for_whoever_asked(rooms: Rooms) -> None:
    pending = rooms.desk.submit(rooms.inquiry, wait=0)

    await_until(lambda: len(rooms.audit.events) == 3)
    assert {each.context for each in rooms.audit.events} == {CONTEXT}
    await_until(lambda: rooms.desk.find(pending.id).status is VerificationStatus.COMPLETE)


USES: dict[str, tuple[Callable[[Desk, str], object], tuple[str, str]]] = {
    "find": (lambda desk, kept: desk.find(kept), ("read", "verification {}")),
    "take out": (lambda desk, kept: desk.find(kept, action=Action.EXPORT), ("export", "verification {}")),
    "list": (lambda desk, _: desk.recent(limit=5), ("search", "verifications")),
    "normalize": (lambda desk, _: desk.normalize(b"reply"), ("read", "payer reply")),
    "price": (lambda desk, kept: desk.estimate_verification(kept, PROGRAM), ("read", "verification {}")),
}
FAILURES: dict[str, tuple[Callable[[Rooms], object], type[VerifierError], tuple[str, str, str]]] = {
    "no such verification": (
        lambda rooms: rooms.desk.find("123-45-6789"),
        NotFound,
        ("read", "verification", "failed"),
    ),
    "no such consent": (
        lambda rooms: rooms.desk.find_consent("Ana Testcase"),
        NotFound,
        ("read", "consent", "failed"),
    ),
    "no consent": (
        lambda rooms: rooms.desk.verify(INQUIRY),
        ConsentNeeded,
        ("denial", "verification", "refused"),
    ),
    "no such facility": (
        lambda rooms: rooms.desk.verify(replace(rooms.inquiry, facility="none")),
        BadInput,
        ("change", "verification", "failed"),
    ),
}
SERVED: dict[str, Callable[[Desk, str], object]] = {
    **{name: use for name, (use, _) in USES.items()},
    "refresh": lambda desk, kept: desk.refresh(kept),
    "find nothing": lambda desk, _: desk.find("none"),
    "find no consent": lambda desk, _: desk.find_consent("none"),
}


@pytest.mark.parametrize("name", USES)
def test_every_use_case_leaves_one_event(rooms: Rooms, name: str) -> None:
    use, (action, what) = USES[name]
    kept = rooms.desk.verify(rooms.inquiry).id
    rooms.audit.events.clear()

    use(rooms.desk, kept)

    assert rooms.told() == [(action, what.format(kept), "done")]


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_is_recorded_without_the_words_of_the_caller(rooms: Rooms, name: str) -> None:
    use, fault, expected = FAILURES[name]

    with pytest.raises(fault):
        use(rooms)

    assert rooms.told() == [expected]
    assert rooms.gateway.calls == []


@pytest.mark.parametrize("name", SERVED)
def test_while_the_trail_is_away_nothing_is_served(rooms: Rooms, name: str) -> None:
    kept = rooms.desk.verify(rooms.inquiry).id
    rooms.audit.away = True

    with pytest.raises(AuditUnavailable):
        SERVED[name](rooms.desk, kept)

    assert len(rooms.gateway.calls) == 1  # the first; no payer is asked without a record


@pytest.mark.parametrize("answer", [FAULT, ACTIVE], ids=["after a fault", "after an answer"])
def test_a_revoked_consent_stops_asking_again(rooms: Rooms, answer: object) -> None:
    rooms.gateway.answer = answer
    kept = rooms.desk.verify(rooms.inquiry)

    rooms.desk.revoke_consent(rooms.consent.id)

    with pytest.raises(ConsentNeeded, match="was revoked"):
        rooms.desk.refresh(kept.id)
    assert len(rooms.gateway.calls) == 1
    assert rooms.audit.events[-1] == Event(
        Action.DENIAL, f"verification {kept.id}", CONTEXT, NOON, Result.REFUSED
    )


def test_a_consent_that_is_revoked_while_its_question_waits_stops_it_at_the_door(rooms: Rooms) -> None:
    door = Departure(
        rooms.gateway,
        gate=ConsentGate(rooms.consents, SetClock(), required=True),
        audit=rooms.audit,
        clock=SetClock(),
    )
    rooms.consents.revoke(rooms.consent.id, NOON)

    with pytest.raises(ConsentNeeded):
        door.ask(replace(rooms.inquiry, facility=FACILITY.id), FACILITY, deadline=1)
    assert rooms.gateway.calls == []


def test_of_those_who_share_an_answer_one_keeps_what_went_over_the_wire(rooms: Rooms) -> None:
    rooms.gateway.answer = replace(
        ACTIVE, exchanges=(Exchange("caqh_core", NOON, b"ISA*asked", b"ISA*told"),)
    )
    go = threading.Event()
    rooms.gateway.pause = lambda: go.wait(20)

    ids = [rooms.desk.submit(rooms.inquiry, wait=0).id for _ in range(2)]
    go.set()
    for each in ids:
        await_until(lambda each=each: rooms.desk.find(each).status is VerificationStatus.COMPLETE)  # type: ignore[misc]

    kept = []
    for each in ids:
        with suppress(NotFound):
            kept.append(rooms.desk.evidence(each).exchanges)
    assert kept == [rooms.gateway.answer.exchanges]
    assert len(rooms.gateway.calls) == 1
