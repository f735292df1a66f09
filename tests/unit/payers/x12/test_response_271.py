"""A 271 becomes one `Coverage` for each patient, with nothing of it lost."""

import json
import re
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.x12.response_271 import read_coverages
from verifier.errors import UnreadableReply
from verifier.model.coverage import (
    Benefit,
    Contact,
    Coverage,
    CoveredPerson,
    DateSpan,
    Delivery,
    Entity,
    OtherCoverage,
    PayerName,
    Reference,
    Source,
)
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
    RejectionClass,
    Retry,
)

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261124*0930*^*00501*000000101*0*T*:"
)
GS = "GS*HB*PAYER*CLINIC*20261124*0930*7*X*005010X279A1"
PAYER = ("HL*1**20*1", "NM1*PR*2*EXAMPLE MUTUAL*****PI*99001")
PROVIDER = ("HL*2*1*21*1", "NM1*1P*2*EXAMPLE CENTER*****XX*1999999984")
SUBSCRIBER = ("HL*3*2*22*0", "NM1*IL*1*TESTCASE*NORA*Q**JR*MI*EXM100")
HEAD = (*PAYER, *PROVIDER, *SUBSCRIBER)
FIRST_EB = len(HEAD) + 3  # ST and BHT come first


def write(*segments: str) -> str:
    """Write one clean message around *segments*, in which ``~`` parts several."""
    body = ["ST*271*0042*005010X279A1", "BHT*0022*11*REF-1*20261124*0930", *"~".join(segments).split("~")]
    return "~".join([ISA, GS, *body, f"SE*{len(body) + 1}*0042", "GE*1*7", "IEA*1*000000101", ""])


def read(*segments: str) -> Coverage:
    (coverage,) = read_coverages(write(*HEAD, *segments))
    return coverage


def first(*segments: str) -> Benefit:
    return read(*segments).benefits[0]


def codes(coverage: Coverage) -> list[str]:
    return [warning.code for warning in coverage.warnings]


def test_a_clean_message_has_no_warnings_and_ties_to_its_question() -> None:
    coverage = read("EB*1**30**EXAMPLE PPO")

    assert coverage.warnings == ()
    assert (coverage.trace.interchange, coverage.trace.group, coverage.trace.transaction) == (
        "000000101",
        "7",
        "0042",
    )
    assert (coverage.trace.reference, coverage.trace.numbers) == ("REF-1", ())
    assert coverage.payer == PayerName("EXAMPLE MUTUAL", "99001")


def test_every_element_of_an_eb_segment_has_its_place() -> None:
    text = "EB*F*FAM*A4^MH^MH*PR*GOLD PLAN*23*500.5*.2*VS*20*Y*W*HC:H0015:HF"

    assert first(text) == Benefit(
        kind=BenefitKind.LIMITATION,
        code="F",
        services=("A4", "MH", "MH"),
        procedure="H0015",
        level=CoverageLevel.FAMILY,
        network=Network.BOTH,
        period=Period.CALENDAR_YEAR,
        amount=Decimal("500.50"),
        rate=None,
        quantity=Decimal(20),
        quantity_qualifier="visits",
        authorization=Authorization.REQUIRED,
        unlimited=False,
        insurance_type="PPO",
        plan_text="GOLD PLAN",
        delivery=(),
        places_of_service=(),
        messages=(),
        dates=(),
        references=(),
        entities=(),
        source=Source(FIRST_EB, text),
    )


def test_records_built_without_their_constructor_have_all_their_fields() -> None:
    benefit = first("EB*1**30")

    assert benefit == Benefit(*benefit)
    assert benefit.source == Source(FIRST_EB, "EB*1**30")


KINDS = {
    **dict.fromkeys("12345", "active"),
    **dict.fromkeys("678", "inactive"),
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "CB": "coverage_basis",
    "D": "description",
    "E": "exclusion",
    "F": "limitation",
    "G": "out_of_pocket",
    "H": "unlimited",
    "I": "not_covered",
    "J": "cost_containment",
    "K": "reserve",
    "L": "primary_care_provider",
    "M": "preexisting_condition",
    "MC": "managed_care",
    "N": "restriction",
    "O": "not_medically_necessary",
    "P": "disclaimer",
    "Q": "second_opinion",
    "R": "other_payer",
    "S": "prior_year_history",
    "T": "card_lost",
    "U": "contact",
    "V": "cannot_process",
    "W": "other_source",
    "X": "provider",
    "Y": "spend_down",
    "AA": "other",
    "": "other",
}
LEVELS = {
    "IND": "individual",
    "FAM": "family",
    "EMP": "employee",
    "ESP": "employee_and_spouse",
    "SPO": "spouse",
    "ECH": "employee_and_children",
    "SPC": "spouse_and_children",
    "CHD": "children",
    "DEP": "dependents",
    "XYZ": "other",
    "": None,
}
PERIODS = {
    "6": "hour",
    "7": "day",
    "13": "24_hours",
    "21": "years",
    "22": "service_year",
    "23": "calendar_year",
    "24": "year_to_date",
    "25": "contract",
    "26": "episode",
    "27": "visit",
    "28": "outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not_exceeded",
    "32": "lifetime",
    "33": "lifetime_remaining",
    "34": "month",
    "35": "week",
    "36": "admission",
    "99": "other",
    "": None,
}
NETWORKS = {"Y": "in", "N": "out", "W": "both", "U": "unknown", "": "unknown", "?": "unknown"}
AUTHORIZATIONS = {"Y": "required", "N": "not_required", "U": "unknown", "": "unknown", "?": "unknown"}


