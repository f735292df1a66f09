"""Rows as CSV (RFC 4180) for spreadsheets, in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MARK: Final = "'"  # before a cell, tells a spreadsheet that it is text


def write_csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows below their heading, in UTF-8 with the mark by which spreadsheets know it.

    A cell that begins as a formula does, be it after spaces, is given a mark of text before it.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="backslashreplace")


def _harmless(cell: str) -> str:
    cell = cell.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return MARK + cell if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA) else cell
