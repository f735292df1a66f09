import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from tests.store.support import (
    ACTIVE,
    INACTIVE,
    INQUIRY,
    PROGRAM,
    ScriptedGateway,
    SetClock,
    await_until,
    inquire,
)
from verifier.errors import Busy, NotFound
from verifier.model.verification import Attempt, Freshness, Origin, Outcome, Verification, VerificationStatus
from verifier.progress import tell_progress
from verifier.service import Limits, Verifier

OTHER = inquire(program=replace(PROGRAM, weeks=8))


@pytest.fixture
def go(gateway: ScriptedGateway) -> Iterator[threading.Event]:
    """Holds the payer's answer back until it is set."""
    go = threading.Event()
    gateway.pause = lambda: go.wait(20)
    yield go
    go.set()


def await_end(service: Verifier, verification_id: str) -> Verification:
    await_until(lambda: service.find(verification_id).status is not VerificationStatus.PENDING)
    return service.find(verification_id)


def test_an_answer_in_time_is_given_at_once(service: Verifier) -> None:
    found = service.submit(INQUIRY, wait=20)

    assert found.status is VerificationStatus.COMPLETE
    assert service.find(found.id) == found


def test_a_late_answer_is_pending_first_and_found_later(service: Verifier, go: threading.Event) -> None:
    pending = service.submit(INQUIRY, wait=0.01)
    assert service.find(pending.id) == pending
    go.set()
    found = await_end(service, pending.id)

    assert (pending.status, pending.coverage, pending.decision) == (VerificationStatus.PENDING, None, None)
    assert (found.status, found.coverage) == (VerificationStatus.COMPLETE, ACTIVE.coverage)
    assert (found.id, found.created_at) == (pending.id, pending.created_at)


def test_a_pending_one_shows_what_was_known_before(
    service: Verifier, gateway: ScriptedGateway, clock: SetClock, go: threading.Event
) -> None:
    go.set()
    service.verify(INQUIRY)
    go.clear()
    clock.move(hours=30)
    gateway.answer = INACTIVE

    pending = service.submit(INQUIRY, wait=0)
    go.set()

    assert (pending.status, pending.coverage) == (VerificationStatus.PENDING, ACTIVE.coverage)
    assert pending.freshness == Freshness(Origin.STALE, 30 * 3600, "the payer has not answered yet")
    assert await_end(service, pending.id).coverage == INACTIVE.coverage


def test_what_is_kept_is_answered_without_a_thread(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway, go: threading.Event
) -> None:
    service = open_service(limits=Limits(workers=1, waiting=0))
    go.set()
    service.verify(INQUIRY)
    go.clear()
    service.submit(inquire(payer="slow"), wait=0)

    assert service.submit(INQUIRY, wait=0).freshness == Freshness(Origin.CACHE)
    with pytest.raises(Busy):
        service.submit(inquire(payer="third"), wait=0)
    go.set()
    assert len(service.recent()) == 3