def test_every_code_has_the_word_of_the_contract() -> None:
    assert {code: first(f"EB*{code}*IND*30").kind for code in KINDS} == KINDS
    assert {code: first(f"EB*{code}*IND*30").code for code in KINDS} == {code: code for code in KINDS}
    assert {code: first(f"EB*C*{code}*30").level for code in LEVELS} == LEVELS
    assert {code: first(f"EB*C**30***{code}*5").period for code in PERIODS} == PERIODS
    assert {code: first(f"EB*C**30*********{code}*").network for code in NETWORKS} == NETWORKS
    assert {
        code: first(f"EB*C**30********{code}*Y").authorization for code in AUTHORIZATIONS
    } == AUTHORIZATIONS


@pytest.mark.parametrize(
    ("sent", "services"),
    [
        ("30", ("30",)),
        ("1^33^MH", ("1", "33", "MH")),
        ("82^82^MH", ("82", "82", "MH")),
        ("", ()),
        ("1>33>MH", ("1", "33", "MH")),  # another separator than ISA11 announces
        ("1|33", ("1", "33")),
        ("1:33", ("1", "33")),
        ("^30^", ("30",)),
        ("^".join(str(code) for code in range(10, 90)), tuple(str(code) for code in range(10, 90))),
    ],
)
def test_service_lists_are_read_whatever_parts_them(sent: str, services: tuple[str, ...]) -> None:
    assert first(f"EB*1**{sent}").services == services


def test_a_separator_that_isa11_does_not_announce_is_told_once() -> None:
    assert codes(read("EB*1**1>33>MH", "EB*B**98>A4***27*5")) == ["REPETITION_SEPARATOR_DIFFERS"]


@pytest.mark.parametrize(
    ("segment", "amount", "unlimited", "warned"),
    [
        ("EB*C*IND*30***23*1500", "1500.00", False, False),
        ("EB*B*IND*98***27*0", "0.00", False, False),
        ("EB*B*IND*98***27*", None, False, False),
        ("EB*G*IND*30***23*99999.99", None, True, False),
        ("EB*G*IND*30***23*999999.99", None, True, False),
        ("EB*G*IND*30***23*9999999", None, True, False),
        ("EB*G*IND*30***23*9999.99", None, True, False),
        ("EB*G*IND*30***23*9999", "9999.00", False, False),
        ("EB*G*IND*30***29*99709.99", "99709.99", False, False),  # alone it may be real
        ("EB*H*IND*30***32", None, True, False),
        ("EB*C*IND*30***23*-20", None, False, True),
        ("EB*C*IND*30***23*1,500", None, False, True),
        ("EB*C*IND*30***23*NaN", None, False, True),
        ("EB*C*IND*30***23*" + "9" * 40, None, True, False),
        ("EB*C*IND*30***23*" + "8" * 4000, None, False, True),
    ],
)
def test_amounts_are_read_exactly_or_are_no_limit_or_are_told_of(
    segment: str, amount: str | None, *, unlimited: bool, warned: bool
) -> None:
    coverage = read("EB*1**30", segment)
    benefit = coverage.benefits[1]

    assert benefit.amount == (None if amount is None else Decimal(amount))
    assert benefit.unlimited is unlimited
    assert codes(coverage) == (["NUMBER_UNREADABLE"] if warned else [])
    assert benefit.source.text == segment


@pytest.mark.parametrize(
    ("segment", "amount", "quantity", "unlimited"),
    [
        ("EB*F*IND*MH***23***VS*999", None, None, True),
        ("EB*F*IND*MH***23***VS*30", None, "30", False),
        ("EB*F*IND*MH***23***VS*99", None, "99", False),
        ("EB*F*IND*PT***23*999999.99**VS*25**W", None, "25", False),  # the visits still limit it
        ("EB*F*IND*PT***23*500**VS*999", "500.00", None, False),
        ("EB*F*IND*PT***23*0**VS*999", "0.00", None, False),
        ("EB*F*IND*PT***23*99999.99**VS*999", None, None, True),
        ("EB*K**A7*MA**33***DY*180", None, "180", False),
    ],
)
def test_a_limit_is_none_only_when_nothing_limits(
    segment: str, amount: str | None, quantity: str | None, *, unlimited: bool
) -> None:
    benefit = first(segment)

    assert benefit.amount == (None if amount is None else Decimal(amount))
    assert benefit.quantity == (None if quantity is None else Decimal(quantity))
    assert benefit.unlimited is unlimited


def test_what_remains_of_an_accumulator_without_limit_has_no_limit_either() -> None:
    coverage = read(
        "EB*1**30",
        "EB*G*IND*30***23*99999.99*****N",
        "EB*G*IND*30***29*99709.99*****N",
        "EB*G*IND*30***24*290*****N",
        "EB*G*IND*30***29*3000*****Y",
    )

    assert [(benefit.amount, benefit.unlimited) for benefit in coverage.benefits[1:]] == [
        (None, True),
        (None, True),
        (Decimal("290.00"), False),
        (Decimal("3000.00"), False),
    ]


@pytest.mark.parametrize(
    ("segment", "rate", "warned"),
    [
        ("EB*A*IND*98***27**.2", "0.2", False),
        ("EB*A*IND*98***27**.10", "0.1", False),
        ("EB*A*IND*98***27**0", "0", False),
        ("EB*A*IND*98***27**.00", "0", False),
        ("EB*A*IND*98***27**20", "0.2", False),
        ("EB*A*IND*98***27**1", "1", False),
        ("EB*A*IND*98***27", None, False),
        ("EB*A*IND*98*********Y", None, False),
        ("EB*A*IND*98***27**150", None, True),
        ("EB*A*IND*98***27**-.2", None, True),
        ("EB*D*IND*23*****1****Y", None, False),
        ("EB*D*IND*30*****.8****Y", None, False),
    ],
)
def test_a_rate_is_the_patients_share_and_a_percent_covered_is_none(
    segment: str, rate: str | None, *, warned: bool
) -> None:
    coverage = read("EB*1**30", segment)

    assert coverage.benefits[1].rate == (None if rate is None else Decimal(rate))
    assert codes(coverage) == (["NUMBER_UNREADABLE"] if warned else [])


