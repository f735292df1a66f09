"""The nightly list as CSV: one line a person, and each line by itself an entry or an error.

::

    facility,payer,member_id,first_name,last_name,birth_date,code,start_date,weekdays,weeks,frequency
    abita,sim-commercial,XQZ4410027,Marigold,Exampleton,1991-06-30,H0015,2026-12-07,mon wed fri,8,nightly

Further columns may be left out: those in `COLUMNS` that `NEEDED` does not name.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from schemas.roster import load_enrolment
from verifier.errors import BadInput, Forbidden, VerifierError
from verifier.model.roster import Entry

LARGEST_FILE: Final = 10 * 1024 * 1024  # bytes
COLUMNS: Final[Mapping[str, str]] = {
    "facility": "/inquiry/facility",
    "payer": "/inquiry/payer",
    "member_id": "/inquiry/member/id",
    "first_name": "/inquiry/member/first_name",
    "last_name": "/inquiry/member/last_name",
    "birth_date": "/inquiry/member/birth_date",
    "sex": "/inquiry/member/sex",
    "group_number": "/inquiry/member/group_number",
    "relationship": "/inquiry/patient/relationship",
    "patient_first_name": "/inquiry/patient/first_name",
    "patient_last_name": "/inquiry/patient/last_name",
    "patient_birth_date": "/inquiry/patient/birth_date",
    "network": "/inquiry/network",
    "consent_id": "/inquiry/consent_id",
    "code": "/inquiry/program/code",
    "start_date": "/inquiry/program/start_date",
    "weekdays": "/inquiry/program/weekdays",
    "weeks": "/inquiry/program/weeks",
    "allowed_amount": "/inquiry/program/allowed_amount",
    "frequency": "/frequency",
    "enrolled_on": "/enrolled_on",
    "discharged_on": "/discharged_on",
}
NEEDED: Final = frozenset({"payer", "last_name", "birth_date", "code", "start_date"})
COLUMN_OF: Final = {pointer: column for column, pointer in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was not taken: its line in the file, the column, and what is wrong with it."""

    line: int
    column: str
    problem: str


Row = tuple[int, Entry | tuple[RowError, ...]]


def read_sheet(content: bytes, *, today: date) -> Iterator[Row]:
    """Read a CSV file in UTF-8, with or without byte order mark: of each line its entry, or its errors.

    Raises:
        BadInput: it is no such file at all; nothing of it is taken.
    """
    lines = csv.DictReader(_text(content).splitlines(), strict=True)
    names = _names(lines)
    if not NEEDED <= set(names) <= COLUMNS.keys() or len(set(names)) != len(names):
        raise BadInput(
            f"The first line must name the columns {', '.join(sorted(NEEDED))}, "
            f"and may name of the others: {', '.join(sorted(COLUMNS.keys() - NEEDED))}."
        )
    return ((line, _read_row(line, cells, today)) for line, cells in _rows(lines))


def describe(line: int, fault: VerifierError | tuple[RowError, ...]) -> tuple[RowError, ...]:
    """Put what is wrong with a row into the words of the file; it names columns and repeats no value."""
    if isinstance(fault, tuple):
        return fault
    errors = fault.errors if isinstance(fault, BadInput) else {}
    found = tuple(
        RowError(line, COLUMN_OF.get(at, at.rpartition("/")[2]), text) for at, text in errors.items()
    )
    return found or (RowError(line, "facility" if isinstance(fault, Forbidden) else "", fault.detail),)


def _read_row(line: int, cells: Mapping[str, str] | None, today: date) -> Entry | tuple[RowError, ...]:
    if cells is None:
        return (RowError(line, "", "has more or fewer cells than the first line"),)
    try:
        return load_enrolment(_nest(cells), today=today)
    except BadInput as error:
        return describe(line, error)


def _nest(cells: Mapping[str, str]) -> dict[str, Any]:
    """Make of the cells that are not empty the JSON that one entry is sent as."""
    whole: dict[str, Any] = {}
    for column, text in cells.items():
        if text:
            *parents, name = COLUMNS[column].split("/")[1:]
            place = whole
            for each in parents:
                place = place.setdefault(each, {})
            place[name] = _value(column, text)
    return whole


def _value(column: str, text: str) -> object:
    if column == "weekdays":
        return text.lower().split()
    return int(text) if column == "weeks" and text.isascii() and text.isdigit() and len(text) <= 4 else text  # noqa: PLR2004 - more weeks than there are


def _rows(lines: "csv.DictReader[str]") -> Iterator[tuple[int, Mapping[str, str] | None]]:
    while True:
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error:
            yield lines.line_num, None
            continue
        broken = None in row or None in row.values()
        yield lines.line_num, None if broken else {name: text.strip() for name, text in row.items()}


def _names(lines: "csv.DictReader[str]") -> Sequence[str]:
    try:
        return lines.fieldnames or ()
    except csv.Error:
        return ()


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise BadInput("The file is larger than 10 MiB; split it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file is not in UTF-8; save it as CSV UTF-8.") from error
