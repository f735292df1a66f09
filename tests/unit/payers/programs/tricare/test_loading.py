"""Loading a year: refused whole or loaded whole, recorded first, and seen at once by who has the shelf."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from payers.programs.tricare.loading import list_years, load_table
from payers.programs.tricare.shelf import Shelf
from payers.programs.tricare.table import COLUMNS, read_table
from verifier.errors import BadInput, NotConfigured
from verifier.model.audit import Action, Context, Event
from verifier.model.findings import FigureStatus
from verifier.model.rule_tables import RuleLoad, RuleYear

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
WHO = Context("operator:invented", "r1", "admin rules load")
HEADING = "\t".join(COLUMNS)
COPAY = "2027\tB\tselect\tretiree\tin\tspecialty\t53.00\tprinted\tthe notice for 2027"
INCREASE = "2027\tany\tany\tany\tany\tretired_pay_increase\t0.02\tprinted\tthe notice for 2027"


class Trail:
    """Keeps what is recorded, or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.events: list[Event] = []
        self.away = away

    def record(self, *events: Event) -> None:
        if self.away:
            raise NotConfigured("The trail is away.")
        self.events += events


def write(*rows: str) -> bytes:
    return "\n".join((HEADING, *rows, "")).encode()


def load(content: bytes, shelf: Shelf, trail: Trail | None = None) -> RuleLoad:
    return load_table(content, shelf, trail or Trail(), WHO, NOW)


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_a_loaded_year_counts_at_once_for_whoever_looks(shelf: Shelf, tmp_path: Path) -> None:
    running = Shelf(tmp_path)
    assert running.find(2027) is None

    load(write(COPAY), shelf)

    table = running.find(2027)
    assert table is not None
    assert table.find("B", "select", ("retiree",), "in", "specialty") == (
        Decimal("53.00"),
        FigureStatus.PRINTED,
        "the notice for 2027",
    )
    assert running.years == (2024, 2025, 2026, 2027)


def test_a_loading_is_recorded_with_who_when_what_and_how_much(shelf: Shelf) -> None:
    trail, content = Trail(), write(COPAY, INCREASE)

    done = load(content, shelf, trail)

    digest = hashlib.sha256(content).hexdigest()
    assert done.misses == ("B select retiree in specialty",)  # 40 x 1.350886 is 54
    assert (done.added, done.changed, done.removed, done.sha256) == (2, 0, 0, digest)
    assert trail.events == [
        Event(Action.RULE_CHANGE, f"rules tricare 2027 sha256:{digest} +2 ~0 -0", WHO, NOW)
    ]


def test_what_cannot_be_recorded_is_not_loaded(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="away"):
        load(write(COPAY), shelf, Trail(away=True))

    assert shelf.find(2027) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_later_table_replaces_one_of_the_same_year(shelf: Shelf) -> None:
    load(write(COPAY), shelf)

    done = load(write(COPAY.replace("53.00", "54.00"), INCREASE), shelf)

    assert (done.changed, done.removed, done.misses) == (1, 0, ())
    assert done.added > 1  # the increase, and what the index rule now fills in


def test_a_correction_takes_the_place_of_a_shipped_table(shelf: Shelf) -> None:
    shipped = (files("payers.programs.tricare") / "costs" / "2026.tsv").read_text("utf-8")
    unknown = "2026\tA\tselect\tretiree\tin\tspecialty\t\tunknown\tLOAD"
    known = unknown.replace("\t\tunknown\tLOAD", "\t53.00\tprinted\ta page of 2026")

    done = load(shipped.replace(unknown, known).encode(), shelf)

    assert (done.added, done.changed, done.removed, done.misses) == (0, 1, 0, ())
    (year,) = [each for each in list_years(shelf) if each.year == 2026]
    assert year.origin == "loaded"