@pytest.mark.parametrize(
    ("sent", "procedure"),
    [
        ("HC:H0015", "H0015"),
        ("HC|90669", "90669"),
        ("HC>90834>95", "90834"),
        ("AD:D0120", "D0120"),
        ("S9480", "S9480"),
        ("", None),
        (":", None),
    ],
)
def test_procedures_lose_their_qualifier_and_modifiers(sent: str, procedure: str | None) -> None:
    assert first(f"EB*A*IND*A4***27**.2****Y*{sent}").procedure == procedure


def test_what_follows_an_eb_segment_belongs_to_it_in_any_order() -> None:
    benefit = first(
        "EB*F*IND*MH***23***VS*30*Y*Y",
        "HSD*VS*30***23*1",
        "HSD*FL*1***34*6",
        "HSD***DA**30*60",
        "HSD*VS*1*WK*2",
        "REF*18*P-1*PLAN ONE",
        "DTP*292*RD8*20260101-20261231",
        "MSG*COMBINED WITH",
        "III*ZZ*22",
        "MSG*SUBSTANCE USE*AND MORE",
        "III*ZZ*2",
        "III***44*BROKEN BONES",
        "III*ZZ*HOSPICE*44*AT HOME",
        "III*BF*F1020",
        "PRV*PE*PXC*101YA0400X",
        "MSG*",
        "DTP*304*D8*",
    )

    assert benefit.delivery == (
        Delivery(Decimal(30), "visits", None, Period.CALENDAR_YEAR, Decimal(1), "HSD*VS*30***23*1"),
        Delivery(Decimal(1), "units", None, Period.MONTH, Decimal(6), "HSD*FL*1***34*6"),
        Delivery(None, None, "day", Period.EXCEEDED, Decimal(60), "HSD***DA**30*60"),
        Delivery(Decimal(1), "visits", "2 weeks", None, None, "HSD*VS*1*WK*2"),
    )
    assert benefit.places_of_service == ("22", "02")
    assert benefit.messages == (
        "COMBINED WITH",
        "SUBSTANCE USE*AND MORE",
        "BROKEN BONES",
        "HOSPICE",
        "AT HOME",
    )
    assert benefit.dates == (DateSpan("benefit", date(2026, 1, 1), date(2026, 12, 31), "20260101-20261231"),)
    assert benefit.references == (
        Reference("18", "P-1", "PLAN ONE"),
        Reference("BF", "F1020", None),
        Reference("PE", "PXC", "101YA0400X"),
    )


@pytest.mark.parametrize(
    ("segment", "span"),
    [
        ("DTP*291*D8*20260101", ("plan", date(2026, 1, 1), date(2026, 1, 1))),
        ("DTP*291*RD8*20260101-20261231", ("plan", date(2026, 1, 1), date(2026, 12, 31))),
        ("DTP*346*D8*2026-01-01", ("plan_begin", date(2026, 1, 1), date(2026, 1, 1))),
        ("DTP*291*RD8*2026-01-01-2026-12-31", ("plan", date(2026, 1, 1), date(2026, 12, 31))),
        ("DTP*291*RD8*20260101-99991231", ("plan", date(2026, 1, 1), None)),
        ("DTP*291*RD8*20260101-", ("plan", date(2026, 1, 1), None)),
        ("DTP*347*D8*30000101", ("plan_end", None, None)),
        ("DTP*347*D8*20260231", ("plan_end", None, None)),
        ("DTP*435*D8*SOON", ("admission", None, None)),
        ("DTP*999*DT*202601011200", ("999", date(2026, 1, 1), date(2026, 1, 1))),
        ("DTP*472*20260101", ("service", date(2026, 1, 1), date(2026, 1, 1))),
    ],
)
def test_dates_are_read_in_every_way_payers_write_them(
    segment: str, span: tuple[str, date | None, date | None]
) -> None:
    (found,) = first("EB*1**30", segment).dates

    assert found[:3] == span
    assert found.text == segment.rsplit("*", 1)[-1]


def test_entities_of_a_benefit_keep_all_that_is_said_of_them() -> None:
    benefit = first(
        "EB*U**MH",
        "LS*2120",
        "NM1*VN*2*EXAMPLE BEHAVIORAL*****PI*BH77",
        "N3*1 MAIN ST*SUITE 2",
        "N4*TOWN*LA*70001",
        "PER*IC*CARE LINE*TE*8005550100*UR*example.org*EX*12",
        "NM1*P3*1*CARE*ANN*B**MD*XX*1999999984",
        "LE*2120",
    )

    start = FIRST_EB
    assert benefit.entities == (
        Entity(
            "vendor",
            "VN",
            "EXAMPLE BEHAVIORAL",
            "PI",
            "BH77",
            (
                Contact("CARE LINE", "phone", "8005550100"),
                Contact("CARE LINE", "url", "example.org"),
                Contact("CARE LINE", "extension", "12"),
            ),
            "1 MAIN ST, SUITE 2, TOWN LA 70001",
            Source(start + 2, "NM1*VN*2*EXAMPLE BEHAVIORAL*****PI*BH77"),
        ),
        Entity(
            "primary_care_provider",
            "P3",
            "ANN B CARE MD",
            "XX",
            "1999999984",
            (),
            None,
            Source(start + 6, "NM1*P3*1*CARE*ANN*B**MD*XX*1999999984"),
        ),
    )


def test_an_entity_needs_no_ls_and_never_becomes_the_payer_or_the_patient() -> None:
    coverage = read(
        "EB*R*IND*30*MA",
        "NM1*PR*2*OTHER MUTUAL*****PI*OM1",
        "EB*1**30",
        "LS*9999",
        "NM1*IL*1*SOMEBODY*ELSE****MI*Z9",
        "LE*9999",
    )

    assert coverage.payer == PayerName("EXAMPLE MUTUAL", "99001")
    assert coverage.patient is not None
    assert coverage.patient.last_name == "TESTCASE"
    assert [[entity.code for entity in benefit.entities] for benefit in coverage.benefits] == [["PR"], ["IL"]]


