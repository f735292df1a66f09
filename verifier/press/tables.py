"""How a table is set: its heading again on each page, no row torn apart, amounts to the right."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from verifier.model.paper import Cell, Column, Grid
from verifier.press.flow import Element, Flow, height_of, wrap
from verifier.press.ink import ACCENT, ACROSS, CELL, LABEL, LEFT, RULE, SMALL, Style
from verifier.press.letters import width

PAD: Final = 5.0  # left and right of a cell
LONGEST_CELL: Final = 900  # letters; so a row always fits a page


class Slot(NamedTuple):
    """Where a column stands, how wide it is, and whether it is set to the right."""

    x: float
    across: float
    to_right: bool


class Block(NamedTuple):
    """Lines in one style, one below the other."""

    lines: list[str]
    style: Style

    @property
    def height(self) -> float:
        """Tell how high they are."""
        return height_of(self.lines, self.style)


Row = list[list[Block]]  # of each cell: its text, and its note


def set_grid(flow: Flow, grid: Grid) -> None:
    """Set a table."""
    slots = _slots(grid.columns)
    node = flow.root.add("Table", grid.caption)
    pairs = list(zip(grid.columns, slots, strict=True))
    heading = [[Block(wrap(column.title, LABEL, slot.across), LABEL)] for column, slot in pairs]
    rows = [[_blocks(cell, slot) for cell, slot in zip(cells, slots, strict=True)] for cells in grid.rows]
    flow.need(sum(map(_height, (heading, *rows[:1]))))
    _set_heading(flow, node.add("TR"), slots, heading)
    for row in rows:
        if flow.need(_height(row)):
            _set_heading(flow, None, slots, heading)
        _set_row(flow, node.add("TR"), slots, row, "TD")
        flow.rule(flow.y, LEFT, ACROSS, RULE)
    flow.y -= 8


def _slots(columns: Sequence[Column]) -> list[Slot]:
    whole = sum(column.share for column in columns)
    slots, x = [], LEFT
    for column in columns:
        across = ACROSS * column.share / whole
        slots.append(Slot(x + PAD, across - 2 * PAD, column.is_numeric))
        x += across
    return slots


def _blocks(cell: Cell, slot: Slot) -> list[Block]:
    style = CELL.weighing(cell.weight)
    parts = ((cell.text, style), (cell.note, SMALL))
    return [Block(wrap(text, look, slot.across, LONGEST_CELL), look) for text, look in parts]


def _height(row: Row) -> float:
    return 6 + max(sum(block.height for block in blocks) for blocks in row)


def _set_heading(flow: Flow, node: Element | None, slots: Sequence[Slot], heading: Row) -> None:
    _set_row(flow, node, slots, heading, "TH")
    flow.rule(flow.y, LEFT, ACROSS, ACCENT)


def _set_row(flow: Flow, node: Element | None, slots: Sequence[Slot], row: Row, tag: str) -> None:
    for slot, blocks in zip(slots, row, strict=True):
        cell, y = node.add(tag) if node else None, flow.y - 3
        for block in blocks:
            _set_block(flow, cell, slot, y, block)
            y -= block.height
    flow.y -= _height(row)


def _set_block(flow: Flow, cell: Element | None, slot: Slot, y: float, block: Block) -> None:
    style = block.style
    for line in block.lines:
        left = slot.x + (slot.across - width(line, style.face, style.size) if slot.to_right else 0)
        flow.line(cell, (left, y - style.size + 1), line, style)
        y -= style.leading
