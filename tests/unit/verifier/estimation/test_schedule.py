from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import BadInput
from verifier.estimation.schedule import MOST_SESSIONS, session_dates
from verifier.model.program import WEEKDAYS, Program, Weekday
from verifier.testing.builders import program

MON, _, WED, _, FRI, SAT, SUN = WEEKDAYS


def days(*written: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, written))


SCHEDULES: dict[str, tuple[dict[str, object], tuple[date, ...]]] = {
    "on its weekdays": ({"sessions": 4}, days("2026-03-02", "2026-03-04", "2026-03-06", "2026-03-09")),
    "weeks times weekdays": (
        {"sessions": None, "weeks": 1},
        days("2026-03-02", "2026-03-04", "2026-03-06"),
    ),
    "sessions before weeks": ({"sessions": 1, "weeks": 9}, days("2026-03-02")),
    "closed days are made up for at the end": (
        {"sessions": 3, "closed": days("2026-03-04", "2026-03-03")},
        days("2026-03-02", "2026-03-06", "2026-03-09"),
    ),
    "a start on another day moves to the next listed one": (
        {"sessions": 2, "start_date": date(2026, 3, 3)},
        days("2026-03-04", "2026-03-06"),
    ),
    "a start on a weekend": (
        {"sessions": 1, "start_date": date(2026, 3, 7), "weekdays": (MON,)},
        days("2026-03-09"),
    ),
    "over the new year": (
        {
            "sessions": 3,
            "start_date": date(2026, 12, 30),
            "weekdays": (WED, FRI),
            "closed": days("2027-01-01"),
        },
        days("2026-12-30", "2027-01-06", "2027-01-08"),
    ),
    "over a leap day": (
        {"sessions": 2, "start_date": date(2028, 2, 28), "weekdays": (MON, Weekday.TUE)},
        days("2028-02-28", "2028-02-29"),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_sessions_fall(name: str) -> None:
    planned, expected = SCHEDULES[name]

    assert session_dates(program(**planned)) == expected


EVERY_SUNDAY = tuple(date(2026, 3, 1) + timedelta(weeks=week) for week in range(200))
IMPOSSIBLE: dict[str, tuple[dict[str, object], str]] = {
    "no weekday": ({"weekdays": ()}, "/program/weekdays"),
    "no session": ({"sessions": 0}, "/program/sessions"),
    "fewer than no sessions": ({"sessions": -1}, "/program/sessions"),
    "no length at all": ({"sessions": None}, "/program/weeks"),
    "too many sessions": ({"sessions": MOST_SESSIONS + 1}, "/program/sessions"),
    "too many weeks": ({"sessions": None, "weeks": 10**9}, "/program/weeks"),
    "every day closed": ({"sessions": 1, "weekdays": (SUN,), "closed": EVERY_SUNDAY}, "/program/closed"),
    "long ago": ({"start_date": date(1999, 12, 31)}, "/program/start_date"),
    "far off": ({"start_date": date.max}, "/program/start_date"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_schedule_names_the_field_to_change(name: str) -> None:
    planned, pointer = IMPOSSIBLE[name]

    with pytest.raises(BadInput) as caught:
        session_dates(program(**planned))

    assert list(caught.value.errors) == [pointer]


def test_the_longest_program_can_be_planned() -> None:
    weekly = program(sessions=MOST_SESSIONS, weekdays=(SAT,), start_date=date(2099, 12, 31))

    assert len(session_dates(weekly)) == MOST_SESSIONS


programs = st.builds(
    lambda start, weekdays, sessions, closed: program(
        start_date=start, weekdays=tuple(weekdays), sessions=sessions, closed=tuple(closed)
    ),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.integers(1, 60),
    st.lists(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=20),
)


@settings(deadline=None, max_examples=100)
@given(programs)
def test_sessions_are_open_days_in_order_and_none_is_skipped(planned: Program) -> None:
    found = session_dates(planned)

    assert len(found) == planned.session_count
    assert list(found) == sorted(set(found))
    assert found[0] >= planned.start_date
    span = range((found[-1] - planned.start_date).days + 1)
    expected = [planned.start_date + timedelta(offset) for offset in span]
    assert [
        day for day in expected if WEEKDAYS[day.weekday()] in planned.weekdays and day not in planned.closed
    ] == list(found)
    assert session_dates(replace(planned, sessions=1)) == found[:1]
