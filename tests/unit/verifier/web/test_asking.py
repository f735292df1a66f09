"""The form of a new verification: its fields by payer, what it begins with, what becomes of it."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.consent import load_consent
from schemas.inquiry import load_inquiry
from verifier.model.health import CallWindow, PayerHealth, RouteHealth
from verifier.model.inquiry import Facility
from verifier.model.program import Offer, Weekday
from verifier.web.forms import Form
from verifier.web.staff.asking.fields import fields_for
from verifier.web.staff.asking.payer import describe_payer
from verifier.web.staff.asking.start import first_monday, to_consent, to_inquiry, usual_values
from verifier.web.staff.asking.typed import begin_with, join_matches

HOUSE = Facility(
    "riverbend",
    "Riverbend Recovery",
    "1234567893",
    schedule=Offer(weekdays=(Weekday.MON, Weekday.WED), weeks=6),
    programs=(Offer(code="S9480", billed_amount=Decimal("950.00")),),
)
PAYER: Any = SimpleNamespace(id="p", name="Some Plan", program="commercial", requires=("member.id",))
MINUTES, DAY = timedelta(minutes=15), timedelta(hours=24)


def names(program: str) -> set[str]:
    return {name.split(".")[0] for name in fields_for(program, (), [HOUSE])}


def test_a_field_the_payer_requires_is_not_called_optional() -> None:
    assert fields_for("commercial", (), [HOUSE])["member.id"].is_optional
    assert not fields_for("commercial", ("member.id",), [HOUSE])["member.id"].is_optional


@pytest.mark.parametrize(
    ("program", "has"), [("commercial", set()), ("tricare", {"tricare"}), ("va", {"va"}), ("champva", set())]
)
def test_only_the_payers_own_program_is_asked_about(program: str, has: set[str]) -> None:
    assert names(program) & {"tricare", "va"} == has


@pytest.mark.parametrize("program", ["commercial", "tricare", "va"])
def test_every_field_is_one_that_the_inquiry_has(program: str) -> None:
    beside = {"once", "consent"}
    fields = {name for name in fields_for(program, (), [HOUSE]) if name.split(".")[0] not in beside}
    empty: dict[str, Any] = {}
    for name in fields:
        *outer, last = name.split(".")
        place = empty
        for each in outer:
            place = place.setdefault(each, {})
        place[last] = object()
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its texts are looked at
        load_inquiry(empty)

    errors = caught.value.errors  # type: ignore[attr-defined]
    assert not [text for text in errors.values() if "is not a field here" in text]


def test_the_form_begins_with_what_the_facility_usually_does() -> None:
    values = usual_values(HOUSE, date(2026, 11, 26))

    assert values["program.code"] == ("S9480",)
    assert values["program.weekdays"] == ("mon", "wed")
    assert (values["program.weeks"], values["program.billed_amount"]) == (("6",), ("950.00",))
    assert values["program.start_date"] == ("2026-11-30",)


@pytest.mark.parametrize("day", [date(2026, 11, 23) + timedelta(days=each) for each in range(7)])
def test_a_program_begins_on_a_monday_that_leaves_time(day: date) -> None:
    first = first_monday(day)

    assert (first.weekday(), first - day >= timedelta(days=4)) == (0, True)


def test_an_untouched_patient_is_the_member_and_a_consent_is_no_part_of_the_question() -> None:
    fields = fields_for("commercial", (), [HOUSE])
    typed = {"payer": ("p",), "member.last_name": ("Avery",), "patient.relationship": ("self",)}
    form = Form(fields, usual_values(HOUSE, date(2026, 11, 26)) | typed | {"consent.method": ("on_paper",)})

    inquiry = load_inquiry(to_inquiry(form.data()))

    assert (inquiry.patient.last_name, inquiry.facility) == (None, "riverbend")
    assert to_consent(form.data(), "riverbend") is None


@pytest.mark.parametrize(
    ("patient", "name"),
    [
        ({"relationship": "self"}, "Avery"),
        (
            {"relationship": "child", "first_name": "Fern", "last_name": "Moss", "birth_date": "2010-01-01"},
            "Moss",
        ),
    ],
)
def test_a_consent_signed_at_the_desk_is_the_patients_and_for_payment_alone(
    patient: dict[str, str], name: str
) -> None:
    data = {
        "member": {"id": "X1", "first_name": "Jordan", "last_name": "Avery", "birth_date": "1988-04-12"},
        "patient": patient,
        "consent": {"name": "Jordan Avery", "method": "on_paper", "signed_on": "2026-11-20"},
    }

    consent = load_consent(to_consent(data, "riverbend"))

    assert (consent.patient.last_name, consent.facility) == (name, "riverbend")
    assert {each.value for each in consent.purposes} == {"payment"}
    assert consent.names("any-payer")


def health(rate: str | None, *, breaker: str | None = None, calls: int = 40) -> PayerHealth:
    window = CallWindow(MINUTES, calls, Decimal(rate) if rate else None, p50=1.25)
    few = CallWindow(DAY, 3)
    return PayerHealth("p", (window, few), (RouteHealth("caqh_core", (), breaker),))


@pytest.mark.parametrize(
    ("told", "reachable", "look", "words"),
    [
        (health("0.97"), True, "go", "answered 97% of 40 calls in 15 minutes, half of them within 1.2 s"),
        (health("0.50"), True, "caution", "answered 50%"),
        (health(None, calls=3), True, "unknown", "few calls lately"),
        (health("0.97", breaker="open"), True, "caution", "is failing now"),
        (health("0.97"), False, "stop", "no route"),
    ],
)
def test_how_a_payer_does_is_told_before_it_is_asked(
    told: PayerHealth, reachable: bool, look: str, words: str  # noqa: FBT001 - a column of the table
) -> None:  # fmt: skip
    chosen = describe_payer(PAYER, told, is_reachable=reachable)

    assert chosen.look == look
    assert words in chosen.condition


ROWS: Any = [
    SimpleNamespace(id="blue", name="Blue Cross of Louisiana", aliases=("BCBSLA",)),
    SimpleNamespace(id="comm", name="Simulated Commercial Health Plan", aliases=("Sim Commercial",)),
    SimpleNamespace(id="beh", name="Simulated Behavioral Health", aliases=()),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sim comm", ["comm"]),
        ("sim", ["comm", "beh"]),
        ("BLUE lou", ["blue"]),
        ("lou blue", []),
        ("bcbsl", ["blue"]),
        ("", []),
        ("  - ", []),
    ],
)
def test_while_somebody_types_the_beginnings_of_words_find_a_payer(text: str, found: list[str]) -> None:
    assert [payer.id for payer, _ in begin_with(ROWS, text, 8)] == found


def test_those_that_begin_so_come_first_and_each_comes_once() -> None:
    alike: Any = [
        SimpleNamespace(id=each, name=each, score=90.0, matched_on=each, reachable=True)
        for each in ("beh", "comm")
    ]

    joined = join_matches(begin_with(ROWS, "sim comm", 8), alike, ["comm"], 8)

    assert [(each.id, each.reachable) for each in joined] == [("comm", True), ("beh", True)]
