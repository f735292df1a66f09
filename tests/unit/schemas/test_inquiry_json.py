from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.inquiry import INQUIRY, load_inquiry, load_program
from schemas.terms import load_terms
from verifier.errors import BadInput
from verifier.model.inquiry import Inquiry, Member, Patient, Relationship, Sex
from verifier.model.military import (
    Beneficiary,
    EnlistmentGroup,
    StatusChange,
    TricareFacts,
    TricarePlan,
    VaFacts,
)
from verifier.model.payment import Cover, Method, OtherPlan, PlanKind
from verifier.model.program import Program, Weekday
from verifier.model.vocabulary import Network

TODAY = date(2026, 11, 24)

FULL: dict[str, Any] = {
    "payer": "sim-commercial",
    "member": {
        "id": "XQZ4410027",
        "first_name": "Marigold",
        "middle_name": "Q",
        "last_name": "O'Exampleton-Núñez",
        "suffix": "Jr",
        "birth_date": "1961-06-30",
        "sex": "F",
        "ssn": "000-12-3456",
        "group_number": "G-1002",
    },
    "patient": {
        "relationship": "child",
        "first_name": "Fern",
        "middle_name": None,
        "last_name": "Exampleton",
        "suffix": None,
        "birth_date": "2004-02-29",
        "sex": "U",
    },
    "facility": "riverbend",
    "program": {
        "code": "S9480",
        "start_date": "2026-12-07",
        "weekdays": ["fri", "mon"],
        "sessions": 6,
        "weeks": 3,
        "closed": ["2026-12-25"],
        "hours_per_session": 3,
        "units_per_session": "1.5",
        "allowed_amount": "325",
        "billed_amount": "950.5",
        "place_of_service": "22",
        "revenue_code": "0905",
    },
    "network": "out",
    "consent_id": "cns_1",
    "max_age": 0,
    "tricare": {
        "sponsor_id": "000-12-3456",
        "plan": "select",
        "beneficiary": "retiree_family",
        "group": "A",
        "enlisted_on": "1984-06-01",
        "is_junior_enlisted": False,
        "network": False,
        "has_referral": True,
        "has_medicare": False,
        "medicare_covers": None,
        "state": "LA",
        "zip": "70420-1234",
        "changes": [{"date": "2026-12-20", "beneficiary": "survivor", "plan": "select"}],
        "transitional_from": None,
        "survivor_since": "2026-12-20",
    },
    "va": {
        "referral_number": "VA0012345678",
        "referral_begins": "2026-12-01",
        "referral_ends": "2027-05-29",
        "visits_authorized": 24,
        "visits_used": 0,
        "priority_group": "6",
        "service_connected_percent": 0,
        "is_service_connected_care": False,
        "is_copay_exempt": None,
        "mental_health_visits_this_year": 2,
        "is_acute_crisis": False,
        "icn": "1000000001V000001",
        "access_token": "a.b.c",
        "state": "LA",
        "drive_minutes": 42.5,
        "street": "1 Nowhere Lane",
        "city": "Abita Springs",
        "zip": "70420",
        "wait_days": 21,
    },
    "own_coverage": {
        "as_dependent": True,
        "is_decreed": False,
        "parent_birthday": "02-29",
        "is_retired": False,
        "is_continuation": None,
        "began": "2020-01-01",
        "is_authorized": None,
        "method": "non_duplication",
    },
    "other_coverage": [
        {
            "kind": "medicare",
            "payer": "medicare",
            "as_dependent": False,
            "is_decreed": False,
            "parent_birthday": None,
            "is_retired": True,
            "is_continuation": None,
            "began": None,
            "is_authorized": None,
            "method": "unknown",
            "verification_id": "ver_1",
            "terms": None,
            "allowed_amount": "300.5",
        }
    ],
}
LEAST: dict[str, Any] = {
    "payer": "sim-commercial",
    "member": {"last_name": " Exampleton "},
    "program": {"code": "H0015", "start_date": "2026-12-07", "weekdays": ["mon"], "weeks": 1},
}


