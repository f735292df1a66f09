"""Contract rates: read from a CSV file, and put into an inquiry that names no allowed amount.

::

    facility,payer,network,code,amount,valid_from,valid_to
    abita-springs,sim-commercial,in,H0015,325.00,2026-01-01,2026-12-31

``valid_to`` may be empty. A row that cannot be used is told of by its line, and costs nothing of the others.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from verifier.errors import BadInput
from verifier.model.contract import ContractRate
from verifier.model.inquiry import Inquiry
from verifier.model.vocabulary import Network
from verifier.money import write_amount
from verifier.ports import Contracts
from verifier.spreadsheet import write_csv

COLUMNS: Final = ("facility", "payer", "network", "code", "amount", "valid_from", "valid_to")
LARGEST_FILE: Final = 20_000_000  # bytes: a quarter of a million rows
CODE: Final = re.compile(r"[A-Z]\d{4}|\d{4}[0-9A-Z]", re.ASCII)
AMOUNT: Final = re.compile(r"\d{1,6}(\.\d{1,2})?", re.ASCII)
NETWORKS: Final = {"in": Network.IN, "out": Network.OUT}


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was not taken: its line in the file, the column, and what is wrong with it."""

    line: int
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rates of a file, and its rows that are none."""

    rates: tuple[ContractRate, ...]
    errors: tuple[RowError, ...]


def apply_contract(inquiry: Inquiry, contracts: Contracts) -> Inquiry:
    """Let the facility's contract say what a session is allowed, unless the inquiry does.

    The rate is that of the day the program starts; one of another network is none.
    """
    program = inquiry.program
    given = program.allowed_amount is not None and program.contract is None
    if given or inquiry.facility is None:
        return inquiry
    rate = contracts.rate(
        inquiry.facility, inquiry.payer, inquiry.network, program.code.upper(), program.start_date
    )
    amount, origin = (rate.amount, rate.origin) if rate else (None, None)
    return replace(inquiry, program=replace(program, allowed_amount=amount, contract=origin))


def read_rates(content: bytes, *, facilities: Collection[str], is_payer: Callable[[str], bool]) -> Sheet:
    """Read the rates of a CSV file in UTF-8, with or without byte order mark.

    Raises:
        BadInput: it is no such file at all; nothing of it is taken.
    """
    lines = csv.DictReader(_text(content).splitlines(), strict=True)
    if sorted(_names(lines)) != sorted(COLUMNS):
        raise BadInput(f"The first line must name the columns {', '.join(COLUMNS)}.")
    checks = _checks(facilities, is_payer)
    rates, errors = [], []
    for line, row in _rows(lines):
        wrong = list(_find_faults(line, row, checks))
        errors += wrong
        rates += [] if wrong else [_build(row)]
    return Sheet(tuple(rates), tuple(errors))


def write_rates(rates: Iterable[ContractRate]) -> bytes:
    """Write rates as the file that `read_rates` reads."""
    return write_csv(COLUMNS, map(_cells, rates))


def _cells(rate: ContractRate) -> tuple[str, ...]:
    days = (rate.valid_from.isoformat(), rate.valid_to.isoformat() if rate.valid_to else "")
    return (rate.facility, rate.payer, rate.network.value, rate.code, write_amount(rate.amount), *days)


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise BadInput("The file is larger than 20 MB; split it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file is not in UTF-8; save it as CSV UTF-8.") from error


def _names(lines: "csv.DictReader[str]") -> Sequence[str]:
    try:
        return lines.fieldnames or ()
    except csv.Error:
        return ()


def _rows(lines: "csv.DictReader[str]") -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        for row in lines:
            cells = {name: (row[name] or "").strip() for name in COLUMNS}
            yield lines.line_num, cells if None not in row else {}
    except csv.Error as error:
        raise BadInput(f"Line {lines.line_num + 1} is no CSV: a quotation mark is not closed.") from error


Check = Callable[[str], bool]


def _checks(facilities: Collection[str], is_payer: Check) -> Mapping[str, tuple[Check, str]]:
    return {
        "facility": (facilities.__contains__, "names no facility of this service"),
        "payer": (is_payer, "names no payer of the directory"),
        "network": (NETWORKS.__contains__, "must be in or out"),
        "code": (_fits(CODE), "must be a HCPCS or CPT code such as H0015"),
        "amount": (_fits(AMOUNT), "must be dollars such as 325.00"),
        "valid_from": (_is_day, "must be a day such as 2026-01-01"),
        "valid_to": (lambda text: not text or _is_day(text), "must be a day such as 2026-12-31, or empty"),
    }


def _find_faults(
    line: int, row: Mapping[str, str], checks: Mapping[str, tuple[Check, str]]
) -> Iterator[RowError]:
    if not row:
        yield RowError(line, "", "has more cells than the first line")
        return
    faults = [
        RowError(line, name, problem) for name, (fits, problem) in checks.items() if not fits(row[name])
    ]
    yield from faults
    if not faults and row["valid_to"] and row["valid_to"] < row["valid_from"]:
        yield RowError(line, "valid_to", "lies before valid_from")


def _build(row: Mapping[str, str]) -> ContractRate:
    return ContractRate(
        facility=row["facility"],
        payer=row["payer"],
        network=NETWORKS[row["network"]],
        code=row["code"],
        amount=Decimal(row["amount"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def _fits(form: re.Pattern[str]) -> Check:
    return lambda text: form.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
