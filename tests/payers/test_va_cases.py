# ruff: noqa: E501 - a case is a line or two of a table
"""Veterans as the desk meets them, from the inquiry's JSON over HTTP to what is owed, asked and done next.

Each case says what is different from the usual one: Winona Ward of priority group 6 in Louisiana, referred for 24
visits from 2026-02-15 to 2026-08-15, who had none of the year's free visits; six sessions from 2026-03-02 on
(2, 4, 6, 9, 11 and 13 March). The provider collects nothing from anybody, so each case states VA's later bill.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pytest

from payers.simulator.server import Simulator
from payers.simulator.veterans import Record, load_veterans
from schemas.inquiry import load_inquiry
from verifier.bootstrap import CommandRooms
from verifier.model.verification import Verification
from verifier.service import Verifier

ON_FILE = {record.name: record for record in load_veterans()}
VA: Final = {
    "referral_number": "VA0012345678",
    "referral_begins": "2026-02-15",
    "referral_ends": "2026-08-15",
    "visits_authorized": 24,
    "visits_used": 0,
    "priority_group": "6",
    "service_connected_percent": 0,
    "is_service_connected_care": False,
    "is_copay_exempt": False,
    "mental_health_visits_this_year": 0,
    "state": "LA",
}
PROGRAM: Final = {
    "code": "H0015",
    "start_date": "2026-03-02",
    "weekdays": ["mon", "wed", "fri"],
    "sessions": 6,
    "allowed_amount": "325.00",
}
REGION: Final = ["CARE_NETWORK", "CLAIMS_PAYER_ID"]
USUAL: Final[dict[str, Any]] = {
    "status": "active",
    "verdict": "go",
    "later bill": ("45.00", "150.00"),
    "incomplete": False,
    "remarks": ["REFERRAL_GOOD", "VETERAN_CONFIRMED", *REGION],
    "questions": ["va_episode_services"],
    "actions": [],
    "paid by nobody": 0,  # planned sessions that VA has not agreed to pay
}
UNREFERRED: Final = dict.fromkeys(
    ("referral_number", "referral_begins", "referral_ends", "visits_authorized", "visits_used")
)


@dataclass(frozen=True)
class Case:
    """What is different from the usual: who it is, the desk's facts, the program; then what comes of it."""

    veteran: str = "va_confirmed"
    va: dict[str, Any] = field(default_factory=dict)
    program: dict[str, Any] = field(default_factory=dict)
    consents: bool = False
    payer: str = "sim-va"
    expect: dict[str, Any] = field(default_factory=dict)


def unreferred(bill: tuple[str, str], *remarks: str, veteran: str = "va_confirmed", **expect: Any) -> Case:  # noqa: ANN401 - each has its own type
    """Somebody without a referral, who is asked for one."""
    whole = {
        "status": "unknown",
        "verdict": "caution",
        "later bill": bill,
        "remarks": ["REFERRAL_MISSING", *remarks, *REGION],
        "questions": ["va_referral"],
        "actions": ["Ask the community care office"],
        "paid by nobody": 6,
        **expect,
    }
    return Case(veteran, UNREFERRED, expect=whole)


def short(code: str, va: dict[str, Any], action: str, missing: int) -> Case:
    """Somebody whose referral does not reach as far as the program."""
    remarks = ["REFERRAL_GOOD", code, "VETERAN_CONFIRMED", *REGION]
    expect = {"verdict": "caution", "remarks": remarks, "actions": [action], "paid by nobody": missing}
    return Case(va=va, expect=expect)


def malformed(number: str) -> Case:
    return Case(
        va={"referral_number": number},
        expect={
            "status": "unknown",
            "verdict": "caution",
            "remarks": ["REFERRAL_MALFORMED", "VETERAN_CONFIRMED", *REGION],
            "questions": ["va_referral"],
            "actions": ["Copy the referral number"],
            "paid by nobody": 6,
        },
    )


def free(**va: Any) -> Case:  # noqa: ANN401 - facts have their own types
    """Somebody whom VA will not bill."""
    return Case(va=va, expect={"later bill": ("0.00", "0.00")})


def access(veteran: str, code: str, bill: tuple[str, str] = ("45.00", "150.00")) -> Case:
    """Somebody about whom VA's tool for community care says something."""
    return Case(
        veteran,
        {"service_connected_percent": None},
        consents=True,
        expect={"later bill": bill, "remarks": ["REFERRAL_GOOD", "VETERAN_CONFIRMED", code, *REGION]},
    )


def unchecked(veteran: str, status: str) -> Case:
    """Somebody referred, about whom VA's check comes to no end."""
    remarks = ["REFERRAL_GOOD", "VETERAN_NOT_CHECKED", *REGION]
    return Case(veteran, expect={"status": status, "remarks": remarks})


