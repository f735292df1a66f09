from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.money import cents, read_amount, read_number, read_rate, write_amount, write_rate


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", "1500.00"),
        ("1500.00", "1500.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("0", "0.00"),
        ("523.535", "523.54"),
        ("-20", None),
        ("1000000000", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e3", None),
        ("1,500", None),
        ("٣", None),
        ("", None),
        ("9" * 19, None),
    ],
)
def test_an_amount_is_read_exactly_or_not_at_all(text: str, amount: str | None) -> None:
    assert read_amount(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        (".2", "0.2"),
        ("0.20", "0.2"),
        ("20", "0.2"),
        ("1", "1"),
        ("100", "1"),
        ("0", "0"),
        (".00", "0"),
        ("7.5", "0.075"),
        ("101", None),
        ("-1", None),
        ("x", None),
    ],
)
def test_a_share_is_read_as_a_fraction_however_it_is_written(text: str, rate: str | None) -> None:
    found = read_rate(text)

    assert (found if found is None else write_rate(found)) == rate


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.004", "0.00"), ("28.0665", "28.07"), ("-0.005", "-0.01")]
)
def test_rounding_is_half_up_to_the_cent(amount: str, rounded: str) -> None:
    assert write_amount(cents(Decimal(amount))) == rounded


@given(st.text(max_size=30))
def test_no_text_makes_reading_a_number_fail(text: str) -> None:
    number = read_number(text)

    assert number is None or number.is_finite()