def test_words_in_the_place_of_a_provider_are_a_message() -> None:
    benefit = first("EB*L", "LS*2120", "NM1*P3*2*PCP SELECTION NOT REQUIRED", "LE*2120")

    assert (benefit.entities, benefit.messages) == ((), ("PCP SELECTION NOT REQUIRED",))


def test_a_contact_without_a_name_before_it_is_kept() -> None:
    (entity,) = first("EB*U**MH", "PER*IC**TE*8005550100").entities

    assert (entity.code, entity.name, entity.contacts) == ("", None, (Contact(None, "phone", "8005550100"),))


def test_the_person_is_read_as_the_payer_has_them() -> None:
    coverage = read(
        "TRN*1*OURS*9X",
        "TRN*2*THEIRS*9Y",
        "REF*6P*G-7*EXAMPLE WORKS",
        "REF*SY*000000000",
        "N3*1 ROAD*APT 2",
        "N4*TOWN*LA*70001",
        "DMG*D8*19880412*F",
        "INS*Y*18*001*25",
        "MSG*CALL FIRST",
        "EB*1**30",
    )

    person = CoveredPerson(
        "self",
        "EXM100",
        "MI",
        "NORA",
        "Q",
        "TESTCASE",
        "JR",
        date(1988, 4, 12),
        "F",
        "1 ROAD, APT 2, TOWN LA 70001",
        (Reference("6P", "G-7", "EXAMPLE WORKS"), Reference("SY", "000000000", None)),
    )
    assert coverage.subscriber == coverage.patient == person
    assert coverage.messages == ("CALL FIRST",)
    assert coverage.trace.numbers == ("OURS", "THEIRS")


def test_an_id_one_element_too_early_is_found() -> None:
    (coverage,) = read_coverages(
        write(*PAYER, *PROVIDER, "HL*3*2*22*0", "NM1*IL*1*TESTCASE NORA****MI*EXM1", "EB*1**30")
    )

    assert coverage.patient is not None
    assert (coverage.patient.id, coverage.patient.id_qualifier, coverage.patient.suffix) == (
        "EXM1",
        "MI",
        None,
    )


def test_an_impossible_birth_date_is_left_out_and_told_without_repeating_it() -> None:
    coverage = read("DMG*D8*10010101*M", "EB*1**30")

    assert coverage.patient is not None
    assert coverage.patient.birth_date is None
    assert codes(coverage) == ["BIRTH_DATE_IMPLAUSIBLE"]
    assert "1001" not in coverage.warnings[0].text


DEPENDENT = ("HL*4*3*23*1", "NM1*03*1*TESTCASE*TOM", "INS*N*19", "DMG*D8*20120503*M")


def test_the_dependent_is_the_patient_and_has_the_benefits_of_both_loops() -> None:
    (coverage,) = read_coverages(
        write(*HEAD, "TRN*2*S", "DTP*346*D8*20260101", "EB*1**30", *DEPENDENT, "TRN*2*D", "EB*B**98***27*20")
    )

    assert coverage.subscriber is not None
    assert coverage.patient is not None
    assert (coverage.subscriber.relationship, coverage.subscriber.first_name) == ("self", "NORA")
    assert (coverage.patient.relationship, coverage.patient.first_name) == ("child", "TOM")
    assert [benefit.code for benefit in coverage.benefits] == ["1", "B"]
    assert coverage.plan.begins == date(2026, 1, 1)
    assert coverage.trace.numbers == ("S", "D")


@pytest.mark.parametrize(
    ("code", "relationship"),
    [("18", "self"), ("01", "spouse"), ("19", "child"), ("G8", "other"), ("", "unknown")],
)
def test_relationships_have_their_words(code: str, relationship: str) -> None:
    (coverage,) = read_coverages(
        write(*HEAD, "HL*4*3*23*0", "NM1*QC*1*TESTCASE*TOM", f"INS*N*{code}", "EB*1**30")
    )

    assert coverage.patient is not None
    assert coverage.patient.relationship == relationship


def test_several_people_in_one_transaction_give_a_coverage_each_and_every_benefit_once() -> None:
    coverages = read_coverages(
        write(
            "EB*P",
            *HEAD,
            "EB*1**30",
            "HL*4*3*23*0",
            "NM1*03*1*TESTCASE*TOM",
            "EB*6**30",
            "HL*5*3*23*0",
            "NM1*03*1*TESTCASE*TIM",
            "EB*1**MH",
            "HL*6*2*22*0",
            "NM1*IL*1*OTHER*OLA****MI*EXM200",
            "EB*1**98",
            "EB*1**99",
        )
    )

    assert [
        (
            each.patient.first_name if each.patient else None,
            [benefit.source.text for benefit in each.benefits],
        )
        for each in coverages
    ] == [
        ("NORA", ["EB*P", "EB*1**30"]),
        ("TOM", ["EB*6**30"]),
        ("TIM", ["EB*1**MH"]),
        ("OLA", ["EB*1**98", "EB*1**99"]),
    ]
    assert [each.status for each in coverages] == ["active", "inactive", "active", "active"]


def test_a_subscriber_with_two_dependents_and_no_benefits_of_their_own_is_no_patient() -> None:
    coverages = read_coverages(
        write(
            *HEAD,
            "AAA*Y**72*C",
            "HL*4*3*23*0",
            "NM1*03*1*A*TOM",
            "HL*5*3*23*0",
            "NM1*03*1*A*TIM",
            "AAA*Y**67*C",
        )
    )

    assert [[each.code for each in coverage.rejections] for coverage in coverages] == [["72"], ["72", "67"]]