def test_every_field_is_read_into_the_model() -> None:
    assert load_inquiry(FULL, today=TODAY) == Inquiry(
        payer="sim-commercial",
        member=Member(
            id="XQZ4410027",
            first_name="Marigold",
            middle_name="Q",
            last_name="O'Exampleton-Núñez",
            suffix="Jr",
            birth_date=date(1961, 6, 30),
            sex=Sex.FEMALE,
            ssn="000123456",
            group_number="G-1002",
        ),
        patient=Patient(
            relationship=Relationship.CHILD,
            first_name="Fern",
            last_name="Exampleton",
            birth_date=date(2004, 2, 29),
            sex=Sex.UNKNOWN,
        ),
        facility="riverbend",
        program=Program(
            code="S9480",
            start_date=date(2026, 12, 7),
            weekdays=(Weekday.MON, Weekday.FRI),
            sessions=6,
            weeks=3,
            closed=(date(2026, 12, 25),),
            hours_per_session=Decimal(3),
            units_per_session=Decimal("1.5"),
            allowed_amount=Decimal("325.00"),
            billed_amount=Decimal("950.50"),
            place_of_service="22",
            revenue_code="0905",
        ),
        network=Network.OUT,
        consent_id="cns_1",
        max_age=0,
        tricare=TricareFacts(
            sponsor_id="000123456",
            plan=TricarePlan.SELECT,
            beneficiary=Beneficiary.RETIREE_FAMILY,
            group=EnlistmentGroup.A,
            enlisted_on=date(1984, 6, 1),
            is_junior_enlisted=False,
            network=False,
            has_referral=True,
            has_medicare=False,
            state="LA",
            zip="70420-1234",
            changes=(StatusChange(date(2026, 12, 20), Beneficiary.SURVIVOR, TricarePlan.SELECT),),
            survivor_since=date(2026, 12, 20),
        ),
        va=VaFacts(
            referral_number="VA0012345678",
            referral_begins=date(2026, 12, 1),
            referral_ends=date(2027, 5, 29),
            visits_authorized=24,
            visits_used=0,
            priority_group="6",
            service_connected_percent=0,
            is_service_connected_care=False,
            mental_health_visits_this_year=2,
            is_acute_crisis=False,
            icn="1000000001V000001",
            access_token="a.b.c",
            state="LA",
            drive_minutes=Decimal("42.5"),
            street="1 Nowhere Lane",
            city="Abita Springs",
            zip="70420",
            wait_days=21,
        ),
        own_coverage=Cover(
            as_dependent=True,
            parent_birthday=(2, 29),
            is_retired=False,
            began=date(2020, 1, 1),
            method=Method.NON_DUPLICATION,
        ),
        other_coverage=(
            OtherPlan(
                Cover(PlanKind.MEDICARE, as_dependent=False, is_retired=True),
                "medicare",
                "ver_1",
                allowed_amount=Decimal("300.50"),
            ),
        ),
    )


def test_what_is_left_out_takes_the_models_defaults() -> None:
    program = Program("H0015", date(2026, 12, 7), (Weekday.MON,), weeks=1)
    member = Member(last_name="Exampleton", birth_date=None)
    assert load_inquiry(LEAST) == Inquiry(payer="sim-commercial", member=member, program=program)


def test_days_and_length_may_be_left_to_the_facility() -> None:
    program = load_inquiry({**LEAST, "program": {"code": "H0015", "start_date": "2026-12-07"}}).program

    assert program == Program("H0015", date(2026, 12, 7), ())


