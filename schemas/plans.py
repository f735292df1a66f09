"""Two plans of care to compare: the parts of a program that staff vary while they talk to a patient."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final

from schemas.amounts import Money
from schemas.fields import Count, Part, Several, Word
from schemas.record import Record, load
from schemas.times import Day
from verifier.model.program import WEEKDAYS, Weekday
from verifier.model.vocabulary import Network


@dataclass(frozen=True, slots=True)
class PlanOfCare:
    """How often, how long, from when, at which price, in which network."""

    start_date: date
    weekdays: tuple[Weekday, ...]
    weeks: int
    network: Network
    allowed_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PlansOfCare:
    """The two that are compared."""

    a: PlanOfCare
    b: PlanOfCare


class PlanOfCareSchema(Record):
    """One plan of care."""

    model: ClassVar[type] = PlanOfCare

    start_date = Day(required=True)
    weekdays = Several(Word(Weekday), required=True, least=1, most=7, once=True)
    weeks = Count(1, 52, required=True)
    network = Word((Network.IN, Network.OUT, Network.UNKNOWN), required=True)
    allowed_amount = Money(load_default=None, allow_none=True)

    def arguments(self, data: dict[str, object]) -> dict[str, object]:
        """Put the weekdays in the order of the week."""
        days = data["weekdays"]
        assert isinstance(days, list)  # noqa: S101 - `Several` gives one
        return super().arguments(data | {"weekdays": sorted(days, key=WEEKDAYS.index)})


class PlansOfCareSchema(Record):
    """The two that are compared."""

    model: ClassVar[type] = PlansOfCare

    a = Part(PlanOfCareSchema, required=True)
    b = Part(PlanOfCareSchema, required=True)


def load_plans(data: object) -> PlansOfCare:
    """Load two plans of care.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    return load(PLANS, data)  # type: ignore[no-any-return]


PLANS: Final = PlansOfCareSchema()