def test_whose_child_a_loop_is_stands_in_hl02() -> None:
    (first_one, second_one) = read_coverages(
        write(
            *PAYER,
            *PROVIDER,
            "HL*3*2*22*1",
            "NM1*IL*1*ONE",
            "HL*4*2*22*1",
            "NM1*IL*1*TWO",
            "HL*5*3*23*1",
            "NM1*03*1*CHILD*OF ONE",
            "EB*1**30",
            "HL*6*4**0",
            "NM1*03*1*CHILD*OF TWO",
            "EB*6**30",
        )
    )

    for coverage, parent, child in ((first_one, "ONE", "OF ONE"), (second_one, "TWO", "OF TWO")):
        assert coverage.subscriber is not None
        assert coverage.patient is not None
        assert (coverage.subscriber.last_name, coverage.patient.first_name) == (parent, child)


def test_benefits_before_any_loop_and_people_without_a_loop_are_read() -> None:
    (coverage,) = read_coverages(
        write("NM1*PR*2*EXAMPLE MUTUAL*****PI*99001", "NM1*IL*1*TESTCASE*NORA", "EB*1**30", "EB*C**30***23*5")
    )

    assert coverage.payer.name == "EXAMPLE MUTUAL"
    assert coverage.patient is not None
    assert coverage.patient.first_name == "NORA"
    assert len(coverage.benefits) == 2


STATUSES: list[tuple[tuple[str, ...], str, list[str]]] = [
    (("EB*1**30",), "active", []),
    (("EB*5**MH",), "active", []),
    (("EB*3*IND*30^60*HM*RIDES",), "active", []),
    (("EB*6**30",), "inactive", []),
    (("EB*6",), "inactive", []),
    (("EB*7**30",), "inactive", []),
    (("EB*8**30",), "inactive", []),
    (("EB*6**30", "DTP*307*RD8*20260301-20260503", "EB*1**30**PART A"), "active", []),
    (("EB*6**30", "DTP*347*D8*20251231", "EB*1**30"), "active", []),
    (("EB*1**30", "EB*6**30"), "active", ["STATUS_CONFLICT"]),
    (("EB*6", "EB*1****PROGRAM"), "active", ["STATUS_CONFLICT"]),
    (("EB*6**30", "DTP*472*D8*20261124", "EB*1**30"), "active", ["STATUS_CONFLICT"]),
    (("EB*1**30", "EB*6**35"), "active", []),
    (("EB*I**30",), "inactive", []),
    (("EB*E**30",), "inactive", []),
    (("EB*I**30*********N",), "unknown", ["STATUS_NOT_STATED"]),
    (("EB*I**41^54",), "unknown", ["STATUS_NOT_STATED"]),
    (("EB*I**41^54", "EB*1**88"), "active", []),
    (("EB*V",), "unknown", ["CANNOT_PROCESS"]),
    (("EB*V", "EB*6**30"), "inactive", []),
    (("EB*V", "EB*1**30"), "active", []),
    (("AAA*N**33*C", "EB*V"), "unknown", ["CANNOT_PROCESS"]),
    (("AAA*N**72*C", "EB*V"), "rejected", []),
    (
        ("AAA*N**33*C", "EB*V", "MSG*Transaction failure. A 999, 997 or TA1 was returned by Payer"),
        "unknown",
        [],
    ),
    (("AAA*Y**42*R",), "unknown", []),
    (("AAA*Y**42*R", "EB*6**30"), "unknown", []),
    (("AAA*Y**80*N", "EB*I**30"), "unknown", []),
    (("AAA*Y**79*C", "AAA*Y**42*R"), "unknown", []),
    (("AAA*Y**04*N",), "unknown", []),
    (("AAA*Y**79*C",), "rejected", []),
    (("AAA*N**72*C",), "rejected", []),
    (("AAA*N**75*C", "EB*6**30"), "rejected", []),
    (("AAA*N**72*C", "EB*1**30"), "active", []),
    (("AAA*Y**42*Y", "EB*1**30"), "active", []),
    (("AAA*Y**35*C",), "rejected", []),
    (("AAA*N**RC*C",), "rejected", []),
    (("EB*I**30", "MSG*Patient not found."), "rejected", []),
    (("EB*6**30", "MSG*MEMBER NOT ON FILE"), "rejected", []),
    (("EB*6**30", "MSG*Coverage not active for requested date of service."), "inactive", []),
    (("EB*I**30", "MSG*We are unable to respond at this time"), "unknown", []),
    (("EB*6**30", "MSG*System is currently unavailable"), "unknown", []),
    (("MSG*Subscriber not found",), "rejected", []),
    (("EB*1**30", "MSG*Patient not found."), "active", []),
    ((), "unknown", ["STATUS_NOT_STATED"]),
    (("EB*C**30***23*500",), "unknown", ["STATUS_NOT_STATED"]),
    (("EB*R**30*MA",), "unknown", ["STATUS_NOT_STATED"]),
]


@pytest.mark.parametrize(("segments", "status", "warnings"), STATUSES)
def test_the_status_is_what_the_payer_says_and_a_fault_of_the_payer_is_never_inactive(
    segments: tuple[str, ...], status: str, warnings: list[str]
) -> None:
    coverage = read(*segments)

    assert coverage.status == status
    assert codes(coverage) == warnings


