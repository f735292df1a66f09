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
no facility is about the first one.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from verifier.errors import BadInput
from verifier.model.inquiry import Facility
from verifier.offers import dump_offer, read_offer

NPI_DIGITS: Final = re.compile(r"[12]\d{9}", re.ASCII)
NPI_PREFIX: Final = "80840"  # ISO 7812: health application, United States; part of the checksum only
LARGEST_FILE: Final = 1_000_000
FORMS: Final = MappingProxyType(
    {
        "name": re.compile(r"[^\x00-\x1f]{1,60}"),
        "npi": NPI_DIGITS,
        "tax_id": re.compile(r"\d{9}", re.ASCII),
        "state": re.compile(r"[A-Z]{2}", re.ASCII),
        "place_of_service": re.compile(r"\d{2}", re.ASCII),
        "time_zone": re.compile(r"[A-Za-z]+(/[A-Za-z_]+){1,2}", re.ASCII),
        "part2": None,  # true or false
        "phone": re.compile(r"[+(]?\d[\d() .-]{5,17}\d", re.ASCII),
    }
)
OFFERS: Final = frozenset({"schedule", "programs"})
NEEDED: Final = frozenset({"name", "npi"})
FACILITY_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


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
    if not FACILITY_ID.fullmatch(name) or not isinstance(table, dict):
        raise ValueError("names a file with a facility id that is not lower case letters, digits and hyphens")
    offers = {key: table[key] for key in OFFERS & table.keys()}
    table = {key: value for key, value in table.items() if key not in offers}
    wrong = (table.keys() - FORMS.keys()) | (NEEDED - table.keys())
    wrong |= {key for key in table.keys() & FORMS.keys() if not _fits(key, table[key])}
    if wrong:
        raise ValueError(
            f"names a file whose facility {name} has a bad or missing {', '.join(sorted(wrong))}"
        )
    return Facility(id=name, **table, **_read_offers(name, offers))


def _read_offers(name: str, tables: Mapping[str, object]) -> Mapping[str, Any]:
    schedule, programs = tables.get("schedule"), tables.get("programs", [])
    try:
        return read_offers(schedule, programs)
    except (TypeError, ValueError) as error:
        raise ValueError(f"names a file whose facility {name} offers something bad: {error}") from error


def read_offers(schedule: object, programs: object) -> dict[str, Any]:
    """Build what a facility offers of plain values.

    Raises:
        ValueError: a value has another form.
    """
    if not isinstance(programs, list):
        raise ValueError("programs")  # noqa: TRY004 - a value of the file, as the others
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


def _fits(key: str, value: object) -> bool:
    form = FORMS[key]
    if form is None:
        return isinstance(value, bool)
    if not isinstance(value, str) or not form.fullmatch(value):
        return False
    return key != "npi" or is_npi(value)


def _luhn_sum(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(map(int, digits[::-2])) + sum(doubled)
