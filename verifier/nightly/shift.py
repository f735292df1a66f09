"""`Shift`: one worker at one lane: take the turn, ask about one person, write down what came of it.

Before the payer is asked, what is about to be asked stands in the database: whoever takes over from a worker
that died finds the id of the answer, looks whether it was kept, and asks again only if it was not; the
question then carries the same trace, and the item says that a call may have been made twice.
"""

import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final, Protocol

from verifier.errors import NotFound, VerifierError
from verifier.model.inquiry import Inquiry
from verifier.model.reverification import Grant, ItemState, Lane, Reason
from verifier.model.roster import Entry, Stop
from verifier.model.verification import Attempt, Outcome, Verification, VerificationStatus
from verifier.nightly.desk import Night
from verifier.nightly.hours import THREE, first_moment
from verifier.nightly.judging import Terms, Verdict, find_parking, find_pause, judge, judge_error
from verifier.nightly.pacing import Pacer
from verifier.nightly.planning import find_hours
from verifier.nightly.ports import Lanes, Settled
from verifier.progress import listening
from verifier.reference import referring

BEATS: Final = 3  # a lease is renewed so many times before it would end
MIDNIGHT: Final = time(0)
BROKEN: Final = Verdict(ItemState.FAILED, Reason.SERVICE)

log = logging.getLogger(__name__)


class Asking(Protocol):
    """Who puts the questions, and keeps the answers."""

    def verify(self, inquiry: Inquiry, *, run_id: str, as_id: str) -> Verification:
        """Verify *inquiry* now, as part of a run, and keep the answer under *as_id*."""
        ...

    def find(self, verification_id: str) -> Verification:
        """Return the verification.

        Raises:
            NotFound: there is none under this id.
        """
        ...


Compare = Callable[[Verification | None, Verification, Entry], int | None]


def compare_nothing(_: Verification | None, __: Verification, ___: Entry) -> int | None:
    """Find no changes, because nobody looks for them here."""
    return None


@dataclass(frozen=True, slots=True)
class Next:
    """Which turn comes after this one, and after how many seconds."""

    lane_id: str
    turn: int
    delay: float


