"""`Program`: the treatment planned, as far as its cost depends on it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class Program:
    """A planned course of sessions; at most one session a day.

    ``sessions`` counts sessions; where it is ``None`` it is ``weeks`` times the number of weekdays.
    ``allowed_amount`` and ``billed_amount`` are dollars for one whole session whatever its units.
    """

    code: str
    start_date: date
    weekdays: tuple[Weekday, ...]
    sessions: int | None = None
    weeks: int | None = None
    closed: tuple[date, ...] = ()
    hours_per_session: Decimal | None = None
    units_per_session: Decimal = Decimal(1)
    allowed_amount: Decimal | None = None
    billed_amount: Decimal | None = None
    place_of_service: str | None = None
    revenue_code: str | None = None
    contract: str | None = None  # where the allowed amount comes from, when it is not the caller's word

    @property
    def session_count(self) -> int:
        """Count the planned sessions."""
        if self.sessions is not None:
            return self.sessions
        return (self.weeks or 0) * len(self.weekdays)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a facility runs the program of one billing code, or any program where ``code`` is ``None``."""

    code: str | None = None
    weekdays: tuple[Weekday, ...] = ()
    weeks: int | None = None
    hours_per_session: Decimal | None = None
    billed_amount: Decimal | None = None
    place_of_service: str | None = None
    revenue_code: str | None = None
