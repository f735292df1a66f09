"""Amounts, days and times as people in the United States read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from verifier import wording


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.dollars(Decimal("1234.5")), "$1,234.50"),
        (wording.dollars(Decimal(0)), "$0.00"),
        (wording.dollars(Decimal(-5)), "-$5.00"),
        (wording.round_dollars(Decimal("1234.56")), "$1,235"),
        (wording.percent(Decimal("0.20")), "20%"),
        (wording.percent(Decimal("0.125")), "12.5%"),
        (wording.percent(Decimal(1)), "100%"),
        (wording.us_day(date(2026, 12, 7)), "12/07/2026"),
        (wording.weekday_of(date(2026, 12, 7)), "Mon 12/07/2026"),
        (wording.us_moment(datetime(2026, 11, 24, 6, 5, tzinfo=UTC)), "11/24/2026, 6:05 AM UTC"),
        (wording.us_day_of(datetime(2026, 11, 25, 3, 30, tzinfo=UTC)), "11/25/2026"),
        (wording.us_day_of(datetime(2026, 11, 25, 3, 30, tzinfo=UTC), "America/Chicago"), "11/24/2026"),
        (
            wording.us_moment(datetime(2026, 11, 24, 18, 5, tzinfo=UTC), "America/Chicago"),
            "11/24/2026, 12:05 PM CST",
        ),
        (
            wording.us_moment(datetime(2026, 7, 1, 5, 5, tzinfo=UTC), "America/Chicago"),
            "07/01/2026, 12:05 AM CDT",
        ),
        (wording.how_long(timedelta(seconds=59)), "a moment"),
        (wording.how_long(timedelta(minutes=61)), "1 hour"),
        (wording.how_long(timedelta(days=2, hours=5)), "2 days"),
        (wording.counted(1, "visit"), "1 visit"),
        (wording.counted(0, "visit"), "0 visits"),
        (wording.plain("calendar_year"), "calendar year"),
        (wording.listed(["mon", "wed", "fri"]), "mon, wed and fri"),
        (wording.listed(["a", "b"], "or"), "a or b"),
        (wording.listed([]), ""),
        (wording.us_days("from 2026-12-07 on, not 2026-1-1"), "from 12/07/2026 on, not 2026-1-1"),
        (wording.say_value("deductible", "1500.00"), "$1,500.00"),
        (wording.say_value("coinsurance", "0.35"), "35%"),
        (wording.say_value("visits left", "12"), "12"),
        (wording.say_value("cost share of a facility", "0.25"), "0.25"),
        (wording.say_value("deductible rule", "deductible_first"), "deductible first"),
        (wording.say_value("plan year begins", "2027-01-01"), "01/01/2027"),
    ],
)
def test_it_is_written_as_people_read_it(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("typed", "read"),
    [("12/07/2026", "2026-12-07"), ("4-2-1988", "1988-04-02"), (" 4/2/1988 ", "1988-04-02")],
)
def test_a_day_as_people_write_it_is_read(typed: str, read: str) -> None:
    assert wording.iso_day(typed) == read


@pytest.mark.parametrize("typed", ["2026-12-07", "", "soon", "1/2/88", "٤/٢/١٩٨٨"])
def test_any_other_text_is_left_for_the_schema_to_judge(typed: str) -> None:
    assert wording.iso_day(typed) == typed