def test_fifty_callers_of_a_payer_that_hangs_leave_the_others_their_answers(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway, go: threading.Event
) -> None:
    service = open_service()
    gateway.pause = lambda: gateway.calls[-1].payer == "hung" and go.wait(20)
    pending: list[Verification] = []

    def ask(weeks: int) -> None:
        inquiry = inquire(payer="hung", program=replace(PROGRAM, start_date=date(2026, 12, weeks % 28 + 1)))
        pending.append(service.submit(inquiry, wait=20))

    callers = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for caller in callers:
        caller.start()
    await_until(lambda: len(pending) == 34)
    healthy = [service.submit(inquire(payer=f"healthy {number}"), wait=20) for number in range(20)]
    given_up = len(pending)
    go.set()
    for caller in callers:
        caller.join()

    assert {found.status for found in healthy} == {VerificationStatus.COMPLETE}
    assert given_up == 34  # half of the threads wait for the payer that hangs, and nobody else does
    assert [found.status for found in pending[:34]] == [VerificationStatus.PENDING] * 34
    await_until(lambda: all(service.find(each.id).status is VerificationStatus.COMPLETE for each in pending))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (NotFound("There is no such payer."), "There is no such payer."),
        (
            RuntimeError("W199003344"),
            "Something went wrong here, not at the payer. Ask again; if it stays, report it.",
        ),
    ],
)
def test_a_late_failure_is_recorded_in_words_for_staff(  # noqa: PLR0913, PLR0917 - a table and its fixtures
    error: Exception,
    problem: str,
    service: Verifier,
    gateway: ScriptedGateway,
    go: threading.Event,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway.answer = error
    pending = service.submit(INQUIRY, wait=0)
    go.set()
    failed = await_end(service, pending.id)

    assert (failed.status, failed.problem, failed.coverage) == (VerificationStatus.FAILED, problem, None)
    assert caplog.messages == [f"verification {pending.id} failed ({type(error).__name__})"]


def test_a_refresh_may_be_waited_for_as_well(
    service: Verifier, gateway: ScriptedGateway, go: threading.Event
) -> None:
    go.set()
    first = service.verify(INQUIRY)
    go.clear()
    gateway.answer = INACTIVE

    pending = service.refresh(first.id, wait=0)
    go.set()

    assert (pending.id, pending.status, pending.coverage) == (
        first.id,
        VerificationStatus.PENDING,
        ACTIVE.coverage,
    )
    assert await_end(service, first.id).coverage == INACTIVE.coverage


def test_closing_answers_what_is_under_way_and_says_what_was_dropped(
    open_service: Callable[..., Verifier], go: threading.Event, gateway: ScriptedGateway
) -> None:
    service = open_service(limits=Limits(workers=1, waiting=1))
    running = service.submit(INQUIRY, wait=0)
    await_until(lambda: bool(gateway.calls))
    waiting = service.submit(inquire(payer="other"), wait=0)
    threading.Timer(0.1, go.set).start()

    service.close()

    assert service.find(running.id).status is VerificationStatus.COMPLETE
    dropped = service.find(waiting.id)
    assert (dropped.status, dropped.problem) == (
        VerificationStatus.FAILED,
        "The service was stopped before the payer was asked; verify again.",
    )
    with pytest.raises(Busy):
        service.submit(INQUIRY, wait=0) if not gateway.calls else service.submit(
            inquire(payer="third"), wait=0
        )


def test_what_was_done_under_an_id_is_not_done_again(service: Verifier, gateway: ScriptedGateway) -> None:
    first = service.submit(INQUIRY, wait=20, as_id="ver_1")
    gateway.answer = INACTIVE

    assert service.submit(INQUIRY, wait=20, as_id="ver_1") == first
    assert (first.id, len(gateway.calls)) == ("ver_1", 1)


def test_what_was_left_pending_under_an_id_by_a_process_that_died_is_done(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    service = open_service()
    done = service.submit(INQUIRY, wait=20, as_id="ver_1")
    service._records.save(replace(done, status=VerificationStatus.PENDING))

    assert service.submit(INQUIRY, wait=20, as_id="ver_1").status is VerificationStatus.COMPLETE
    assert [kept.id for kept in service.recent()] == ["ver_1"]


def test_each_call_that_ends_is_in_the_record_of_whoever_waits(
    service: Verifier, gateway: ScriptedGateway, go: threading.Event
) -> None:
    second = threading.Event()
    calls = [Attempt("caqh_core", (code,), Outcome.ANSWERED, 0.1) for code in ("CJ", "MH")]

    def answer_slowly() -> None:
        go.wait(20)
        tell_progress(calls[0])
        second.wait(20)
        tell_progress(calls[1])

    gateway.pause = answer_slowly
    pending = service.submit(INQUIRY, wait=0.01)
    go.set()
    await_until(lambda: service.find(pending.id).attempts == (calls[0],))
    shown = service.find(pending.id)
    second.set()
    found = await_end(service, pending.id)

    assert (pending.attempts, shown.status) == ((), VerificationStatus.PENDING)
    assert found.attempts == ACTIVE.attempts


def test_an_answer_in_time_leaves_no_pending_record_behind(
    service: Verifier, gateway: ScriptedGateway
) -> None:
    gateway.pause = lambda: tell_progress(Attempt("caqh_core", ("CJ",), Outcome.ANSWERED, 0.1))

    found = service.submit(INQUIRY, wait=20)

    assert service.find(found.id).status is VerificationStatus.COMPLETE
    assert service.find(found.id).attempts == ACTIVE.attempts
