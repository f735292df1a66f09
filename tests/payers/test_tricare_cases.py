"""TRICARE patients from the desk's JSON over real HTTP to the simulated contractors and back to JSON.

Each case says what it comes to, to the cent, and the arithmetic behind it. Unless told otherwise a session is
allowed $250.00 and there are six: 30 November, 2, 4, 7, 9 and 11 December 2026, with referral, in network.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from payers.simulator.server import Simulator
from schemas.inquiry import load_inquiry
from schemas.verification import dump_verification
from tests.payers.clocks import StandingDay
from verifier.desk import Desk
from verifier.house import open_house
from verifier.model.audit import Context
from verifier.settings import Settings

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
ACROSS = {  # 21, 23, 28, 30 December 2026, 4 and 6 January 2027
    "start_date": "2026-12-21",
    "closed": ["2026-12-25", "2027-01-01"],
}


def person(first: str, last: str, birth_date: str) -> dict[str, str]:
    return {"first_name": first, "last_name": last, "birth_date": birth_date}


ORSON = person("Orson", "Halloway", "1985-09-30")
JUNE = {"relationship": "child", **person("June", "Halloway", "2008-04-17")}
CYRUS = person("Cyrus", "Weatherby", "1979-03-08")
TOBY = {"relationship": "child", **person("Toby", "Weatherby", "2009-11-23")}
NADIA = person("Nadia", "Fenwick", "1990-12-01")
HOLLIS = person("Hollis", "Grantham", "1970-07-19")
AGNES = person("Agnes", "Pemberton", "1955-10-10")
SILAS = person("Silas", "Turnbull", "1980-08-08")
ADFM, RETIRED = "active_duty_family", "retiree_family"


@dataclass(frozen=True)
class Case:
    """Who, in which plan, and what it comes to; ``facts`` and ``program`` add to the usual ones."""

    expected: str
    member: dict[str, str]
    sponsor: str
    facts: dict[str, Any]
    why: str  # the arithmetic
    questions: tuple[str, ...] = ()
    low: str | None = None  # as expected, unless given
    high: str | None = None
    payer: str = "sim-tricare-east"
    patient: dict[str, str] | None = None
    program: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()  # some of those shown
    assumed: tuple[str, ...] = ()  # some of the assumptions
    incomplete: bool = False
    verdict: str = "caution"  # authorization is never certain


def select(expected: str, why: str, **more: Any) -> Case:  # noqa: ANN401 - the fields of a case
    """Build a case of a son of an E-5 in Select."""
    facts = {"beneficiary": ADFM, "is_junior_enlisted": False, **more.pop("facts", {})}
    return Case(expected, CYRUS, "900100003", facts, why, patient=TOBY, **more)


def prime(expected: str, why: str, **more: Any) -> Case:  # noqa: ANN401 - the fields of a case
    """Build a case of a daughter in Prime."""
    return Case(expected, ORSON, "900100002", more.pop("facts", {}), why, patient=JUNE, **more)


CASES: dict[str, Case] = {
    "active duty, referred": Case(
        "0.00",
        person("Delia", "Marshburn", "1994-02-11"),
        "900100001",
        {"beneficiary": "active_duty", "has_referral": None},
        "active duty pays nothing",
        remarks=("TRICARE_ACTIVE_DUTY_AUTHORIZATION",),
    ),
    "active duty, not referred": Case(
        "0.00",
        person("Delia", "Marshburn", "1994-02-11"),
        "1900100001",
        {"beneficiary": "active_duty", "has_referral": False},
        "no point of service: not priced at all",
        remarks=("TRICARE_ACTIVE_DUTY_NOT_AUTHORIZED",),
        incomplete=True,
        verdict="stop",
    ),
    "Prime, active duty family": prime("0.00", "6 x 0", facts={"beneficiary": ADFM}),
    "Prime, retired, group A": prime("234.00", "6 x 39", facts={"beneficiary": RETIRED, "group": "A"}),
    "point of service": prime(
        "900.00",
        "250 + (50 + half of 200) + 4 x 125 = 250 + 150 + 500",
        facts={"beneficiary": ADFM, "has_referral": False},
        remarks=("TRICARE_POINT_OF_SERVICE",),
    ),
    "point of service is beyond the cap": prime(
        "9150.00",
        "300 + half of 2,700 + 5 x half of 3,000 = 300 + 1,350 + 7,500, though the cap is 1,000",
        facts={"beneficiary": ADFM, "has_referral": False},
        program={"allowed_amount": "3000.00"},
    ),
    "Prime, referral not said": prime(
        "0.00",
        "0 with a referral, 900 as point of service without",
        facts={"beneficiary": ADFM, "has_referral": None},
        questions=("tricare_referral",),
        high="900.00",
        remarks=("TRICARE_REFERRAL_NEEDED",),
    ),
    "Select, group A, E-5": select(
        "384.00",
        "(150 + 39) + 5 x 39 = 189 + 195",
        facts={"group": "A"},
        assumed=("RULE_FIGURE_UNCONFIRMED", "DED_REMAINING_ASSUMED_FULL"),
    ),
    "Select, group not said": select(
        "396.00",
        "A: 189 + 195 = 384; B: (198 + 33) + 5 x 33 = 231 + 165",
        questions=("tricare_group",),
        low="384.00",
    ),
    "Select, group by enlistment": select(
        "396.00", "first enlisted in 2019: B", facts={"enlisted_on": "2019-05-01"}
    ),
    "Select, pay grade not said": select(
        "396.00",
        "E-4: (66 + 33) + 5 x 33 = 264; E-5: 396",
        facts={"group": "B", "is_junior_enlisted": None},
        questions=("tricare_pay_grade",),
        low="264.00",
    ),
    "Select, out of network, 15 percent": select(
        "683.40",
        "(198 + 20 % of 52) + 5 x 50 = 208.40 + 250; balance 400 - 250, at most 15 % of 250: 6 x 37.50 = 225",
        facts={"group": "B", "network": False},
        program={"billed_amount": "400.00"},
    ),
    "Select, network not said": select(
        "458.40",
        "in: 396; out: (198 + 20 % of 52) + 5 x 50 = 208.40 + 250",
        facts={"group": "B", "network": None},
        program={"billed_amount": "250.00"},
        questions=("tricare_network",),
        low="396.00",
    ),
    "Select, group A, retired, in network": select(
        "0.00",
        "the network copay is unknown: nothing is priced",
        facts={"beneficiary": RETIRED, "group": "A"},
        assumed=("RULE_FIGURE_UNKNOWN",),
        incomplete=True,
    ),
    "Select, group A, retired, up to the cap": select(
        "4381.00",
        "(150 + 25 % of 2,850 = 862.50) + 4 x 750 = 3,862.50, then what is left to 4,381",
        facts={"beneficiary": RETIRED, "group": "A", "network": False},
        program={"allowed_amount": "3000.00", "billed_amount": "3000.00"},
    ),
    "Select, group A, chapter 61, up to the older cap": select(
        "3000.00",
        "862.50 + 2 x 750 = 2,362.50, then what is left to 3,000",
        facts={"beneficiary": "medically_retired", "group": "A", "network": False},
        program={"allowed_amount": "3000.00", "billed_amount": "3000.00"},
    ),
    "survivor, group A": select(
        "487.50",
        "(150 + 25 % of 100) + 5 x 62.50 = 175 + 312.50",
        facts={"beneficiary": "survivor", "group": "A", "network": False},
        program={"billed_amount": "250.00"},
    ),
    "transitional survivor, a child": select(
        "396.00",
        "a child stays active duty family: 231 + 5 x 33",
        facts={"beneficiary": "transitional_survivor", "group": "B", "survivor_since": "2023-12-09"},
    ),
    "the third year of a surviving spouse ends": Case(
        "434.00",
        CYRUS,
        "900100003",
        {
            "beneficiary": "transitional_survivor",
            "group": "B",
            "is_junior_enlisted": False,
            "survivor_since": "2023-12-09",
        },
        "to 7 December 231 + 3 x 33 = 330; deductible met: 2 x 52",
    ),
    "Reserve Select": Case(
        "396.00",
        NADIA,
        "900100004",
        {"is_junior_enlisted": False},
        "as Select of group B, active duty family: 231 + 165",
    ),
    "activation over thirty days": Case(
        "297.00",
        NADIA,
        "900100004",
        {
            "is_junior_enlisted": False,
            "changes": [{"date": "2026-12-07", "beneficiary": "active_duty"}],
        },
        "231 + 2 x 33, then nothing",
        remarks=("TRICARE_ACTIVE_DUTY_AUTHORIZATION",),
    ),
    "Retired Reserve": Case(
        "510.00",
        HOLLIS,
        "900100005",
        {},
        "(198 + 52) + 5 x 52 = 250 + 260",
        payer="sim-tricare-west",
    ),
    "the region by the state": Case(
        "510.00",
        HOLLIS,
        "900100005",
        {"state": "TX"},
        "as before; Texas is West",
        payer="sim-tricare",
        remarks=("TRICARE_CONTRACTOR",),
    ),
    "Young Adult Prime, sponsor retired": Case(
        "234.00",
        person("Perry", "Lockridge", "2003-05-25"),
        "900100006",
        {"beneficiary": RETIRED},
        "6 x 39",
        payer="sim-tricare-west",
    ),
    "Young Adult Select, sponsor's status not said": Case(
        "510.00",
        person("Maris", "Stoddard", "2002-08-14"),
        "900100007",
        {"is_junior_enlisted": False},
        "active duty: 396; retired: 250 + 260",
        payer="sim-tricare-west",
        questions=("tricare_beneficiary",),
        low="396.00",
        remarks=("TRICARE_PLAN_NEEDS_REVIEW",),
    ),
    "For Life, Medicare pays": Case(
        "0.00", AGNES, "900100008", {"medicare_covers": True}, "Medicare, then TRICARE"
    ),
    "For Life, a freestanding program Medicare does not pay": Case(
        "420.00",
        AGNES,
        "900100008",
        {"medicare_covers": False},
        "(150 + 20 % of 100) + 5 x 50 = 170 + 250",
    ),
    "For Life, not said whether Medicare pays": Case(
        "420.00",
        AGNES,
        "900100008",
        {},
        "0, or 420 where Medicare does not",
        questions=("tricare_medicare_pays",),
        low="0.00",
    ),
    "Continued Health Care, former spouse": Case(
        "510.00",
        person("Iris", "Caldwell", "1988-06-21"),
        "900100009",
        {"beneficiary": RETIRED},
        "as Select of group B, retired: 250 + 260",
    ),
    "US Family Health Plan": Case(
        "234.00",
        person("Leota", "Bridgewater", "1983-01-29"),
        "900100011",
        {"beneficiary": RETIRED, "group": "A"},
        "as Prime: 6 x 39",
        remarks=("TRICARE_FAMILY_HEALTH_PLAN",),
    ),
    "the year ends": select(
        "306.00",
        "2026: 189 + 3 x 39; 2027 is not loaded",
        facts={"group": "A"},
        program=ACROSS,
        assumed=("RULE_YEAR_NOT_LOADED",),
        incomplete=True,
    ),
    "transitional assistance ends": Case(
        "306.00",
        person("Floyd", "Ashgrove", "1992-03-03"),
        "900100010",
        {"group": "A", "is_junior_enlisted": False},
        "Prime 0, Select 189 + 3 x 39; covered to 31 December",
        payer="sim-tricare-west",
        program=ACROSS,
        questions=("tricare_plan",),
        low="0.00",
        remarks=("TRICARE_COVERAGE_ENDS",),
        incomplete=True,
    ),
    "retirement, Prime": prime(
        "117.00",
        "3 x 0, then 3 x 39",
        facts={
            "beneficiary": ADFM,
            "group": "A",
            "changes": [{"date": "2026-12-07", "beneficiary": RETIRED}],
        },
    ),
    "retirement, Select": select(
        "453.00",
        "(198 + 33) + 2 x 33 = 297; the deductible is met: 3 x 52",
        facts={"group": "B", "changes": [{"date": "2026-12-07", "beneficiary": RETIRED}]},
    ),
    "the wrong region": Case(
        "510.00",
        SILAS,
        "900100014",
        {"beneficiary": RETIRED, "group": "B"},
        "the West answers: (198 + 52) + 5 x 52",
    ),
    "found by the benefits number alone": Case(
        "0.00",
        person("Cora", "Hatherley", "1982-02-02"),
        "900100015",
        {"beneficiary": ADFM},
        "Prime: 6 x 0",
        payer="sim-tricare-west",
        patient={"relationship": "child", **person("Wren", "Hatherley", "2010-05-05")},
    ),
    "a plan in words nobody knows": Case(
        "384.00",
        person("Brynn", "Oakleaf", "1987-12-12"),
        "900100013",
        {"beneficiary": ADFM, "group": "A", "is_junior_enlisted": False},
        "Prime 0, Select 189 + 195",
        payer="sim-tricare-west",
        questions=("tricare_plan",),
        low="0.00",
        remarks=("TRICARE_PLAN_NEEDS_REVIEW",),
    ),
    "the reply says what is left of the deductible": Case(
        "274.00",
        person("Ezra", "Quillfeather", "1991-09-09"),
        "900100016",
        {"beneficiary": ADFM, "group": "A", "is_junior_enlisted": False},
        "(40 + 39) + 5 x 39",
    ),
}


@pytest.fixture(name="service", scope="module")
def _service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data: Path = tmp_path_factory.mktemp("tricare")
    with Simulator(clock=StandingDay()) as simulator:
        environ = {"VERIFIER_DATA": str(data), "VERIFIER_SIMULATOR_URL": simulator.url}
        with open_house(Settings.from_environ(environ), clock=StandingDay()) as house:
            yield house.office.desk(Context("operator:invented", "tricare-cases"))


def write(case: Case) -> dict[str, Any]:
    usual = {
        "code": "H0015",
        "start_date": "2026-11-30",
        "weekdays": ["mon", "wed", "fri"],
        "sessions": 6,
        "allowed_amount": "250.00",
    }
    member = {**case.member, "id": "90010001500" if case.sponsor == "900100015" else None}
    facts = {"sponsor_id": case.sponsor, "network": True, "has_referral": True, **case.facts}
    patient = {"patient": case.patient} if case.patient else {}
    return {
        "payer": case.payer,
        "member": member,
        "program": {**usual, **case.program},
        "tricare": facts,
        **patient,
    }


def verify(service: Desk, case: Case, *, refresh: bool = False) -> dict[str, Any]:
    inquiry = load_inquiry(write(case), today=NOW.date())
    return dump_verification(service.verify(inquiry, refresh=refresh))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_it_comes_to(service: Desk, case: Case) -> None:
    answer = verify(service, case)
    estimate = answer["estimate"]

    assert answer["coverage"]["status"] == "active"
    assert (estimate["low"], estimate["expected"], estimate["high"]) == (
        case.low or case.expected,
        case.expected,
        case.high or case.expected,
    ), case.why
    asked = [each["code"] for each in answer["unknowns"] if each["code"].startswith("tricare")]
    assert tuple(asked) == case.questions
    assert set(case.remarks) <= {each["code"] for each in answer["remarks"]}
    assert set(case.assumed) <= {each["code"] for each in estimate["assumptions"]}
    assert estimate["incomplete"] is case.incomplete
    assert answer["decision"]["verdict"] == case.verdict, answer["decision"]


def list_attempts(answer: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(each["payer"], each["outcome"], each["detail"]) for each in answer["attempts"]]


def test_each_search_by_another_number_is_an_attempt(service: Desk) -> None:
    answer = verify(service, CASES["found by the benefits number alone"], refresh=True)

    again = "asked again by"
    assert list_attempts(answer) == [
        ("sim-tricare-west", "rejected", "rejected: 75"),
        (
            "sim-tricare-west",
            "rejected",
            f"{again} DoD benefits number, with the patient as the subscriber: rejected: 71",
        ),
        (
            "sim-tricare-west",
            "rejected",
            f"{again} social security number, with the patient as the subscriber: rejected: 75",
        ),
        ("sim-tricare-west", "answered", f"{again} DoD benefits number, with the sponsor as the subscriber"),
    ]


def test_the_payer_that_a_wrong_region_names_is_asked(service: Desk) -> None:
    answer = verify(service, CASES["the wrong region"], refresh=True)

    assert [payer for payer, _, _ in list_attempts(answer)] == ["sim-tricare-east", "sim-tricare-west"]
    assert answer["coverage"]["actual_payer"]["payer"] == "sim-tricare-west"
    assert answer["coverage"]["answered_by"][0]["payer"] == "SIMULATED TRICARE WEST"


def test_one_of_several_regions_is_asked_by_residence(service: Desk) -> None:
    answer = verify(service, CASES["the region by the state"], refresh=True)

    assert [payer for payer, _, _ in list_attempts(answer)] == ["sim-tricare-west"]


def test_ended_coverage_is_not_priced(service: Desk) -> None:
    alma = Case("", person("Alma", "Nettleton", "1984-11-11"), "900100017", {}, "")

    answer = verify(service, alma)

    assert (answer["coverage"]["status"], answer["estimate"]) == ("inactive", None)
    assert answer["decision"]["verdict"] == "stop"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_figure_carries_its_year_status_and_source(service: Desk, case: Case) -> None:
    steps = [step for step in verify(service, case)["estimate"]["steps"] if step["rule"]]

    assert steps
    for step in steps:
        assert step["rule"]["program"] == "tricare"
        assert step["rule"]["year"] in {2026, 2027}
        assert step["rule"]["status"] in {"printed", "derived", "inferred", "unconfirmed", "unknown"}
        assert step["rule"]["source"]


def test_a_year_not_loaded_says_where_to_load_it_from(service: Desk) -> None:
    estimate = verify(service, CASES["the year ends"])["estimate"]

    assert [(each["date"], each["patient"]) for each in estimate["sessions"]][-2:] == [
        ("2027-01-04", "0.00"),
        ("2027-01-06", "0.00"),
    ]
    (assumed,) = [each["text"] for each in estimate["assumptions"] if each["code"] == "RULE_YEAR_NOT_LOADED"]
    assert "2027" in assumed
    assert "tricare.mil/Costs" in assumed


def test_a_deductible_the_reply_tells_is_not_taken_for_full(service: Desk) -> None:
    told = verify(service, CASES["the reply says what is left of the deductible"])["estimate"]

    assert "DED_REMAINING_ASSUMED_FULL" not in {each["code"] for each in told["assumptions"]}
    assert "40.00" in {step["value"] for step in told["steps"] if step["from"]}
