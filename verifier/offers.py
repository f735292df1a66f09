"""Offers: how a facility runs its programs, and what an inquiry leaves out, taken from them.

::

    [facilities.abita-springs.schedule]
    weekdays = ["mon", "wed", "fri"]
    weeks = 8

    [[facilities.abita-springs.programs]]
    code = "H0015"
    hours_per_session = "3"
    billed_amount = "950.00"
    revenue_code = "0906"
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, Final

from verifier.model.inquiry import Facility
from verifier.model.program import Offer, Program, Weekday

MOST_WEEKS: Final = 52

Fits = Callable[[object], bool]


def _text(pattern: str) -> Fits:
    form = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _is_week(value: object) -> bool:
    days = set(Weekday)
    return isinstance(value, list | tuple) and bool(value) and all(day in days for day in value)


FORMS: Final[Mapping[str, Fits]] = {
    "code": _text(r"[A-Z]\d{4}|\d{4}[0-9A-Z]"),
    "weekdays": _is_week,
    "weeks": lambda value: type(value) is int and 0 < value <= MOST_WEEKS,
    "hours_per_session": _text(r"\d{1,2}(\.\d{1,2})?"),
    "billed_amount": _text(r"\d{1,6}\.\d{2}"),
    "place_of_service": _text(r"\d{2}"),
    "revenue_code": _text(r"\d{4}"),
}
BUILT: Final[Mapping[str, Callable[[Any], object]]] = {
    "weekdays": lambda days: tuple(day for day in Weekday if day in days),
    "hours_per_session": Decimal,
    "billed_amount": Decimal,
}


def read_offer(table: object) -> Offer:
    """Build an offer of plain values.

    Raises:
        ValueError: a value has another form, or a name is unknown; the text names it.
    """
    if not isinstance(table, Mapping):
        raise ValueError("no table")  # noqa: TRY004 - a value of the file, as the others
    for name, value in table.items():
        if name not in FORMS or not FORMS[name](value):
            raise ValueError(name)
    built: dict[str, Any] = {name: BUILT.get(name, _same)(value) for name, value in table.items()}
    return Offer(**built)


def dump_offer(offer: Offer) -> dict[str, object]:
    """Write an offer as the plain values it is read from."""
    given = {field.name: getattr(offer, field.name) for field in fields(offer)}
    return {name: _plain(value) for name, value in given.items() if value not in {None, ()}}


def fill_in(program: Program, facility: Facility) -> Program:
    """Take what *program* leaves out from the facility's offer of its code, else from its usual schedule."""
    same_code = [offer for offer in facility.programs if offer.code == program.code.upper()]
    for offer in (*same_code[:1], facility.schedule):
        program = _take(program, offer) if offer else program
    return replace(program, place_of_service=program.place_of_service or facility.place_of_service)


def _take(program: Program, offer: Offer) -> Program:
    has_length = program.sessions is not None or program.weeks is not None
    return replace(
        program,
        weekdays=program.weekdays or offer.weekdays,
        weeks=program.weeks if has_length else offer.weeks,
        hours_per_session=_first(program.hours_per_session, offer.hours_per_session),
        billed_amount=_first(program.billed_amount, offer.billed_amount),
        place_of_service=_first(program.place_of_service, offer.place_of_service),
        revenue_code=_first(program.revenue_code, offer.revenue_code),
    )


def _first(*values: Any) -> Any:  # noqa: ANN401 - any field of a program
    return next((value for value in values if value is not None), None)


def _same(value: object) -> object:
    return value


def _plain(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value
