from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.store.support import (
    ACTIVE,
    FACILITY,
    FAULT,
    INACTIVE,
    INQUIRY,
    MEMBER,
    NOON,
    PROGRAM,
    REJECTED,
    ScriptedGateway,
    SetClock,
    inquire,
)
from verifier.errors import BadInput, Conflict, NotConfigured, NotFound
from verifier.estimation.estimator import estimate_coverage, estimate_terms
from verifier.model.contract import ContractRate
from verifier.model.estimate import Copay, Figure, Terms
from verifier.model.findings import FigureStatus, Remark, Rule, Unknown, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.military import TricareFacts, VaFacts
from verifier.model.payment import Cover, OtherPlan, PlanKind
from verifier.model.program import Offer, Weekday
from verifier.model.published import Phase, Published, Variant
from verifier.model.verification import Answer, Decision, Freshness, Origin, VerificationStatus
from verifier.model.vocabulary import CoverageStatus, Network
from verifier.service import Verifier
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.engine import Database
from verifier.store.database.facilities import DatabaseFacilities

DAY = 86_400


def test_a_live_answer_becomes_a_whole_verification(service: Verifier, gateway: ScriptedGateway) -> None:
    found = service.verify(INQUIRY)

    resolved = inquire(facility="abita-springs", program=replace(PROGRAM, place_of_service="22"))
    assert gateway.calls == [resolved]
    assert found.inquiry == resolved
    assert found.status is VerificationStatus.COMPLETE
    assert found.coverage == ACTIVE.coverage
    assert found.estimate == estimate_coverage(ACTIVE.coverage, resolved.program, network=Network.IN)
    assert (found.created_at, found.as_of) == (NOON, NOON)
    assert found.freshness == Freshness(Origin.LIVE)
    assert found.attempts == ACTIVE.attempts
    assert found.decision
    assert found.decision.verdict is Verdict.CAUTION
    assert [notice.code for notice in found.notices] == ["42_CFR_PART_2", "NO_GUARANTEE"]
    assert "deductible_remaining" in [unknown.code for unknown in found.unknowns]
    assert service.find(found.id) == found


@pytest.mark.parametrize("answer", [FAULT, INACTIVE, REJECTED])
def test_without_active_coverage_nothing_is_estimated(
    answer: Answer, service: Verifier, gateway: ScriptedGateway
) -> None:
    gateway.answer = answer
    found = service.verify(INQUIRY)

    assert (found.status, found.coverage, found.estimate) == (
        VerificationStatus.COMPLETE,
        answer.coverage,
        None,
    )
    assert found.decision
    assert found.decision.verdict is (Verdict.STOP if answer is INACTIVE else Verdict.CAUTION)


@pytest.mark.parametrize(
    ("answer", "hours", "max_age", "calls"),
    [
        (ACTIVE, 23.9, None, 1),
        (ACTIVE, 24, None, 2),
        (ACTIVE, 1, 3600, 2),
        (ACTIVE, 0.9, 3600, 1),
        (ACTIVE, 25, 7 * DAY, 2),
        (ACTIVE, 0, 0, 2),
        (INACTIVE, 23.9, None, 1),
        (REJECTED, 0.24, None, 1),
        (REJECTED, 0.25, None, 2),
        (FAULT, 0.001, None, 2),
    ],
)
def test_the_payer_is_asked_again_only_when_the_answer_is_old(  # noqa: PLR0913, PLR0917 - a table and its fixtures
    answer: Answer,
    hours: float,
    max_age: int | None,
    calls: int,
    service: Verifier,
    gateway: ScriptedGateway,
    clock: SetClock,
) -> None:
    gateway.answer = answer
    service.verify(INQUIRY)
    clock.move(hours=hours)
    found = service.verify(inquire(max_age=max_age))

    assert len(gateway.calls) == calls
    age = int(hours * 3600)
    expected = (Freshness(Origin.CACHE, age), ()) if calls == 1 else (Freshness(Origin.LIVE), answer.attempts)
    assert (found.freshness, found.attempts) == expected


