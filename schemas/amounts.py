"""Money, rates and quantities: exact decimals written as text."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Unpack

from schemas.fields import Field, messages
from verifier.money import cents, read_number, write_amount, write_rate

if TYPE_CHECKING:
    from marshmallow.fields import _BaseFieldKwargs as Options

MONEY: Final = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
RATE: Final = re.compile(r"0(\.\d{1,6})?|1(\.0{1,6})?", re.ASCII)


class Money(Field[Decimal]):
    """Dollars as text with at most two decimals; a JSON number is refused because a float is not exact."""

    default_error_messages = messages(
        type='money is a string like "325.00"; a float is not exact',
        negative="an amount is never negative",
        form='money is digits with at most two decimals, like "325.00", and less than a billion',
    )

    def __init__(self, **options: Unpack["Options"]) -> None:
        """Fix the form."""
        shape = {"type": "string", "pattern": f"^{MONEY.pattern}$", "examples": ["325.00"]}
        super().__init__(shape, **options)

    def read(self, value: object) -> Decimal:
        """Read exact dollars."""
        if not isinstance(value, str):
            raise self.make_error("type")
        if not MONEY.fullmatch(value):
            raise self.make_error("negative" if MONEY.fullmatch(value.removeprefix("-")) else "form")
        return cents(Decimal(value))

    def write(self, value: Decimal) -> str:
        """Write two decimals."""
        return write_amount(value)


class Rate(Field[Decimal]):
    """A share as text between "0" and "1"."""

    default_error_messages = messages(
        type='a rate is a string like "0.20"; a float is not exact',
        form='a rate is a fraction from "0" to "1": write 20 % as "0.20"',
    )

    def __init__(self, **options: Unpack["Options"]) -> None:
        """Fix the form."""
        shape = {"type": "string", "pattern": f"^({RATE.pattern})$", "examples": ["0.2"]}
        super().__init__(shape, **options)

    def read(self, value: object) -> Decimal:
        """Read an exact fraction."""
        if not isinstance(value, str):
            raise self.make_error("type")
        if not RATE.fullmatch(value):
            raise self.make_error("form")
        return Decimal(value).normalize() + 0

    def write(self, value: Decimal) -> str:
        """Write it without needless zeros."""
        return write_rate(value)


class Quantity(Field[Decimal]):
    """A count that may have a fraction: a JSON number or text in, text without needless zeros out."""

    default_error_messages = messages(form="must be over 0 and at most {most}, with at most two decimals")

    def __init__(self, most: int = 10_000, **options: Unpack["Options"]) -> None:
        """Bound it to *most*."""
        bounds = {"minimum": 0.01, "maximum": most}  # of a number; a text is bounded likewise
        super().__init__({"type": ["string", "number"], **bounds, "examples": ["3"]}, **options)
        self.most = most

    def read(self, value: object) -> Decimal:
        """Read a positive number."""
        plain = isinstance(value, str | int | float | Decimal) and not isinstance(value, bool)
        number = read_number(str(value)) if plain else None
        if number is None or not 0 < number <= self.most or number != cents(number):
            raise self.make_error("form", most=self.most)
        return number.normalize() + 0

    def write(self, value: Decimal) -> str:
        """Write it without needless zeros."""
        return write_rate(value)
