"""Facilities: read from a TOML file, or the one invented facility of a demonstration.

::

    [facilities.abita-springs]
    name = "Abita Springs Recovery"
    npi = "1234567893"
    tax_id = "000000000"
    state = "LA"
    place_of_service = "22"
    time_zone = "America/Chicago"
    phone = "(985) 555-0100"    # for patients
    part2 = true                # a 42 CFR part 2 program: its name alone says what is treated there

and what it offers, as `verifier.offers` reads it. Only ``name`` and ``npi`` are needed. An inquiry that names
no facility is about the first one. What the file says counts until somebody changes the facility on the
administrator's page; from then on what they said does (`verifier.ports.FacilityBook`).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from verifier.errors import BadInput
from verifier.model.inquiry import Facility
from verifier.offers import FORMS as OFFER_FORMS
from verifier.offers import Rule, Rules, dump_offer, find_faults, read_offer, text_rule

NPI_DIGITS: Final = re.compile(r"[12]\d{9}", re.ASCII)
NPI_PREFIX: Final = "80840"  # ISO 7812: health application, United States; part of the checksum only
LARGEST_FILE: Final = 1_000_000
STATES: Final = (
    "AK|AL|AR|AS|AZ|CA|CO|CT|DC|DE|FL|GA|GU|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MP|MS|MT|NC|ND|NE|NH|NJ|NM|"
    "NV|NY|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VA|VI|VT|WA|WI|WV|WY"
)
FACILITY_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
NEEDED: Final = ("name", "npi")
OFFERS: Final = ("schedule", "programs")
NO_ID: Final = "must be lower case letters, digits and hyphens, such as abita-springs"


def is_npi(text: str) -> bool:
    """Tell whether *text* is ten digits whose last is the Luhn check digit of an NPI (45 CFR 162.406)."""
    return bool(NPI_DIGITS.fullmatch(text)) and _luhn_sum(NPI_PREFIX + text) % 10 == 0


def demo_facilities() -> Mapping[str, Facility]:
    """Build the one invented facility that the payer simulator knows; its NPI is CMS's published example."""
    return MappingProxyType(
        {
            "abita-springs": Facility(
                "abita-springs", "Abita Springs Recovery", "1234567893", "000000000", "LA", "22"
            )
        }
    )


def choose_facility(facilities: Mapping[str, Facility], facility_id: str | None) -> Facility:
    """Return the facility; the first one when none is named.

    Raises:
        BadInput: there is none under this id.
    """
    wanted = facility_id if facility_id is not None else next(iter(facilities), "")
    if wanted not in facilities:
        pointer = {"/facility": "must be the id of a configured facility"}
        raise BadInput("There is no such facility here; see VERIFIER_FACILITIES.", pointer)
    return facilities[wanted]


def read_facilities(path: str) -> Mapping[str, Facility]:
    """Read the facilities of a TOML file, in its order.

    Raises:
        ValueError: the file cannot be read, or says something that no facility has.
    """
    tables = _read_toml(Path(path)).get("facilities")
    if not isinstance(tables, dict) or not tables:
        raise ValueError("names a file without a [facilities.<id>] table")
    return MappingProxyType({name: _read_facility(name, table) for name, table in tables.items()})


def _read_toml(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(LARGEST_FILE).decode())
    except OSError as error:
        raise ValueError(f"names a file that cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError("names a file that is no TOML") from error


def _read_facility(name: str, table: object) -> Facility:
    try:
        return read_facility(name, table if isinstance(table, dict) else {})
    except BadInput as error:
        if "/id" in error.errors:
            raise ValueError(f"names a file with a facility id that {NO_ID}") from error
        wrong = ", ".join(sorted(pointer[1:] for pointer in error.errors))
        raise ValueError(f"names a file whose facility {name} has a bad or missing {wrong}") from error


def read_facility(facility_id: str, values: Mapping[str, Any]) -> Facility:
    """Build a facility of plain values: those of the file's table, or of the page's form.

    Raises:
        BadInput: a value breaks its rule, is missing or is not known; ``errors`` names each.
    """
    plain = {name: value for name, value in values.items() if name not in OFFERS}
    faults = {f"/{name}": text for name, text in find_faults(plain, FORMS, NEEDED).items()}
    faults |= {} if FACILITY_ID.fullmatch(facility_id) else {"/id": NO_ID}
    faults |= _find_faults_of_offers(values.get("schedule"), values.get("programs", []))
    if faults:
        raise BadInput("This is no facility that payers would know.", faults)
    return Facility(
        id=facility_id, **plain, **read_offers(values.get("schedule"), values.get("programs", []))
    )


def _find_faults_of_offers(schedule: object, programs: object) -> Mapping[str, str]:
    if not isinstance(programs, list):
        return {"/programs": "must be a list"}
    found = {} if schedule is None else {"schedule": find_faults(schedule, OFFER_FORMS)}
    for index, each in enumerate(programs):
        found[f"programs/{index}"] = find_faults(each, OFFER_FORMS, ("code",)) or _find_twin(programs, index)
    return {
        f"/{place}/{name}".rstrip("/"): text
        for place, faults in found.items()
        for name, text in faults.items()
    }


def _find_twin(programs: Sequence[Any], index: int) -> Mapping[str, str]:
    before = [each.get("code") for each in programs[:index] if isinstance(each, Mapping)]
    return {"code": "is offered twice"} if programs[index]["code"] in before else {}


def read_offers(schedule: Any, programs: Sequence[Any]) -> dict[str, Any]:  # noqa: ANN401 - JSON that was judged
    """Build what a facility offers of plain values in which there is no fault."""
    return {
        "schedule": None if schedule is None else read_offer(schedule),
        "programs": tuple(read_offer(each) for each in programs),
    }


def dump_offers(facility: Facility) -> dict[str, Any]:
    """Write what a facility offers as plain values."""
    return {
        "schedule": dump_offer(facility.schedule) if facility.schedule else None,
        "programs": [dump_offer(offer) for offer in facility.programs],
    }


def find_differences(one: Facility, other: Facility) -> tuple[str, ...]:
    """Name the fields in which two descriptions of a facility differ."""
    names = (each.name for each in fields(Facility))
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def _is_zone(value: object) -> bool:
    if not isinstance(value, str) or not ZONE.fullmatch(value):
        return False
    try:
        return bool(ZoneInfo(value))
    except (OSError, ValueError, LookupError):  # what it raises differs with how the name is wrong
        return False


def _luhn_sum(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(map(int, digits[::-2])) + sum(doubled)


ZONE: Final = re.compile(r"[A-Za-z]+(/[A-Za-z_]+){1,2}", re.ASCII)
FORMS: Final[Rules] = MappingProxyType(
    {
        "name": text_rule(r"[^\x00-\x1f]{1,60}", "must be 1 to 60 characters in one line"),
        "npi": Rule(
            lambda value: isinstance(value, str) and is_npi(value),
            "must be ten digits, the last of which checks the others",
        ),
        "tax_id": text_rule(r"\d{9}", "must be nine digits"),
        "state": text_rule(STATES, "must be two capital letters such as LA"),
        "place_of_service": text_rule(r"\d{2}", "must be two digits"),
        "time_zone": Rule(_is_zone, "must be a time zone such as America/Chicago"),
        "part2": Rule(lambda value: isinstance(value, bool), "must be true or false"),
        "phone": text_rule(r"[+(]?\d[\d() .-]{5,17}\d", "must be a number such as (985) 555-0100"),
    }
)
