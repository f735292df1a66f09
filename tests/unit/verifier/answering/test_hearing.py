"""Which word counts when the wire and the phone both speak, and what is priced by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.store.support import ACTIVE, FAULT, INACTIVE, NOON, PROGRAM, REJECTED, build_benefit, inquire
from verifier.answering.facts import PARTS, last_words, read_value
from verifier.answering.hearing import hear
from verifier.answering.pricing import price
from verifier.answering.relevance import select_relevant
from verifier.answering.unknowns import ASK_FOR_COVERAGE, CONFIRM_INACTIVE, TOPICS, list_unknowns
from verifier.errors import BadInput
from verifier.model.coverage import Benefit, Coverage, Delivery
from verifier.model.estimate import Estimate
from verifier.model.fact import ANSWER, NOT_KNOWN, Call, Fact, FactCode
from verifier.model.inquiry import Inquiry
from verifier.model.military import EnlistmentGroup, TricareFacts, VaFacts
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
)

CALL = Call(NOON + timedelta(hours=1), "Dana R.", "4711")
ORIGIN = "by phone, Dana R., reference 4711, 2026-11-24"
IN = inquire(program=replace(PROGRAM, weeks=3))
DEDUCTIBLE = build_benefit(
    BenefitKind.DEDUCTIBLE,
    services=("30",),
    level=CoverageLevel.INDIVIDUAL,
    period=Period.CALENDAR_YEAR,
    amount=Decimal("1500.00"),
)
COINSURANCE = build_benefit(BenefitKind.COINSURANCE, rate=Decimal("0.2"))
MAXIMUM = DEDUCTIBLE._replace(kind=BenefitKind.OUT_OF_POCKET, amount=Decimal("4000.00"))


def learn(code: FactCode, value: str | dict[str, str], call: Call = CALL) -> Fact:
    return Fact(code, read_value(code, value), call, "user:usr_1", NOON)


def cover(*benefits: Benefit, status: CoverageStatus = CoverageStatus.ACTIVE) -> Coverage:
    return replace(ACTIVE.coverage, status=status, benefits=benefits)


def estimate(coverage: Coverage, *facts: Fact, inquiry: Inquiry = IN) -> Estimate:
    heard = hear(inquiry, coverage, NOON, facts)
    found = price(heard.inquiry, heard.coverage, None, NOON.date())
    assert found
    return found


def ask_still(coverage: Coverage, *facts: Fact, inquiry: Inquiry = IN) -> list[str]:
    heard = hear(inquiry, coverage, NOON, facts)
    unknowns = list_unknowns(select_relevant(heard.inquiry, heard.coverage))
    return [each.code for each in unknowns if each.code not in heard.answered]


def say(coverage: Coverage, *facts: Fact, inquiry: Inquiry = IN) -> list[str]:
    return [remark.text for remark in hear(inquiry, coverage, NOON, facts).remarks]


def test_every_question_of_the_service_has_its_fact() -> None:
    asked = {topic.code for topic in (*TOPICS, ASK_FOR_COVERAGE, CONFIRM_INACTIVE)} | {"primary_payment"}

    assert asked <= set(FactCode)
    assert PARTS.keys() == set(FactCode)


def test_without_facts_nothing_changes() -> None:
    heard = hear(IN, ACTIVE.coverage, NOON, ())

    assert (heard.inquiry, heard.coverage, heard.answered, heard.remarks) == (
        IN,
        ACTIVE.coverage,
        frozenset(),
        (),
    )


def test_a_cost_share_told_by_phone_is_priced_and_says_where_it_comes_from() -> None:
    whole_plan = cover(build_benefit(BenefitKind.ACTIVE, services=("30",)), DEDUCTIBLE)
    fact = learn(FactCode.COST_SHARE, {"copay": "40", "per": "day", "deductible": "waived"})

    found = estimate(whole_plan, fact)

    assert found.expected == 9 * Decimal(40)
    (step,) = [step for step in found.steps if step.what.startswith("copay")]
    assert step.source
    assert (step.value, step.source.text, step.source.pointer) == ("40.00", ORIGIN, "/facts/cost_share")
    assert "COST_SHARE_UNKNOWN" not in [each.code for each in found.assumptions]


def test_the_phones_cost_share_goes_before_that_of_a_service_type_and_before_one_of_the_procedure() -> None:
    named = COINSURANCE._replace(procedure="H0015", services=())
    fact = learn(FactCode.COST_SHARE, {"coinsurance": "0.1", "deductible": "waived"})

    for row in (COINSURANCE, named):
        assert estimate(cover(row, DEDUCTIBLE, MAXIMUM), fact).expected == 9 * Decimal("32.50")
    assert say(cover(COINSURANCE), fact) == []
    (text,) = say(cover(named), fact)
    assert "coinsurance 0.2" in text
    assert ORIGIN in text


@pytest.mark.parametrize(("word", "expected"), [("applies", Decimal("1500.00")), ("waived", 9 * Decimal(30))])
def test_whether_the_deductible_applies_is_heard(word: str, expected: Decimal) -> None:
    fact = learn(FactCode.COST_SHARE, {"copay": "30.00", "per": "day", "deductible": word})
    found = estimate(cover(DEDUCTIBLE, MAXIMUM), fact)

    assert found.expected >= expected
    assert (found.totals.deductible > 0) is (word == "applies")


def test_what_is_left_of_the_deductible_by_phone_keeps_the_wires_total() -> None:
    coverage = cover(COINSURANCE, DEDUCTIBLE, MAXIMUM)
    before = estimate(coverage)
    found = estimate(coverage, learn(FactCode.DEDUCTIBLE_REMAINING, {"individual": "100.00"}))

    assert (before.totals.deductible, found.totals.deductible) == (Decimal("1500.00"), Decimal("100.00"))
    assert found.terms
    assert found.terms.deductible.individual.total == Decimal("1500.00")
    (step,) = [step for step in found.steps if step.what == "deductible, individual, remaining"]
    assert step.source
    assert step.source.text == f"{ORIGIN}; with EB"
    assert "DED_REMAINING_ASSUMED_FULL" not in [each.code for each in found.assumptions]


@pytest.mark.parametrize(
    ("hours", "year", "left"),
    [(1, 2026, "100.00"), (-1, 2026, "1250.00"), (1, 2027, "1250.00")],
    ids=["the later word", "an earlier word", "another year's word"],
)
def test_of_two_words_on_what_is_left_the_later_of_the_same_year_counts(
    hours: float, year: int, left: str
) -> None:
    told = DEDUCTIBLE._replace(period=Period.REMAINING, amount=Decimal("1250.00"))
    call = replace(CALL, at=(NOON + timedelta(hours=hours)).replace(year=year))
    fact = learn(FactCode.DEDUCTIBLE_REMAINING, {"individual": "100.00"}, call)

    found = estimate(cover(COINSURANCE, DEDUCTIBLE, told, MAXIMUM), fact)

    assert found.totals.deductible == Decimal(left)


def test_an_earlier_word_counts_where_the_wire_says_nothing_of_what_is_left() -> None:
    call = replace(CALL, at=NOON - timedelta(days=3))
    fact = learn(FactCode.DEDUCTIBLE_REMAINING, {"individual": "100.00"}, call)

    assert estimate(cover(COINSURANCE, DEDUCTIBLE, MAXIMUM), fact).totals.deductible == Decimal("100.00")


def test_a_word_of_another_year_leaves_its_question_open_and_says_why() -> None:
    call = replace(CALL, at=datetime(2025, 12, 30, tzinfo=UTC))
    fact = learn(FactCode.DEDUCTIBLE_REMAINING, {"individual": "100.00"}, call)

    assert "deductible_remaining" in ask_still(cover(COINSURANCE, DEDUCTIBLE), fact)
    assert any("another year" in text for text in say(cover(COINSURANCE, DEDUCTIBLE), fact))


@pytest.mark.parametrize("kind", [BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET])
def test_what_is_left_is_heard_even_where_the_wire_knows_no_total(kind: BenefitKind) -> None:
    code = FactCode(f"{kind}_remaining")
    found = estimate(cover(COINSURANCE), learn(code, {"individual": "65.00", "family": "500.00"}))

    assert found.terms
    pair = getattr(found.terms, kind)
    assert (pair.individual.remaining, pair.family.remaining) == (Decimal("65.00"), Decimal("500.00"))


@pytest.mark.parametrize(
    ("value", "left"),
    [({"limit": "yes", "left": "5"}, 5), ({"limit": "no"}, None)],
)
@pytest.mark.parametrize(
    "wire",
    [
        (),
        (build_benefit(BenefitKind.UNLIMITED),),
        (build_benefit(BenefitKind.LIMITATION, quantity=Decimal(20), quantity_qualifier="visits"),),
        (
            build_benefit(
                BenefitKind.LIMITATION,
                delivery=(Delivery(Decimal(20), "visits", None, Period.CALENDAR_YEAR, None, "HSD"),),
            ),
        ),
    ],
    ids=["nothing", "unlimited", "a limit", "a delivery"],
)
def test_a_visit_limit_told_by_phone_stands_in_for_the_wires(
    value: dict[str, str], left: int | None, wire: tuple[Benefit, ...]
) -> None:
    found = estimate(cover(COINSURANCE, DEDUCTIBLE, *wire), learn(FactCode.VISIT_LIMIT, value))

    assert found.terms
    assert found.terms.visits_remaining == left


def test_of_two_calls_the_later_answers_and_both_ways_to_ask_for_visits_are_one_question() -> None:
    later = replace(CALL, at=CALL.at + timedelta(days=1))
    facts = [
        learn(FactCode.VISITS_LEFT, "9", later),
        learn(FactCode.VISIT_LIMIT, {"limit": "yes", "left": "30"}),
        learn(FactCode.NETWORK, "in", later),
        learn(FactCode.NETWORK, "out"),
    ]

    words = last_words(facts)

    assert {code: fact.value for code, fact in words.items()} == {
        FactCode.VISITS_LEFT: {ANSWER: "9"},
        FactCode.NETWORK: {ANSWER: "in"},
    }


def test_a_representative_who_could_not_say_leaves_the_question_open_and_takes_an_earlier_word_back() -> None:
    later = replace(CALL, at=CALL.at + timedelta(days=1))
    facts = [learn(FactCode.AUTHORIZATION, "not_required"), learn(FactCode.AUTHORIZATION, NOT_KNOWN, later)]

    assert "authorization" not in ask_still(cover(COINSURANCE), facts[0])
    assert "authorization" in ask_still(cover(COINSURANCE), *facts)


@pytest.mark.parametrize("answer", [FAULT, REJECTED])
def test_coverage_confirmed_by_phone_after_an_outage_is_priced(answer: object) -> None:
    coverage = answer.coverage  # type: ignore[attr-defined]
    facts = [
        learn(FactCode.COVERAGE, "active"),
        learn(FactCode.COST_SHARE, {"copay": "25.00", "per": "week", "deductible": "waived"}),
    ]

    found = estimate(coverage, *facts)

    assert found.expected == 3 * Decimal(25)
    assert say(coverage, *facts) == []
    assert "coverage" not in ask_still(coverage, *facts)


@pytest.mark.parametrize(
    ("wire", "word"),
    [(INACTIVE.coverage, "active"), (ACTIVE.coverage, "inactive")],
    ids=["active", "inactive"],
)
def test_coverage_that_the_phone_contradicts_follows_the_phone_and_says_so(wire: Coverage, word: str) -> None:
    heard = hear(IN, wire, NOON, [learn(FactCode.COVERAGE, word)])

    assert heard.coverage.status == word
    assert [remark.code for remark in heard.remarks] == ["PHONE_CONTRADICTS"]


def test_a_program_the_phone_calls_not_covered_is_not_covered_and_one_it_calls_covered_is() -> None:
    refused = COINSURANCE._replace(kind=BenefitKind.NOT_COVERED, procedure="H0015", services=(), rate=None)

    assert not estimate(cover(COINSURANCE), learn(FactCode.COVERED, "no")).terms.covered  # type: ignore[union-attr]
    found = estimate(cover(COINSURANCE, refused), learn(FactCode.COVERED, "yes"))
    assert found.terms
    assert found.terms.covered
    assert len(say(cover(COINSURANCE, refused), learn(FactCode.COVERED, "yes"))) == 1


@pytest.mark.parametrize(
    ("wire", "phone", "contradicts"),
    [
        (Authorization.UNKNOWN, "not_required", False),
        (Authorization.REQUIRED, "required", False),
        (Authorization.REQUIRED, "not_required", True),
        (Authorization.NOT_REQUIRED, "required", True),
    ],
)
def test_authorization_is_required_where_either_word_says_so(
    wire: Authorization, phone: str, contradicts: object
) -> None:
    coverage = cover(build_benefit(BenefitKind.ACTIVE, authorization=wire), COINSURANCE)
    heard = hear(IN, coverage, NOON, [learn(FactCode.AUTHORIZATION, phone)])

    said = {row.authorization for row in select_relevant(IN, heard.coverage).benefits}
    assert (Authorization.REQUIRED in said) is ("required" in {wire, phone})
    assert bool(heard.remarks) == contradicts


def test_the_network_is_learned_where_no_contract_says_it_and_contradicts_one_that_does() -> None:
    fact = learn(FactCode.NETWORK, "out")
    open_one = inquire(network=Network.UNKNOWN)

    assert hear(open_one, ACTIVE.coverage, NOON, [fact]).inquiry.network is Network.OUT
    assert hear(IN, ACTIVE.coverage, NOON, [fact]).inquiry.network is Network.IN
    assert "network" not in ask_still(ACTIVE.coverage, fact, inquiry=open_one)
    assert say(ACTIVE.coverage, fact, inquiry=open_one) == []
    assert "the contract in" in say(ACTIVE.coverage, fact)[0]


def test_what_a_copay_buys_is_heard_and_its_amount_stays_the_wires() -> None:
    copay = build_benefit(BenefitKind.COPAY, amount=Decimal("30.00"))
    found = estimate(cover(copay), learn(FactCode.COPAY_PERIOD, "episode"))

    assert found.expected == Decimal("30.00")


def test_military_facts_fill_what_the_desk_left_open_and_change_nothing_it_said() -> None:
    facts = [
        learn(FactCode.TRICARE_GROUP, "A"),
        learn(FactCode.TRICARE_NETWORK, "yes"),
        learn(FactCode.PRIORITY_GROUP, {"group": "6", "percent": "10"}),
        learn(FactCode.VA_EPISODE, {"begins": "2026-12-01", "visits": "20"}),
    ]
    said = inquire(tricare=TricareFacts(group=EnlistmentGroup.B), va=VaFacts(priority_group="1"))

    told = hear(said, ACTIVE.coverage, NOON, facts).inquiry

    assert told.tricare == TricareFacts(group=EnlistmentGroup.B, network=True)
    assert told.va == VaFacts(
        priority_group="1",
        service_connected_percent=10,
        referral_begins=datetime(2026, 12, 1, tzinfo=UTC).date(),
        visits_authorized=20,
    )


def test_what_was_set_aside_is_kept_and_what_the_wire_said_stays_whole() -> None:
    named = COINSURANCE._replace(procedure="H0015", services=())
    coverage = cover(named, DEDUCTIBLE)

    heard = hear(IN, coverage, NOON, [learn(FactCode.COST_SHARE, {"copay": "5", "per": "day"})])

    assert heard.coverage.superseded == (named,)
    assert coverage.benefits == (named, DEDUCTIBLE)


@pytest.mark.parametrize(
    ("code", "value", "pointer"),
    [
        (FactCode.NETWORK, "maybe", "/answer"),
        (FactCode.NETWORK, {"word": "in"}, "/word"),
        (FactCode.NETWORK, "", ""),
        (FactCode.COST_SHARE, {"per": "day"}, "/copay"),
        (FactCode.COST_SHARE, {"copay": "40.00"}, "/per"),
        (FactCode.COST_SHARE, {"copay": "-1", "per": "day"}, "/copay"),
        (FactCode.COST_SHARE, {"coinsurance": "20"}, "/coinsurance"),
        (FactCode.COST_SHARE, {"coinsurance": "NaN"}, "/coinsurance"),
        (FactCode.DEDUCTIBLE_REMAINING, {"individual": "1e9"}, "/individual"),
        (FactCode.DEDUCTIBLE_REMAINING, {"individual": "٣"}, "/individual"),
        (FactCode.VISIT_LIMIT, {"limit": "yes"}, "/left"),
        (FactCode.VISITS_LEFT, "1000", "/answer"),
        (FactCode.TRICARE_SURVIVOR_SINCE, "2026-02-30", "/answer"),
        (FactCode.PRIORITY_GROUP, {"group": "9"}, "/group"),
        (FactCode.PRIORITY_GROUP, {"percent": "101"}, "/percent"),
        (FactCode.ADMINISTRATOR, "x" * 501, "/answer"),
        (FactCode.ADMINISTRATOR, "line\nbreak", "/answer"),
        (FactCode.VA_REGION, "la", "/answer"),
    ],
)
def test_an_answer_of_another_form_is_refused_by_the_name_of_its_part(
    code: FactCode, value: str | dict[str, str], pointer: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_value(code, value)
    assert pointer in refused.value.errors


def test_a_fact_keeps_the_representative_and_the_answer_out_of_logs() -> None:
    fact = learn(FactCode.ADMINISTRATOR, "Invented Behavioral, 555-0100")

    assert not [secret for secret in ("Dana", "4711", "555") if secret in repr(fact)]
