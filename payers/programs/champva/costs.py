"""CHAMPVA's published figures by calendar year, each with its status and source.

The table is ``costs.tsv``: one row a figure. A year without rows has no figures, and no other year's do.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final

from payers.kit.citations import read_sources
from verifier.codes.table import read_rows
from verifier.model.estimate import Accumulator, AccumulatorPair, Figure, Terms
from verifier.model.findings import FigureStatus, Rule
from verifier.model.vocabulary import Network

PROGRAM: Final = "champva"
ROOM: Final = "payers.programs.champva"
SOURCES: Final = read_sources(ROOM)


class Cost(StrEnum):
    """The figures of a year, by the name of their row."""

    DEDUCTIBLE = "deductible_individual"
    FAMILY_DEDUCTIBLE = "deductible_family"
    SHARE = "coinsurance"
    CAP = "cap_family"


WORDS: Final = {
    Cost.DEDUCTIBLE: "individual deductible a year",
    Cost.FAMILY_DEDUCTIBLE: "family deductible a year",
    Cost.SHARE: "patient's share of the allowed amount, outpatient",
    Cost.CAP: "catastrophic cap of the family a year",
}


def find_figures(year: int) -> tuple[Figure, ...]:
    """List the figures of *year*; one without a value, with where to load from, when the year has none."""
    missing = Rule(PROGRAM, year, FigureStatus.UNKNOWN, cite("LOAD"))
    return tuple(_read_table().get(year, {}).values()) or (Figure("CHAMPVA costs", None, missing),)


def find_terms(year: int) -> Terms | None:
    """Put the figures of *year* together; ``None`` when it has none.

    The deductible is taken to count to the cap, which was read nowhere. CHAMPVA has no network, and its
    allowed amount is payment in full (38 USC 1781(e)).
    """
    figures = _read_table().get(year)
    if figures is None:
        return None
    amounts = {cost: Decimal(figure.value or "") for cost, figure in figures.items()}
    return Terms(
        Network.UNKNOWN,
        deductible=AccumulatorPair(_whole(amounts[Cost.DEDUCTIBLE]), _whole(amounts[Cost.FAMILY_DEDUCTIBLE])),
        out_of_pocket=AccumulatorPair(family=_whole(amounts[Cost.CAP])),
        coinsurance=amounts[Cost.SHARE],
    )


def cite(key: str) -> str:
    """Return the citation that ``sources.tsv`` has under *key*."""
    return SOURCES[key]


@cache
def _read_table() -> Mapping[int, Mapping[Cost, Figure]]:
    years: dict[int, dict[Cost, Figure]] = {}
    for row in read_rows("costs.tsv", ROOM):
        cost, year = Cost(row["cost"]), int(row["year"])
        rule = Rule(PROGRAM, year, FigureStatus(row["status"]), cite(row["source"]))
        years.setdefault(year, {})[cost] = Figure(WORDS[cost], row["value"], rule)
    return years


def _whole(amount: Decimal) -> Accumulator:
    return Accumulator(amount, amount)
