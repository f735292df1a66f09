"""The fields of a facility: what it is, its usual schedule, and a row for each program that it offers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from verifier.codes.places_of_service import all_places_of_service
from verifier.facilities import STATES, dump_offers
from verifier.model.inquiry import Facility
from verifier.model.program import Weekday
from verifier.web.forms import LONGEST, Field, Form, table
from verifier.web.staff.asking.fields import CODES, Choices
from verifier.wording import plain

Texts = Mapping[str, tuple[str, ...]]

MOST_PROGRAMS: Final = 40
NOT_GIVEN: Final = ("", "Not given")
ZONES: Final = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
)
PLACES: Final = tuple((each.code, f"{each.code} · {each.label}") for each in all_places_of_service())
ID: Final = Field(
    "id", "Id", hint="As programs name it, such as abita-springs; it stays", is_optional=False, longest=64
)
IDENTITY: Final = (
    Field("name", "Name", hint="As payers know it", longest=60),
    Field("npi", "NPI", hint="Ten digits", longest=10),
    Field("tax_id", "Tax id", hint="Nine digits", is_optional=True, longest=10),
    Field("phone", "Telephone for patients", "tel", is_optional=True, longest=20),
    Field(
        "state",
        "State",
        "select",
        choices=(NOT_GIVEN, *((each, each) for each in STATES.split("|"))),
        is_optional=True,
    ),
    Field("time_zone", "Time zone", "select", choices=(NOT_GIVEN, *ZONES), is_optional=True),
    Field("place_of_service", "Place of service", "select", choices=(NOT_GIVEN, *PLACES), is_optional=True),
    Field(
        "part2",
        "A 42 CFR part 2 program",
        "check",
        hint="Its name alone says what its patients are treated for: no payer is asked without consent",
    ),
)
OFFER: Final = (
    Field(
        "weekdays",
        "Days it meets",
        "checkboxes",
        choices=[(str(day), plain(str(day)).capitalize()) for day in Weekday],
        is_optional=True,
    ),
    Field("weeks", "Weeks", "number", is_optional=True, longest=2),
    Field("hours_per_session", "Hours a session", "decimal", is_optional=True, longest=5),
    Field("billed_amount", "Billed a session", "money", is_optional=True, longest=12),
    Field("place_of_service", "Place of service", "select", choices=(NOT_GIVEN, *PLACES), is_optional=True),
    Field("revenue_code", "Revenue code", hint="Four digits, such as 0906", is_optional=True, longest=4),
)
CODE: Final = Field("code", "Program", "select", choices=(("", "Choose"), *CODES))
REMOVE: Final = Field("remove", "No longer offered", "check")
REVISION: Final = Field("revision", "", "hidden")
PROGRAM: Final = (CODE, *OFFER, REMOVE)
ROW: Final = re.compile(r"programs\.(\d{1,3})\.\w+", re.ASCII)


class Sent(Protocol):
    """What came with a form: several values by name."""

    def keys(self) -> Iterable[str]:
        """Name what came."""
        ...

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        ...


def show_facility(facility: Facility, revision: int) -> Form:
    """Return the form of a facility as it stands, and a row for one program more."""
    plain_values = {each.name: _texts(getattr(facility, each.name)) for each in IDENTITY}
    offers = dump_offers(facility)
    schedule = {f"schedule.{name}": _texts(value) for name, value in (offers["schedule"] or {}).items()}
    rows = [{name: _texts(value) for name, value in offer.items()} for offer in offers["programs"]]
    return _form((REVISION,), plain_values | schedule | {"revision": (str(revision),)}, rows)


def show_new() -> Form:
    """Return the form of a facility that is to be added."""
    return _form((ID,), {}, [])


def read_facility_form(sent: Sent, *, is_new: bool) -> Form:
    """Read what was sent; programs that are no longer offered, and rows that say nothing, are left out."""
    first = (ID,) if is_new else (REVISION,)
    names = [*(each.name for each in (*first, *IDENTITY)), *(f"schedule.{each.name}" for each in OFFER)]
    values = {name: _cut(sent, name) for name in names}
    numbers = sorted({int(found[1]) for key in sent.keys() if (found := ROW.fullmatch(key))})  # noqa: SIM118 - no mapping
    rows = [
        {each.name: _cut(sent, f"programs.{number}.{each.name}") for each in PROGRAM} for number in numbers
    ]
    return _form(first, values, [row for row in rows if _says_something(row)][:MOST_PROGRAMS])


def program_rows(form: Form) -> Sequence[int]:
    """Number the rows for programs; the last is empty."""
    return range(sum(name.endswith(f".{CODE.name}") for name in form.fields))


def to_facility(form: Form) -> dict[str, Any]:
    """Return the plain values that `verifier.facilities.read_facility` judges."""
    data: dict[str, Any] = form.data()
    programs = [_without(row, REMOVE.name) for row in data.pop("programs", {}).values()]
    values = _without(data, ID.name, REVISION.name) | {"programs": [row for row in programs if row]}
    if "tax_id" in values:
        values["tax_id"] = values["tax_id"].replace("-", "")
    return values


def _form(first: Sequence[Field], values: Texts, rows: Sequence[Texts]) -> Form:
    schedule = [replace(each, name=f"schedule.{each.name}") for each in OFFER]
    fields = [*first, *IDENTITY, *schedule]
    for number, row in enumerate([*rows, {}]):
        kept = PROGRAM if row else (CODE, *OFFER)
        fields += [replace(each, name=f"programs.{number}.{each.name}") for each in kept]
        values = {**values, **{f"programs.{number}.{name}": texts for name, texts in row.items()}}
    return Form(table(*(_with_present(each, values.get(each.name, ())) for each in fields)), values)


def _with_present(field: Field, texts: Iterable[str]) -> Field:
    """Let a choice hold what is there already, though the page would not offer it."""
    if field.way != "select":
        return field
    offered = {value for value, _ in field.choices}
    others: Choices = [(text, text) for text in texts if text not in offered]
    return replace(field, choices=(*field.choices, *others))


def _says_something(row: Texts) -> bool:
    removed = "yes" in row[REMOVE.name]
    return not removed and any(text.strip() for texts in row.values() for text in texts)


def _cut(sent: Sent, name: str) -> tuple[str, ...]:
    return tuple(text[:LONGEST] for text in sent.getlist(name))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    return () if value is None or value is False else ("yes",) if value is True else (str(value),)


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
