"""Places of service (CMS code set) where a program may be given, and the ones it never is."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from verifier.codes.table import read_rows


class PlaceSetting(StrEnum):
    """What kind of place it is, as far as benefits differ by it."""

    FACILITY = "facility"  # outpatient
    OFFICE = "office"
    TELEHEALTH = "telehealth"
    RESIDENTIAL = "residential"
    OTHER = "other"


class PlaceOfService(NamedTuple):
    """One place of service code."""

    code: str
    label: str
    setting: PlaceSetting
    note: str
    source: str
    confirmed: bool


def find(code: str) -> PlaceOfService | None:
    """Return the place of *code*, with or without its leading zero; ``None`` for one not in the table."""
    return _by_code().get(code.strip().zfill(2))


def all_places_of_service() -> tuple[PlaceOfService, ...]:
    """Return every place in the table."""
    return tuple(_by_code().values())


@cache
def _by_code() -> Mapping[str, PlaceOfService]:
    return MappingProxyType({row["code"]: _read(row) for row in read_rows("places_of_service.tsv")})


def _read(row: dict[str, str]) -> PlaceOfService:
    return PlaceOfService(
        code=row["code"],
        label=row["label"],
        setting=PlaceSetting(row["setting"]),
        note=row["note"],
        source=row["source"],
        confirmed=row["confirmed"] == "yes",
    )