def silent(veteran: str) -> Case:
    """Somebody referred, about whom VA cannot be asked at the moment."""
    return Case(veteran, expect={"status": "unknown", "remarks": ["REFERRAL_GOOD", *REGION]})


NO_REFERRAL_NEEDED = {"is_acute_crisis": True, **UNREFERRED}
CASES: Final = {
    # what VA may bill later: three free visits a calendar year, then 15 to 50 dollars a day
    "the first three visits of the year are free": Case(),
    "the third visit of the year is free": Case(va={"mental_health_visits_this_year": 2}, program={"sessions": 1}, expect={"later bill": ("0.00", "0.00")}),
    "the fourth visit of the year is not": Case(va={"mental_health_visits_this_year": 3}, program={"sessions": 1}, expect={"later bill": ("15.00", "50.00")}),
    "free visits begin anew with the year: two of 2025, three free and one of 2026": Case(
        va={"mental_health_visits_this_year": 3, "referral_begins": "2025-12-01", "referral_ends": "2026-05-30"},
        program={"start_date": "2025-12-29"},
        expect={"later bill": ("45.00", "150.00")},
    ),
    "a year whose copays are not loaded is left out and said": Case(
        va={"referral_begins": "2026-12-01", "referral_ends": "2027-05-30"},
        program={"start_date": "2026-12-21", "sessions": 9},
        expect={"later bill": ("30.00", "100.00"), "incomplete": True},
    ),
    "free visits end on 2027-12-29": Case(
        va={"referral_begins": "2027-12-01", "referral_ends": "2028-05-30"},
        program={"start_date": "2027-12-27", "sessions": 3},
        expect={"later bill": ("0.00", "0.00"), "incomplete": True},
    ),
    "visits had so far not known: from three free to none": Case(
        va={"mental_health_visits_this_year": None},
        expect={"later bill": ("45.00", "300.00"), "questions": ["va_episode_services", "mental_health_visits"]},
    ),
    "priority group not known: from nothing": Case(
        va={"priority_group": None},
        expect={"later bill": ("0.00", "150.00"), "questions": ["va_episode_services", "priority_group"]},
    ),
    "group 8, and nobody said whether anything exempts": Case(
        va={"priority_group": "8", "is_service_connected_care": None, "is_copay_exempt": None},
        expect={"questions": ["va_episode_services", "copay_exemption"]},
    ),
    "rated 10 %": Case(
        "va_throttled",
        {"service_connected_percent": 10},
        expect={"status": "unknown", "later bill": ("0.00", "0.00"), "remarks": ["REFERRAL_GOOD", *REGION]},
    ),
    "rated below 10 % it is not free": Case(
        "va_throttled",
        {"service_connected_percent": 9},
        expect={"status": "unknown", "remarks": ["REFERRAL_GOOD", *REGION]},
    ),
    "VA's rating counts before the desk's": Case(
        "va_rated",
        expect={"later bill": ("0.00", "0.00"), "remarks": ["REFERRAL_GOOD", "VETERAN_CONFIRMED", "RATING_DIFFERS", *REGION]},
    ),
    "rated 10 % in a year that is not loaded": Case(
        "va_throttled",
        {"service_connected_percent": 10, "priority_group": None, "referral_begins": "2027-01-01", "referral_ends": "2027-06-30"},
        program={"start_date": "2027-01-04"},
        expect={
            "status": "unknown",
            "later bill": ("0.00", "0.00"),
            "incomplete": True,
            "remarks": ["REFERRAL_GOOD", *REGION],
            "questions": ["va_episode_services", "priority_group"],
        },
    ),
    **{f"priority group {group} pays nothing": free(priority_group=group) for group in "12345"},
    "care of the service-connected condition": free(is_service_connected_care=True),
    "exempt by special authority": free(is_copay_exempt=True),
    "what a session costs VA is not known, and need not be": Case(program={"allowed_amount": None}),
    # the referral, counted against the planned sessions
    "the referral ends one day too soon": short(
        "REFERRAL_ENDS_EARLY", {"referral_ends": "2026-03-12"}, "Ask VA for more care with Form 10-10172, page 1, by 2026-02-13", 1
    ),
    "the referral ends on the day of the last session": Case(va={"referral_ends": "2026-03-13"}),
    "the referral begins two days late": short(
        "REFERRAL_BEGINS_LATE", {"referral_begins": "2026-03-04"}, "Ask VA for more care with Form 10-10172, page 1, by 2026-02-02", 1
    ),
    "visits run out after the fourth session": short(
        "VISITS_RUN_OUT", {"visits_used": 20}, "Ask VA for more care with Form 10-10172, page 1, by 2026-02-11", 2
    ),
    "visits left are exactly those planned": Case(va={"visits_used": 18}),
    "every visit is used": Case(
        va={"visits_used": 24},
        expect={
            "verdict": "stop",
            "remarks": ["REFERRAL_USELESS", "VISITS_RUN_OUT", "VETERAN_CONFIRMED", *REGION],
            "actions": ["Ask VA for more care with Form 10-10172"],
            "paid by nobody": 6,
        },
    ),
    "the referral is over": Case(
        va={"referral_ends": "2026-03-01"},
        expect={
            "verdict": "stop",
            "remarks": ["REFERRAL_USELESS", "REFERRAL_ENDS_EARLY", "VETERAN_CONFIRMED", *REGION],
            "actions": ["Ask VA for more care with Form 10-10172"],
            "paid by nobody": 6,
        },
    ),
    "dates and visits not read off the referral": Case(
        va={"referral_begins": None, "referral_ends": None, "visits_authorized": None},
        expect={
            "verdict": "caution",
            "remarks": ["REFERRAL_UNDATED", "VETERAN_CONFIRMED", *REGION],
            "questions": ["va_episode", "va_episode_services"],
        },
    ),
    "visits used not known": Case(va={"visits_used": None}, expect={"questions": ["va_visits_used", "va_episode_services"]}),
    "a blank in the referral number": malformed("VA 0012345678"),
    "small letters in the referral number": malformed("va0012345678"),
    "a suffix to the referral number": malformed("VA0012345678-01"),
    "a referral number without VA": malformed("0012345678"),
    "no referral is no authorization, and no finding about the Veteran": unreferred(("45.00", "150.00"), "VETERAN_CONFIRMED"),
    # what VA says of the Veteran
    "NOT_TITLE_38 is a no": Case(
        "va_not_title_38",
        UNREFERRED,
        expect={
            "status": "inactive",
            "verdict": "stop",
            "later bill": None,
            "incomplete": None,
            "remarks": ["REFERRAL_MISSING", *REGION],
            "questions": ["va_referral"],
            "actions": ["Ask the community care office"],
        },
    ),
    "ERROR is a failed check and stops nobody": unreferred(("45.00", "150.00"), "VETERAN_NOT_CHECKED", veteran="va_error"),
    "ERROR beside a referral": unchecked("va_error", "unknown"),
    "PERSON_NOT_FOUND beside a referral": unchecked("va_person_not_found", "rejected"),
    "MORE_RESEARCH_REQUIRED beside a referral": unchecked("va_more_research", "rejected"),
    "an answer about another Veteran is thrown away": silent("va_wrong_veteran"),
    "VA takes no more calls": silent("va_throttled"),
    "VA is out": silent("va_down"),
    "no connection to VA at all": Case(payer="va-ccn-optum", expect={"status": "unknown", "remarks": ["REFERRAL_GOOD", *REGION]}),
    # access to community care, always a probable reading
    "geocoding failed and eligible is absent: unknown, and rated 10 % by VA": access("va_geocoding", "ACCESS_UNKNOWN", ("0.00", "0.00")),
    "25 minutes to drive": access("va_drive_25", "ACCESS_IMPROBABLE"),
    "45 minutes to drive: no by the tool's 60, yes by the rule's 30": access("va_drive_45", "ACCESS_PROBABLE"),
    "hardship on file": access("va_hardship", "ACCESS_PROBABLE"),
    "X on file beside hardship": access("va_ineligible", "ACCESS_IMPROBABLE"),
    "the consent has ended: access is not known, the rating is": Case("va_consent_ended", {"service_connected_percent": None}, consents=True, expect={"later bill": ("0.00", "0.00")}),
    "the desk knows the drive": Case(va={"drive_minutes": 31}, expect={"remarks": ["REFERRAL_GOOD", "VETERAN_CONFIRMED", "ACCESS_PROBABLE", *REGION]}),
    # acute crisis: no enrollment, no referral first
    "an acute crisis without a referral": Case(
        va=NO_REFERRAL_NEEDED,
        expect={
            "status": "unknown",
            "verdict": "caution",
            "later bill": ("0.00", "0.00"),
            "remarks": ["REFERRAL_MISSING", "ACUTE_CRISIS", "VETERAN_CONFIRMED", *REGION],
            "questions": ["va_referral"],
            "actions": ["Tell VA at once of the acute crisis", "Ask the community care office"],
        },
    ),
    "crisis care ends after 90 days: one session of 40 comes after": Case(
        va={"is_acute_crisis": True, "visits_authorized": 40},
        program={"sessions": 40},
        expect={
            "verdict": "caution",
            "later bill": ("15.00", "50.00"),
            "remarks": ["REFERRAL_GOOD", "ACUTE_CRISIS", "CRISIS_CARE_ENDS", "VETERAN_CONFIRMED", *REGION],
        },
    ),
    "where the Veteran lives is not known": Case(
        va={"state": None},
        expect={"remarks": ["REFERRAL_GOOD", "VETERAN_CONFIRMED"], "questions": ["va_episode_services", "va_region"]},
    ),
}  # fmt: skip


