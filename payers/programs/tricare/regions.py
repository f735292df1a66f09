"""TRICARE's regions: which contractor serves a patient, by residence and day (``regions.toml``)."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from payers.programs.tricare.table import ROOM

ZIP_DIGITS: Final = 5
STATES_OF_NONE: Final = frozenset({"PR", "GU", "VI", "AS", "MP"})  # overseas program


class Contract(NamedTuple):
    """Who serves a region in a time; ``states`` is empty for the region that has all others."""

    region: str
    contractor: str
    begins: date
    ends: date | None
    states: frozenset[str]
    claims: str
    source: str

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on *day*."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Regions:
    """Every contract, and the ZIP codes that do not follow their state."""

    contracts: tuple[Contract, ...]
    uncertain: frozenset[str] = frozenset()  # states of which some ZIP codes belong to the other region
    zips: Mapping[str, str] = field(default_factory=dict)  # region by ZIP code

    def find(self, state: str | None, zip_code: str | None, day: date) -> Contract | None:
        """Return the contract that serves a residence on *day*; ``None`` where the residence is not known."""
        held = [contract for contract in self.contracts if contract.holds_on(day)]
        region = self.zips.get((zip_code or "")[:ZIP_DIGITS])
        if region:
            return next((each for each in held if each.region == region), None)
        if not state or state in STATES_OF_NONE:
            return None
        named = [each for each in held if state in each.states]
        return next(iter(named or [each for each in held if not each.states]), None)

    def is_uncertain(self, state: str | None, zip_code: str | None) -> bool:
        """Tell whether the ZIP code may belong to the other region than the state."""
        return state in self.uncertain and (zip_code or "")[:ZIP_DIGITS] not in self.zips


def read_regions(text: str) -> Regions:
    """Read the regions from TOML."""
    tables = tomllib.loads(text)
    carve_outs = tables.get("carve_out", [])
    return Regions(
        tuple(map(_read_contract, tables["contract"])),
        frozenset(state for each in carve_outs for state in each["states"]),
        MappingProxyType(dict(_list_zips(carve_outs))),
    )


def _read_contract(row: Mapping[str, Any]) -> Contract:
    return Contract(
        row["region"],
        row["contractor"],
        row["begins"],
        row.get("ends"),
        frozenset(row.get("states", ())),
        row["claims"],
        row["source"],
    )


def _list_zips(carve_outs: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for each in carve_outs:
        for region, codes in each.get("zips", {}).items():
            yield from ((code, region) for code in codes)


REGIONS: Final = read_regions((files(ROOM) / "regions.toml").read_text("utf-8"))