def test_an_inquiry_is_written_as_it_was_read_but_for_what_identifies_by_itself() -> None:
    expected = deepcopy(FULL)
    expected["member"]["ssn"] = "*****3456"
    expected["program"] |= {
        "weekdays": ["mon", "fri"],
        "hours_per_session": "3",
        "allowed_amount": "325.00",
        "billed_amount": "950.50",
    }
    expected["tricare"]["sponsor_id"] = "*****3456"
    expected["va"]["drive_minutes"] = "42.5"
    del expected["va"]["access_token"]
    expected["other_coverage"][0]["allowed_amount"] = "300.50"
    assert INQUIRY.dump(load_inquiry(FULL, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("given", "kept", "shown"),
    [
        ("000-12-3456", "000123456", "*****3456"),
        ("1234567890", "1234567890", "******7890"),
        ("12345678901", "12345678901", "*******8901"),
    ],
)
def test_a_sponsor_is_known_by_any_of_three_numbers_and_shown_by_four_digits(
    given: str, kept: str, shown: str
) -> None:
    inquiry = load_inquiry({**LEAST, "tricare": {"sponsor_id": given}})
    assert inquiry.tricare == TricareFacts(sponsor_id=kept)
    assert INQUIRY.dump(inquiry)["tricare"]["sponsor_id"] == shown


def test_what_the_desk_knows_may_be_nothing() -> None:
    inquiry = load_inquiry({**LEAST, "tricare": {}, "va": {"priority_group": None}})
    assert (inquiry.tricare, inquiry.va) == (TricareFacts(), VaFacts())


def test_what_another_plan_pays_is_told_by_its_terms() -> None:
    medicare = {"kind": "medicare", "terms": {"coinsurance": "0.20"}}
    (plan,) = load_inquiry({**LEAST, "other_coverage": [medicare]}).other_coverage
    assert plan == OtherPlan(Cover(PlanKind.MEDICARE), terms=load_terms({"coinsurance": "0.20"}))


def put(inquiry: dict[str, Any], pointer: str, value: object) -> dict[str, Any]:
    *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    place = inquiry
    for parent in parents:
        place = place[int(parent) if isinstance(place, list) else parent]
    place[last] = value
    return inquiry


MONEY_FORM = 'money is digits with at most two decimals, like "325.00", and less than a billion'
MONEY_TYPE = 'money is a string like "325.00"; a float is not exact'
NULL = "must not be null; leave it out when it is not known"
EMPTY = "must not be empty; leave it out when it is not known"
SPONSOR = "must be a sponsor's SSN (9 digits), DoD ID (10) or DoD benefits number (11)"

BAD_VALUES = [
    ("/payer", None, NULL),
    ("/payer", "", EMPTY),
    ("/payer", "   ", EMPTY),
    ("/payer", 7, "must be text in quotes"),
    ("/payer", "p" * 81, "is longer than 80 characters"),
    ("/payer", "a\x00b", "holds a character that cannot be printed"),
    ("/member/last_name", "Ex\nampleton", "holds a character that cannot be printed"),
    ("/member/last_name", "Ex\u202eampleton", "holds a character that cannot be printed"),
    ("/member/last_name", "\ud800", "holds a character that cannot be printed"),
    ("/member/last_name", "E" * 10_000_000, "is longer than 60 characters"),
    ("/member/id", ["XQZ"], "must be text in quotes"),
    ("/member/birth_date", "2026-02-30", "is no day of the calendar"),
    ("/member/birth_date", "0000-01-01", "is no day of the calendar"),
    ("/member/birth_date", "19610630", "must be a date like 2026-12-07"),
    ("/member/birth_date", "1961-06-30T00:00:00", "must be a date like 2026-12-07"),
    ("/member/birth_date", "١٩٦١-06-30", "must be a date like 2026-12-07"),
    ("/member/birth_date", 19610630, "must be a date like 2026-12-07"),
    ("/member/birth_date", "2026-11-25", "must be from 1880-01-01 to today"),
    ("/member/birth_date", "1879-12-31", "must be from 1880-01-01 to today"),
    ("/member/sex", "female", "must be one of: F, M, U"),
    ("/member/ssn", "12345678", "must be nine digits"),
    ("/member/birthdate", "1961-06-30", 'is not a field here; did you mean "birth_date"?'),
    ("/member/zzzzzz", 1, "is not a field here"),
    ("/patient/relationship", "cousin", "must be one of: self, spouse, child, other"),
    ("/patient/last_name", None, "is missing: the patient is not the member"),
    ("/program/code", "h0015", 'must be a HCPCS or CPT code like "H0015"'),
    ("/program/start_date", "2101-01-01", "must be from 1900-01-01 to 2100-12-31"),
    ("/program/start_date", None, NULL),
    ("/program/weekdays", [], "must hold at least 1"),
    ("/program/weekdays", ["mon"] * 8, "holds more than 7 entries"),
    ("/program/weekdays", ["mon", "mon"], "names something twice"),
    ("/program/weekdays", "mon", "must be a list"),
    ("/program/sessions", 0, "must be from 1 to 400"),
    ("/program/sessions", 1001, "must be from 1 to 400"),
    ("/program/sessions", "6", "must be a whole number"),
    ("/program/sessions", 6.0, "must be a whole number"),
    ("/program/sessions", Decimal("6.0"), "must be a whole number"),
    ("/program/sessions", True, "must be a whole number"),
    ("/program/sessions", 7, "disagrees with 3 weeks of 2 weekdays; give one of them"),
    ("/program/weeks", 520, "makes more than 400 sessions"),
    ("/program/hours_per_session", "25", "must be over 0 and at most 24, with at most two decimals"),
    ("/program/hours_per_session", float("nan"), "must be over 0 and at most 24, with at most two decimals"),
    ("/program/hours_per_session", "1e1", "must be over 0 and at most 24, with at most two decimals"),
    ("/program/units_per_session", 0, "must be over 0 and at most 1000, with at most two decimals"),
    ("/program/units_per_session", True, "must be over 0 and at most 1000, with at most two decimals"),
    ("/program/allowed_amount", 325, MONEY_TYPE),
    ("/program/allowed_amount", 325.0, MONEY_TYPE),
    ("/program/allowed_amount", Decimal("325.00"), MONEY_TYPE),
    ("/program/allowed_amount", True, MONEY_TYPE),
    ("/program/allowed_amount", "-325.00", "an amount is never negative"),
    ("/program/allowed_amount", "325.001", MONEY_FORM),
    ("/program/allowed_amount", "1000000000", MONEY_FORM),
    ("/program/allowed_amount", "$325", MONEY_FORM),
    ("/program/allowed_amount", "1,000.00", MONEY_FORM),
    ("/program/allowed_amount", " 325.00", MONEY_FORM),
    ("/program/allowed_amount", "325.00\n", MONEY_FORM),
    ("/program/allowed_amount", "NaN", MONEY_FORM),
    ("/program/allowed_amount", "Infinity", MONEY_FORM),
    ("/program/allowed_amount", "1e3", MONEY_FORM),
    ("/program/allowed_amount", "٣٢٥", MONEY_FORM),
    ("/program/allowed_amount", "", MONEY_FORM),
    ("/program/place_of_service", "2", 'must be a two-digit code like "22"'),
    ("/program/revenue_code", "905", 'must be a four-digit code like "0905"'),
    ("/network", "both", "must be one of: in, out, unknown"),
    ("/network", ["in"], "must be one of: in, out, unknown"),
    ("/max_age", -1, "must be from 0 to 31536000"),
    ("/tricare", [], "must be an object"),
    ("/tricare/sponsor_id", "12345678", SPONSOR),
    ("/tricare/sponsor_id", "123456789012", "is longer than 11 characters"),
    ("/tricare/sponsor_id", 123456789, "must be text in quotes"),
    ("/tricare/group", "a", "must be one of: A, B"),
    ("/tricare/plan", "Select", f"must be one of: {', '.join(TricarePlan)}"),
    ("/tricare/beneficiary", "veteran", f"must be one of: {', '.join(Beneficiary)}"),
    ("/tricare/enlisted_on", "2026-11-25", "must be from 1880-01-01 to today"),
    ("/tricare/network", "yes", "must be true or false, without quotes"),
    ("/tricare/network", True, "contradicts the network of the inquiry"),
    ("/tricare/state", "la", 'must be two capital letters like "LA"'),
    ("/tricare/zip", "7042", 'must be a ZIP code like "70420"'),
    ("/tricare/changes", {}, "must be a list"),
    ("/tricare/changes/0/date", "2026-12-32", "is no day of the calendar"),
    ("/tricare/changes/0/beneficiary", None, NULL),
    ("/tricare/sponsor", "1", 'is not a field here; did you mean "sponsor_id"?'),
    ("/own_coverage/parent_birthday", "02-30", 'must be month and day like "04-12"'),
    ("/own_coverage/parent_birthday", "1961-02-28", 'must be month and day like "04-12"'),
    ("/own_coverage/parent_birthday", 229, 'must be month and day like "04-12"'),
    ("/own_coverage/method", "carve-out", f"must be one of: {', '.join(Method)}"),
    ("/own_coverage/kind", "va", "is not a field here"),
    ("/other_coverage", [{"kind": "va"}] * 6, "holds more than 5 entries"),
    ("/other_coverage/0/kind", "tricare_east", f"must be one of: {', '.join(PlanKind)}"),
    ("/other_coverage/0/kind", None, NULL),
    ("/other_coverage/0/terms", {}, "give either terms or verification_id"),
    ("/other_coverage/0/is_retired", "no", "must be true or false, without quotes"),
    ("/va/priority_group", 6, "must be text in quotes"),
    ("/va/priority_group", "9", 'must be a group from "1" to "8"'),
    ("/va/service_connected_percent", 101, "must be from 0 to 100"),
    ("/va/visits_authorized", -1, "must be from 0 to 1000"),
    ("/va/referral_ends", "next year", "must be a date like 2026-12-07"),
    ("/va/icn", "1000000001", "must be an integration control number: ten digits, V, six digits"),
    ("/va/access_token", "", EMPTY),
    ("/va/drive_minutes", -3, "must be over 0 and at most 1440, with at most two decimals"),
    ("/a~1b~0", 1, "is not a field here"),
]


@pytest.mark.parametrize(
    ("pointer", "value", "text"), BAD_VALUES, ids=[f"{row}{case[0]}" for row, case in enumerate(BAD_VALUES)]
)
def test_a_bad_value_is_refused_at_its_pointer_and_nowhere_else(
    pointer: str, value: object, text: str
) -> None:
    with pytest.raises(BadInput) as caught:
        load_inquiry(put(deepcopy(FULL), pointer, value), today=TODAY)
    assert caught.value.errors == {pointer: text}


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ([], {"": "must be an object"}),
        (None, {"": "must be an object"}),
        ("{}", {"": "must be an object"}),
        ({}, {"/payer": "is missing", "/member": "is missing", "/program": "is missing"}),
        ({**LEAST, "member": []}, {"/member": "must be an object"}),
        ({**LEAST, "member": None}, {"/member": NULL}),
        (
            {**LEAST, "program": {"code": "H0015", "start_date": "2026-12-07", "weekdays": ["mon", 1, "zz"]}},
            {
                "/program/weekdays/1": "must be one of: mon, tue, wed, thu, fri, sat, sun",
                "/program/weekdays/2": "must be one of: mon, tue, wed, thu, fri, sat, sun",
            },
        ),
        (
            {**LEAST, "patient": {"relationship": "spouse"}},
            {
                f"/patient/{name}": "is missing: the patient is not the member"
                for name in ("first_name", "last_name", "birth_date")
            },
        ),
        (
            {**LEAST, "patient": {"first_name": "Fern"}},
            {"/patient/first_name": "belongs in member: the patient is the member"},
        ),
    ],
)
def test_every_bad_field_is_named_at_once(data: object, errors: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        load_inquiry(data, today=TODAY)
    assert caught.value.errors == errors


def test_a_hundred_thousand_strange_fields_are_named_in_part_and_in_time() -> None:
    strange = {f"start_dat{number}": number for number in range(100_000)}
    with pytest.raises(BadInput) as caught:
        load_program(strange)
    assert len(caught.value.errors) == 50


def test_no_error_repeats_what_the_caller_said() -> None:
    inquiry = deepcopy(FULL)
    inquiry["member"] |= {"last_name": "Secretname\n", "birth_date": "1961-13-30", "ssn": "99-secret"}
    with pytest.raises(BadInput) as caught:
        load_inquiry(inquiry, today=TODAY)
    said = f"{caught.value} {caught.value.errors} {caught.value.__cause__}"
    assert not [word for word in ("Secretname", "1961-13-30", "99-secret") if word in said]


@settings(deadline=None, max_examples=150)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [*FULL, *FULL["program"], *FULL["member"], *FULL["tricare"], *FULL["va"], "x"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_loaded_or_refused_with_pointers(data: object) -> None:
    with pytest.raises(BadInput) as caught:
        load_inquiry(data, today=TODAY)
    assert caught.value.errors