@dataclass(frozen=True, slots=True)
class Came:
    """What came of asking.

    *asked*: the payer was, now. *in_doubt*: it may have been, now or before, and its answer is not known.
    """

    verdict: Verdict
    answer: Verification | None = None
    asked: bool = False
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """Everything that working at a lane needs. *opens* is the hour from which payers may be asked."""

    night: Night
    lanes: Lanes
    asking: Asking
    pacer: Pacer
    terms: Terms
    opens: time = THREE
    compare: Compare = compare_nothing
    uniform: Callable[[float, float], float] = random.uniform

    def work(self, lane_id: str, turn: int) -> Next | None:
        """Take one turn at a lane, and tell of the next; ``None`` when somebody else will see to it."""
        lane = self.lanes.look(lane_id, turn)
        if lane is None:
            return None
        if wait := self._must_wait(lane):
            until, reason = wait
            self.lanes.postpone(lane, until, reason)
            return Next(lane.id, lane.turn, self._seconds_until(until))
        grant = self.lanes.claim(lane, lease=self.terms.lease)
        if grant is None:
            return None
        with self._holding(grant):
            settled = self._ask(grant)
        following = self.lanes.settle(grant, settled)
        return Next(lane.id, following[0], self._seconds_until(following[1])) if following else None

    def _must_wait(self, lane: Lane) -> tuple[datetime, Reason | None] | None:
        """Tell until when the payer may not be asked, and why."""
        now = self.night.clock.now()
        facility = self.night.facilities.get(lane.facility)
        opening = find_hours(self.night, lane.payer, facility, self.opens).next_opening(now, lane.day)
        if opening is not None and opening > now:
            return opening, Reason.OUTSIDE_HOURS
        seconds = self.pacer.take(lane.payer, facility.npi if facility else lane.facility)
        return (now + timedelta(seconds=seconds), lane.reason) if seconds else None

    def _ask(self, grant: Grant) -> Settled:
        """Ask about the person of an item, and judge what came."""
        entry = self._find_entry(grant)
        if entry is None:
            return Settled(ItemState.STOPPED, Reason.DISCHARGED)
        if kept := self._find_kept(grant):
            return self._settle(grant, Came(judge(kept), kept), entry)
        return self._settle(grant, self._verify(grant, entry), entry)

    def _find_entry(self, grant: Grant) -> Entry | None:
        """Find whom to ask about, unless they were discharged after the run was planned."""
        try:
            entry = self.night.roster.find(grant.item.entry_id)
        except NotFound:
            return None
        left = entry.discharged_on is not None and entry.discharged_on <= grant.lane.day
        return None if left else entry

    def _find_kept(self, grant: Grant) -> Verification | None:
        """Find the answer that a worker who died still kept; then nobody is asked, or paid, again.

        What was kept when its payer was held back says nothing of what was asked before.
        """
        if not grant.taken_over or grant.item.verification_id is None:
            return None
        try:
            kept = self.asking.find(grant.item.verification_id)
        except NotFound:
            return None
        is_held = bool(kept.attempts) and not _was_asked(kept.attempts)
        return kept if kept.status is VerificationStatus.COMPLETE and not is_held else None

    def _verify(self, grant: Grant, entry: Entry) -> Came:
        """Ask; an answer that was got on the same date serves, so that nobody is paid twice for a day."""
        item = grant.item
        begin = first_moment(grant.lane.day, MIDNIGHT, self.night.zone)
        age = max(0, int((self.night.clock.now() - begin).total_seconds()))
        inquiry = replace(entry.inquiry, max_age=age)
        heard: list[Attempt] = []  # of each call, as soon as it is over
        try:
            with referring(f"{item.id} {item.verification_id}"), listening(heard.append):
                answer = self.asking.verify(inquiry, run_id=item.run_id, as_id=item.verification_id or "")
        except VerifierError as error:
            log.warning("an item of a run was not asked about, or its answer not kept (%s)", error.code)
            asked = _was_asked(heard)
            return Came(judge_error(error), asked=asked, in_doubt=asked or grant.taken_over)
        except Exception as error:  # noqa: BLE001 - one person's fault must not end the run of the rest
            log.warning("an item of a run failed (%s)", type(error).__name__)
            return Came(BROKEN, asked=_was_asked(heard))
        asked = _was_asked(answer.attempts)
        return Came(judge(answer), answer, asked, in_doubt=grant.taken_over and not asked)

    def _settle(self, grant: Grant, came: Came, entry: Entry) -> Settled:
        verdict, answer = came.verdict, came.answer
        self._pace(grant, verdict)
        if verdict.retry:
            return self._retry(grant, came)
        is_answered = answer is not None and verdict.state is ItemState.DONE
        return Settled(
            verdict.state,
            verdict.reason,
            repeated=came.asked and grant.taken_over,
            changes=self._compare(entry, answer) if answer and is_answered else None,
            entry=partial(_note, verdict=verdict, day=grant.lane.day, answer=answer),
            recovered=answer is not None,
        )

    def _retry(self, grant: Grant, came: Came) -> Settled:
        """Ask again later, unless it was asked often enough or for long enough.

        Whatever is in doubt stays as if its worker had died: under the same id, so that an answer that was
        kept, or is remembered, is found.
        """
        now, lane, terms, verdict = self.night.clock.now(), grant.lane, self.terms, came.verdict
        faults = lane.faults + verdict.fault
        reason = Reason.PAYER_DOWN if lane.faults and verdict.reason is Reason.STAFF_FIRST else verdict.reason
        is_dead = bool(faults) and now - (lane.faulty_since or now) >= terms.window
        rest = now + terms.held_for if not verdict.sent else self._park(faults)
        goes_on = Settled(
            ItemState.FAILED,
            reason,
            repeated=came.asked and grant.taken_over,
            fault=verdict.fault,
            lane_not_before=rest,
            lane_reason=reason if rest else None,
            closes=is_dead,
        )
        if is_dead or (verdict.sent and self._is_spent(grant, now)):
            return goes_on
        pause = find_pause(terms, grant.item.attempts, self.uniform) if verdict.sent else terms.held_for
        state = ItemState.ASKING if came.in_doubt else ItemState.WAITING
        return replace(goes_on, state=state, retry_at=now + pause, sent=verdict.sent)

    def _is_spent(self, grant: Grant, now: datetime) -> bool:
        """Tell whether an item was asked about often enough, or for long enough."""
        first = grant.item.first_at or now
        return grant.item.attempts >= self.terms.attempts or now - first >= self.terms.window

    def _park(self, faults: int) -> datetime | None:
        pause = find_parking(self.terms, faults)
        return self.night.clock.now() + pause if pause else None

    def _pace(self, grant: Grant, verdict: Verdict) -> None:
        facility = self.night.facilities.get(grant.lane.facility)
        npi = facility.npi if facility else grant.lane.facility
        if verdict.slows:
            self.pacer.slow(grant.lane.payer, npi)
        elif verdict.state is ItemState.DONE:
            self.pacer.recover(grant.lane.payer, npi)

    def _compare(self, entry: Entry, answer: Verification) -> int | None:
        """Say how many changes an answer brings against the one before, if there was one."""
        try:
            before = self.asking.find(entry.verification_id) if entry.verification_id else None
        except VerifierError:
            before = None
        return self.compare(before, answer, entry)

    def _seconds_until(self, moment: datetime) -> float:
        return max(0.0, (moment - self.night.clock.now()).total_seconds())

    @contextmanager
    def _holding(self, grant: Grant) -> Iterator[None]:
        """Renew the lease while a payer takes its time."""
        over = threading.Event()
        pause = self.terms.lease.total_seconds() / BEATS
        beating = threading.Thread(target=self._beat, args=(grant, over, pause), daemon=True, name="lease")
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()

    def _beat(self, grant: Grant, over: threading.Event, pause: float) -> None:
        while not over.wait(pause):
            try:
                if not self.lanes.extend(grant, lease=self.terms.lease):
                    return
            except VerifierError:
                log.warning("a lease could not be renewed; it is tried again")


def _was_asked(attempts: Sequence[Attempt]) -> bool:
    return any(each.outcome is not Outcome.HELD for each in attempts)


def _note(entry: Entry, *, verdict: Verdict, day: date, answer: Verification | None) -> Entry:
    """Note on the list what an answer says, or that nobody is to ask without consent."""
    if verdict.reason is Reason.CONSENT:
        return replace(entry, stopped=Stop.CONSENT)
    if verdict.state is not ItemState.DONE or answer is None:
        return entry
    plan = answer.coverage.plan if answer.coverage else None
    return replace(
        entry,
        answered_on=day,
        verification_id=answer.id,
        plan_begins=(plan and plan.begins) or entry.plan_begins,
        plan_ends=(plan and plan.ends) or entry.plan_ends,
    )
