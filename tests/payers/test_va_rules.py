"""VA's rules by themselves: access readings, the copay table and its reference, what must always hold."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.kit.json_text import Node
from payers.lighthouse import community_care
from payers.programs.va.access import Access, read_access
from payers.programs.va.billing import PAYING, Copayer, charge_days
from payers.programs.va.copays import PAGE, Cell, find, read_table
from payers.programs.va.referral import Referral, Standing, is_well_formed
from payers.programs.va.regions import find_region
from payers.programs.va.rules import publish
from verifier.model.coverage import Coverage, unknown_coverage
from verifier.model.findings import FigureStatus, Verdict
from verifier.model.inquiry import Patient, Relationship
from verifier.model.military import VaFacts
from verifier.model.program import WEEKDAYS
from verifier.testing.people import INQUIRY

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "military" / "va_copays.json"
ICN = "1012667145V762142"
NOTHING = unknown_coverage()


def say(**fields: object) -> Coverage:
    """Build what VA's tool for community care says."""
    asked = {"patientIcn": ICN, "serviceType": community_care.SERVICE}
    return community_care.read_access(Node({"patientRequest": asked, **fields}), ICN)


def codes(*found: str) -> list[dict[str, str]]:
    return [{"code": code, "description": code} for code in found]


def drive(least: int, most: int) -> list[dict[str, Any]]:
    return [{"name": "A VA CLINIC", "driveMinutes": {"min": least, "max": most}}]


DONE = "successful"
# what VA's tool says, and what it comes to
ACCESS: dict[str, tuple[dict[str, Any], Access]] = {
    "29 to 30 minutes are within the standard": (
        {"nearbyFacilities": drive(29, 30), "eligible": True},
        Access.IMPROBABLE,
    ),
    "31 minutes miss it although the tool's 60 do not": (
        {"nearbyFacilities": drive(31, 40), "eligible": False},
        Access.PROBABLE,
    ),
    "30 to 40 minutes miss it": ({"nearbyFacilities": drive(30, 40)}, Access.PROBABLE),
    "25 to 35 minutes may or may not": ({"nearbyFacilities": drive(25, 35)}, Access.UNKNOWN),
    "eligible by the tool, and no drive told": (
        {"eligible": True, "processingStatus": DONE},
        Access.PROBABLE,
    ),
    "not eligible by the tool, and no drive told: it goes by 60 minutes": (
        {"eligible": False, "processingStatus": DONE},
        Access.UNKNOWN,
    ),
    "geocoding failed and eligible is null": (
        {"eligible": None, "processingStatus": "geocoding-incomplete"},
        Access.UNKNOWN,
    ),
    "geocoding failed and a code is on file": (
        {"eligibilityCodes": codes("N"), "processingStatus": "geocoding-not-available"},
        Access.PROBABLE,
    ),
    "grandfathered": ({"eligibilityCodes": codes("G", "B")}, Access.PROBABLE),
    "X beside G, N and H, far from everything": (
        {"eligibilityCodes": codes("G", "N", "H", "X"), "nearbyFacilities": drive(80, 90), "eligible": True},
        Access.IMPROBABLE,
    ),
    "ND decides nothing": ({"eligibilityCodes": codes("ND"), "processingStatus": DONE}, Access.UNKNOWN),
    "B decides nothing, the drive does": (
        {"eligibilityCodes": codes("B"), "nearbyFacilities": drive(40, 50)},
        Access.PROBABLE,
    ),
    "a primary care team (pactStatus) decides nothing about mental health": (
        {"pactStatus": "Active", "nearbyFacilities": drive(40, 50)},
        Access.PROBABLE,
    ),
}


@pytest.mark.parametrize(("said", "expected"), ACCESS.values(), ids=ACCESS)
def test_access_is_read_from_codes_and_the_drive_and_never_from_the_tools_60_minutes(
    said: dict[str, Any], expected: Access
) -> None:
    reading = read_access(VaFacts(), say(**said))

    assert reading
    assert reading.access is expected


def test_the_drive_that_va_tells_counts_before_the_desks() -> None:
    facts = VaFacts(drive_minutes=Decimal(50))

    readings = [read_access(facts, coverage) for coverage in (NOTHING, say(nearbyFacilities=drive(5, 10)))]

    assert [reading and reading.access for reading in readings] == [Access.PROBABLE, Access.IMPROBABLE]


