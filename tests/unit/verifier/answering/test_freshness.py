from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.support import ACTIVE, FAULT, INACTIVE, NOON, REJECTED
from verifier.answering.freshness import Life, describe_age, explain_fault, is_outdated
from verifier.model.coverage import Plan, Rejection, Source
from verifier.model.verification import Answer, Attempt, Freshness, Origin, Outcome
from verifier.model.vocabulary import RejectionClass, Retry
from verifier.ports import Snapshot

LIFE = Life()
HOUR = timedelta(hours=1)
ASK_LATER = Rejection(
    "80",
    "No Response",
    "R",
    "2100A",
    RejectionClass.PAYER_UNAVAILABLE,
    Retry.LATER,
    "Ask again.",
    Source(9, "AAA"),
)
TOLD_LATER = Answer(replace(REJECTED.coverage, rejections=(ASK_LATER,)), REJECTED.attempts)
HALF = Answer(ACTIVE.coverage, (*ACTIVE.attempts, Attempt("caqh_core", ("MH",), Outcome.TIMEOUT, 60.0)))
MENDED = Answer(
    ACTIVE.coverage, (Attempt("caqh_core", ("CJ", "30"), Outcome.UNREACHABLE, 0.1), *ACTIVE.attempts)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def snapshot(answer: Answer = ACTIVE, as_of: datetime = NOON, **plan: date) -> Snapshot:
    return Snapshot(replace(answer, coverage=replace(answer.coverage, plan=Plan(**plan))), as_of)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (ACTIVE, 72 * HOUR),
        (INACTIVE, 72 * HOUR),
        (HALF, 72 * HOUR),
        (REJECTED, HOUR / 4),
        (TOLD_LATER, timedelta(0)),
        (FAULT, timedelta(0)),
    ],
)
def test_an_answer_is_kept_by_what_it_says(answer: Answer, kept: timedelta) -> None:
    assert LIFE.keep_for(answer) == kept


@pytest.mark.parametrize(
    ("answer", "age", "max_age", "fresh"),
    [
        (ACTIVE, timedelta(0), None, True),
        (ACTIVE, 24 * HOUR - timedelta(seconds=1), None, True),
        (ACTIVE, 24 * HOUR, None, False),
        (INACTIVE, 23 * HOUR, None, True),
        (ACTIVE, 23 * HOUR, 7 * 86_400, True),
        (ACTIVE, 25 * HOUR, 7 * 86_400, False),
        (ACTIVE, HOUR, 3601, True),
        (ACTIVE, HOUR, 3600, False),
        (ACTIVE, timedelta(0), 0, False),
        (ACTIVE, -HOUR / 60, None, True),
        (REJECTED, HOUR / 4 - timedelta(seconds=1), None, True),
        (REJECTED, HOUR / 4, 86_400, False),
        (HALF, HOUR / 5, None, True),
        (HALF, HOUR / 4, None, False),
        (MENDED, 23 * HOUR, None, True),
        (TOLD_LATER, timedelta(0), None, False),
        (FAULT, timedelta(0), None, False),
    ],
)
def test_an_answer_is_fresh_for_so_long(
    answer: Answer,
    age: timedelta,
    max_age: int | None,
    fresh: bool,  # noqa: FBT001
) -> None:
    assert LIFE.is_fresh(snapshot(answer), NOON + age, max_age) is fresh


@pytest.mark.parametrize(
    ("answer", "age", "better"),
    [
        (ACTIVE, 72 * HOUR, True),
        (ACTIVE, 72 * HOUR + timedelta(seconds=1), False),
        (INACTIVE, 48 * HOUR, True),
        (REJECTED, timedelta(0), False),
        (FAULT, timedelta(0), False),
    ],
)
def test_only_what_a_payer_said_of_coverage_stands_in_for_a_fault(
    answer: Answer,
    age: timedelta,
    better: bool,  # noqa: FBT001
) -> None:
    assert LIFE.is_better_than_nothing(snapshot(answer), NOON + age) is better


