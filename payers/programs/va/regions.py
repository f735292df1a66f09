"""The regions of VA's community care network and who administers each: by the state the Veteran lives in."""

from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.programs.va.copays import ROOM
from verifier.codes.table import read_rows


class Administrator(NamedTuple):
    """Who takes the claims of a region, and the payer id that third parties' lists have for it."""

    name: str
    payer: str  # its id in the payer directory
    payer_id: str


OPTUM: Final = Administrator("Optum Serve", "va-ccn-optum", "VACCN")
TRIWEST: Final = Administrator("TriWest Healthcare Alliance", "va-ccn-triwest", "TWVACCN")
ADMINISTRATORS: Final = MappingProxyType({1: OPTUM, 2: OPTUM, 3: OPTUM, 4: TRIWEST, 5: TRIWEST})


def find_region(state: str) -> int | None:
    """Return the region of a *state* or territory, by its two letters; ``None`` for any other text."""
    return _read_regions().get(state.upper())


@cache
def _read_regions() -> dict[str, int]:
    return {row["state"]: int(row["region"]) for row in read_rows("regions.tsv", ROOM)}