@pytest.mark.parametrize(
    ("days", "said", "expected"),
    [
        (21, {}, Access.PROBABLE),
        (21, {"nearbyFacilities": drive(5, 10)}, Access.PROBABLE),
        (21, {"eligibilityCodes": codes("X")}, Access.IMPROBABLE),
        (20, {"nearbyFacilities": drive(5, 10)}, Access.IMPROBABLE),
        (20, {"nearbyFacilities": drive(40, 45)}, Access.PROBABLE),
    ],
)
def test_a_wait_over_20_days_misses_the_standard_and_a_shorter_one_leaves_it_to_the_drive(
    days: int, said: dict[str, Any], expected: Access
) -> None:
    reading = read_access(VaFacts(wait_days=days), say(**said) if said else NOTHING)

    assert reading
    assert reading.access is expected


def test_where_nobody_says_anything_nothing_is_read() -> None:
    assert read_access(VaFacts(), NOTHING) is None


@pytest.mark.parametrize("said", [{"eligible": True}, {"nearbyFacilities": drive(5, 10)}])
def test_what_is_said_of_access_is_worded_as_probable_and_names_what_is_not_in_it(
    said: dict[str, Any],
) -> None:
    inquiry = replace(INQUIRY, va=VaFacts(state="LA"))

    (remark,) = (each for each in publish(inquiry, say(**said)).remarks if each.code.startswith("ACCESS_"))

    assert "robably" in remark.text
    assert "20 days" in remark.text
    assert "best medical interest" in remark.text


@pytest.mark.parametrize("code", ["H0015", "S9480", "H0035"])
def test_there_is_no_kind_of_care_for_substance_use_so_every_program_is_mental_health(code: str) -> None:
    assert community_care.SERVICE == "MentalHealthCare"
    published = publish(replace(INQUIRY, program=replace(INQUIRY.program, code=code)), say(eligible=True))
    assert [each.code for each in published.remarks] == ["ACCESS_PROBABLE"]


def test_care_that_va_pays_for_the_veteran_is_not_the_familys() -> None:
    child = Patient(Relationship.CHILD, "Ida", "Contractson", birth_date=date(2010, 5, 5))

    remarks = publish(replace(INQUIRY, patient=child), NOTHING).remarks

    assert [(each.code, each.verdict) for each in remarks] == [
        ("PATIENT_IS_NOT_THE_VETERAN", Verdict.CAUTION)
    ]


STATUSES = {  # how the reference marks a figure, and what that is here
    "verified": FigureStatus.PRINTED,
    "verified_older_source": FigureStatus.UNCONFIRMED,
    "assumed_same_as_2025": FigureStatus.UNCONFIRMED,
}
CELLS = {
    Cell.SERVICE_CONNECTED_10: "sc_10pct_or_more",
    Cell.PRIMARY_VISIT: "primary_care_visit",
    Cell.SPECIALTY_VISIT: "specialty_care_visit",
}


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference is not beside this copy")
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_yearly_figure_is_that_of_the_reference_with_its_status(year: int) -> None:
    table = json.loads(REFERENCE.read_text())[f"{year}"]

    for cell, name in CELLS.items():
        figure, known = find(cell, date(year, 6, 1)), table["outpatient"][name]
        assert Decimal(figure.value or "-1") == known["value"]
        assert (figure.rule.year, figure.rule.status) == (year, STATUSES[known["status"]])
    free = table["mental_health_first_visits_free"]
    (row,) = (each for each in read_table() if each.cell is Cell.FREE_VISITS)
    assert (row.begins, row.ends) == (date.fromisoformat(free["from"]), date.fromisoformat(free["through"]))
    assert int(row.figure.value or 0) == free["count_per_calendar_year"]["value"]


def test_every_figure_has_a_source_and_none_is_called_printed_without_one() -> None:
    for row in read_table():
        assert row.figure.value
        assert len(row.figure.rule.source) > 10
        assert row.figure.rule.program == "va"
    assert {row.cell for row in read_table()} == set(Cell)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
def test_a_year_that_is_not_loaded_has_no_figure_and_names_the_page(day: date) -> None:
    figure = find(Cell.SPECIALTY_VISIT, day)

    assert (figure.value, figure.rule.year, figure.rule.status) == (None, day.year, FigureStatus.UNKNOWN)
    assert figure.rule.source == PAGE