@pytest.mark.parametrize(
    "other",
    [
        inquire(member=replace(MEMBER, id="W199003345")),
        inquire(facility="covington"),
        inquire(payer="other"),
        inquire(program=replace(PROGRAM, code="S9480")),
        inquire(program=replace(PROGRAM, start_date=date(2026, 12, 9))),
    ],
)
def test_another_question_never_gets_this_answer(
    other: Inquiry, service: Verifier, gateway: ScriptedGateway
) -> None:
    service.verify(INQUIRY)
    gateway.answer = INACTIVE

    assert service.verify(other).coverage == INACTIVE.coverage


def test_another_program_length_is_priced_on_the_same_answer(
    service: Verifier, gateway: ScriptedGateway
) -> None:
    short, long = (service.verify(inquire(program=replace(PROGRAM, weeks=weeks))) for weeks in (1, 4))

    assert len(gateway.calls) == 1
    assert short.estimate
    assert long.estimate
    assert (short.estimate.expected, long.estimate.expected) == (Decimal("90.00"), Decimal("360.00"))


@pytest.mark.parametrize(
    ("hours", "served"),
    [(25, True), (72, True), (72.01, False)],
)
def test_an_older_answer_stands_in_while_the_payer_fails(
    hours: float,
    served: bool,  # noqa: FBT001
    service: Verifier,
    gateway: ScriptedGateway,
    clock: SetClock,
) -> None:
    service.verify(INQUIRY)
    clock.move(hours=hours)
    gateway.answer = FAULT
    found = service.verify(INQUIRY)

    stale = Freshness(Origin.STALE, int(hours * 3600), "the payer did not answer in time")
    assert found.freshness == (stale if served else Freshness(Origin.LIVE))
    assert found.coverage == (ACTIVE.coverage if served else FAULT.coverage)
    assert found.as_of == (NOON if served else clock.moment)
    assert found.attempts == FAULT.attempts
    assert found.decision
    assert found.decision.verdict is Verdict.CAUTION


@pytest.mark.parametrize(
    ("taken", "asked"),
    [
        (datetime(2026, 11, 30, 20, tzinfo=UTC), datetime(2026, 12, 1, 16, tzinfo=UTC)),
        (datetime(2026, 12, 31, 20, tzinfo=UTC), datetime(2027, 1, 1, 16, tzinfo=UTC)),
    ],
)
def test_nothing_is_served_across_the_month_neither_fresh_nor_stale(
    taken: datetime, asked: datetime, service: Verifier, gateway: ScriptedGateway, clock: SetClock
) -> None:
    clock.moment = taken
    service.verify(INQUIRY)
    clock.moment = asked
    gateway.answer = FAULT

    found = service.verify(INQUIRY)

    assert len(gateway.calls) == 2
    assert (found.coverage, found.freshness) == (FAULT.coverage, Freshness(Origin.LIVE))


def test_a_fault_leaves_the_older_answer_in_place(
    service: Verifier, gateway: ScriptedGateway, clock: SetClock
) -> None:
    service.verify(INQUIRY)
    clock.move(hours=30)
    for _ in range(3):
        gateway.answer = FAULT
        assert service.verify(INQUIRY).coverage == ACTIVE.coverage
    gateway.answer = INACTIVE

    assert service.verify(INQUIRY).coverage == INACTIVE.coverage


def test_a_refresh_goes_past_the_cache_and_replaces_the_verification(
    service: Verifier, gateway: ScriptedGateway, clock: SetClock
) -> None:
    first = service.verify(INQUIRY)
    clock.move(minutes=5)
    gateway.answer = INACTIVE

    second = service.refresh(first.id)

    assert (second.id, second.created_at, second.as_of) == (first.id, NOON, clock.moment)
    assert second.coverage == INACTIVE.coverage
    assert service.find(first.id) == second
    assert service.verify(INQUIRY).coverage == INACTIVE.coverage
    assert len(gateway.calls) == 2


def test_a_refresh_the_payer_does_not_answer_keeps_what_was_known(
    service: Verifier, gateway: ScriptedGateway, clock: SetClock
) -> None:
    first = service.verify(INQUIRY)
    clock.move(minutes=5)
    gateway.answer = FAULT

    assert service.refresh(first.id).freshness == Freshness(
        Origin.STALE, 300, "the payer did not answer in time"
    )