@pytest.mark.parametrize(
    ("segment", "code", "follow_up", "category", "retry"),
    [
        ("AAA*N**72*C", "72", "C", "member", "with_changes"),
        ("AAA*Y**72*N", "72", "N", "member", "never"),
        ("AAA*Y**42*Y", "42", "Y", "payer_unavailable", "later"),
        ("AAA*Y**42*N", "42", "N", "payer_unavailable", "later"),
        ("AAA*Y**80*N", "80", "N", "payer_unavailable", "later"),
        ("AAA*Y**42", "42", None, "payer_unavailable", "later"),
        ("AAA*Y**75", "75", None, "member", "with_changes"),
        ("AAA*N**51*C", "51", "C", "provider", "with_changes"),
        ("AAA*N**50*N", "50", "N", "provider", "never"),
        ("AAA*N**41*W", "41", "W", "provider", "later"),
        ("AAA*N**15*C", "15", "C", "request", "with_changes"),
        ("AAA*N**79*P", "79", "P", "request", "later"),
        ("AAA*N**T4*C", "T4", "C", "request", "with_changes"),
        ("AAA*N**35*S", "35", "S", "other", "never"),
        ("AAA*N**RC*C", "RC", "C", "other", "with_changes"),
        ("AAA*N**ZZ", "ZZ", None, "other", "never"),
        ("AAA*N", None, None, "other", "never"),
        ("AAA*Y*15*72*N", "72", "N", "member", "never"),
        ("AAA*Y*79*ZZ*Member not found", "79", None, "member", "with_changes"),
    ],
)
def test_a_refusal_says_who_must_act_and_whether_to_ask_again(
    segment: str, code: str | None, follow_up: str | None, category: str, retry: str
) -> None:
    (rejection,) = read(segment).rejections

    assert (rejection.code, rejection.follow_up) == (code, follow_up)
    assert (rejection.category, rejection.retry) == (category, retry)
    assert (rejection.loop, rejection.source) == ("2100C", Source(FIRST_EB, segment))
    assert rejection.meaning
    assert rejection.advice.endswith(".")


def test_words_sent_with_a_refusal_are_kept() -> None:
    (rejection,) = read("AAA*Y*79*ZZ*Member not found").rejections

    assert rejection.meaning == "Invalid Participant Identification: Member not found"


def test_a_79_beside_a_42_is_the_way_to_the_payer() -> None:
    coverage = read("AAA*Y**79*N", "AAA*Y**42*R")

    assert [(each.code, each.category, each.retry) for each in coverage.rejections] == [
        ("79", RejectionClass.PAYER_UNAVAILABLE, Retry.LATER),
        ("42", RejectionClass.PAYER_UNAVAILABLE, Retry.LATER),
    ]


def test_refusals_are_found_in_every_loop_and_all_are_kept() -> None:
    (coverage,) = read_coverages(
        write(
            "HL*1**20*1",
            "AAA*Y**42*Y",
            "NM1*PR*2*EXAMPLE MUTUAL",
            "AAA*Y**79*C",
            "HL*2*1*21*1",
            "NM1*1P*2*CENTER",
            "AAA*N**51*C",
            "HL*3*2*22*1",
            "NM1*IL*1*TESTCASE",
            "AAA*N**72*C",
            "DMG*D8*19880412*F",
            "AAA*N**73*C",
            "AAA*N**73*C",
            "EB*1**30",
            "AAA*N**52*C",
            "LS*2120",
            "NM1*PR*2*OTHER",
            "LE*2120",
            "HL*4*3*23*0",
            "NM1*03*1*TOM",
            "DTP*291*D8*20261124",
            "AAA*N**67*C",
            "EB*1**98",
            "AAA*N**54*C",
        )
    )

    assert [(each.loop, each.code) for each in coverage.rejections] == [
        ("2000A", "42"),
        ("2100A", "79"),
        ("2100B", "51"),
        ("2100C", "72"),
        ("2100C", "73"),
        ("2100C", "73"),
        ("2110C", "52"),
        ("2100D", "67"),
        ("2110D", "54"),
    ]
    assert [entity.name for entity in coverage.benefits[0].entities] == ["OTHER"]


def test_a_refusal_in_words_only_has_no_code() -> None:
    (rejection,) = read("EB*I**30", "MSG*Patient not found.").rejections

    assert rejection.code is None
    assert rejection.meaning == "Patient not found."
    assert (rejection.category, rejection.retry) == (RejectionClass.MEMBER, Retry.WITH_CHANGES)
    assert rejection.source == Source(FIRST_EB, "EB*I**30")


@pytest.mark.parametrize(
    "message",
    [
        "PRIMARY CARE PROVIDER NOT FOUND IN NETWORK",
        "CLAIM NOT FOUND",
        "MEMBER MUST BE FOUND ELIGIBLE",
        "AUTHORIZATION NOT ON FILE",
        "NETWORK UNAVAILABLE OUT OF STATE",
        "DEPENDENTS ARE NOT COVERED",
    ],
)
def test_other_words_are_no_refusal(message: str) -> None:
    coverage = read("EB*6**30", f"MSG*{message}")

    assert (coverage.status, coverage.rejections) == (CoverageStatus.INACTIVE, ())


