"""The index rule against what was printed, and what becomes of a year it does not fit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from payers.programs.tricare.index import SHIPPED
from payers.programs.tricare.shelf import Shelf, read_shipped
from payers.programs.tricare.table import Cell, Key, Table
from verifier.model.findings import FigureStatus

YEARS = (2024, 2025, 2026)
COPAY = Key("B", "select", "retiree", "in", "specialty")
CAP = Key("B", "select", "retiree", "any", "cap_family")
INCREASE = Key("any", "any", "any", "any", "retired_pay_increase")

# printed amounts of Group B, with their base of 2018
PRINTED = {
    # Health Net Federal Services, 2024
    2024: [
        *((50, 62), (100, 125), (150, 188), (300, 377), (1000, 1256), (15, 18), (25, 31), (40, 50), (60, 75)),
        *((3500, 4399), (20, 25), (30, 37), (80, 100)),
    ],
    # secure.military.com and world-today-news.com
    2025: [(50, 64), (100, 128), (150, 193), (300, 386)],
    # world-today-news.com and 365.military.com
    2026: [
        *((50, 66), (100, 132), (150, 198), (300, 397), (600, 794), (3500, 4635), (25, 33), (40, 52)),
        (175, 231),
    ],
}
MISSES = {(2021, 150): (153, 158), (2026, 80): (103, 105)}  # printed, and what the rule gives


@pytest.mark.parametrize(
    ("year", "base", "printed"),
    [(year, base, amount) for year, pairs in PRINTED.items() for base, amount in pairs],
)
def test_the_index_rule_gives_what_is_printed(year: int, base: int, printed: int) -> None:
    assert SHIPPED.work_out(Decimal(base), 2018, year) == printed


@pytest.mark.parametrize(("where", "amounts"), MISSES.items(), ids=str)
def test_two_printed_amounts_look_like_mistakes_of_their_pages(
    where: tuple[int, int], amounts: tuple[int, int]
) -> None:
    year, base = where
    printed, derived = amounts

    assert SHIPPED.work_out(Decimal(base), 2018, year) == derived != printed


def test_the_factors_are_those_of_the_published_increases() -> None:
    factors = [SHIPPED.factor(2018, year) for year in YEARS]

    assert [round(factor, 6) for factor in factors if factor] == [
        Decimal("1.256902"),
        Decimal("1.288325"),
        Decimal("1.324398"),
    ]
    assert SHIPPED.factor(2018, 2027) is None


@pytest.mark.parametrize("year", YEARS)
def test_the_rule_gives_every_printed_cell_of_the_shipped_tables(year: int) -> None:
    assert list(SHIPPED.find_misses(read_shipped()[year])) == []


def a_year(year: int, increase: str | None, **cells: Cell) -> Table:
    own = {INCREASE: Cell(Decimal(increase), FigureStatus.PRINTED, "a notice")} if increase else {}
    return Table(year, own | {{"copay": COPAY, "cap": CAP}[name]: cell for name, cell in cells.items()})


def test_a_new_year_is_filled_in_once_its_increase_is_known() -> None:
    # 4,635 of 2026 was 3,500 x 1.324398; with 2 % more the factor is 1.350886, and 40 x 1.350886 is 54.03
    filled = SHIPPED.complete(a_year(2027, "0.02"))

    assert filled.cells[COPAY][:2] == (Decimal(54), FigureStatus.DERIVED)
    assert filled.cells[CAP].value == 4728


def test_without_the_increase_nothing_is_filled_in() -> None:
    bare = a_year(2027, None)

    assert SHIPPED.complete(bare) == bare
    assert bare.find("B", "select", ("retiree",), "in", "specialty")[:2] == (None, FigureStatus.UNKNOWN)


def test_a_printed_amount_that_the_rule_does_not_give_discredits_it_for_the_year() -> None:
    printed = Cell(Decimal(55), FigureStatus.PRINTED, "a notice")
    table = a_year(2027, "0.02", copay=printed)

    assert list(SHIPPED.find_misses(table)) == [COPAY]
    assert SHIPPED.complete(table) == table


def test_what_a_table_knows_itself_stays_and_what_it_does_not_is_filled_in() -> None:
    unconfirmed = Cell(Decimal(55), FigureStatus.UNCONFIRMED, "a blog")
    unknown = Cell(None, FigureStatus.UNKNOWN, "a page")

    filled = SHIPPED.complete(a_year(2027, "0.02", copay=unconfirmed, cap=unknown))

    assert filled.cells[COPAY] == unconfirmed
    assert filled.cells[CAP][:2] == (Decimal(4728), FigureStatus.DERIVED)


def test_an_increase_missing_on_the_way_breaks_the_rule() -> None:
    known = {year: rate for year, rate in SHIPPED.increases.items() if year != 2022}

    assert replace(SHIPPED, increases=known).work_out(Decimal(40), 2018, 2026) is None


def test_no_cell_without_a_base_is_ever_filled_in() -> None:
    unknown = Key("A", "select", "retiree", "in", "specialty")

    for year in YEARS:
        table = Shelf().find(year)
        assert table is not None
        assert table.cells[unknown].value is None
