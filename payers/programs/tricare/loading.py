"""Loading the cost table of a year: checked whole, recorded, then put in its place at one stroke."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from payers.programs.tricare import index
from payers.programs.tricare.shelf import Shelf, read_shipped
from payers.programs.tricare.table import INCREASE, Cell, Key, Table, read_table
from payers.programs.tricare.tariff import PROGRAM
from verifier.errors import BadInput, NotConfigured
from verifier.model.audit import Action, Context, Event
from verifier.model.findings import FigureStatus
from verifier.model.rule_tables import RuleLoad, RuleYear
from verifier.ports import Audit

LARGEST: Final = 256 * 1024


def load_table(content: bytes, shelf: Shelf, audit: Audit, context: Context, at: datetime) -> RuleLoad:
    """Check *content*, record its loading in *audit*, and put it on *shelf* for its year.

    Raises:
        BadInput: it is no table; ``errors`` names rows and columns.
        NotConfigured: it cannot be kept.
        AuditUnavailable: the loading cannot be recorded; nothing was loaded.
    """
    if shelf.folder is None:
        raise NotConfigured("There is no data directory to keep the table in; set VERIFIER_DATA.")
    table = read_table(_decode(content))
    done = _compare(table, shelf.find(table.year), hashlib.sha256(content).hexdigest())
    draft = _write_draft(shelf.folder, table.year, content)
    try:
        audit.record(Event(Action.RULE_CHANGE, _describe(done), context, at))
        draft.replace(shelf.folder / f"{table.year}.tsv")
    finally:
        draft.unlink(missing_ok=True)
    return done


def list_years(shelf: Shelf) -> Iterator[RuleYear]:
    """List every year there is a table of."""
    wanted = {key for year in read_shipped() for key in (shelf.find(year) or Table(year, {})).cells}
    for year in shelf.years:
        cells = (shelf.find(year) or Table(year, {})).cells
        known = Counter(cell.status for key, cell in cells.items() if key.cost != INCREASE)
        known[FigureStatus.UNKNOWN] += len(wanted - cells.keys())
        yield RuleYear(PROGRAM, year, "loaded" if shelf.is_loaded(year) else "shipped", known)


def _decode(content: bytes) -> str:
    if len(content) > LARGEST:
        raise BadInput("This is larger than any cost table.", {"": "must be at most 256 KiB"})
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("This is no TRICARE cost table.", {"": "must be UTF-8"}) from None


def _compare(table: Table, before: Table | None, sha256: str) -> RuleLoad:
    old: Mapping[Key, Cell] = before.cells if before else {}
    new = index.SHIPPED.complete(table).cells
    changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    misses = tuple(" ".join(key) for key in index.SHIPPED.find_misses(table))
    return RuleLoad(PROGRAM, table.year, sha256, added, changed, removed, misses)


def _describe(done: RuleLoad) -> str:
    counts = f"+{done.added} ~{done.changed} -{done.removed}"
    return f"rules {done.program} {done.year} sha256:{done.sha256} {counts}"


def _write_draft(folder: Path, year: int, content: bytes) -> Path:
    draft = folder / f".{year}.{os.getpid()}.draft"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NotConfigured(f"The data directory cannot be written: {error.strerror}.") from error
    return draft