@pytest.mark.parametrize(
    ("segments", "plan"),
    [
        (("EB*1**98**VISITS", "EB*1**30*PR*GOLD 500"), {"name": "GOLD 500", "insurance_type": "PPO"}),
        (("EB*1**MH*HM*MANAGED PLAN",), {"name": "MANAGED PLAN", "insurance_type": "HMO"}),
        (("EB*1**30*ZQ*PLAN",), {"name": "PLAN", "insurance_type": "ZQ"}),
        (("EB*1**30*GOLD PLAN",), {"name": "GOLD PLAN", "insurance_type": "GOLD PLAN"}),
        (("EB*1**30*C1",), {"name": None, "insurance_type": "Commercial"}),
        (
            ("REF*18*P9*PLAN NINE", "REF*6P*G1*WORKS", "EB*1**30"),
            {"group_number": "G1", "group_name": "WORKS"},
        ),
        (("REF*18*P9", "EB*1**30"), {"group_number": "P9", "group_name": None}),
        (("EB*1**30", "REF*1L*L7"), {"group_number": "L7"}),
        (("EB*R**30", "REF*6P*NOT OURS", "EB*1**30"), {"group_number": None}),
        (
            ("DTP*346*D8*20260101", "DTP*347*D8*20261231", "DTP*356*D8*20200101", "EB*1**30"),
            {"begins": date(2026, 1, 1), "ends": date(2026, 12, 31)},
        ),
        (
            ("DTP*347*D8*99991231", "DTP*356*D8*20200101", "EB*1**30"),
            {"begins": date(2020, 1, 1), "ends": None},
        ),
        (
            ("DTP*291*RD8*20260101-20261231", "EB*1**30"),
            {"begins": date(2026, 1, 1), "ends": date(2026, 12, 31)},
        ),
        (("EB*1**30", "DTP*291*D8*20050401"), {"begins": date(2005, 4, 1), "ends": None}),
        (
            ("DTP*307*RD8*20260101-20260131", "EB*1**30"),
            {"begins": date(2026, 1, 1), "ends": date(2026, 1, 31)},
        ),
        (
            ("DTP*307*RD8*20260101-20260131", "EB*1**30*MA", "DTP*291*D8*20050401"),
            {"begins": date(2005, 4, 1), "ends": None},
        ),
        (("EB*6**30", "DTP*347*D8*20251231"), {"ends": date(2025, 12, 31)}),
        (("DTP*343*D8*20261031", "EB*1**30"), {"premium_paid_to": date(2026, 10, 31)}),
        (("EB*1**98", "DTP*343*D8*20261031"), {"premium_paid_to": date(2026, 10, 31)}),
    ],
)
def test_the_plan_is_described_from_person_and_leading_benefit(
    segments: tuple[str, ...], plan: dict[str, Any]
) -> None:
    found = read(*segments).plan

    assert {name: getattr(found, name) for name in plan} == plan


def test_another_payer_is_mentioned_with_all_that_is_said_of_it() -> None:
    coverage = read(
        "EB*1**30",
        "EB*R*IND*30*12",
        "REF*IG*POL-1",
        "REF*6P*GRP-9",
        "DTP*290*RD8*20200101-20261231",
        "LS*2120",
        "NM1*IL*1*ELSE*SAM****MI*M-5",
        "NM1*PRP*2*OTHER MUTUAL*****PI*OM1",
        "LE*2120",
        "EB*R***MB*Medicare Part B",
        "EB*R*IND*88*OT",
        "NM1*IL*1*ELSE*SAM****MI*M-6",
    )

    assert [each[:8] for each in coverage.other_coverage] == [
        (
            "OTHER MUTUAL",
            "OM1",
            "primary_payer",
            "Medicare secondary: working aged",
            "POL-1",
            "GRP-9",
            date(2020, 1, 1),
            date(2026, 12, 31),
        ),
        ("Medicare Part B", None, None, "Medicare Part B", None, None, None, None),
        (None, None, None, "Other", "M-6", None, None, None),
    ]
    assert isinstance(coverage.other_coverage[0], OtherCoverage)
    assert coverage.other_coverage[0].source == coverage.benefits[1].source


@pytest.mark.parametrize(
    ("segments", "carve_outs"),
    [
        (("EB*U**88", "LS*2120", "NM1*VN*2*EXAMPLE RX", "LE*2120"), [("EXAMPLE RX", None, ("88",))]),
        (("EB*U**MH",), [(None, None, ("MH",))]),
        (("EB*MC*IND*MH^AI", "NM1*Y2*2*EXAMPLE CARE*****PI*EC1"), [("EXAMPLE CARE", "EC1", ("MH", "AI"))]),
        (
            ("EB*N*IND*88", "LS*2120", "NM1*P3*2*EXAMPLE CLINIC*****XX*1999999984", "LE*2120"),
            [("EXAMPLE CLINIC", "1999999984", ("88",))],
        ),
        (("EB*1**MH", "NM1*PR*2*EXAMPLE MUTUAL", "NM1*X3*2*EXAMPLE UM"), [("EXAMPLE UM", None, ("MH",))]),
        (("EB*N", "LS*2120", "LE*2120"), []),
        (("EB*MC*IND*30",), []),
        (("EB*U",), []),
        (("EB*X", "NM1*1P*2*EXAMPLE CENTER*****XX*1999999984"), []),
        (("EB*1**30", "NM1*PR*2*EXAMPLE MUTUAL"), []),
        (("EB*L", "NM1*P3*1*CARE*ANN"), []),
        (("EB*R**30", "NM1*VN*2*NOT OURS"), []),
    ],
)
def test_carve_outs_name_who_runs_which_services(
    segments: tuple[str, ...], carve_outs: list[tuple[str | None, str | None, tuple[str, ...]]]
) -> None:
    coverage = read(*segments)

    assert [each[:3] for each in coverage.carve_outs] == carve_outs
    assert all(each.source == coverage.benefits[0].source for each in coverage.carve_outs)


def test_segments_a_271_does_not_have_are_left_out_and_told() -> None:
    coverage = read("N2*MORE NAME", "EB*1**30", "GK*WHAT*IS*THIS", "MSG*STILL HERE")

    assert coverage.benefits[0].messages == ("STILL HERE",)
    assert codes(coverage) == ["SEGMENT_UNKNOWN"]
    assert coverage.warnings[0].text.endswith(": GK, N2.")


def test_the_separators_of_a_message_change_nothing_of_its_coverage() -> None:
    segments = (
        "EB*1**30^MH*PR*PLAN",
        "EB*A**A4^AI***27**.2****Y*HC:H0015",
        "MSG*WORDS",
        "EB*U**MH",
        "NM1*VN*2*EXAMPLE RX",
    )
    text = write(*HEAD, *segments)
    (expected,) = read_coverages(text)

    for swap in ("|>}!", "|`^\n", "*:^\x1d", "!>|~"):
        other = text.translate(str.maketrans("*:^~", swap))
        (found,) = read_coverages(other)

        assert translated(dump(found), swap) == dump(expected)


