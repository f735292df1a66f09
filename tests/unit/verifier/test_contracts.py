from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.support import INQUIRY
from verifier.contracts import COLUMNS, RowError, apply_contract, read_rates, write_rates
from verifier.errors import BadInput
from verifier.model.contract import ContractRate
from verifier.model.inquiry import Inquiry
from verifier.model.vocabulary import Network

HEADER = ",".join(COLUMNS)
GOOD = "abita-springs,aetna,in,H0015,325.00,2026-01-01,2026-12-31"
RATE = ContractRate(
    "abita-springs", "aetna", Network.IN, "H0015", Decimal("325.00"), date(2026, 1, 1), date(2026, 12, 31)
)
UNPRICED = replace(INQUIRY, facility="abita-springs", program=replace(INQUIRY.program, allowed_amount=None))


def read(*lines: str, header: str = HEADER) -> tuple[tuple[ContractRate, ...], tuple[RowError, ...]]:
    content = "\n".join([header, *lines]).encode()
    sheet = read_rates(content, facilities={"abita-springs"}, is_payer={"aetna"}.__contains__)
    return sheet.rates, sheet.errors


def test_a_row_is_a_rate() -> None:
    assert read(GOOD) == ((RATE,), ())
    assert read(GOOD.removesuffix("2026-12-31")) == ((replace(RATE, valid_to=None),), ())


def test_a_byte_order_mark_spaces_and_another_order_of_columns_do_no_harm() -> None:
    header = "\ufeffvalid_to, amount ,code,network,payer,facility,valid_from".replace(" ", "")
    row = " 2026-12-31 ,325.00, H0015,in,aetna,abita-springs,2026-01-01"

    assert read(row, header=header) == ((RATE,), ())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("facility", "elsewhere"),
        ("payer", "nobody"),
        ("payer", "=cmd|' /C calc'!A0"),
        ("network", "both"),
        ("network", ""),
        ("code", "h0015"),
        ("code", "H0015X"),
        ("amount", "325.001"),
        ("amount", "-1"),
        ("amount", "1e3"),
        ("amount", "NaN"),
        ("amount", "1,000"),
        ("valid_from", "01/01/2026"),
        ("valid_from", "2026-02-30"),
        ("valid_from", ""),
        ("valid_to", "20261231"),
        ("valid_to", "2025-12-31"),
    ],
)
def test_a_row_that_is_no_rate_is_named_and_costs_nothing_of_the_others(column: str, value: str) -> None:
    cells = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | {column: value}
    bad = ",".join(f'"{cell}"' for cell in cells.values())

    rates, errors = read(GOOD, bad, GOOD)

    assert rates == (RATE, RATE)
    assert [(error.line, error.column) for error in errors] == [(3, column)]


def test_short_and_long_rows_are_named() -> None:
    rates, errors = read("abita-springs,aetna", GOOD + ",more", GOOD)

    assert rates == (RATE,)
    assert {error.line for error in errors} == {2, 3}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2",
        b"\xff\xfe",
        b"\0",
        HEADER.encode() + b'\n"open',
        b'"' + HEADER.encode(),
        HEADER.encode() + b",amount\n",  # which of the two counts, nobody says
    ],
)
def test_a_file_that_holds_no_rates_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_rates(content, facilities={"abita-springs"}, is_payer=lambda _: True)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    try:
        sheet = read_rates(
            HEADER.encode() + b"\n" + content, facilities={"abita-springs"}, is_payer=lambda _: True
        )
    except BadInput:
        return
    assert sheet.rates == () or sheet.rates[0].facility == "abita-springs"


class OneContract:
    """A contract with one payer; remembers what was looked for."""

    def rate(self, *wanted: object) -> ContractRate | None:
        expected = ("abita-springs", "sim-commercial", Network.IN, "H0015", date(2026, 12, 7))
        return replace(RATE, payer="sim-commercial") if wanted == expected else None


def test_the_contract_gives_the_amount_that_nobody_named_and_says_so() -> None:
    program = apply_contract(UNPRICED, OneContract()).program

    assert program.allowed_amount == Decimal("325.00")
    assert program.contract == "by the contract with sim-commercial, in network, from 2026-01-01"


def change(**changes: object) -> Inquiry:
    return replace(UNPRICED, **changes)


@pytest.mark.parametrize(
    "inquiry",
    [
        change(payer="aetna"),
        change(network=Network.OUT),
        change(network=Network.UNKNOWN),
        change(facility=None),
        change(facility="covington"),
        change(program=replace(UNPRICED.program, code="H0035")),
        change(program=replace(UNPRICED.program, start_date=date(2027, 1, 4))),
    ],
)
def test_no_contract_no_amount(inquiry: Inquiry) -> None:
    assert apply_contract(inquiry, OneContract()) == inquiry


def test_the_callers_own_amount_stands() -> None:
    given = change(program=replace(UNPRICED.program, allowed_amount=Decimal("300.00")))

    assert apply_contract(given, OneContract()) == given


def test_an_amount_from_a_contract_is_looked_up_anew() -> None:
    before = replace(UNPRICED.program, allowed_amount=Decimal("300.00"), contract="by an older contract")

    assert apply_contract(change(program=before), OneContract()).program.allowed_amount == Decimal("325.00")
    gone = apply_contract(change(program=before, payer="aetna"), OneContract()).program
    assert (gone.allowed_amount, gone.contract) == (None, None)


def test_rates_that_are_written_are_read_again_as_they_were() -> None:
    content = b"facility,payer,network,code,amount,valid_from,valid_to\n"
    content += b"a,b,in,H0015,325.10,2026-01-01,\na,b,out,S9480,90.00,2026-01-01,2026-12-31\n"
    rates = read_rates(content, facilities={"a"}, is_payer={"b"}.__contains__).rates

    assert len(rates) == 2
    assert read_rates(write_rates(rates), facilities={"a"}, is_payer={"b"}.__contains__).rates == rates
