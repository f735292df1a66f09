"""Dates a scenario writes in words, so that its reply stays true next year.

``today``; ``last-07-01``, the latest 1 July up to today; ``next-12-31``, the first from today on;
``year-start`` and ``year-end``. Each may have days added or taken, ``today+30d``. Or a plain date.
"""

import re
from datetime import date, timedelta
from typing import Final

WORDS: Final = re.compile(r"(today|year-start|year-end|(?:last|next)-\d\d-\d\d)(?:([+-]\d{1,4})d)?", re.ASCII)
SHORTHAND: Final = {"year-start": "last-01-01", "year-end": "next-12-31"}


def resolve_date(words: str | date, today: date) -> date:
    """Turn a scenario's *words* into a date.

    Raises:
        ValueError: the words name no date.
    """
    if isinstance(words, date):
        return words
    match = WORDS.fullmatch(words)
    if match is None:
        return date.fromisoformat(words)
    anchor, days = match.groups()
    return _find_day(SHORTHAND.get(anchor, anchor), today) + timedelta(days=int(days or 0))


def _find_day(anchor: str, today: date) -> date:
    if anchor == "today":
        return today
    direction, month, day = anchor.split("-")
    this_year = date(today.year, int(month), int(day))
    if direction == "last":
        return this_year if this_year <= today else this_year.replace(year=today.year - 1)
    return this_year if this_year >= today else this_year.replace(year=today.year + 1)