@pytest.fixture(name="service", scope="module")
def _service() -> Iterator[Verifier]:
    with Simulator() as simulator, CommandRooms({}).verifier(simulator.url) as service:
        yield service


def write(case: Case) -> dict[str, Any]:
    record = ON_FILE[case.veteran]
    consent = {"access_token": record.consent} if case.consents else {}
    return {
        "payer": case.payer,
        "member": describe(record),
        "va": {**VA, "icn": record.icn, **consent, **case.va},
        "program": {**PROGRAM, **case.program},
    }


def describe(record: Record) -> dict[str, str]:
    return {
        "first_name": record.first_name,
        "last_name": record.last_name,
        "birth_date": record.birth_date.isoformat(),
    }


def show(answer: Verification, actions: list[str]) -> dict[str, Any]:
    assert answer.coverage
    assert answer.decision
    bill = answer.estimate.later_bill if answer.estimate else None
    sessions = answer.estimate.sessions if answer.estimate else ()
    return {
        "status": answer.coverage.status,
        "verdict": answer.decision.verdict,
        "later bill": (f"{bill.low}", f"{bill.high}") if bill else None,
        "incomplete": bill.incomplete if bill else None,
        "remarks": [remark.code for remark in answer.remarks],
        "questions": [unknown.code for unknown in answer.unknowns],
        "actions": [action[: len(start)] for action, start in zip(answer.actions, actions, strict=True)],
        "paid by nobody": sum(each.shares.plan < each.shares.allowed for each in sessions),
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_veterans_case_comes_to_the_expected_cents_and_questions(service: Verifier, case: Case) -> None:
    answer = service.verify(load_inquiry(write(case)))

    expected = USUAL | case.expect
    assert show(answer, expected["actions"]) == expected
    if answer.estimate:
        found = answer.estimate
        owed = {found.low, found.expected, found.high, found.collectable_by_provider, found.totals.patient}
        assert owed == {Decimal(0)}
        assert found.incomplete == bool(expected["paid by nobody"])


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("LA", "region 3 of VA's community care network, which Optum Serve"),
        ("NY", "region 1 of VA's community care network, which Optum Serve"),
        ("OH", "region 2 of VA's community care network, which Optum Serve"),
        ("TX", "region 4 of VA's community care network, which TriWest"),
        ("HI", "region 4 of VA's community care network, which TriWest"),
        ("AK", "region 5 of VA's community care network, which TriWest"),
    ],
)
def test_the_state_leads_to_the_region_its_administrator_and_an_unconfirmed_payer_id(
    service: Verifier, state: str, words: str
) -> None:
    answer = service.verify(load_inquiry(write(Case(va={"state": state}))))

    network, payer_id = (remark for remark in answer.remarks if remark.code in REGION)
    assert words in network.text
    assert ("VACCN" if "Optum" in words else "TWVACCN") in payer_id.text
    assert payer_id.rule
    assert payer_id.rule.status == "unconfirmed"