def test_years_are_listed_with_how_well_their_cells_are_known(shelf: Shelf) -> None:
    load(write(COPAY), shelf)

    listed = {year.year: year for year in list_years(shelf)}
    assert {year: each.origin for year, each in listed.items()} == {
        2024: "shipped",
        2025: "shipped",
        2026: "shipped",
        2027: "loaded",
    }
    every = sum(listed[2026].counts.values())
    assert listed[2027] == RuleYear(
        "tricare", 2027, "loaded", {FigureStatus.PRINTED: 1, FigureStatus.UNKNOWN: every - 1}
    )


def with_cell(column: str, value: str) -> str:
    cells = dict(zip(COLUMNS, COPAY.split("\t"), strict=True))
    return "\t".join((cells | {column: value}).values())


@pytest.mark.parametrize(
    ("rows", "pointer", "words"),
    [
        ([], "/2", "the table has none"),
        ([with_cell("year", "27")], "/2/year", "one year"),
        ([COPAY, with_cell("year", "2026")], "/3/year", "the same in every row"),
        ([with_cell("group", "C")], "/2/group", "one of A, B, any"),
        ([with_cell("plan", "Select")], "/2/plan", "one of"),
        ([with_cell("beneficiary", "retired")], "/2/beneficiary", "one of"),
        ([with_cell("network", "yes")], "/2/network", "one of any, in, out"),
        ([with_cell("cost", "copay")], "/2/cost", "one of"),
        ([with_cell("status", "verified")], "/2/status", "one of"),
        ([with_cell("value", "")], "/2/value", "dollars"),
        ([with_cell("value", "-1")], "/2/value", "dollars"),
        ([with_cell("value", "$53")], "/2/value", "dollars"),
        ([with_cell("value", "53.001")], "/2/value", "dollars and cents"),
        ([with_cell("value", "1e3")], "/2/value", "dollars"),
        ([with_cell("value", "NaN")], "/2/value", "dollars"),
        ([INCREASE.replace("0.02", "2")], "/2/value", "a rate from 0 to 1"),
        ([with_cell("status", "unknown")], "/2/value", "empty where the status is unknown"),
        ([with_cell("source", "")], "/2/source", "a citation"),
        ([with_cell("source", "USCC")], "/2/source", "one of the keys"),
        ([COPAY, COPAY.replace("53", "54")], "/3", "the cell of row 2 again"),
        (["2027\tB"], "/2", "must have 9 columns"),
        ([COPAY + "\textra"], "/2", "must have 9 columns"),
    ],
)
def test_a_mistake_is_named_by_row_and_column(
    shelf: Shelf, rows: list[str], pointer: str, words: str
) -> None:
    trail = Trail()

    with pytest.raises(BadInput) as refused:
        load(write(*rows), shelf, trail)

    assert words in refused.value.errors[pointer]
    assert trail.events == []
    assert shelf.find(2027) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"year\tvalue\n2027\t1\n", b"\xff\xfe", b"{}", write(*[COPAY] * 5000)],
    ids=["nothing", "other columns", "no text", "JSON", "much too large"],
)
def test_what_is_no_table_is_refused(shelf: Shelf, content: bytes) -> None:
    with pytest.raises(BadInput):
        load(content, shelf)


@pytest.mark.parametrize(
    "spoil",
    [lambda text: text + "2027\tnonsense\n", lambda text: text.replace("53.00", "lots")],
    ids=["a row", "a value"],
)
def test_a_table_spoilt_on_the_shelf_stops_the_rules_and_names_itself(
    shelf: Shelf, tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    load(write(COPAY), shelf)
    path = tmp_path / "rules" / "tricare" / "2027.tsv"
    path.write_text(spoil(path.read_text()))

    with pytest.raises(NotConfigured, match=r"2027\.tsv"):
        shelf.find(2027)


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistakes() -> None:
    text = "\ufeff" + write(COPAY).decode().replace("\n", "\r\n")

    assert read_table(text).year == 2027


def test_without_a_data_directory_nothing_is_loaded() -> None:
    with pytest.raises(NotConfigured, match="VERIFIER_DATA"):
        load(write(COPAY), Shelf())
