"""The 270: whole messages, what it refuses, and that no value of anybody's becomes structure."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.x12 import inquiry_270
from payers.x12.elements import SEPARATORS, Delimiters, Element, Entry, Kind, encode
from payers.x12.inquiry_270 import write
from payers.x12.writer import Control
from tests.payers.questions import (
    BY_NAME_AND_BIRTH_DATE,
    BY_SOCIAL_SECURITY_NUMBER,
    CONTROL,
    DEPENDENT,
    OTHER_DELIMITERS,
    SUBSCRIBER,
    WRITTEN,
    read_fixture,
    split,
)
from verifier.errors import BadInput
from verifier.model.inquiry import Member, Patient, Relationship, Sex
from verifier.model.question import Question

Asked = tuple[Question, Control]
Plant = Callable[[str], Asked]

STANDARD = Delimiters()
UNPRINTABLE = Delimiters("\x1d", "\x1f", "\x1e", "\x1c")
INJECTION = "DOE*JANE~EQ*98~NM1*IL*1*SMITH"
HOSTILE = [
    INJECTION,
    INJECTION.replace("*", "|").replace("~", "'"),
    INJECTION.replace("*", "\x1d").replace("~", "\x1c"),
    INJECTION.translate({ord("*"): "\uff0a", ord("~"): "\uff5e"}),
    "DOE\x00JANE",
    "DOE\r\nEQ*98",
    "DOE\u2028EQ",
    "DOE\udcffEQ",
    "DOE\u202eEQ",
    " ",
    "*",
    "~~~~",
    ":^>{",
    "é",
    "李小龙",
    "1\N{COMBINING ENCLOSING KEYCAP}",
    "\N{ARABIC-INDIC DIGIT ONE}" * 10,
    "9" * 10_000,
    "É" * 10_000,
    "\N{COMBINING ACUTE ACCENT}\N{COMBINING CEDILLA}" * 5_000,
    "--*--",
    "ISA*00*          *00*",
    "SE*1*0001~GE*1*1~IEA*1*000000001~",
]


def with_member(**changed: object) -> Asked:
    return replace(FULL, subscriber=replace(FULL.subscriber, **changed)), CONTROL  # type: ignore[arg-type]


def with_patient(**changed: object) -> Asked:
    return replace(FULL, patient=replace(FULL.patient, **changed)), CONTROL  # type: ignore[arg-type]


def with_provider(**changed: object) -> Asked:
    return replace(FULL, provider=replace(FULL.provider, **changed)), CONTROL  # type: ignore[arg-type]


FULL = replace(
    DEPENDENT,
    subscriber=replace(DEPENDENT.subscriber, last_name="TESTCASE", group_number="GRP00217"),
    patient=replace(DEPENDENT.patient, middle_name="Q", suffix="II"),
    procedure="H0015",
)
NAME, FIRST, MIDDLE = inquiry_270.LAST_NAME, inquiry_270.FIRST_NAME, inquiry_270.MIDDLE_NAME
PARTNER = Element(Kind.TEXT, 2, 15)
# By pointer: how to plant a value, its element, and where a receiver reads it: segment, element, component.
FIELDS: dict[str, tuple[Plant, Element, tuple[int, int, int]]] = {
    "/payer/name": (lambda v: (replace(FULL, payer_name=v), CONTROL), inquiry_270.ORGANIZATION, (5, 3, 0)),
    "/payer/id": (lambda v: (replace(FULL, payer_id=v), CONTROL), inquiry_270.PAYER_ID, (5, 9, 0)),
    "/facility/name": (lambda v: with_provider(name=v), inquiry_270.ORGANIZATION, (7, 3, 0)),
    "/facility/npi": (lambda v: with_provider(npi=v), inquiry_270.NPI, (7, 9, 0)),
    "/facility/tax_id": (lambda v: with_provider(tax_id=v), inquiry_270.NINE_DIGITS, (8, 2, 0)),
    "/member/last_name": (lambda v: with_member(last_name=v), NAME, (10, 3, 0)),
    "/member/first_name": (lambda v: with_member(first_name=v), FIRST, (10, 4, 0)),
    "/member/middle_name": (lambda v: with_member(middle_name=v), MIDDLE, (10, 5, 0)),
    "/member/suffix": (lambda v: with_member(suffix=v), inquiry_270.SUFFIX, (10, 7, 0)),
    "/member/id": (lambda v: with_member(id=v, ssn=None), inquiry_270.MEMBER_ID, (10, 9, 0)),
    "/member/group_number": (lambda v: with_member(group_number=v), inquiry_270.GROUP_NUMBER, (11, 2, 0)),
    "/member/ssn": (
        lambda v: with_member(id=None, group_number=None, ssn=v),
        inquiry_270.NINE_DIGITS,
        (11, 2, 0),
    ),
    "/trace": (lambda v: (replace(FULL, trace=v), CONTROL), inquiry_270.TRACE, (14, 2, 0)),
    "/patient/last_name": (lambda v: with_patient(last_name=v), NAME, (15, 3, 0)),
    "/patient/first_name": (lambda v: with_patient(first_name=v), FIRST, (15, 4, 0)),
    "/patient/middle_name": (lambda v: with_patient(middle_name=v), MIDDLE, (15, 5, 0)),
    "/patient/suffix": (lambda v: with_patient(suffix=v), inquiry_270.SUFFIX, (15, 7, 0)),
    "/service_types/0": (
        lambda v: (replace(FULL, service_types=(v,)), CONTROL),
        inquiry_270.SERVICE_TYPE,
        (19, 1, 0),
    ),
    "/program/code": (lambda v: (replace(FULL, procedure=v), CONTROL), inquiry_270.PROCEDURE, (20, 2, 1)),
    "/control/sender_id": (lambda v: (FULL, replace(CONTROL, sender_id=v)), PARTNER, (1, 2, 0)),
    "/control/receiver_code": (lambda v: (FULL, replace(CONTROL, receiver_code=v)), PARTNER, (1, 3, 0)),
    "/control/reference": (lambda v: (FULL, replace(CONTROL, reference=v)), inquiry_270.TRACE, (3, 3, 0)),
}
FULL_SHAPE = [len(segment) for segment in split(write(FULL, CONTROL), STANDARD)]
WITHOUT_ID_SHAPE = [
    len(segment) for segment in split(write(*with_member(id=None, group_number=None)), STANDARD)
]
FAULT = re.compile(
    r"is empty|is (longer|shorter) than \d+ characters|does not have the form this field must have"
    r"|holds a character (X12 does not have|that separates X12 values)"
)
SEGMENTS = "ISA GS ST BHT HL NM1 HL NM1 REF HL NM1 REF DMG HL TRN NM1 DMG INS DTP EQ EQ SE GE IEA"


def check_that_a_value_stays_a_value(pointer: str, value: str, delimiters: Delimiters) -> None:
    """Write *value* into a field; fail when it is anything but refused or read back."""
    plant, element, place = FIELDS[pointer]
    question, control = plant(value)
    try:
        interchange = write(question, control, delimiters)
    except BadInput as refusal:
        check_that_nothing_leaks(refusal, pointer)
        return
    segments = split(interchange, delimiters)
    without_dashes = value.replace("-", "") if element is inquiry_270.NINE_DIGITS else value
    assert interchange.isascii()
    assert " ".join(segment[0] for segment in segments) == SEGMENTS
    assert [len(segment) for segment in segments] == (
        WITHOUT_ID_SHAPE if pointer == "/member/ssn" else FULL_SHAPE
    )
    assert read_back(segments, place, delimiters) == encode(
        Entry(without_dashes, element, pointer), delimiters
    )


def check_that_nothing_leaks(refusal: BadInput, pointer: str) -> None:
    assert str(refusal) == "Some values cannot be written in X12; correct the fields named."
    assert set(refusal.errors) == {pointer if pointer != "/control/reference" else "/trace"}
    assert all(FAULT.fullmatch(fault) for fault in refusal.errors.values())


def read_back(segments: list[list[str]], place: tuple[int, int, int], delimiters: Delimiters) -> str:
    segment, element, component = place
    return segments[segment][element].split(delimiters.component)[component]


@pytest.mark.parametrize("fixture", WRITTEN)
def test_a_question_becomes_exactly_this_270(fixture: str) -> None:
    question, control, delimiters = WRITTEN[fixture]

    assert write(question, control, delimiters) == read_fixture(fixture)


@pytest.mark.parametrize(
    "delimiters", [STANDARD, OTHER_DELIMITERS, UNPRINTABLE], ids=["usual", "other", "unprintable"]
)
@pytest.mark.parametrize("pointer", FIELDS)
def test_no_hostile_value_becomes_structure(pointer: str, delimiters: Delimiters) -> None:
    for value in HOSTILE:
        check_that_a_value_stays_a_value(pointer, value, delimiters)


@given(
    st.sampled_from(sorted(FIELDS)),
    st.text(st.sampled_from("AÉ9* ~:^|>{'é\n\x1d-.\uff0a\uff5e"), min_size=1, max_size=12)
    | st.text(min_size=1),
    st.permutations(sorted(SEPARATORS)),
)
def test_any_text_in_any_field_is_refused_or_read_back(
    pointer: str, value: str, separators: list[str]
) -> None:
    check_that_a_value_stays_a_value(pointer, value, Delimiters(*separators[:4]))


@pytest.mark.parametrize(
    ("pointer", "value", "written"),
    [
        ("/member/last_name", INJECTION, "DOE JANE EQ 98 NM1 IL 1 SMITH"),
        ("/member/last_name", "W" * 100, "W" * 60),
        ("/patient/first_name", "W" * 100, "W" * 35),
        ("/facility/name", "St. Mary's: North", "ST. MARY'S NORTH"),
        ("/facility/name", "Smith MD", "SMITH MD"),
        ("/member/ssn", "987-65-4321", "987654321"),
        ("/member/id", " w199 ", "w199"),
    ],
)
def test_a_value_is_spelled_as_its_field_wants(pointer: str, value: str, written: str) -> None:
    plant, _, place = FIELDS[pointer]

    assert read_back(split(write(*plant(value)), STANDARD), place, STANDARD) == written


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/payer/name", " "),
        ("/payer/id", "6"),
        ("/member/id", INJECTION),
        ("/member/id", "W" * 81),
        ("/member/group_number", "G" * 51),
        ("/member/last_name", "李"),
        ("/member/last_name", " ,- "),
        ("/member/ssn", "98765432"),
        ("/facility/npi", "199999998"),
        ("/facility/tax_id", "72-123456A"),
        ("/service_types/0", "mh"),
        ("/service_types/0", "30^98"),
        ("/program/code", "H001"),
        ("/program/code", "H0015:HF"),
        ("/trace", "T~"),
    ],
)
def test_a_refusal_names_the_field_and_not_the_value(pointer: str, value: str) -> None:
    plant, _, _ = FIELDS[pointer]

    with pytest.raises(BadInput) as refusal:
        write(*plant(value))

    assert set(refusal.value.errors) == {pointer}
    assert len(value) < 2 or value not in f"{refusal.value} {refusal.value.errors}"


SELF, CHILD = Patient(), Patient(Relationship.CHILD, "Jo", "Doe", birth_date=date(2009, 1, 1))
BORN, LATER = date(1971, 3, 2), date(2026, 11, 25)


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"subscriber": Member("Doe", None)}, {"/member/id", "/member/first_name", "/member/birth_date"}),
        ({"subscriber": Member("Doe", BORN)}, {"/member/id", "/member/first_name"}),
        ({"subscriber": Member("", BORN, "Jo")}, {"/member/id", "/member/last_name"}),
        ({"subscriber": Member("Doe", LATER, "Jo", id="W1")}, {"/member/birth_date"}),
        ({"patient": replace(CHILD, birth_date=LATER)}, {"/patient/birth_date"}),
        (
            {"patient": Patient(Relationship.SPOUSE)},
            {"/patient/first_name", "/patient/last_name", "/patient/birth_date"},
        ),
        ({"service_types": ()}, {"/service_types"}),
        ({"service_types": ("30",) * 100}, {"/service_types"}),
        ({"service_types": ("30",) * 99, "procedure": "H0015"}, {"/service_types"}),
        ({"trace": ""}, {"/trace"}),
    ],
)
def test_a_question_that_cannot_be_answered_is_not_asked(
    changed: dict[str, object], pointers: set[str]
) -> None:
    question: Question = replace(SUBSCRIBER, **changed)  # type: ignore[arg-type]

    with pytest.raises(BadInput) as refusal:
        write(question, replace(CONTROL, reference=""))

    assert set(refusal.value.errors) == pointers


def test_somebody_born_on_the_date_of_service_may_be_asked_about() -> None:
    born = replace(DEPENDENT.patient, birth_date=DEPENDENT.date_of_service)

    assert "DMG*D8*20261124*M~" in write(replace(DEPENDENT, patient=born), CONTROL)


@pytest.mark.parametrize(
    ("relationship", "code"),
    [(Relationship.SPOUSE, "01"), (Relationship.CHILD, "19"), (Relationship.OTHER, "34")],
)
def test_a_dependent_is_one_of_three_relations(relationship: Relationship, code: str) -> None:
    question = replace(DEPENDENT, patient=replace(DEPENDENT.patient, relationship=relationship))

    assert ["INS", "N", code] in split(write(question, CONTROL), STANDARD)


@pytest.mark.parametrize(
    ("question", "segments"),
    [
        (replace(SUBSCRIBER, subscriber=Member("Doe", None, id="W1", sex=Sex.MALE)), [["DMG", "", "", "M"]]),
        (replace(SUBSCRIBER, subscriber=Member("Doe", None, id="W1", sex=Sex.UNKNOWN)), []),
        (BY_SOCIAL_SECURITY_NUMBER, [["DMG", "D8", "19710302"]]),
        (BY_NAME_AND_BIRTH_DATE, [["DMG", "D8", "19710302"]]),
        (DEPENDENT, [["DMG", "D8", "19880412", "F"], ["DMG", "D8", "20091130", "M"]]),
    ],
)
def test_demographics_say_what_is_known_and_a_270_may_say(
    question: Question, segments: list[list[str]]
) -> None:
    assert [
        segment for segment in split(write(question, CONTROL), STANDARD) if segment[0] == "DMG"
    ] == segments


@pytest.mark.parametrize("name", ["first_name", "middle_name", "suffix", "group_number", "ssn"])
def test_empty_text_is_as_good_as_none(name: str) -> None:
    assert write(*with_member(**{name: ""})) == write(*with_member(**{name: None}))


def test_the_social_security_number_stays_at_home_when_there_is_a_member_id() -> None:
    assert "900000001" not in write(SUBSCRIBER, CONTROL)
    assert "REF*SY" not in write(SUBSCRIBER, CONTROL)
