"""The cost table of one year: cells by group, plan, beneficiary and network, each with status and source.

A file is tab-separated with the columns of `COLUMNS` and one row a cell. ``any`` in a column stands for every
value; ``value`` is dollars, or a rate as a fraction, and empty where the status is ``unknown``; ``source`` is
a key of ``sources.tsv`` or the citation itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.kit.citations import read_sources
from verifier.errors import BadInput
from verifier.model.findings import FigureStatus
from verifier.model.military import TricarePlan
from verifier.money import ONE, read_number

ROOM: Final = "payers.programs.tricare"
COLUMNS: Final = (
    "year",
    "group",
    "plan",
    "beneficiary",
    "network",
    "cost",
    "value",
    "status",
    "source",
)
ANY: Final = "any"
SPECIALTY: Final = "specialty"  # network copay a day: the row that holds partial hospitalization too
COINSURANCE: Final = "coinsurance"
CAP: Final = "cap_family"  # catastrophic cap a year
DEDUCTIBLES: Final = ("deductible_individual", "deductible_family")
INCREASE: Final = "retired_pay_increase"  # by which the amounts of Group B rise over those of the year before
POINT_OF_SERVICE: Final = "point_of_service"
PROTECTED: Final = "protected"  # medically retired or a survivor: older cap, no fee
FAMILY: Final = "active_duty_family"
JUNIOR: Final = "active_duty_family_e4"  # sponsor of pay grade E-4 or below
SENIOR: Final = "active_duty_family_e5"
RETIREE: Final = "retiree"
WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "group": frozenset({"A", "B", ANY}),
        "plan": frozenset({*TricarePlan, POINT_OF_SERVICE, ANY}),
        "beneficiary": frozenset({"active_duty", FAMILY, JUNIOR, SENIOR, RETIREE, PROTECTED, ANY}),
        "network": frozenset({"in", "out", ANY}),
        "cost": frozenset({SPECIALTY, COINSURANCE, CAP, *DEDUCTIBLES, INCREASE})
        | {f"{what}_{whom}" for what in ("enrollment", "premium") for whom in ("individual", "family")},
        "status": frozenset(FigureStatus),
    }
)
RATES: Final = frozenset({COINSURANCE, INCREASE})
YEAR: Final = re.compile(r"20[1-9]\d", re.ASCII)
KEY_FORM: Final = re.compile(r"[A-Z0-9_]{2,9}")
FIRST_ROW: Final = 2  # the heading is line 1
NOT_FOUND: Final = "LOAD"


class Key(NamedTuple):
    """Which cell of a year's table."""

    group: str
    plan: str
    beneficiary: str
    network: str
    cost: str


class Cell(NamedTuple):
    """A figure, dollars or a rate, and how well it is known; ``value`` is ``None`` where it is unknown."""

    value: Decimal | None
    status: FigureStatus
    source: str  # the citation, or where to look the figure up


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one year."""

    year: int
    cells: Mapping[Key, Cell]

    def find(self, group: str, plan: str, beneficiaries: Sequence[str], network: str, cost: str) -> Cell:
        """Find the cell of the first of *beneficiaries* that has one; an unknown one where none has."""
        for key in map(
            Key._make, product((group, ANY), (plan,), (*beneficiaries, ANY), (network, ANY), (cost,))
        ):
            if key in self.cells:
                return self.cells[key]
        return Cell(None, FigureStatus.UNKNOWN, cite(NOT_FOUND))


def cite(key: str) -> str:
    """Return the citation that *key* stands for; a text that is no key is the citation itself."""
    return SOURCES.get(key, key)


def read_table(text: str) -> Table:
    """Read the file of one year.

    Raises:
        BadInput: ``errors`` names every row and column that a table does not have so.
    """
    heading, *lines = text.removeprefix("\ufeff").splitlines() or [""]
    if tuple(heading.split("\t")) != COLUMNS:
        raise BadInput("This is no TRICARE cost table.", {"/1": f"must be the columns {' '.join(COLUMNS)}"})
    rows = {number: line.split("\t") for number, line in enumerate(lines, FIRST_ROW) if line.strip()}
    errors = dict(_check_rows(rows))
    if errors:
        raise BadInput("This TRICARE cost table cannot be used.", errors)
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows.values()]
    cells = {_name_key(row): _read_cell(row) for row in named}
    return Table(int(named[0]["year"]), MappingProxyType(cells))


def _check_rows(rows: Mapping[int, Sequence[str]]) -> Iterator[tuple[str, str]]:
    if not rows:
        yield "/2", "must be a cell; the table has none"
    known: dict[Key, int] = {}
    year = next(iter(rows.values()), [""])[0]
    for number, cells in rows.items():
        if len(cells) != len(COLUMNS):
            yield f"/{number}", f"must have {len(COLUMNS)} columns"
            continue
        row = dict(zip(COLUMNS, cells, strict=True))
        yield from ((f"/{number}/{column}", trouble) for column, trouble in _check_row(row, year))
        first = known.setdefault(_name_key(row), number)
        if first != number:
            yield f"/{number}", f"is the cell of row {first} again"


def _check_row(row: Mapping[str, str], year: str) -> Iterator[tuple[str, str]]:
    if not YEAR.fullmatch(row["year"]) or row["year"] != year:
        yield "year", "must be one year, the same in every row"
    for column, words in WORDS.items():
        if row[column] not in words:
            yield column, f"must be one of {', '.join(sorted(words))}"
    if trouble := _check_value(row):
        yield "value", trouble
    if not row["source"].strip() or (KEY_FORM.fullmatch(row["source"]) and row["source"] not in SOURCES):
        yield "source", "must be a citation, or one of the keys the shipped tables use"


def _check_value(row: Mapping[str, str]) -> str | None:
    text, is_rate = row["value"], row["cost"] in RATES
    if row["status"] == FigureStatus.UNKNOWN:
        return "must be empty where the status is unknown" if text else None
    number = read_number(text)
    if number is None or number < 0 or (is_rate and number >= ONE):
        return "must be a rate from 0 to 1" if is_rate else "must be dollars"
    exponent = number.as_tuple().exponent
    too_fine = not is_rate and isinstance(exponent, int) and exponent < -2  # noqa: PLR2004 - cents
    return "must be dollars and cents" if too_fine else None


def _name_key(row: Mapping[str, str]) -> Key:
    return Key(*(row[column] for column in Key._fields))


def _read_cell(row: Mapping[str, str]) -> Cell:
    value = Decimal(row["value"]) if row["value"] else None
    return Cell(value, FigureStatus(row["status"]), cite(row["source"]))


SOURCES: Final = read_sources(ROOM)
