"""The rules as pure functions of what the desk knows and the payer said."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.programs.tricare.course import find_end
from payers.programs.tricare.program import Tricare
from payers.programs.tricare.reading import match_plan, read_plan
from payers.programs.tricare.regions import REGIONS, read_regions
from payers.programs.tricare.shelf import Shelf
from verifier.model.coverage import Coverage
from verifier.model.findings import FigureStatus, Verdict
from verifier.model.inquiry import Patient, Relationship
from verifier.model.military import (
    Beneficiary,
    EnlistmentGroup,
    StatusChange,
    TricareFacts,
    TricarePlan,
)
from verifier.model.published import Published
from verifier.model.vocabulary import BenefitKind, CoverageStatus
from verifier.testing.builders import benefit, coverage, program
from verifier.testing.people import FACILITY, INQUIRY

SHELF = Shelf()
LOADED = (2024, 2025, 2026)
maybe = st.none() | st.booleans()
days = st.dates(date(2023, 6, 1), date(2028, 6, 30))
facts = st.builds(
    TricareFacts,
    plan=st.none() | st.sampled_from(TricarePlan),
    beneficiary=st.none() | st.sampled_from(Beneficiary),
    group=st.none() | st.sampled_from(EnlistmentGroup),
    is_junior_enlisted=maybe,
    network=maybe,
    has_referral=maybe,
    has_medicare=maybe,
    medicare_covers=maybe,
    changes=st.lists(
        st.builds(StatusChange, days, st.sampled_from(Beneficiary), st.none() | st.sampled_from(TricarePlan)),
        max_size=2,
    ).map(tuple),
    transitional_from=st.none() | days,
    survivor_since=st.none() | days,
)


def apply(
    told: TricareFacts,
    answer: Coverage | None = None,
    *,
    relationship: Relationship = Relationship.CHILD,
    **planned: Any,  # noqa: ANN401 - fields of a program
) -> Published:
    inquiry = replace(
        INQUIRY,
        tricare=told,
        patient=Patient(relationship, "Kit", "Invented"),
        program=program(**{"start_date": date(2026, 3, 2), "sessions": 6, **planned}),
    )
    return Tricare(shelf=SHELF).rules(inquiry, FACILITY, coverage() if answer is None else answer)


@settings(deadline=None, max_examples=150)
@given(facts, days, st.sampled_from(Relationship))
def test_an_unknown_figure_never_makes_a_price(
    told: TricareFacts, start: date, relationship: Relationship
) -> None:
    published = apply(told, relationship=relationship, start_date=start, sessions=40)

    assert published.variants
    assert any(variant.is_expected for variant in published.variants)
    for phase in (phase for variant in published.variants for phase in variant.phases):
        known = [figure.value is not None for figure in phase.figures]
        assert known, "every phase says what it is from"
        assert (phase.terms is not None) == all(known)
        assert phase.terms is None or phase.begins.year in LOADED
        for figure in phase.figures:
            assert figure.rule.year == phase.begins.year
            assert (figure.value is None) == (figure.rule.status is FigureStatus.UNKNOWN)
            assert figure.rule.source


@settings(deadline=None, max_examples=100)
@given(facts, days)
def test_phases_follow_each_other_and_only_a_new_year_begins_without_what_was_paid(
    told: TricareFacts, start: date
) -> None:
    for variant in apply(told, start_date=start, sessions=40).variants:
        begins = [phase.begins for phase in variant.phases]
        assert begins == sorted(set(begins))
        assert start <= begins[0] <= start + timedelta(days=6)
        for before, after in zip(variant.phases, variant.phases[1:], strict=False):
            assert after.carries is (after.begins.year == before.begins.year)


@settings(deadline=None, max_examples=60)
@given(facts)
def test_no_two_variants_come_to_the_same_and_one_asks_nothing(told: TricareFacts) -> None:
    published = apply(told)
    terms = [tuple((phase.begins, phase.terms) for phase in variant.phases) for variant in published.variants]

    assert len(set(terms)) == len(terms)
    assert (len(terms) == 1) == (not published.questions)


def list_questions(told: TricareFacts, **more: Any) -> list[str]:  # noqa: ANN401 - as above
    return [question.code for question in apply(told, **more).questions]


KNOWN = TricareFacts(
    plan=TricarePlan.SELECT,
    beneficiary=Beneficiary.ACTIVE_DUTY_FAMILY,
    group=EnlistmentGroup.B,
    is_junior_enlisted=False,
    network=True,
    has_referral=True,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"group": None}, ["tricare_group"]),
        ({"group": None, "enlisted_on": date(2018, 1, 1)}, []),
        ({"group": None, "enlisted_on": date(2017, 12, 31)}, []),
        ({"is_junior_enlisted": None}, ["tricare_pay_grade"]),
        ({"network": None}, ["tricare_network"]),
        ({"beneficiary": None}, ["tricare_beneficiary"]),
        ({"plan": None}, ["tricare_plan"]),
        ({"plan": None, "has_medicare": True}, ["tricare_medicare_pays"]),
        ({"has_referral": None}, []),  # Select asks for none
        ({"plan": TricarePlan.PRIME, "has_referral": None}, ["tricare_referral"]),
        ({"plan": TricarePlan.PRIME, "group": None, "network": None, "is_junior_enlisted": None}, []),
        ({"plan": TricarePlan.RESERVE_SELECT, "beneficiary": None, "group": None}, []),
        ({"plan": TricarePlan.RETIRED_RESERVE, "beneficiary": None, "is_junior_enlisted": None}, []),
        ({"plan": TricarePlan.FOR_LIFE, "group": None}, ["tricare_medicare_pays"]),
        ({"plan": TricarePlan.TRANSITIONAL, "beneficiary": None}, ["tricare_plan"]),
    ],
)
def test_only_what_changes_the_terms_is_asked(changes: dict[str, Any], expected: list[str]) -> None:
    assert list_questions(replace(KNOWN, **changes)) == expected


def test_a_surviving_spouse_is_asked_for_the_day_and_a_child_is_not() -> None:
    told = replace(KNOWN, beneficiary=Beneficiary.TRANSITIONAL_SURVIVOR)

    assert list_questions(told, relationship=Relationship.SPOUSE) == ["tricare_survivor_since"]


def test_the_plan_after_an_activation_is_asked_where_it_may_be_one_of_two() -> None:
    change = StatusChange(date(2026, 3, 6), Beneficiary.ACTIVE_DUTY_FAMILY)
    told = replace(KNOWN, plan=TricarePlan.RESERVE_SELECT, changes=(change,))

    assert list_questions(told) == ["tricare_plan_after_change"]
    said = replace(change, plan=TricarePlan.PRIME)
    assert list_questions(replace(told, changes=(said,))) == []


END = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("told", "reply_ends", "expected"),
    [
        ({"plan": TricarePlan.SELECT}, None, None),
        ({"plan": TricarePlan.SELECT}, END, END),
        ({"plan": TricarePlan.TRANSITIONAL, "transitional_from": date(2026, 1, 1)}, None, date(2026, 6, 29)),
        ({"plan": TricarePlan.TRANSITIONAL, "transitional_from": date(2026, 1, 1)}, END, END),
        ({"plan": TricarePlan.TRANSITIONAL}, None, None),
        # the reply's end is that of a plan on which another follows
        ({"changes": (StatusChange(date(2026, 3, 7), Beneficiary.RETIREE),)}, END, None),
        ({"changes": (StatusChange(date(2026, 3, 8), Beneficiary.RETIREE),)}, END, END),
        (
            {"changes": (StatusChange(END, Beneficiary.ACTIVE_DUTY_FAMILY, TricarePlan.TRANSITIONAL),)},
            END,
            date(2026, 9, 1),
        ),
    ],
)
def test_when_the_coverage_ends(told: dict[str, Any], reply_ends: date | None, expected: date | None) -> None:
    assert find_end(TricareFacts(**told), reply_ends) == expected


def test_assistance_after_active_service_is_priced_as_an_active_duty_family() -> None:
    leaving = StatusChange(END, Beneficiary.RETIREE, TricarePlan.TRANSITIONAL)
    published = apply(replace(KNOWN, plan=TricarePlan.PRIME, changes=(leaving,)))

    assert [phase.begins for variant in published.variants for phase in variant.phases] == [date(2026, 3, 2)]


@pytest.mark.parametrize("status", [CoverageStatus.INACTIVE, CoverageStatus.REJECTED])
def test_nothing_is_priced_for_somebody_without_coverage(status: CoverageStatus) -> None:
    published = apply(TricareFacts(), Coverage(status))

    assert (published.variants, published.questions) == ((), ())


def test_a_payer_that_cannot_answer_leaves_the_rules() -> None:
    assert apply(KNOWN, Coverage(CoverageStatus.UNKNOWN)).variants


# --- the plan a reply tells ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("TRICARE PRIME", TricarePlan.PRIME),
        ("Tricare Prime Remote for Active Duty Family Members", TricarePlan.PRIME_REMOTE),
        ("TRICARE SELECT", TricarePlan.SELECT),
        ("TRICARE RESERVE SELECT", TricarePlan.RESERVE_SELECT),
        ("TRS MEMBER AND FAMILY", TricarePlan.RESERVE_SELECT),
        ("TRICARE RETIRED RESERVE", TricarePlan.RETIRED_RESERVE),
        ("TRICARE YOUNG ADULT PRIME", TricarePlan.YOUNG_ADULT_PRIME),
        ("TYA-SELECT", TricarePlan.YOUNG_ADULT_SELECT),
        ("TRICARE FOR LIFE", TricarePlan.FOR_LIFE),
        ("CHCBP", TricarePlan.CONTINUED_HEALTH_CARE),
        ("Uniformed Services Family Health Plan", TricarePlan.FAMILY_HEALTH_PLAN),
        ("TAMP", TricarePlan.TRANSITIONAL),
        ("TRICARE YOUNG ADULT", None),  # which of the two it does not say
        ("YOUNG ADULT, FORMERLY PRIME", None),
        ("PRIMETIME", None),
        ("TRSX", None),
        ("HCDP 401", None),
        ("", None),
    ],
)
def test_the_plan_by_the_words_of_the_reply(text: str, plan: TricarePlan | None) -> None:
    assert match_plan(text) is plan


def active(*texts: str, messages: tuple[str, ...] = ()) -> Coverage:
    rows = [benefit(kind=BenefitKind.ACTIVE, plan_text=text, messages=messages) for text in texts]
    return coverage(*rows)


@pytest.mark.parametrize(
    ("answer", "plan", "unread"),
    [
        (active("TRICARE SELECT"), TricarePlan.SELECT, ()),
        (active("TRICARE SELECT", "TRICARE SELECT GROUP"), TricarePlan.SELECT, ()),
        (active("TRICARE SELECT", "DENTAL"), TricarePlan.SELECT, ("DENTAL",)),
        (active("TRICARE SELECT", "TRICARE PRIME"), None, ("TRICARE SELECT", "TRICARE PRIME")),
        (active("PLAN 7"), None, ("PLAN 7",)),
        (active("PLAN 7", messages=("ENROLLED IN TRS",)), TricarePlan.RESERVE_SELECT, ("PLAN 7",)),
        (coverage(benefit(plan_text="TRICARE SELECT")), None, ()),  # no benefit that says active
        (coverage(), None, ()),
    ],
)
def test_texts_that_nobody_knows_are_kept_for_review(
    answer: Coverage, plan: TricarePlan | None, unread: tuple[str, ...]
) -> None:
    assert read_plan(answer) == (plan, unread)


def test_unknown_words_are_shown_and_what_the_desk_said_counts() -> None:
    published = apply(KNOWN, active("HCDP 401"))

    (remark,) = [each for each in published.remarks if each.code == "TRICARE_PLAN_NEEDS_REVIEW"]
    assert "HCDP 401" in remark.text
    assert remark.verdict is Verdict.CAUTION
    assert published.questions == ()


def test_the_reply_knows_the_plan_better_than_the_desk() -> None:
    published = apply(KNOWN, active("TRICARE RETIRED RESERVE"))

    assert "TRICARE_PLAN_DIFFERS" in [each.code for each in published.remarks]
    (variant,) = published.variants
    assert variant.label.startswith("TRICARE retired reserve")


# --- remarks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"plan": TricarePlan.PRIME}, {"TRICARE_FIRST_REFUSAL", "TRICARE_AUTHORIZATION_DISPUTED"}),
        (
            {"plan": TricarePlan.PRIME, "has_referral": False},
            {"TRICARE_POINT_OF_SERVICE", "TRICARE_FIRST_REFUSAL", "TRICARE_AUTHORIZATION_DISPUTED"},
        ),
        ({}, {"TRICARE_NO_REFERRAL_BY_PLAN", "TRICARE_AUTHORIZATION_DISPUTED"}),
        ({"plan": TricarePlan.FOR_LIFE}, {"TRICARE_FOR_LIFE_ORDER"}),
        ({"beneficiary": Beneficiary.ACTIVE_DUTY}, {"TRICARE_ACTIVE_DUTY_AUTHORIZATION"}),
        (
            {"beneficiary": Beneficiary.ACTIVE_DUTY, "has_referral": False},
            {"TRICARE_ACTIVE_DUTY_NOT_AUTHORIZED"},
        ),
        ({"plan": TricarePlan.FAMILY_HEALTH_PLAN}, {"TRICARE_FAMILY_HEALTH_PLAN"}),
    ],
)
def test_referral_and_authorization_by_plan_and_person(changes: dict[str, Any], expected: set[str]) -> None:
    codes = {remark.code for remark in apply(replace(KNOWN, **changes)).remarks}

    assert codes - {"TRICARE_FREESTANDING_PROGRAM", "TRICARE_FEE"} == expected


@pytest.mark.parametrize(
    ("changes", "words", "status"),
    [
        (
            {"beneficiary": Beneficiary.RETIREE},
            "yearly enrollment fee is $594.96 for one person, $1191.00 for a family",
            "printed",
        ),
        ({}, "yearly enrollment fee is $0.00 for one person, $0.00 for a family", "printed"),
        (
            {"plan": TricarePlan.RESERVE_SELECT},
            "monthly premium is $57.88 for one person, $286.66 for a family",
            "printed",
        ),
        ({"plan": TricarePlan.YOUNG_ADULT_SELECT}, "monthly premium is $363.00;", "printed"),
        (
            {"beneficiary": Beneficiary.SURVIVOR, "group": EnlistmentGroup.A},
            "yearly enrollment fee is $0.00 for one person, $0.00 for a family",
            "printed",
        ),
    ],
)
def test_the_fee_for_the_plan_is_told_beside_the_price(
    changes: dict[str, Any], words: str, status: str
) -> None:
    (fee,) = [each for each in apply(replace(KNOWN, **changes)).remarks if each.code == "TRICARE_FEE"]

    assert words in fee.text
    assert fee.rule is not None
    assert (fee.rule.year, fee.rule.status) == (2026, status)


def test_a_fee_nobody_knows_is_not_told() -> None:
    told = replace(KNOWN, plan=TricarePlan.CONTINUED_HEALTH_CARE)

    assert "TRICARE_FEE" not in {each.code for each in apply(told).remarks}


# --- regions ------------------------------------------------------------------------------------------------

WEST = [
    "AK",
    "AR",
    "AZ",
    "CA",
    "CO",
    "HI",
    "ID",
    "IL",
    "IA",
    "KS",
    "LA",
    "MN",
    "MO",
    "MT",
    "NE",
    "NV",
    "NM",
    "ND",
    "OK",
    "OR",
    "SD",
    "TX",
    "UT",
    "WA",
    "WI",
    "WY",
]
MOVED = ["AR", "IL", "LA", "OK", "TX", "WI"]


@pytest.mark.parametrize(
    ("state", "day", "contractor"),
    [
        *((state, date(2025, 1, 1), "TriWest Healthcare Alliance") for state in WEST),
        *((state, date(2024, 12, 31), "Humana Military") for state in MOVED),
        *((state, date(2024, 12, 31), "Health Net Federal Services") for state in WEST if state not in MOVED),
        ("FL", date(2026, 3, 2), "Humana Military"),
        ("NY", date(2024, 3, 2), "Humana Military"),
    ],
)
def test_the_contractor_by_state_and_day(state: str, day: date, contractor: str) -> None:
    contract = REGIONS.find(state, None, day)

    assert contract is not None
    assert contract.contractor == contractor


def test_a_residence_nobody_said_or_abroad_has_no_contractor() -> None:
    assert REGIONS.find(None, None, date(2026, 1, 1)) is None
    assert REGIONS.find("GU", None, date(2026, 1, 1)) is None


def test_a_zip_code_may_belong_to_another_region_than_its_state() -> None:
    text = """
        [[contract]]
        region = "east"
        contractor = "E"
        begins = 2025-01-01
        claims = "c"
        source = "s"
        [[contract]]
        region = "west"
        contractor = "W"
        begins = 2025-01-01
        states = ["MO"]
        claims = "c"
        source = "s"
        [[carve_out]]
        states = ["MO"]
        source = "s"
        [carve_out.zips]
        east = ["63101"]
    """
    regions, day = read_regions(text), date(2026, 1, 1)

    found = [regions.find("MO", zip_code, day) for zip_code in ("63101", "63101-1234", "64101", None)]
    assert [each and each.region for each in found] == ["east", "east", "west", "west"]
    assert regions.is_uncertain("MO", "64101")
    assert not regions.is_uncertain("MO", "63101")


def test_a_state_with_carve_outs_is_told_with_caution() -> None:
    codes = {remark.code: remark.verdict for remark in apply(replace(KNOWN, state="IN")).remarks}

    assert codes["TRICARE_REGION_BY_ZIP"] is Verdict.CAUTION
    assert "TRICARE_REGION_BY_ZIP" not in {each.code for each in apply(replace(KNOWN, state="OH")).remarks}