def test_every_figure_and_remark_about_a_rule_carries_status_and_source(service: Verifier) -> None:
    answer = service.verify(
        load_inquiry(write(CASES["a year whose copays are not loaded is left out and said"]))
    )

    assert answer.estimate
    assert answer.estimate.later_bill
    figures = [
        (each.what, each.value, each.rule.year, each.rule.status)
        for each in answer.estimate.later_bill.figures
    ]
    assert figures == [
        ("outpatient mental health and SUD visits without copay a calendar year", "3", None, "printed"),
        ("outpatient copay a day, primary care", "15.00", 2026, "unconfirmed"),
        ("outpatient copay a day, specialty care", "50.00", 2026, "unconfirmed"),
        ("copay of an intensive outpatient day", "15.00 to 50.00", 2026, "inferred"),
        ("outpatient copay a day, primary care", None, 2027, "unknown"),
        ("outpatient copay a day, specialty care", None, 2027, "unknown"),
    ]
    assert all(each.rule.source for each in answer.estimate.later_bill.figures)
    assert all(remark.rule and remark.rule.source for remark in answer.remarks)
    collected = [step for step in answer.estimate.steps if step.rule]
    assert [(step.what, step.value) for step in collected] == [
        ("what the provider may collect from a Veteran", "0.00")
    ]


def test_neither_consent_nor_referral_number_is_kept_in_what_identifies_the_answer(service: Verifier) -> None:
    answer = service.verify(load_inquiry(write(CASES["25 minutes to drive"])))

    kept = service.find(answer.id)
    assert kept.inquiry.va
    assert kept.inquiry.va.access_token is None
    assert "VA0012345678" not in repr(kept)
