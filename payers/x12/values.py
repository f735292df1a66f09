"""Element values of a 271: amounts, quantities, service lists, procedures, dates.

Payers repeat the same few texts in every reply, so each reader remembers what it has read. Texts are cut
before they get there: a hostile element must not be kept.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Final

from payers.x12.tables import DATES
from verifier.model.coverage import DateSpan
from verifier.money import read_amount, read_number

LONGEST: Final = 32  # characters of a number worth reading; longer ones are no number anyway


MOST_SERVICES: Final = 1_000  # in one EB03, of which X12 allows 99
SERVICE: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)
# What payers write for "no limit": 99999.99, 999999.99, 9999999.00. Four nines alone may be a real amount.
NO_LIMIT_AMOUNT: Final = re.compile(r"9{5,}(\.(0{1,2}|9{1,2})?)?|9999\.99")
NO_LIMIT_QUANTITY: Final = re.compile(r"9{3,}(\.0*)?")
DAY: Final = r"(\d{4})-?(\d\d)-?(\d\d)"
DAYS: Final = re.compile(rf"{DAY}(?:[T ]?\d{{4,6}}(?!\d))?(?:\s*([-/])\s*(?:{DAY})?)?", re.ASCII)
PLAIN_DAY: Final = 8  # digits
OPEN_END: Final = 2200  # years such as 2999, 3000 or 9999 stand for "no end"


@lru_cache(maxsize=4096)
def read_dollars(text: str) -> Decimal | None:
    """Read EB07; ``None`` for what is no amount, and for nothing but nines, which says "no limit"."""
    return None if NO_LIMIT_AMOUNT.fullmatch(text) else read_amount(text)


@lru_cache(maxsize=1024)
def read_quantity(text: str) -> Decimal | None:
    """Read EB10, HSD02 or HSD06; ``None`` for what is no quantity, and for 999, which says "no limit"."""
    quantity = None if NO_LIMIT_QUANTITY.fullmatch(text) else read_number(text)
    return quantity if quantity is not None and quantity >= 0 else None


def split_services(text: str) -> tuple[str, ...]:
    """Take EB03 apart at whatever is no letter or digit: payers use other separators than ISA11 tells."""
    return tuple(found[0] for found in islice(SERVICE.finditer(text), MOST_SERVICES))


read_services = lru_cache(maxsize=2048)(split_services)


@lru_cache(maxsize=1024)
def read_procedure(text: str) -> str | None:
    """Read EB13: ``HC:H0015`` and ``H0015`` both give ``H0015``; modifiers stay in the source."""
    parts = split_services(text)
    return parts[min(1, len(parts) - 1)] if parts else None


@lru_cache(maxsize=2048)
def read_span(qualifier: str, text: str) -> DateSpan:
    """Read a DTP: a day or a range in any of the ways payers write them, whatever DTP02 announces."""
    word = DATES[qualifier]
    found = DAYS.fullmatch(text)
    if not found:
        return DateSpan(word, None, None, text)
    begins = build_day(*found.group(1, 2, 3))
    ends = build_day(*found.group(5, 6, 7)) if found[4] else begins
    return DateSpan(word, begins, ends, text)


def read_day(text: str) -> date | None:
    """Read one day, ``20260101`` or ``2026-01-01``; ``None`` when it is no day or stands for "no end"."""
    if len(text) == PLAIN_DAY and text.isascii() and text.isdigit():
        return build_day(text[:4], text[4:6], text[6:])
    found = DAYS.fullmatch(text)
    return build_day(*found.group(1, 2, 3)) if found else None


def build_day(year: str | None, month: str | None, day: str | None) -> date | None:
    """Build a day from its digits; ``None`` when the calendar has no such day or it stands for "no end"."""
    if not year or not month or not day or int(year) >= OPEN_END:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