def test_the_free_visits_begin_and_end_on_their_days() -> None:
    days = [date(2023, 6, 26), date(2023, 6, 27), date(2027, 12, 29), date(2027, 12, 30)]

    assert [find(Cell.FREE_VISITS, day).value for day in days] == [None, "3", "3", None]


NUMBERS = st.one_of(st.text(max_size=12), st.from_regex(r"VA[0-9]{1,20}", fullmatch=True))


@given(NUMBERS)
def test_a_referral_number_is_va_and_ascii_digits_and_nothing_else(number: str) -> None:
    expected = number[:2] == "VA" and 0 < len(number[2:]) <= 20 and set(number[2:]) <= set("0123456789")

    assert is_well_formed(number) is expected


GROUPS = st.sampled_from([None, *"12345678"])
COUNTS = st.one_of(st.none(), st.integers(0, 10))
STARTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
FACTS = st.builds(
    VaFacts,
    priority_group=GROUPS,
    service_connected_percent=st.one_of(st.none(), st.integers(0, 100)),
    is_service_connected_care=st.sampled_from([None, True, False]),
    is_copay_exempt=st.sampled_from([None, True, False]),
    mental_health_visits_this_year=COUNTS,
    is_acute_crisis=st.sampled_from([None, True, False]),
    visits_authorized=st.one_of(st.none(), st.integers(0, 40)),
    visits_used=COUNTS,
    referral_number=st.sampled_from([None, "VA0012345678", "VA 1"]),
    referral_begins=st.one_of(st.none(), STARTS),
    referral_ends=st.one_of(st.none(), STARTS),
    state=st.sampled_from([None, "LA", "ZZ"]),
)


@given(FACTS, STARTS, st.integers(1, 60))
def test_whatever_the_desk_knows_nothing_is_collected_and_no_day_costs_more_than_50_dollars(
    facts: VaFacts, start: date, sessions: int
) -> None:
    program = replace(INQUIRY.program, start_date=start, weekdays=WEEKDAYS, sessions=sessions)

    published = publish(replace(INQUIRY, va=facts, program=program), NOTHING)

    bill = published.later_bill
    assert bill
    assert published.collectable == 0
    assert 0 <= bill.low <= bill.high <= 50 * sessions
    assert all(figure.rule.source for figure in bill.figures)
    assert published.proof
    assert published.proof.rule


@given(FACTS, st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), min_size=1, max_size=40, unique=True))
def test_who_told_more_has_a_bill_within_that_of_who_told_less(facts: VaFacts, days: list[date]) -> None:
    days.sort()
    told = replace(
        facts,
        priority_group=facts.priority_group or "7",
        mental_health_visits_this_year=3,
        is_acute_crisis=None,
    )
    silent = replace(told, priority_group=None, mental_health_visits_this_year=None)
    wide, narrow = (charge_days(Copayer(each), days) for each in (silent, told))

    assert wide.low <= narrow.low <= narrow.high <= wide.high
    if narrow.high:
        assert told.priority_group in PAYING


@given(FACTS, STARTS, st.integers(1, 40))
def test_a_referral_covers_its_days_in_order_and_no_more_than_its_visits(
    facts: VaFacts, start: date, sessions: int
) -> None:
    days = tuple(start + timedelta(days=place) for place in range(sessions))

    referral = Referral(facts, days)

    assert sorted({*referral.covered, *referral.uncovered}) == list(days)
    assert not set(referral.covered) & set(referral.uncovered)
    if facts.visits_authorized is not None:
        assert len(referral.covered) <= facts.visits_authorized
    if referral.standing is Standing.GOOD:
        assert referral.covered
        assert not referral.gaps


def test_every_state_and_territory_has_one_region() -> None:
    known = {
        state: find_region(state)
        for state in ("LA", "la", "DC", "PR", "VI", "GU", "AS", "MP", "AK", "ZZ", "")
    }

    assert known == {
        "LA": 3,
        "la": 3,
        "DC": 1,
        "PR": 3,
        "VI": 3,
        "GU": 4,
        "AS": 4,
        "MP": 4,
        "AK": 5,
        "ZZ": None,
        "": None,
    }
