"""Revenue codes (NUBC) of behavioral health as a facility claim carries them."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from verifier.codes.table import read_rows


class RevenueCode(NamedTuple):
    """One revenue code: four digits, track (``sud``, ``mh`` or ``None``), level of care, usual procedures."""

    code: str
    label: str
    track: str | None
    level: str
    procedures: tuple[str, ...]
    source: str
    confirmed: bool


def find(code: str) -> RevenueCode | None:
    """Return the revenue code, written with or without its leading zero; ``None`` for another one."""
    return _by_code().get(code.strip().zfill(4))


def all_revenue_codes() -> tuple[RevenueCode, ...]:
    """Return every revenue code in the table."""
    return tuple(_by_code().values())


@cache
def _by_code() -> Mapping[str, RevenueCode]:
    return MappingProxyType({row["code"]: _read(row) for row in read_rows("revenue_codes.tsv")})


def _read(row: dict[str, str]) -> RevenueCode:
    return RevenueCode(
        code=row["code"],
        label=row["label"],
        track=row["track"] or None,
        level=row["level"],
        procedures=tuple(row["procedures"].split()),
        source=row["source"],
        confirmed=row["confirmed"] == "yes",
    )
