"""What leaves as CSV comes back cell by cell, and no cell of it is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from verifier.spreadsheet import FORMULA, write_csv


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ('say "no", please', 'say "no", please'),
        ("two\nlines", "two\nlines"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_take_for_a_formula_is_marked_as_text(cell: str, written: str) -> None:
    assert read(write_csv(["name"], [[cell]])) == [["name"], [written]]


def test_of_300_hostile_cells_none_begins_a_formula_and_none_ends_its_row() -> None:
    rows = read(write_csv(["name", "other"], [[text, "x"] for text in HOSTILE]))

    assert len(rows) == 301
    assert [row for row in rows if len(row) != 2 or row[0].lstrip().startswith(FORMULA)] == []


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_cells_come_back_whatever_stands_in_them(rows: list[list[str]]) -> None:
    back = read(write_csv(["a", "b"], rows))[1:]

    assert [len(row) for row in back] == [2] * len(rows)
    assert all(not cell.startswith(FORMULA) for row in back for cell in row)
