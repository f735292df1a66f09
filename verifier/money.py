"""Exact money and rates: ``Decimal`` in, ``Decimal`` out, never a float.

Amounts are US dollars with two decimals. A rate is a fraction between 0 and 1.
Rounding is half up to the cent, once per session, as remittances do it.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
ONE: Final = Decimal(1)
LARGEST: Final = Decimal(1_000_000_000)
PLAIN_NUMBER: Final = re.compile(r"[+-]?(?=.{1,18}$)(\d+\.?\d*|\.\d+)", re.ASCII)


def cents(amount: Decimal) -> Decimal:
    """Round *amount* half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def read_amount(text: str) -> Decimal | None:
    """Read what a payer wrote for an amount; ``None`` when it is no finite amount.

    Negative amounts and amounts beyond a billion dollars are no amounts a benefit can have.
    """
    number = read_number(text)
    if number is None or not 0 <= number < LARGEST:
        return None
    return cents(number)


@lru_cache(maxsize=1024)
def read_rate(text: str) -> Decimal | None:
    """Read a share as a fraction: ``.2``, ``0.2`` and ``20`` all give ``0.2``; ``None`` beyond 100 %."""
    number = read_number(text)
    if number is None or number < 0:
        return None
    rate = number if number <= ONE else number / 100
    return rate.normalize() + 0 if rate <= ONE else None


def read_number(text: str) -> Decimal | None:
    """Read a plain decimal number; ``None`` for anything else (NaN, 1e9, text, over 18 characters)."""
    if not PLAIN_NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def write_amount(amount: Decimal) -> str:
    """Write an amount with two decimals, ``1234.50``."""
    return f"{amount:.2f}"


def write_rate(rate: Decimal) -> str:
    """Write a rate without exponent or needless zeros, ``0.2``; whole numbers stay whole, ``0`` and ``1``."""
    return f"{rate.normalize() + 0:f}"
