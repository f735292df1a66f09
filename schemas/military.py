"""The JSON of what the admissions desk knows of a military or veteran patient."""

from typing import ClassVar, Final

from schemas.amounts import Quantity
from schemas.fields import Count, Flag, Part, Several, Text, Word
from schemas.record import Record
from schemas.times import BirthDay, Day
from verifier.model.military import (
    Beneficiary,
    EnlistmentGroup,
    StatusChange,
    TricareFacts,
    TricarePlan,
    VaFacts,
)

MOST_WAITING: Final = 1000
MOST_VISITS: Final = 1000
MOST_MINUTES: Final = 1440


class SponsorId(Text):
    """A sponsor's SSN, DoD ID or DBN: 9, 10 or 11 digits; written back as its last four only."""

    def __init__(self) -> None:
        """Fix the form."""
        super().__init__(
            11,
            form="a sponsor's SSN (9 digits), DoD ID (10) or DoD benefits number (11)",
            pattern=r"\d{3}-?\d{2}-?\d{4}|\d{10,11}",
            load_default=None,
            allow_none=True,
            metadata={
                "description": "SSN, DoD ID or DBN; given back as its last four digits only",
                "pattern": r"^(\d{3}-?\d{2}-?\d{4}|\d{10,11}|\*{5,7}\d{4})$",
            },
        )

    def read(self, value: object) -> str:
        """Keep the digits."""
        return super().read(value).replace("-", "")

    def write(self, value: str) -> str:
        """Show the last four digits."""
        return f"{'*' * (len(value) - 4)}{value[-4:]}"


def _text(longest: int, *, form: str = "", pattern: str = "", description: str = "") -> Text:
    metadata = {"description": description} if description else {}
    return Text(longest, form=form, pattern=pattern, load_default=None, allow_none=True, metadata=metadata)


def _flag(description: str) -> Flag:
    return Flag(load_default=None, allow_none=True, metadata={"description": description})


def _count(most: int, description: str) -> Count:
    return Count(0, most, load_default=None, allow_none=True, metadata={"description": description})


def _day(description: str) -> Day:
    return Day(load_default=None, allow_none=True, metadata={"description": description})


def _state() -> Text:
    return _text(2, form='two capital letters like "LA"', pattern="[A-Z]{2}", description="Of residence")


def _zip() -> Text:
    return _text(10, form='a ZIP code like "70420"', pattern=r"\d{5}(-\d{4})?", description="Of residence")


class StatusChangeSchema(Record):
    """From a day on the patient is another kind of beneficiary: activation, retirement, a death."""

    model: ClassVar[type] = StatusChange

    date = Day(required=True)
    beneficiary = Word(Beneficiary, required=True)
    plan = Word(TricarePlan, nullable=True, load_default=None)


class TricareSchema(Record):
    """What decides a TRICARE patient's costs and no reply carries; ``null``: nobody said."""

    model: ClassVar[type] = TricareFacts

    sponsor_id = SponsorId()
    plan = Word(TricarePlan, nullable=True, load_default=None)
    beneficiary = Word(Beneficiary, nullable=True, load_default=None)
    group = Word(
        EnlistmentGroup,
        nullable=True,
        load_default=None,
        metadata={"description": "A: the sponsor first enlisted before 2018-01-01"},
    )
    enlisted_on = BirthDay(
        load_default=None, allow_none=True, metadata={"description": "The sponsor's first enlistment"}
    )
    is_junior_enlisted = _flag("The sponsor is E-4 or below")
    network = _flag("The facility is in the contractor's network")
    has_referral = _flag("The primary care manager referred the patient")
    has_medicare = _flag("The patient has Medicare")
    medicare_covers = _flag("Medicare pays this facility's program")
    state = _state()
    zip = _zip()
    changes = Several(Part(StatusChangeSchema), most=10)
    transitional_from = _day("First day of transitional assistance (TAMP)")
    survivor_since = _day("The day the sponsor died on active duty")


class VaSchema(Record):
    """What the referral and the Veteran say, and no interface tells a provider; ``null``: nobody said."""

    model: ClassVar[type] = VaFacts

    referral_number = _text(40, description="As the VA wrote it")
    referral_begins = _day("First day of the authorized episode of care")
    referral_ends = _day("Last day of the authorized episode of care")
    visits_authorized = _count(MOST_VISITS, "Visits of the authorized episode of care")
    visits_used = _count(MOST_VISITS, "Of these, visits used already")
    priority_group = _text(1, form='a group from "1" to "8"', pattern="[1-8]")
    service_connected_percent = _count(100, "Combined disability rating")
    is_service_connected_care = _flag("The condition treated is service-connected")
    is_copay_exempt = _flag("Exempt by special authority, catastrophic disability, former POW and the like")
    mental_health_visits_this_year = _count(MOST_VISITS, "Outpatient mental-health and SUD visits so far")
    is_acute_crisis = _flag("Acute suicidal crisis (COMPACT Act)")
    icn = _text(
        17,
        form="an integration control number: ten digits, V, six digits",
        pattern=r"\d{10}V\d{6}",
        description="Integration control number",
    )
    access_token = Text(
        8192,
        load_default=None,
        allow_none=True,
        load_only=True,
        metadata={"description": "The Veteran's consent; used once, neither kept nor given back"},
    )
    state = _state()
    drive_minutes = Quantity(MOST_MINUTES, load_default=None, allow_none=True)
    street = _text(100, description="Of residence; VA may find the Veteran by it")
    city = _text(60, description="Of residence")
    zip = _zip()
    wait_days = _count(MOST_WAITING, "Days until the first appointment VA offers for this care")
