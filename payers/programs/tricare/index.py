"""The index rule: where no source prints an amount of Group B, the statute says how to work it out.

10 USC 1075(d)(2) and 1075a(b)(2): the amounts of the base year rise each year with retired pay and are
rounded down to the dollar, the remainder carried on; so an amount is the base times the product of all
increases since, rounded down. The rule is trusted in a year only if it gives every amount printed for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from functools import reduce
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.programs.tricare.table import ANY, INCREASE, ROOM, Cell, Key, Table, cite
from verifier.codes.table import read_rows
from verifier.model.findings import FigureStatus
from verifier.money import ONE


class Base(NamedTuple):
    """The amount a cell had in its base year."""

    amount: Decimal
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class Index:
    """Base amounts by cell, and by how much retired pay rose in each year."""

    bases: Mapping[Key, Base]
    increases: Mapping[int, Decimal]

    def factor(self, since: int, year: int) -> Decimal | None:
        """Multiply the increases after *since* up to *year*; ``None`` where one of them is not known."""
        years = range(since + 1, year + 1)
        if not self.increases.keys() >= set(years):
            return None
        return reduce(lambda product, each: product * (ONE + self.increases[each]), years, ONE)

    def work_out(self, amount: Decimal, since: int, year: int) -> Decimal | None:
        """Work out what *amount* of the year *since* has become in *year*."""
        factor = self.factor(since, year)
        return None if factor is None else (amount * factor).to_integral_value(ROUND_FLOOR)

    def complete(self, table: Table) -> Table:
        """Fill in the cells that *table* lacks or does not know, if the rule gives those that are printed."""
        derived = dict(self._learn(table).derive(table.year))
        if any(self.find_misses(table)):
            return table
        known = {key: cell for key, cell in table.cells.items() if cell.value is not None}
        return replace(table, cells=MappingProxyType({**table.cells, **derived, **known}))

    def find_misses(self, table: Table) -> Iterator[Key]:
        """Find the printed cells of *table* for which the rule gives another amount."""
        for key, cell in self._learn(table).derive(table.year):
            printed = table.cells.get(key)
            if printed and printed.status is FigureStatus.PRINTED and printed.value != cell.value:
                yield key

    def _learn(self, table: Table) -> "Index":
        """Take the increase of its year from *table*, if it has one."""
        own = table.cells.get(Key(ANY, ANY, ANY, ANY, INCREASE))
        if own is None or own.value is None:
            return self
        return replace(self, increases={**self.increases, table.year: own.value})

    def derive(self, year: int) -> Iterator[tuple[Key, Cell]]:
        """Work out every cell that has a base."""
        for key, base in self.bases.items():
            amount = self.work_out(base.amount, base.year, year) if base.year < year else None
            if amount is not None:
                source = f"{base.source}; ${base.amount} of {base.year} raised with retired pay"
                yield key, Cell(amount, FigureStatus.DERIVED, source)


def _read_bases() -> Iterator[tuple[Key, Base]]:
    for row in read_rows("bases.tsv", ROOM):
        key = Key(*(row[column] for column in Key._fields))
        yield key, Base(Decimal(row["base"]), int(row["year"]), cite(row["source"]))


SHIPPED: Final = Index(
    MappingProxyType(dict(_read_bases())),
    MappingProxyType({int(row["year"]): Decimal(row["rate"]) for row in read_rows("increases.tsv", ROOM)}),
)