def translated(value: object, separators: str) -> object:
    """Give the texts of segments, the one thing that has separators, the usual ones."""
    if isinstance(value, list):
        return [translated(inner, separators) for inner in value]
    if not isinstance(value, dict):
        return value
    usual = str.maketrans(separators, "*:^~")
    return {
        name: inner.translate(usual) if name == "text" else translated(inner, separators)
        for name, inner in value.items()
    }


def dump(value: object) -> object:
    """Write records as plain JSON by field, leaving out what says nothing: null, false, zero, empty."""
    if hasattr(value, "_asdict"):
        return clean(value._asdict())
    if hasattr(value, "__dataclass_fields__"):
        return clean({name: getattr(value, name) for name in value.__dataclass_fields__})
    if isinstance(value, tuple):
        return [dump(inner) for inner in value]
    return value if isinstance(value, bool | int) else str(value)


def clean(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: dump(value) for name, value in fields.items() if value or isinstance(value, Decimal)}


FIXTURES = Path(__file__).parents[3] / "payers" / "fixtures"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.271")), ids=lambda path: path.stem)
def test_a_whole_reply_becomes_exactly_this_coverage(path: Path) -> None:
    found = [dump(coverage) for coverage in read_coverages(path.read_bytes().decode())]

    assert found == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("folder", ["271", "acks", "270"])
def test_every_published_sample_is_read_with_every_eb_segment_once_and_in_order(
    reference: Path, folder: str
) -> None:
    for path in sorted((reference / "data" / "samples" / folder).iterdir()):
        text = path.read_bytes().decode("utf-8")
        sent = [found.strip() for found in re.findall(r"(?:^|[~\n\r])\s*(EB[*|][^~\n\r]*)", text)]

        coverages = read_coverages(text)

        assert coverages, path.name
        kept = [benefit.source.text for coverage in coverages for benefit in coverage.benefits]
        assert len(kept) == len(sent), path.name
        assert all(whole.startswith(start) for whole, start in zip(kept, sent, strict=True)), path.name


@pytest.mark.parametrize(
    ("name", "pick", "count"),
    [
        ("vendor__stedi_EligibilityCheck_response200_example1.json", lambda body: body, 41),
        (
            "vendor__stedi_batch_BatchEligibilityPolling_response200_example1.json",
            lambda body: body["items"][1],
            40,
        ),
    ],
)
def test_x12_and_the_clearinghouses_own_reading_of_it_agree(
    reference: Path, name: str, pick: Callable[[Any], Any], count: int
) -> None:
    body = pick(json.loads((reference / "data" / "samples" / "json" / name).read_text("utf-8")))
    (coverage,) = read_coverages(body["x12"])

    assert len(coverage.benefits) == len(body["benefitsInformation"]) == count
    for ours, theirs in zip(coverage.benefits, body["benefitsInformation"], strict=True):
        told = theirs.get("additionalInformation", [])
        network = {"in": "Y", "out": "N", "both": "W", "unknown": None}[ours.network]
        assert ours.code == theirs["code"]
        assert list(ours.services) == theirs.get("serviceTypeCodes", [])
        assert ours.amount == (Decimal(theirs["benefitAmount"]) if "benefitAmount" in theirs else None)
        assert ours.rate == (Decimal(theirs["benefitPercent"]) if "benefitPercent" in theirs else None)
        assert network == theirs.get("inPlanNetworkIndicatorCode")
        assert list(ours.messages) == [each["description"].strip() for each in told if "description" in each]
        assert ours.plan_text == theirs.get("planCoverage")
        assert len(ours.entities) == len(theirs.get("benefitsRelatedEntities", []))


ELEMENTS = st.sampled_from(
    [
        "",
        "30",
        "MH",
        "IND",
        "Y",
        "23",
        "99999.99",
        "-1",
        ".2",
        "x" * 300,
        "é",
        "^",
        "20260101",
        "22",
        "IL",
        "C",
        "6P",
    ]
)
SEGMENT = st.builds(
    lambda name, elements: "*".join([name, *elements]),
    st.sampled_from(
        [
            "EB",
            "EB",
            "EB",
            "MSG",
            "DTP",
            "HSD",
            "III",
            "REF",
            "NM1",
            "N3",
            "N4",
            "PER",
            "PRV",
            "AAA",
            "HL",
            "LS",
            "LE",
            "INS",
            "DMG",
            "TRN",
            "SE",
            "ST",
            "QQ",
            "",
        ]
    ),
    st.lists(ELEMENTS, max_size=16),
)


@given(st.lists(SEGMENT, max_size=25))
def test_whatever_segments_come_every_eb_becomes_one_benefit_in_order(segments: list[str]) -> None:
    sent = [text for text in segments if text.startswith("EB")]

    coverages = read_coverages(write(*HEAD, *segments))

    kept = [benefit.source.text for coverage in coverages for benefit in coverage.benefits]
    assert sorted(kept) == sorted(text.strip() for text in sent)


@given(st.text(max_size=200))
def test_no_text_gives_anything_but_coverage_or_a_refusal_to_read(text: str) -> None:
    for candidate in (text, ISA + "~" + text, write(*HEAD, "EB*1**30", text)):
        with suppress(UnreadableReply) if candidate == text else nullcontext():
            assert read_coverages(candidate)


def test_reading_takes_time_in_proportion_to_length() -> None:
    texts = [write(*HEAD, *["EB*B*IND*98***27*30*****Y~MSG*WORDS"] * count) for count in (400, 8_000)]

    def seconds(text: str) -> float:
        begun = time.process_time()
        read_coverages(text)
        return time.process_time() - begun

    taken = [[seconds(text) for text in texts] for _ in range(5)]  # in turn: the machine's pace drifts
    short, long = map(min, zip(*taken, strict=True))
    assert long < 40 * short
