"""What VA bills Veterans: figures by day, each with the years it holds for, its status and its source.

The table is ``copays.tsv``: one row a figure; ``begins`` and ``ends`` are empty where nothing bounds it. A
day that no row holds for has no figure, and no other year's stands in.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from payers.kit.citations import read_sources
from verifier.codes.table import read_rows
from verifier.model.estimate import Figure
from verifier.model.findings import FigureStatus, Rule

ROOM: Final = "payers.programs.va"
SOURCES: Final = read_sources(ROOM)
PROGRAM: Final = "va"
PAGE: Final = "www.va.gov/health-care/copay-rates"  # where the figures of a new year stand


class Cell(StrEnum):
    """The figures there are."""

    SERVICE_CONNECTED_10 = "service_connected_10"
    PRIMARY_VISIT = "primary_visit"
    SPECIALTY_VISIT = "specialty_visit"
    FREE_VISITS = "free_visits"
    PRIORITY_1 = "priority_1"
    PRIORITY_2 = "priority_2"
    PRIORITY_3 = "priority_3"
    PRIORITY_4 = "priority_4"
    PRIORITY_5 = "priority_5"
    SERVICE_CONNECTED_CARE = "service_connected_care"
    SPECIAL_AUTHORITY = "special_authority"
    ACUTE_CRISIS = "acute_crisis"


WORDS: Final = {
    Cell.SERVICE_CONNECTED_10: "outpatient copay, service-connected rating of 10 % or more",
    Cell.PRIMARY_VISIT: "outpatient copay a day, primary care",
    Cell.SPECIALTY_VISIT: "outpatient copay a day, specialty care",
    Cell.FREE_VISITS: "outpatient mental health and SUD visits without copay a calendar year",
    Cell.PRIORITY_1: "outpatient copay, priority group 1",
    Cell.PRIORITY_2: "outpatient copay, priority group 2: a rating of 30 or 40 %",
    Cell.PRIORITY_3: "outpatient copay, priority group 3",
    Cell.PRIORITY_4: "outpatient copay, priority group 4",
    Cell.PRIORITY_5: "outpatient copay, priority group 5",
    Cell.SERVICE_CONNECTED_CARE: "copay for care of the service-connected condition itself",
    Cell.SPECIAL_AUTHORITY: "copay under special authority, of a former POW and the like",
    Cell.ACUTE_CRISIS: "copay for care in an acute suicidal crisis",
}


class Row(NamedTuple):
    """One figure and the days it holds for; ``None``: nothing bounds it."""

    cell: Cell
    begins: date | None
    ends: date | None
    figure: Figure

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on *day*."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


def find(cell: Cell, day: date) -> Figure:
    """Find the figure of *cell* on *day*; one without a value where none is loaded."""
    held = (row.figure for row in read_table() if row.cell is cell and row.holds_on(day))
    missing = Figure(WORDS[cell], None, Rule(PROGRAM, day.year, FigureStatus.UNKNOWN, PAGE))
    return next(held, missing)


def is_loaded(cell: Cell, day: date) -> bool:
    """Tell whether *cell* has a figure on *day*."""
    return find(cell, day).value is not None


def cite(key: str) -> str:
    """Return the citation that ``sources.tsv`` has under *key*."""
    return SOURCES[key]


@cache
def read_table() -> tuple[Row, ...]:
    """Read the table that is shipped."""
    return tuple(_read_table())


def _read_table() -> Iterator[Row]:
    for row in read_rows("copays.tsv", ROOM):
        cell, begins, ends = Cell(row["cell"]), _read_day(row["begins"]), _read_day(row["ends"])
        year = begins.year if begins and ends and begins.year == ends.year else None
        rule = Rule(PROGRAM, year, FigureStatus(row["status"]), cite(row["source"]))
        yield Row(cell, begins, ends, Figure(WORDS[cell], row["value"], rule))


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
