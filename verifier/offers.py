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
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Final

from verifier.model.inquiry import Facility
from verifier.model.program import Offer, Program, Weekday
from verifier.money import CENT

MOST_WEEKS: Final = 52

Fits = Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be, to judge it by and to say."""

    fits: Fits
    must: str


Rules = Mapping[str, Rule]


def text_rule(pattern: str, must: str) -> Rule:
    """Make the rule that a value is text of the form *pattern*."""
    form = re.compile(pattern, re.ASCII)
    return Rule(lambda value: isinstance(value, str) and form.fullmatch(value) is not None, must)


def find_faults(table: object, rules: Rules, needed: Collection[str] = ()) -> Mapping[str, str]:
    """Say of each value of *table* that breaks its rule, is unknown or missing what it must be."""
    if not isinstance(table, Mapping):
        return {"": "must be a table"}
    missing = {name: "must be given" for name in needed if name not in table}
    strange = {name: "is not known here" for name in table if name not in rules}
    bad = {name: rule.must for name, rule in rules.items() if name in table and not rule.fits(table[name])}
    return missing | strange | bad


def _is_week(value: object) -> bool:
    days = set(Weekday)
    return isinstance(value, list | tuple) and bool(value) and all(day in days for day in value)


FORMS: Final[Rules] = {
    "code": text_rule(r"[A-Z]\d{4}|\d{4}[0-9A-Z]", "must be a HCPCS or CPT code such as H0015"),
    "weekdays": Rule(_is_week, "must be days such as mon"),
    "weeks": Rule(
        lambda value: type(value) is int and 0 < value <= MOST_WEEKS,
        f"must be a number from 1 to {MOST_WEEKS}",
    ),
    "hours_per_session": text_rule(r"\d{1,2}(\.\d{1,2})?", "must be hours such as 3 or 3.5"),
    "billed_amount": text_rule(r"\d{1,6}(\.\d{2})?", "must be dollars such as 950.00"),
    "place_of_service": text_rule(r"\d{2}", "must be two digits"),
    "revenue_code": text_rule(r"\d{4}", "must be four digits such as 0906"),
}
BUILT: Final[Mapping[str, Callable[[Any], object]]] = {
    "weekdays": lambda days: tuple(day for day in Weekday if day in days),
    "hours_per_session": Decimal,
    "billed_amount": lambda text: Decimal(text).quantize(CENT),
}


def read_offer(table: Mapping[str, object]) -> Offer:
    """Build an offer of plain values, in which `find_faults` found none."""
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
