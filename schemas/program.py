"""The JSON of a planned program of sessions."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, validates_schema

from schemas.amounts import Money, Quantity
from schemas.fields import PROCEDURE_CODE, Count, Several, Text, Word
from schemas.record import Record, load
from schemas.times import Day
from verifier.model.program import WEEKDAYS, Program, Weekday

MOST_SESSIONS: Final = 400  # more than a session a day for a year is no program


class ProgramSchema(Record):
    """A planned course of sessions, at most one a day; amounts are dollars for one whole session."""

    model: ClassVar[type] = Program

    code = Text(
        5,
        required=True,
        pattern=PROCEDURE_CODE,
        form='a HCPCS or CPT code like "H0015"',
        metadata={"description": "HCPCS or CPT code of the program", "examples": ["H0015"]},
    )
    start_date = Day(required=True, metadata={"description": "Earliest day of the first session"})
    weekdays = Several(
        Word(Weekday), required=True, least=1, most=7, once=True, metadata={"description": "Days it meets"}
    )
    sessions = Count(1, MOST_SESSIONS, load_default=None, allow_none=True)
    weeks = Count(1, 520, load_default=None, allow_none=True)
    closed = Several(Day(), metadata={"description": "Days without a session"})
    hours_per_session = Quantity(24, load_default=None, allow_none=True)
    units_per_session = Quantity(1000)
    allowed_amount = Money(load_default=None, allow_none=True)
    billed_amount = Money(load_default=None, allow_none=True)
    place_of_service = Text(
        2, load_default=None, allow_none=True, pattern=r"\d\d", form='a two-digit code like "22"'
    )
    revenue_code = Text(
        4, load_default=None, allow_none=True, pattern=r"\d{4}", form='a four-digit code like "0905"'
    )

    length_is_given: ClassVar[bool] = True

    @validates_schema
    def count_sessions(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse a program without a length, or with two lengths that disagree."""
        sessions, weeks, days = data["sessions"], data["weeks"], len(data["weekdays"])
        if sessions is None and weeks is None and self.length_is_given:
            raise ValidationError("say how long the program is: sessions, or weeks", "sessions")
        if weeks is not None and weeks * days > MOST_SESSIONS:
            raise ValidationError(f"makes more than {MOST_SESSIONS} sessions", "weeks")
        if days and sessions is not None and weeks is not None and sessions != weeks * days:
            raise ValidationError(
                f"disagrees with {weeks} weeks of {days} weekdays; give one of them", "sessions"
            )

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Put the weekdays in the order of the week."""
        return super().arguments(data | {"weekdays": sorted(data["weekdays"], key=WEEKDAYS.index)})


class PlannedProgramSchema(ProgramSchema):
    """A program of a facility, which knows its usual days and length; they may be left out."""

    length_is_given = False

    weekdays = Several(
        Word(Weekday),
        load_default=list,
        least=1,
        most=7,
        once=True,
        metadata={"description": "Days it meets; else the facility's usual ones"},
    )


def load_program(data: object) -> Program:
    """Load a program.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    return load(PROGRAM, data)  # type: ignore[no-any-return]


PROGRAM: Final = ProgramSchema()
