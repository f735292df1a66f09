"""Amounts, shares, days and times as people in the United States read them; the API writes ISO.

What nobody said has no wording here: a page shows it as *unknown*, and never as nothing.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

US_DAY: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)
ISO_DAY: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b", re.ASCII)
AMOUNT: Final = re.compile(r"\d{1,9}\.\d{2}", re.ASCII)
SHARE: Final = re.compile(r"[01](\.\d{1,6})?", re.ASCII)
UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def dollars(amount: Decimal) -> str:
    """Write an amount: ``$1,234.50``, ``-$5.00``."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def round_dollars(amount: Decimal) -> str:
    """Write an amount without cents, for the scale of a chart: ``$1,235``."""
    return f"${amount:,.0f}"


def percent(rate: Decimal) -> str:
    """Write a share between 0 and 1: ``20%``, ``12.5%``."""
    return f"{(rate * 100).normalize() + 0:f}%"


def us_day(day: date) -> str:
    """Write a day: ``12/07/2026``."""
    return f"{day:%m/%d/%Y}"


def weekday_of(day: date) -> str:
    """Write a day with its weekday: ``Mon 12/07/2026``."""
    return f"{day:%a %m/%d/%Y}"


def us_moment(moment: datetime, zone: str | None = None) -> str:
    """Write a time in an IANA *zone*, else in UTC: ``11/24/2026, 6:05 AM CST``."""
    local = _at(moment, zone)
    return f"{us_day(local)}, {local.hour % 12 or 12}:{local:%M %p %Z}"


def us_day_of(moment: datetime, zone: str | None = None) -> str:
    """Write the day that a time falls on in an IANA *zone*, else in UTC: ``11/24/2026``."""
    return us_day(_at(moment, zone))


def iso_day(text: str) -> str:
    """Turn a day as people write it, ``12/07/2026``, into ISO; any other text is left as it is."""
    found = US_DAY.fullmatch(text.strip())
    return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}" if found else text


def us_days(text: str) -> str:
    """Write each day within a sentence as people do; everything else stays."""
    return ISO_DAY.sub(r"\2/\3/\1", text)


def say_value(what: str, value: str) -> str:
    """Write a value of an estimate, which the API has as text: an amount, a share, a day, a word.

    What may be a share or cents is written as a share only where it is called one, and else left as it is.
    """
    if what.startswith("coinsurance") and SHARE.fullmatch(value):
        return percent(Decimal(value))
    if AMOUNT.fullmatch(value) and (Decimal(value) >= 1 or not Decimal(value)):
        return dollars(Decimal(value))
    return us_days(plain(value))


def how_long(length: timedelta) -> str:
    """Write a length of time in its largest whole unit: ``3 hours``; under a minute ``a moment``."""
    for name, unit in UNITS:
        if count := length // unit:
            return counted(count, name)
    return "a moment"


def counted(count: int | Decimal, name: str) -> str:
    """Write how many of what: ``1 visit``, ``3 visits``."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def plain(word: str) -> str:
    """Write a word of a closed vocabulary: ``calendar_year`` as ``calendar year``."""
    return word.replace("_", " ")


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Write several as one phrase: ``mon, wed and fri``."""
    *most, last = [*words] or [""]
    return f"{', '.join(most)} {joint} {last}" if most else last


def _at(moment: datetime, zone: str | None) -> datetime:
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)
