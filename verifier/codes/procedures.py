"""The procedure codes of intensive outpatient programs and of what is billed beside them.

Labels are our own words: the texts of CPT belong to the American Medical Association.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from verifier.codes.table import read_rows


class Unit(StrEnum):
    """What one billed unit usually is; the contract decides."""

    DAY = "day"
    HOUR = "hour"
    QUARTER_HOUR = "quarter_hour"
    SESSION = "session"
    WEEK = "week"


class LevelOfCare(StrEnum):
    """What kind of treatment a code stands for."""

    IOP = "iop"
    PHP = "php"
    DAY_TREATMENT = "day_treatment"
    OUTPATIENT = "outpatient"
    COMPONENT = "component"  # inside a daily program rate, never beside it
    ADDITION = "addition"  # billed beside the program, not in its estimate
    LABORATORY = "laboratory"
    DETOXIFICATION = "detoxification"
    RESIDENTIAL = "residential"


class Procedure(NamedTuple):
    """One procedure code.

    ``track`` is ``sud``, ``mh`` or ``None`` for both. ``by_contract`` marks codes whose level of care differs
    from contract to contract. ``confirmed`` is false for what no source was found for.
    """

    code: str
    label: str
    unit: Unit
    track: str | None
    level: LevelOfCare
    by_contract: bool
    note: str
    source: str
    confirmed: bool


def find(code: str) -> Procedure | None:
    """Return the procedure of *code*, whatever its case; ``None`` for one that is not in the catalogue."""
    return _by_code().get(code.strip().upper())


def all_procedures() -> tuple[Procedure, ...]:
    """Return the whole catalogue, programs first."""
    return tuple(_by_code().values())


@cache
def _by_code() -> Mapping[str, Procedure]:
    return MappingProxyType({row["code"]: _read(row) for row in read_rows("procedures.tsv")})


def _read(row: dict[str, str]) -> Procedure:
    return Procedure(
        code=row["code"],
        label=row["label"],
        unit=Unit(row["unit"]),
        track=row["track"] or None,
        level=LevelOfCare(row["level"]),
        by_contract=row["by_contract"] == "yes",
        note=row["note"],
        source=row["source"],
        confirmed=row["confirmed"] == "yes",
    )