@pytest.mark.parametrize(
    ("inquiry", "pointer"),
    [
        (inquire(facility="nowhere"), "/facility"),
        (inquire(facility=""), "/facility"),
        (inquire(program=replace(PROGRAM, weekdays=())), "/program/weekdays"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anybody_is_paid(
    inquiry: Inquiry, pointer: str, service: Verifier, gateway: ScriptedGateway
) -> None:
    with pytest.raises(BadInput) as caught:
        service.verify(inquiry)

    assert list(caught.value.errors) == [pointer]
    assert gateway.calls == []


@pytest.mark.parametrize(
    "error", [NotFound("no such payer"), NotConfigured("no route"), BadInput("needs an id")]
)
def test_what_the_gateway_refuses_reaches_the_caller_and_is_not_kept(
    error: Exception, service: Verifier, gateway: ScriptedGateway
) -> None:
    gateway.answer = error
    with pytest.raises(type(error)):
        service.verify(INQUIRY)
    with pytest.raises(type(error)):
        service.submit(INQUIRY, wait=10)

    assert service.recent() == []
    gateway.answer = ACTIVE
    assert service.verify(INQUIRY).coverage == ACTIVE.coverage


def test_the_facility_asked_for_is_the_one_that_asks(open_service: Callable[..., Verifier]) -> None:
    asking = []

    class Gateway:
        def ask(self, inquiry: Inquiry, facility: object, *, deadline: float) -> Answer:  # noqa: ARG002
            asking.append((facility, deadline))
            return ACTIVE

    open_service(gateway=Gateway()).verify(INQUIRY)

    assert asking == [(FACILITY, 60.0)]


def test_recent_verifications_come_newest_first(service: Verifier, clock: SetClock) -> None:
    ids = []
    for _ in range(5):
        ids.append(service.verify(INQUIRY).id)
        clock.move(minutes=1)

    assert [found.id for found in service.recent(limit=2)] == [ids[4], ids[3]]
    assert [found.id for found in service.recent(limit=2, before=ids[3])] == [ids[2], ids[1]]
    assert [found.id for found in service.recent(limit=0)] == [ids[4]]
    assert len(set(ids)) == 5


def test_an_unknown_verification_is_not_found(service: Verifier) -> None:
    for act in (service.find, service.refresh, lambda id_: service.estimate_verification(id_, PROGRAM)):
        with pytest.raises(NotFound):
            act("ver_none")


def test_a_program_can_be_priced_under_a_verification(service: Verifier, gateway: ScriptedGateway) -> None:
    found = service.verify(INQUIRY)
    longer = replace(PROGRAM, weeks=8)

    assert service.estimate_verification(found.id, longer) == estimate_coverage(
        ACTIVE.coverage, longer, network=Network.IN
    )
    gateway.answer = FAULT
    unknown = service.verify(inquire(payer="other"))
    with pytest.raises(Conflict):
        service.estimate_verification(unknown.id, longer)


def test_a_program_can_be_priced_as_if_the_facility_stood_in_the_other_network(service: Verifier) -> None:
    found = service.verify(INQUIRY)

    outside = service.estimate_verification(found.id, found.inquiry.program, network=Network.OUT)

    assert outside == estimate_coverage(ACTIVE.coverage, found.inquiry.program, network=Network.OUT)
    assert service.price_networks(found) == {Network.IN: found.estimate, Network.OUT: outside}


def test_an_answer_that_tells_no_price_tells_none_in_either_network(
    service: Verifier, gateway: ScriptedGateway
) -> None:
    gateway.answer = FAULT

    assert service.price_networks(service.verify(INQUIRY)) == {}


def test_terms_and_replies_go_straight_through(service: Verifier) -> None:
    assert service.estimate(Terms("in"), PROGRAM) == estimate_terms(Terms("in"), PROGRAM)
    assert [found.status for found in service.normalize(b"xy")] == [CoverageStatus.UNKNOWN] * 2


def test_no_representation_shows_a_person(service: Verifier) -> None:
    shown = repr(service.verify(INQUIRY))

    assert not [
        secret for secret in ("W199003344", "Testcase", "TESTCASE", "1988", "123456789") if secret in shown
    ]


COPAY = Figure("specialty copay", "39.00", Rule("tricare", 2026, FigureStatus.PRINTED, "a page"))
RULED = Published(
    "tricare",
    (
        Variant(
            "Select, Group A", (Phase(date(2026, 1, 1), Terms("in", copay=Copay(Decimal(39))), (COPAY,)),)
        ),
    ),
    questions=(Unknown("tricare_group", "When did the sponsor first enlist?"),),
    remarks=(Remark("REFERRAL", "A referral is needed.", Verdict.CAUTION), Remark("NOTE", "Group A.")),
    actions=("Ask for a referral.",),
)


@dataclass
class Book:
    """A rulebook that says one thing and keeps what it was asked."""

    published: Published | None = RULED
    read_with: list[tuple[object, ...]] = field(default_factory=list)

    def kind(self, payer_id: str) -> PlanKind | None:
        return {"tricare-east": PlanKind.TRICARE, "va": PlanKind.VA, "champva": PlanKind.CHAMPVA}.get(
            payer_id
        )

    def read(self, *given: object) -> Published | None:
        self.read_with.append(given)
        return self.published


@pytest.mark.parametrize(
    ("answer", "expected"), [(ACTIVE, "468.00"), (FAULT, "468.00"), (REJECTED, "468.00"), (INACTIVE, None)]
)
def test_published_rules_price_the_program_unless_the_payer_denies_the_coverage(
    answer: Answer, expected: str | None, open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    gateway.answer = answer
    book = Book()
    service = open_service(rulebook=book)

    found = service.verify(INQUIRY)

    assert book.read_with == [(found.inquiry, FACILITY, answer.coverage)]
    assert (found.estimate and str(found.estimate.expected)) == expected
    assert found.coverage == answer.coverage
    assert (found.remarks, found.actions) == (RULED.remarks, RULED.actions)
    assert found.unknowns[0] == RULED.questions[0]
    assert found.decision
    assert "A referral is needed." in found.decision.reasons
    assert "Group A." not in found.decision.reasons
    assert service.find(found.id) == found


def test_rules_are_read_again_for_an_answer_from_the_cache_and_for_another_program(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    service = open_service(rulebook=Book())
    service.verify(INQUIRY)
    cached = service.verify(inquire(program=replace(PROGRAM, weeks=1)))
    priced = service.estimate_verification(cached.id, replace(PROGRAM, weeks=2))

    assert len(gateway.calls) == 1
    assert cached.estimate
    assert (cached.estimate.expected, priced.expected) == (Decimal(117), Decimal(234))


def test_rules_that_price_nothing_leave_the_reply_to_do_it(open_service: Callable[..., Verifier]) -> None:
    found = open_service(rulebook=Book(replace(RULED, variants=()))).verify(INQUIRY)

    assert found.estimate == estimate_coverage(ACTIVE.coverage, found.inquiry.program, network=Network.IN)
    assert found.remarks == RULED.remarks


def test_a_referral_proves_what_no_reply_can(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    gateway.answer = FAULT
    proof = Remark("VA_REFERRAL", "The VA referred the patient.", Verdict.GO)
    free = Variant("Community Care", (Phase(date(2026, 1, 1), Terms("in")),))
    book = Book(Published("va", (free,), collectable=Decimal(0), proof=proof))

    found = open_service(rulebook=book).verify(INQUIRY)

    assert found.coverage
    assert found.coverage.status is CoverageStatus.UNKNOWN
    assert (found.decision, found.unknowns) == (Decision(Verdict.GO, (proof.text,)), ())
    assert found.remarks == (proof,)
    assert found.estimate
    assert (found.estimate.expected, found.estimate.collectable_by_provider) == (0, 0)


def test_a_veterans_token_is_used_and_never_kept(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    service = open_service()
    facts = VaFacts(icn="1000000001V000001", access_token="a.b.c")

    answers = [
        service.verify(inquire(va=facts)),
        service.submit(inquire(va=facts), wait=10),
        service.submit(inquire(va=replace(facts, access_token="d.e.f")), wait=10),
    ]

    assert gateway.calls[0].va == facts
    kept = replace(facts, access_token=None)
    assert [service.find(answer.id).inquiry.va for answer in answers] == [kept] * 3
    assert [answer.inquiry.va for answer in answers] == [kept] * 3


@pytest.mark.parametrize(
    ("network", "said", "settled"),
    [
        (Network.UNKNOWN, True, Network.IN),
        (Network.UNKNOWN, False, Network.OUT),
        (Network.UNKNOWN, None, Network.UNKNOWN),
        (Network.IN, None, Network.IN),
    ],
)
def test_what_the_desk_says_of_tricares_network_is_the_facilitys_standing(
    network: Network,
    said: bool | None,  # noqa: FBT001
    settled: Network,
    service: Verifier,
) -> None:
    found = service.verify(inquire(network=network, tricare=TricareFacts(network=said)))

    assert found.inquiry.network is settled


MEDICARE = Cover(PlanKind.MEDICARE)
TWENTY_PERCENT = Terms("in", coinsurance=Decimal("0.20"))


def test_a_plan_that_pays_second_leaves_what_both_plans_do_not_pay(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    service = open_service(rulebook=Book())
    other = OtherPlan(MEDICARE, "medicare", terms=TWENTY_PERCENT)

    found = service.verify(inquire(payer="tricare-east", other_coverage=(other,)))

    assert [(turn.position, turn.kind, turn.is_this) for turn in found.payment_order] == [
        (1, "medicare", False),
        (2, "tricare", True),
    ]
    assert found.after_primary
    assert found.after_primary.is_primary_known
    assert (found.after_primary.low, found.after_primary.expected, found.after_primary.high) == (0, 0, 0)
    assert [(each.left, each.paid) for each in found.after_primary.sessions] == [(65, 65)] * 12
    assert found.decision
    assert "Bill Medicare first." in found.decision.reasons[1]
    assert service.find(found.id) == found


def test_what_a_plan_verified_before_pays_is_known(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    first = open_service().verify(INQUIRY)
    own = Cover(as_dependent=True)
    told, lost = (
        OtherPlan(Cover(as_dependent=False), "aetna", verification_id=id_) for id_ in (first.id, "ver_none")
    )
    service = open_service()

    known = service.verify(inquire(payer="other", own_coverage=own, other_coverage=(told,)))
    unknown = service.verify(inquire(payer="other", own_coverage=own, other_coverage=(lost,)))

    assert first.estimate
    assert (known.after_primary and known.after_primary.is_primary_known) is True
    assert (unknown.after_primary and unknown.after_primary.is_primary_known) is False
    assert unknown.unknowns[0].code == "primary_payment"


def test_a_verification_of_one_plan_says_nothing_of_others(service: Verifier) -> None:
    found = service.verify(INQUIRY)

    assert (found.payment_order, found.after_primary) == ((), None)


def test_a_program_without_days_is_that_of_the_facility(
    open_service: Callable[..., Verifier], gateway: ScriptedGateway
) -> None:
    usual = replace(FACILITY, schedule=Offer(None, (Weekday.TUE,), 6))
    bare = replace(INQUIRY, program=replace(INQUIRY.program, weekdays=(), weeks=None))

    assert open_service(facilities={usual.id: usual}).verify(bare).inquiry.program.session_count == 6
    with pytest.raises(BadInput) as raised:
        open_service().verify(bare)
    assert list(raised.value.errors) == ["/program/weekdays"]
    assert len(gateway.calls) == 1


def test_the_estimate_says_that_its_price_is_from_the_contract(
    open_service: Callable[..., Verifier], new_database: str
) -> None:
    with closing(Database.open(new_database)) as database:
        DatabaseFacilities(database, {FACILITY.id: FACILITY}).seed()
        contracts = DatabaseContracts(database)
        contracts.keep(
            [ContractRate(FACILITY.id, INQUIRY.payer, Network.IN, "H0015", Decimal(310), date(2026, 1, 1))]
        )
        unpriced = replace(INQUIRY, program=replace(INQUIRY.program, allowed_amount=None))

        found = open_service(contracts=contracts).verify(unpriced)

    step = next(step for step in found.estimate.steps if step.what == "allowed amount a session")
    assert (step.value, step.note) == (
        "310.00",
        "by the contract with sim-commercial, in network, from 2026-01-01",
    )
