"""Runs over real databases: turns are taken once, the dead are succeeded, the late are fenced off."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from payers.kit import guard
from tests.store.support import FACILITY, MEMBER, OTHER_FACILITY, MemoryAudit, SetClock, build_answer, inquire
from verifier.access.fence import within
from verifier.access.principal import Facilities
from verifier.errors import ConsentNeeded, NotFound, Unavailable, VerifierError
from verifier.keeping import ENTRIES
from verifier.model.coverage import Plan as CoveragePlan
from verifier.model.inquiry import Inquiry
from verifier.model.payment import PlanKind
from verifier.model.reverification import Grant, ItemState, LaneState, Reason, Run, RunState
from verifier.model.roster import Entry, Stop
from verifier.model.verification import Attempt, Outcome, Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus
from verifier.nightly.desk import Night
from verifier.nightly.judging import Terms
from verifier.nightly.pacing import Pacer
from verifier.nightly.planning import plan, preview
from verifier.nightly.ports import Settled
from verifier.nightly.shift import Shift
from verifier.nightly.watch import Watch
from verifier.progress import tell_progress
from verifier.store.call_state import LocalCallState
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.lanes import DatabaseLanes
from verifier.store.database.roster import DatabaseRoster
from verifier.store.database.runs import DatabaseRuns

LEASE = timedelta(seconds=30)
TODAY = date(2026, 11, 24)
QUICK = Terms(per_minute=6000)
ANSWERED = build_answer(CoverageStatus.ACTIVE, plan=CoveragePlan(begins=date(2026, 7, 1)))
DOWN = build_answer(CoverageStatus.UNKNOWN, Outcome.TIMEOUT)


class Times:
    """Payers that are known, wherever they are."""

    def kind(self, payer_id: str) -> PlanKind | None:
        return PlanKind.MEDICARE if payer_id == "medicare" else PlanKind.COMMERCIAL

    def zone(self, payer_id: str) -> str | None:  # noqa: ARG002 - the port's
        return None

    def count_calls(self, inquiry: Inquiry) -> int:  # noqa: ARG002 - the port's
        return 2


@dataclass
class Asking:
    """Answers as told, and keeps what it answered."""

    clock: SetClock
    answer: object = ANSWERED
    kept: dict[str, Verification] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    keeps: bool = True
    calls_first: bool = False  # before it raises
    fails_late: bool = False  # when all is done and kept

    def verify(self, inquiry: Inquiry, *, run_id: str, as_id: str) -> Verification:  # noqa: ARG002 - the port's
        self.asked.append((inquiry.member.id or "", as_id))
        if isinstance(self.answer, Exception):
            if self.calls_first:
                tell_progress(ANSWERED.attempts[0])
            raise self.answer
        given = self.answer
        done = Verification(
            as_id,
            VerificationStatus.COMPLETE,
            inquiry,
            self.clock.now(),
            coverage=given.coverage,
            attempts=given.attempts,
        )
        if self.keeps:
            self.kept[as_id] = done
        if self.fails_late:
            tell_progress(given.attempts[0])
            raise Unavailable("the database was away")
        return done

    def find(self, verification_id: str) -> Verification:
        if verification_id not in self.kept:
            raise NotFound("There is none.")
        return self.kept[verification_id]


@dataclass
class Ward:
    """A night over one database, and what tests do with it."""

    night: Night
    runs: DatabaseRuns
    lanes: DatabaseLanes
    asking: Asking
    clock: SetClock
    told: list[tuple[str, str]]
    terms: Terms = QUICK

    @property
    def shift(self) -> Shift:
        pacer = Pacer(LocalCallState(self.clock.monotonic), self.terms.per_minute)
        return Shift(self.night, self.lanes, self.asking, pacer, self.terms, uniform=lambda _, most: most)

    @property
    def watch(self) -> Watch:
        return Watch(self.night, self.runs, self.lanes)

    def enroll(self, number: int, payer: str = "sim-commercial", facility: str = FACILITY.id) -> Entry:
        inquiry = inquire(member=replace(MEMBER, id=f"W{number}"), facility=facility, payer=payer)
        entry = Entry(f"rst_{number:05}", facility, inquiry, date(2026, 11, 2))
        self.night.roster.add(entry)
        return entry

    def planned(self) -> Run:
        run, _ = self.runs.begin(TODAY)
        plan(self.night, self.runs, run)
        return self.runs.find(run.id)

    def call(self) -> Sequence[tuple[str, int]]:
        return self.lanes.call(again=timedelta(seconds=30))

    def claim(self) -> Grant:
        (lane_id, turn), *_ = self.call()
        lane = self.lanes.look(lane_id, turn)
        assert lane
        grant = self.lanes.claim(lane, lease=LEASE)
        assert grant
        return grant

    def work_off(self, turns: int = 100) -> None:
        """Take turns until nobody is sent for."""
        for _ in range(turns):
            called = self.call()
            if not called:
                return
            for lane_id, turn in called:
                following = self.shift.work(lane_id, turn)
                while following and following.delay == 0:
                    following = self.shift.work(following.lane_id, following.turn)

    def states(self, run: Run) -> list[tuple[ItemState, Reason | None]]:
        return [(each.item.state, each.item.reason) for each in self.runs.items(run.id, limit=200)]


@pytest.fixture
def ward(database: Database, keys: DataKeys) -> Ward:
    clock = SetClock()
    roster = DatabaseRoster(database, keys, ENTRIES, clock=clock)
    facilities = {FACILITY.id: FACILITY, OTHER_FACILITY.id: OTHER_FACILITY}
    night = Night(roster, Times(), facilities, MemoryAudit(), clock)
    told: list[tuple[str, str]] = []
    lanes = DatabaseLanes(
        database, roster, clock, announce=lambda _, run, facility: told.append((run.id, facility))
    )
    return Ward(night, DatabaseRuns(database, roster, clock), lanes, Asking(clock), clock, told)


def at_once(work: Callable[[], object], times: int = 8) -> list[object]:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(work())) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_many_schedulers_at_once_one_makes_the_run_of_a_date(ward: Ward) -> None:
    made = at_once(lambda: ward.runs.begin(TODAY))

    assert len(made) == 8
    assert len({run.id for run, _ in made}) == 1
    assert sum(is_new for _, is_new in made) == 1


def test_nobody_is_planned_twice_however_often_and_by_however_many(ward: Ward) -> None:
    for number in range(5):
        ward.enroll(number)
    run = ward.planned()
    at_once(lambda: plan(ward.night, ward.runs, run), 4)

    assert ward.runs.progress(run.id).counts == {ItemState.WAITING: 5}


def test_the_schedule_makes_one_run_a_date_and_makes_up_for_a_planner_that_died(ward: Ward) -> None:
    ward.enroll(1)
    half, _ = ward.runs.begin(TODAY)  # and its planner dies

    first, second = ward.watch.make_run(), ward.watch.make_run()
    ward.clock.move(days=3)
    third = ward.watch.make_run()

    assert (first and first.id, second) == (half.id, None)
    assert ward.runs.progress(half.id).people == 1
    assert third
    assert [run.day for run in ward.runs.listing(limit=9)] == [date(2026, 11, 27), TODAY]


def test_a_run_is_worked_off_and_told_of_once(ward: Ward) -> None:
    for number in range(5):
        ward.enroll(number, payer=f"payer-{number % 2}")
    run = ward.planned()
    ward.work_off()
    for _ in range(3):
        ward.watch.look(lambda *_: None)

    progress = ward.runs.progress(run.id)
    assert (progress.state, progress.counts) == (RunState.FINISHED, {ItemState.DONE: 5})
    assert len(ward.asking.asked) == 5
    assert ward.told == [(run.id, FACILITY.id)]
    entry = ward.night.roster.find("rst_00003")
    assert (entry.answered_on, entry.plan_begins) == (TODAY, date(2026, 7, 1))
    assert entry.verification_id in ward.asking.kept


def test_of_many_who_take_a_turn_one_has_it(ward: Ward) -> None:
    for number in range(3):
        ward.enroll(number)
    ward.planned()
    ((lane_id, turn),) = ward.call()
    lane = ward.lanes.look(lane_id, turn)
    assert lane

    grants = at_once(lambda: ward.lanes.claim(lane, lease=LEASE))

    assert sum(grant is not None for grant in grants) == 1
    assert ward.lanes.look(lane_id, turn) is None
    assert ward.call() == []


def test_whom_a_dead_worker_left_is_asked_about_again_flagged_and_first(ward: Ward) -> None:
    for number in range(3):
        ward.enroll(number)
    run = ward.planned()
    left = ward.claim()
    ward.clock.move(seconds=31)
    ((lane_id, turn),) = ward.call()
    ward.shift.work(lane_id, turn)

    done = {each.item.id: each.item for each in ward.runs.items(run.id, limit=9)}[left.item.id]
    assert (done.state, done.repeats, done.attempts) == (ItemState.DONE, 1, 1)
    assert ward.asking.asked[0][1] == left.item.verification_id == done.verification_id


def test_an_answer_that_a_dead_worker_kept_is_used_and_nobody_is_paid_again(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    left = ward.claim()
    ward.asking.verify(inquire(), run_id=run.id, as_id=left.item.verification_id or "")
    ward.clock.move(seconds=31)
    ward.work_off()

    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.repeats) == (ItemState.DONE, 0)
    assert len(ward.asking.asked) == 1


def test_each_worker_that_died_over_a_person_is_counted(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    first = ward.claim()
    ward.clock.move(seconds=31)
    second = ward.claim()
    ward.clock.move(seconds=31)
    ward.work_off()

    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.repeats, item.item.attempts) == (ItemState.DONE, 2, 1)
    assert first.item.verification_id == second.item.verification_id == item.item.verification_id


def test_an_answer_that_could_not_be_kept_may_be_paid_for_twice_and_says_so(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.asking.answer, ward.asking.calls_first = Unavailable("the database was away"), True
    ward.work_off()
    assert ward.states(run) == [(ItemState.ASKING, Reason.SERVICE)]
    ward.asking.answer = ANSWERED
    ward.clock.move(seconds=15)
    ward.work_off()

    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.repeats, item.item.attempts) == (ItemState.DONE, 1, 1)
    assert {as_id for _, as_id in ward.asking.asked} == {item.item.verification_id}


def test_an_answer_that_was_kept_before_something_failed_is_used(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.asking.fails_late = True
    ward.work_off()
    ward.asking.fails_late = False
    ward.clock.move(seconds=15)
    ward.work_off()

    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.repeats) == (ItemState.DONE, 0)
    assert len(ward.asking.asked) == 1


def test_what_is_in_doubt_stays_so_while_its_payer_is_not_asked(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    left = ward.claim()
    ward.asking.answer = HELD
    for _ in range(3):
        ward.clock.move(seconds=31)
        ward.work_off()
    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.reason, item.item.repeats) == (ItemState.ASKING, Reason.STAFF_FIRST, 0)
    ward.asking.answer = ANSWERED
    ward.clock.move(seconds=31)
    ward.work_off()

    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.repeats) == (ItemState.DONE, 1)
    assert item.item.verification_id == left.item.verification_id


def test_whoever_comes_late_writes_nothing(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    late = ward.claim()
    ward.clock.move(seconds=31)
    assert ward.lanes.extend(late, lease=LEASE)  # nobody took over yet, so it still holds
    ward.clock.move(seconds=31)
    early = ward.claim()

    assert not ward.lanes.extend(late, lease=LEASE)
    assert ward.lanes.settle(late, Settled(ItemState.FAILED, Reason.SERVICE)) is None
    assert ward.states(run) == [(ItemState.ASKING, None)]
    ward.lanes.settle(early, Settled(ItemState.DONE))
    assert ward.states(run) == [(ItemState.DONE, None)]


def test_a_message_that_was_lost_is_sent_again(ward: Ward) -> None:
    ward.enroll(1)
    ward.planned()

    first, soon = ward.call(), ward.call()
    ward.clock.move(seconds=30)

    assert (len(first), soon, ward.call()) == (1, [], first)


def test_a_payer_that_is_down_is_left_alone_and_holds_up_nobody_else(ward: Ward) -> None:
    for number in range(4):
        ward.enroll(number, payer="down")
    ward.enroll(9, payer="up")
    run = ward.planned()
    ward.asking.answer = DOWN
    down = [(lane_id, turn) for lane_id, turn in ward.call()]
    for lane_id, turn in down:
        if (lane := ward.lanes.look(lane_id, turn)) and lane.payer == "up":
            ward.asking.answer = ANSWERED
        else:
            ward.asking.answer = DOWN
        following = ward.shift.work(lane_id, turn)
        while following and following.delay == 0:
            following = ward.shift.work(following.lane_id, following.turn)

    progress = ward.runs.progress(run.id)
    assert progress.counts == {ItemState.DONE: 1, ItemState.WAITING: 4}
    assert progress.parked == {"down": Reason.PAYER_DOWN}
    assert len(ward.asking.asked) == 1 + 3  # three faults running, and nobody is asked for a while
    assert ward.call() == []
    ward.clock.move(minutes=2)
    assert len(ward.call()) == 1


def test_whom_no_payer_answered_for_is_given_up_with_the_reason(ward: Ward) -> None:
    for number in range(6):
        ward.enroll(number, payer="down")
    run = ward.planned()
    ward.asking.answer = DOWN
    for _ in range(60):
        ward.work_off()
        ward.clock.move(minutes=10)
    ward.watch.look(lambda *_: None)

    progress = ward.runs.progress(run.id)
    assert progress.state is RunState.FINISHED
    assert set(ward.states(run)) == {(ItemState.FAILED, Reason.PAYER_DOWN)}
    assert progress.not_reached == 6
    assert max(each.item.attempts for each in ward.runs.items(run.id, limit=9)) <= 4
    assert ward.night.roster.find("rst_00001").answered_on is None
    named = {each.last_name for each in ward.runs.items(run.id, limit=9, state=ItemState.FAILED)}
    assert named == {MEMBER.last_name}


def test_a_payer_that_comes_back_answers_for_everybody(ward: Ward) -> None:
    for number in range(4):
        ward.enroll(number, payer="down")
    run = ward.planned()
    ward.asking.answer = DOWN
    ward.work_off()
    ward.asking.answer = ANSWERED
    for _ in range(3):
        ward.clock.move(minutes=5)
        ward.work_off()

    assert set(ward.states(run)) == {(ItemState.DONE, None)}
    assert ward.runs.progress(run.id).parked == {}


THROTTLED = replace(DOWN, attempts=(Attempt("caqh_core", ("30",), Outcome.THROTTLED, 0.1),))
FAILING = replace(DOWN, attempts=(Attempt("caqh_core", ("30",), Outcome.HELD, 0.0, guard.FAILING),))
HELD = replace(DOWN, attempts=(Attempt("caqh_core", ("30",), Outcome.HELD, 0.0, "held"),))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(THROTTLED, Reason.PAYER_THROTTLES), (HELD, Reason.STAFF_FIRST), (FAILING, Reason.PAYER_DOWN)],
)
def test_what_was_not_put_uses_up_no_attempt(ward: Ward, answer: object, reason: Reason) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.asking.answer = answer
    for _ in range(9):
        ward.work_off()
        ward.clock.move(seconds=20)
    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.reason, item.item.attempts) == (ItemState.WAITING, reason, 0)

    ward.asking.answer = ANSWERED
    ward.work_off()
    assert ward.states(run) == [(ItemState.DONE, None)]


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (ConsentNeeded("none"), ItemState.STOPPED, Reason.CONSENT),
        (NotFound("none"), ItemState.FAILED, Reason.NOT_CONFIGURED),
        (ZeroDivisionError(), ItemState.FAILED, Reason.SERVICE),
    ],
)
def test_one_persons_fault_ends_that_persons_item(
    ward: Ward, error: Exception, state: ItemState, reason: Reason
) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.asking.answer = error
    ward.work_off()

    assert ward.states(run) == [(state, reason)]
    assert (ward.night.roster.find("rst_00001").stopped is Stop.CONSENT) == (reason is Reason.CONSENT)


def test_a_fault_of_ours_is_tried_again_and_uses_up_no_attempt(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.asking.answer = VerifierError("the database was away")
    ward.work_off()
    assert ward.states(run) == [(ItemState.WAITING, Reason.SERVICE)]
    ward.asking.answer = ANSWERED
    ward.clock.move(seconds=15)
    ward.work_off()

    (item,) = ward.runs.items(run.id, limit=9)
    assert (item.item.state, item.item.repeats, item.item.attempts) == (ItemState.DONE, 0, 1)


def test_whoever_was_discharged_after_the_run_was_planned_is_not_asked_about(ward: Ward) -> None:
    entry = ward.enroll(1)
    run = ward.planned()
    ward.night.roster.change(entry.id, lambda entry: replace(entry, discharged_on=TODAY))
    ward.work_off()

    assert ward.states(run) == [(ItemState.STOPPED, Reason.DISCHARGED)]
    assert ward.asking.asked == []


def test_medicare_is_not_asked_in_business_hours(ward: Ward) -> None:
    ward.enroll(1, payer="medicare")
    run = ward.planned()  # at noon in London, seven in New York, on a Tuesday
    ward.work_off()
    assert ward.asking.asked == []
    ward.clock.move(hours=12)
    ward.work_off()

    assert ward.states(run) == [(ItemState.DONE, None)]


def test_whoever_is_left_when_the_payers_day_is_over_was_not_reached(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.clock.move(hours=18)
    ward.watch.look(lambda *_: None)

    assert ward.states(run) == [(ItemState.FAILED, Reason.OUT_OF_TIME)]
    assert ward.runs.progress(run.id).state is RunState.FINISHED


def test_a_pause_lets_nobody_be_asked_about_until_it_is_resumed(ward: Ward) -> None:
    for number in range(3):
        ward.enroll(number)
    run = ward.planned()
    ward.runs.switch(run.id, to=LaneState.PAUSED)
    ward.work_off()
    assert (ward.asking.asked, ward.runs.progress(run.id).state) == ([], RunState.PAUSED)

    ward.runs.switch(run.id, to=LaneState.OPEN)
    ward.work_off()
    assert ward.runs.progress(run.id).counts == {ItemState.DONE: 3}


def test_who_is_being_asked_about_is_let_come_to_the_end_when_a_run_is_cancelled(ward: Ward) -> None:
    for number in range(3):
        ward.enroll(number)
    run = ward.planned()
    grant = ward.claim()
    ward.runs.switch(run.id, to=LaneState.CANCELLED)
    ward.lanes.settle(grant, Settled(ItemState.DONE))

    progress = ward.runs.progress(run.id)
    assert (progress.state, progress.counts) == (
        RunState.CANCELLED,
        {ItemState.DONE: 1, ItemState.CANCELLED: 2},
    )
    assert ward.call() == []


def test_whoever_acts_for_one_facility_sees_and_stops_its_people_alone(ward: Ward) -> None:
    ward.enroll(1)
    ward.enroll(2, facility=OTHER_FACILITY.id)
    run = ward.planned()
    with within(Facilities.of([OTHER_FACILITY.id])):
        assert [each.item.entry_id for each in ward.runs.items(run.id, limit=9)] == ["rst_00002"]
        assert ward.runs.progress(run.id).people == 1
        assert ward.runs.switch(run.id, to=LaneState.CANCELLED) == 1
        assert ward.runs.progress(run.id).state is RunState.CANCELLED
    ward.work_off()

    assert ward.runs.progress(run.id).counts == {ItemState.DONE: 1, ItemState.CANCELLED: 1}


def test_whoever_is_enrolled_after_the_run_was_done_is_added_when_it_is_started_again(ward: Ward) -> None:
    ward.enroll(1)
    run = ward.planned()
    ward.work_off()
    ward.watch.look(lambda *_: None)
    ward.enroll(2)
    plan(ward.night, ward.runs, run)
    ward.work_off()

    assert ward.runs.progress(run.id).counts == {ItemState.DONE: 2}
    assert len(ward.asking.asked) == 2


def test_people_are_counted_by_payer_and_facility_as_far_as_within_reach(ward: Ward) -> None:
    for number in range(3):
        ward.enroll(number, payer=f"payer-{number % 2}")
    ward.enroll(9, payer="payer-0", facility=OTHER_FACILITY.id)
    run = ward.planned()

    here, there = ("payer-0", FACILITY.id), ("payer-0", OTHER_FACILITY.id)
    assert ward.runs.ways(run.id) == {here: 2, ("payer-1", FACILITY.id): 1, there: 1}
    with within(Facilities.of([OTHER_FACILITY.id])):
        assert ward.runs.ways(run.id) == {there: 1}
    with pytest.raises(NotFound):
        ward.runs.ways("run_none")


def test_a_plan_says_how_many_calls_it_costs_and_changes_nothing(ward: Ward) -> None:
    for number in range(3):
        ward.enroll(number, payer=f"payer-{number % 2}")

    found = preview(ward.night, TODAY)

    assert (found.payers, found.calls) == ({"payer-0": 2, "payer-1": 1}, 6)
    assert ward.runs.latest() is None
