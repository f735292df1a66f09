# ruff: noqa: E501 - a case a line
"""The calendar of nightly work: who is due when, when a payer may be asked, which run a moment has."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.store.support import inquire
from verifier.model.inquiry import Facility
from verifier.model.program import Program, Weekday
from verifier.model.roster import Entry, Frequency, Stop
from verifier.nightly.calendar import find_date, find_organization_zone, is_missing
from verifier.nightly.due import Cause, find_cause
from verifier.nightly.hours import HETS, Hours, first_moment

NY, CHI, DEN, LA, ANC, HNL = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
PHX = "America/Phoenix"  # keeps no daylight saving time
MONDAYS = Program(
    "H0015", date(2026, 12, 7), (Weekday.MON, Weekday.WED), weeks=2, closed=(date(2026, 12, 9),)
)


def enroll(**changes: object) -> Entry:
    terms = {"enrolled_on": date(2026, 11, 2), "frequency": Frequency.FIRST_OF_MONTH} | changes
    return Entry("rst_1", "abita-springs", inquire(program=MONDAYS), **terms)


def day(text: str) -> date:
    return date.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHTLY, WEEKLY = {"frequency": Frequency.NIGHTLY}, {"frequency": Frequency.WEEKLY}
SESSIONS = {"frequency": Frequency.BEFORE_EACH_SESSION}
ANSWERED = {"answered_on": day("2026-11-30")}

DUE = [
    # each policy on its own days
    ("nightly: every date", NIGHTLY, "2026-11-03", Cause.NIGHTLY),
    ("nightly: the day of enrolment", NIGHTLY, "2026-11-02", Cause.NIGHTLY),
    ("nightly: not before it", NIGHTLY, "2026-11-01", None),
    ("nightly: 29 February", NIGHTLY, "2028-02-29", Cause.NIGHTLY),
    ("nightly: answered on this date already", NIGHTLY | {"answered_on": day("2026-11-03")}, "2026-11-03", None),
    ("nightly: answered the night before", NIGHTLY | {"answered_on": day("2026-11-03")}, "2026-11-04", Cause.NIGHTLY),
    ("weekly: every seventh day", WEEKLY, "2026-11-16", Cause.WEEKLY),
    ("weekly: over the end of daylight saving", WEEKLY | {"enrolled_on": day("2026-10-26")}, "2026-11-09", Cause.WEEKLY),
    ("weekly: not between", WEEKLY | {"answered_on": day("2026-11-16")}, "2026-11-19", None),
    ("weekly: over the leap day", WEEKLY | {"enrolled_on": day("2028-02-25")}, "2028-03-03", Cause.WEEKLY),
    ("weekly: over the year's end", WEEKLY | {"enrolled_on": day("2026-12-28")}, "2027-01-04", Cause.WEEKLY),
    ("first of month: not on another day", ANSWERED, "2026-11-30", None),
    ("first of month", ANSWERED, "2026-12-01", Cause.FIRST_OF_MONTH),
    ("first of month: 1 March of a leap year", ANSWERED, "2028-03-01", Cause.FIRST_OF_MONTH),
    ("sessions: the date of a session", SESSIONS | ANSWERED, "2026-12-07", Cause.SESSION),
    ("sessions: the second weekday", SESSIONS | {"answered_on": day("2026-12-14")}, "2026-12-16", Cause.SESSION),
    ("sessions: not when closed", SESSIONS | {"answered_on": day("2026-12-07")}, "2026-12-09", None),
    ("sessions: not between", SESSIONS | {"answered_on": day("2026-12-07")}, "2026-12-08", None),
    ("sessions: none after the last, which closing moved", SESSIONS | {"answered_on": day("2026-12-21")}, "2026-12-23", None),
    ("sessions: the last, which closing moved", SESSIONS | {"answered_on": day("2026-12-16")}, "2026-12-21", Cause.SESSION),
    # whatever the policy
    ("weekly: the first of the month too", WEEKLY | ANSWERED, "2026-12-01", Cause.FIRST_OF_MONTH),
    ("sessions: the first of the month too", SESSIONS | ANSWERED, "2026-12-01", Cause.FIRST_OF_MONTH),
    ("1 January before all", NIGHTLY | ANSWERED, "2027-01-01", Cause.NEW_YEAR),
    ("1 January of a weekly one", WEEKLY | {"answered_on": day("2026-12-28")}, "2027-01-01", Cause.NEW_YEAR),
    ("plan year of 1 July", ANSWERED | {"plan_begins": day("2025-07-01")}, "2027-07-01", Cause.PLAN_RENEWAL),
    ("plan year of 15 May", ANSWERED | {"plan_begins": day("2025-05-15")}, "2027-05-15", Cause.PLAN_RENEWAL),
    ("plan year: not on its own first day", {"plan_begins": day("2026-11-15"), "answered_on": day("2026-11-14")}, "2026-11-15", None),
    ("plan year of 29 February, leap", ANSWERED | {"plan_begins": day("2024-02-29")}, "2028-02-29", Cause.PLAN_RENEWAL),
    ("plan year of 29 February, no leap", ANSWERED | {"plan_begins": day("2024-02-29")}, "2027-03-01", Cause.PLAN_RENEWAL),
    ("the day after the plan's last", ANSWERED | {"plan_ends": day("2026-12-10")}, "2026-12-11", Cause.PLAN_RENEWAL),
    ("not on the plan's last", {"answered_on": day("2026-12-09"), "plan_ends": day("2026-12-10")}, "2026-12-10", None),
    ("a plan without end", ANSWERED | {"plan_ends": date.max}, "2026-12-01", Cause.FIRST_OF_MONTH),
    # what ends it
    ("discharge: the day before", NIGHTLY | {"discharged_on": day("2026-11-20")}, "2026-11-19", Cause.NIGHTLY),
    ("discharge: that day", NIGHTLY | {"discharged_on": day("2026-11-20")}, "2026-11-20", None),
    ("discharge: not even on 1 January", NIGHTLY | {"discharged_on": day("2026-11-20")}, "2027-01-01", None),
    ("stopped for want of consent", NIGHTLY | {"stopped": Stop.CONSENT}, "2026-12-01", None),
    # dates that nobody answered on
    ("weekly: missed by a day", WEEKLY | {"answered_on": day("2026-11-15")}, "2026-11-17", Cause.CAUGHT_UP),
    ("weekly: missed by six", WEEKLY | {"answered_on": day("2026-11-15")}, "2026-11-22", Cause.CAUGHT_UP),
    ("weekly: the missed one was made up for", WEEKLY | {"answered_on": day("2026-11-17")}, "2026-11-18", None),
    ("first of month: missed by three days", ANSWERED, "2026-12-04", Cause.CAUGHT_UP),
    ("first of month: answered late", {"answered_on": day("2026-12-04")}, "2026-12-05", None),
    ("1 January: missed", {"answered_on": day("2026-12-31")}, "2027-01-02", Cause.CAUGHT_UP),
    ("never answered since the enrolment", WEEKLY, "2026-11-06", Cause.CAUGHT_UP),
    ("a session missed", SESSIONS | ANSWERED | {"answered_on": day("2026-12-05")}, "2026-12-08", Cause.CAUGHT_UP),
    ("enrolled after the first: nothing was missed", {"enrolled_on": day("2026-12-02")}, "2026-12-15", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "on", "expected"), [case[1:] for case in DUE], ids=[case[0] for case in DUE]
)
def test_who_is_due(terms: dict[str, object], on: str, expected: Cause | None) -> None:
    assert find_cause(enroll(**terms), day(on)) is expected


USUAL, MEDICARE = Hours(NY), Hours(NY, closed=HETS)
MAY_ASK = [
    ("a payer of the east, a second before three", USUAL, "2026-11-24", "2026-11-24T07:59:59", False),
    ("at three", USUAL, "2026-11-24", "2026-11-24T08:00:00", True),
    ("at three, in summer", USUAL, "2026-07-01", "2026-07-01T07:00:00", True),
    ("till midnight", USUAL, "2026-11-24", "2026-11-25T04:59:59", True),
    ("no longer", USUAL, "2026-11-24", "2026-11-25T05:00:00", False),
    ("clock put forward: its three comes an hour sooner", USUAL, "2026-03-08", "2026-03-08T07:00:00", True),
    ("clock put forward: not before", USUAL, "2026-03-08", "2026-03-08T06:59:59", False),
    ("clock put back: its three comes an hour later", USUAL, "2026-11-01", "2026-11-01T08:00:00", True),
    ("clock put back: not at the first two o'clock's end", USUAL, "2026-11-01", "2026-11-01T07:00:00", False),
    ("central", Hours(CHI), "2026-11-24", "2026-11-24T09:00:00", True),
    ("mountain", Hours(DEN), "2026-11-24", "2026-11-24T09:59:59", False),
    ("Arizona in summer is with the Pacific", Hours(PHX), "2026-07-01", "2026-07-01T10:00:00", True),
    ("Pacific", Hours(LA), "2026-11-24", "2026-11-24T11:00:00", True),
    ("Alaska", Hours(ANC), "2026-11-24", "2026-11-24T11:59:59", False),
    ("Hawaii", Hours(HNL), "2026-11-24", "2026-11-24T13:00:00", True),
    ("Hawaii at the end of its day", Hours(HNL), "2026-12-31", "2027-01-01T09:59:59", True),
    ("HETS before seven on a Tuesday", MEDICARE, "2026-11-24", "2026-11-24T11:59:59", True),
    ("HETS from seven", MEDICARE, "2026-11-24", "2026-11-24T12:00:00", False),
    ("HETS till seven in the evening", MEDICARE, "2026-11-24", "2026-11-24T23:59:59", False),
    ("HETS after it", MEDICARE, "2026-11-24", "2026-11-25T00:00:00", True),
    ("HETS on a Friday in summer", MEDICARE, "2026-07-03", "2026-07-03T11:00:00", False),
    ("HETS on a Saturday", MEDICARE, "2026-11-28", "2026-11-28T17:00:00", True),
    ("HETS on the Sunday of the change", MEDICARE, "2026-11-01", "2026-11-01T17:00:00", True),
    ("HETS on the Monday after it", MEDICARE, "2026-11-02", "2026-11-02T12:00:00", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "on", "moment", "expected"), [case[1:] for case in MAY_ASK], ids=[case[0] for case in MAY_ASK]
)
def test_when_a_payer_may_be_asked(hours: Hours, on: str, moment: str, *, expected: bool) -> None:
    assert hours.may_ask(utc(moment), day(on)) is expected
    assert (hours.next_opening(utc(moment), day(on)) == utc(moment)) is expected


OPENINGS = [
    (USUAL, "2026-11-24", "2026-11-24T05:00:00", "2026-11-24T08:00:00"),
    (MEDICARE, "2026-11-24", "2026-11-24T15:00:00", "2026-11-25T00:00:00"),
    (MEDICARE, "2026-11-24", "2026-11-25T06:00:00", None),
    (Hours(NY, opens=time(2, 30)), "2026-03-08", "2026-03-08T05:00:00", "2026-03-08T07:00:00"),  # never shown
    (Hours(NY, opens=time(1, 30)), "2026-11-01", "2026-11-01T04:00:00", "2026-11-01T05:30:00"),  # shown twice
    (Hours("America/Havana", opens=time(0)), "2026-03-08", "2026-03-08T03:00:00", "2026-03-08T05:00:00"),
]


@pytest.mark.parametrize(("hours", "on", "moment", "expected"), OPENINGS)
def test_when_it_opens_next(hours: Hours, on: str, moment: str, expected: str | None) -> None:
    assert hours.next_opening(utc(moment), day(on)) == (utc(expected) if expected else None)


DATES = [
    # the last evening of the year, and the first moment of the next, in six time zones
    *((zone, f"2027-01-01T{hour - 1:02}:59:59", "2026-12-31") for zone, hour in zip((NY, CHI, DEN, LA, ANC, HNL), (5, 6, 7, 8, 9, 10), strict=True)),
    *((zone, f"2027-01-01T{hour:02}:00:00", "2027-01-01") for zone, hour in zip((NY, CHI, DEN, LA, ANC, HNL), (5, 6, 7, 8, 9, 10), strict=True)),
    # days of 23 and of 25 hours begin and end at midnight
    (NY, "2026-03-08T04:59:59", "2026-03-07"),
    (NY, "2026-03-08T05:00:00", "2026-03-08"),
    (NY, "2026-03-09T03:59:59", "2026-03-08"),
    (NY, "2026-03-09T04:00:00", "2026-03-09"),
    (NY, "2026-11-01T04:00:00", "2026-11-01"),
    (NY, "2026-11-02T04:59:59", "2026-11-01"),
    (NY, "2026-11-02T05:00:00", "2026-11-02"),
    (CHI, "2028-02-29T06:00:00", "2028-02-29"),
    (CHI, "2028-03-01T05:59:59", "2028-02-29"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "moment", "expected"), DATES)
def test_the_date_a_moment_belongs_to(zone: str, moment: str, expected: str) -> None:
    assert find_date(utc(moment), zone) == day(expected)


@pytest.mark.parametrize("zone", [NY, CHI, DEN, LA, ANC, HNL])
@pytest.mark.parametrize(("begin", "days"), [("2026-02-20", 40), ("2026-10-20", 30), ("2027-12-15", 100)])
def test_whoever_looks_every_quarter_hour_makes_one_run_for_each_date(
    zone: str, begin: str, days: int
) -> None:
    moment, latest, made = utc(f"{begin}T12:00:00"), None, []
    for _ in range(days * 96):
        on = find_date(moment, zone)
        if is_missing(on, latest):
            made.append(on)
            latest = on
        moment += timedelta(minutes=15)

    assert made == [made[0] + timedelta(days=offset) for offset in range(len(made))]
    assert len(made) == days + 1


def test_two_schedulers_whose_clocks_differ_make_one_run_for_each_date() -> None:
    latest, made = None, []
    for minute in range(0, 3 * 24 * 60, 10):
        for skew in (timedelta(0), timedelta(minutes=-5), timedelta(minutes=5)):
            on = find_date(utc("2026-10-31T00:00:00") + timedelta(minutes=minute) + skew, NY)
            if is_missing(on, latest):
                made.append(on)
                latest = on

    assert made == sorted(set(made))


def test_a_scheduler_that_was_down_makes_the_run_of_its_date_late_and_those_missed_never() -> None:
    latest = day("2026-11-20")
    returned = utc("2026-11-24T19:00:00")  # two in the afternoon

    assert is_missing(find_date(returned, NY), latest)
    assert find_date(returned, NY) == day("2026-11-24")
    assert USUAL.next_opening(returned, day("2026-11-24")) == returned
    assert find_cause(enroll(**WEEKLY, answered_on=day("2026-11-20")), day("2026-11-24")) is Cause.CAUGHT_UP
    assert find_cause(enroll(**WEEKLY, answered_on=day("2026-11-24")), day("2026-11-24")) is None


def test_a_clock_put_back_makes_no_run_for_a_date_gone_by() -> None:
    assert not is_missing(day("2026-11-23"), day("2026-11-24"))


def test_a_day_has_as_many_hours_as_its_zone_gives_it() -> None:
    lengths = {
        on: first_moment(day(on) + timedelta(days=1), time(0), NY) - first_moment(day(on), time(0), NY)
        for on in ("2026-03-08", "2026-06-01", "2026-11-01")
    }

    assert [length / timedelta(hours=1) for length in lengths.values()] == [23, 24, 25]


def test_the_organization_goes_by_its_first_facility_that_says_where_it_is() -> None:
    silent, western = Facility("a", "A", "1234567893"), Facility("b", "B", "1234567893", time_zone=LA)

    assert find_organization_zone([silent, western]) == LA
    assert find_organization_zone([silent]) == NY