@pytest.mark.parametrize(
    ("taken", "asked", "outdated"),
    [
        ("2026-11-24T12:00", "2026-11-26T12:00", False),
        ("2026-11-30T09:59", "2026-12-01T10:01", True),
        ("2026-11-30T23:59", "2026-12-01T00:01", True),  # the month turns in UTC
        ("2026-12-01T03:59", "2026-12-01T04:01", True),  # in New York, were it summer
        ("2026-12-01T04:59", "2026-12-01T05:01", True),  # in New York
        ("2026-12-01T05:59", "2026-12-01T06:01", True),  # in New Orleans
        ("2026-12-01T09:59", "2026-12-01T10:01", True),  # in Honolulu
        ("2026-12-01T10:00", "2026-12-01T10:01", False),
        ("2026-12-31T12:00", "2027-01-01T12:00", True),
        ("2027-01-01T05:59", "2027-01-01T06:01", True),  # the year turns in New Orleans
        ("2028-02-29T12:00", "2028-03-01T12:00", True),
        ("2027-02-28T12:00", "2027-03-01T12:00", True),
        ("2025-11-24T12:00", "2026-11-24T12:00", True),  # the same month of another year
    ],
)
def test_no_answer_is_served_across_the_end_of_a_month(
    taken: str,
    asked: str,
    outdated: bool,  # noqa: FBT001
) -> None:
    assert is_outdated(snapshot(as_of=utc(taken)), utc(asked)) is outdated


@given(
    taken=st.datetimes(
        utc("2026-01-01").replace(tzinfo=None), utc("2028-12-31").replace(tzinfo=None), timezones=st.just(UTC)
    ),
    age=st.timedeltas(timedelta(0), timedelta(hours=72)),
    zone=st.sampled_from([-4, -5, -6, -7, -8, -9, -10]),
)
def test_whatever_is_served_was_taken_in_the_same_month_of_every_state(
    taken: datetime, age: timedelta, zone: int
) -> None:
    there = timezone(timedelta(hours=zone))
    then, now = taken.astimezone(there), (taken + age).astimezone(there)

    if not is_outdated(snapshot(as_of=taken), taken + age):
        assert (then.year, then.month) == (now.year, now.month)


@pytest.mark.parametrize(
    ("plan", "taken", "asked", "outdated"),
    [
        ({"begins": date(2025, 12, 15)}, "2026-12-14T12:00", "2026-12-14T20:00", False),
        ({"begins": date(2025, 12, 15)}, "2026-12-14T20:00", "2026-12-15T12:00", True),
        ({"begins": date(2025, 12, 15)}, "2026-12-15T12:00", "2026-12-15T20:00", False),
        ({"begins": date(2026, 12, 15)}, "2026-12-14T20:00", "2026-12-15T12:00", False),
        ({"begins": date(2024, 2, 29)}, "2027-02-27T12:00", "2027-02-28T12:00", False),
        ({"ends": date(2026, 12, 14)}, "2026-12-14T12:00", "2026-12-14T20:00", False),
        ({"ends": date(2026, 12, 14)}, "2026-12-14T20:00", "2026-12-15T12:00", True),
        ({"ends": date(2026, 12, 14)}, "2026-12-16T12:00", "2026-12-17T12:00", False),
        ({"ends": date.max}, "2026-12-14T12:00", "2026-12-15T12:00", False),
        ({"premium_paid_to": date(2026, 12, 14)}, "2026-12-14T20:00", "2026-12-15T12:00", True),
    ],
)
def test_no_answer_is_served_across_a_turn_of_its_plan(
    plan: dict[str, date],
    taken: str,
    asked: str,
    outdated: bool,  # noqa: FBT001
) -> None:
    assert is_outdated(snapshot(as_of=utc(taken), **plan), utc(asked)) is outdated


def test_an_age_is_said_in_whole_seconds_and_never_below_zero() -> None:
    assert describe_age(snapshot(), NOON + timedelta(seconds=90.7), Origin.STALE, "because") == Freshness(
        Origin.STALE, 90, "because"
    )
    assert describe_age(snapshot(), NOON - HOUR, Origin.CACHE) == Freshness(Origin.CACHE, 0)


def test_the_last_fault_is_the_one_told() -> None:
    assert explain_fault(FAULT) == "the payer did not answer in time"
    assert explain_fault(Answer(FAULT.coverage)) == "the payer could not answer"
