"""The rules of time: sessions, throttling, emergencies, and the door that is open to try things out."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from verifier.access.door import Door
from verifier.access.emergency import Emergency, check_terms
from verifier.access.people import ApiKey
from verifier.access.principal import EVERY
from verifier.access.roles import Scope
from verifier.access.sessions import Session
from verifier.access.throttle import ACCOUNT, NO_WAIT, PAIR, SOURCE, Rule, Tally, password_guesses
from verifier.errors import BadInput

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("idle", "age", "alive"),
    [
        (0 * MINUTE, 0 * MINUTE, True),
        (15 * MINUTE - timedelta(seconds=1), 60 * MINUTE, True),
        (15 * MINUTE, 60 * MINUTE, False),
        (0 * MINUTE, 720 * MINUTE - timedelta(seconds=1), True),
        (0 * MINUTE, 720 * MINUTE, False),
    ],
)
def test_a_session_ends_after_15_idle_minutes_and_after_12_hours(
    idle: timedelta,
    age: timedelta,
    alive: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert Session("d", "usr_1", NOON - age, NOON - idle).is_alive(NOON) is alive


def test_a_session_in_use_is_written_down_long_before_it_could_end() -> None:
    assert not Session("d", "usr_1", NOON, NOON).is_due(NOON + timedelta(seconds=29))
    assert Session("d", "usr_1", NOON, NOON).is_due(NOON + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10, 15), (5000, 15)]
)
def test_after_five_failures_each_doubles_the_wait_up_to_a_quarter_of_an_hour(
    failures: int, minutes: int
) -> None:
    assert PAIR.wait(Tally(failures, NOON), NOON) == minutes * MINUTE


def test_who_waits_long_enough_may_guess_again_and_an_hour_forgets_all() -> None:
    tally = Tally(6, NOON)

    assert PAIR.wait(tally, NOON + 2 * MINUTE) == NO_WAIT
    assert PAIR.count(tally, NOON + 2 * MINUTE) == Tally(7, NOON + 2 * MINUTE)
    assert PAIR.count(tally, NOON + 61 * MINUTE) == Tally(1, NOON + 61 * MINUTE)
    assert PAIR.wait(None, NOON) == NO_WAIT


@given(some.lists(some.integers(0, 120), min_size=50, max_size=200))
def test_however_guesses_are_spread_no_more_than_the_rule_allows_get_through(pauses: list[int]) -> None:
    rule, tally, now = Rule(free=5, first=MINUTE), None, NOON
    passed: list[datetime] = []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not rule.wait(tally, now):
            tally = rule.count(tally, now)
            passed.append(now)

    assert all(sum(moment <= one < moment + MINUTE for one in passed) <= 6 for moment in passed)
    assert len(passed) <= 5 + 1 + (now - NOON) / MINUTE


def test_a_known_device_has_a_tally_of_its_own_and_heeds_no_strangers() -> None:
    names = [guess.name for guess in password_guesses("acc", "203.0.113.9", "dev")]

    assert names == ["device acc dev"]
    assert {guess.name: guess.rule for guess in password_guesses("acc", "203.0.113.9", None)} == {
        "pair acc 203.0.113.9": PAIR,
        "source 203.0.113.9": SOURCE,
        "account acc": ACCOUNT,
    }


@pytest.mark.parametrize("minutes", [15, 16, 60])
def test_an_emergency_lasts_as_long_as_was_said(minutes: int) -> None:
    lasts = check_terms("an unconscious patient was brought in", minutes)
    emergency = Emergency("emg_1", "usr_1", "elsewhere", "…", NOON, NOON + lasts)

    assert lasts == minutes * MINUTE
    moments = (-timedelta(seconds=1), timedelta(0), lasts - timedelta(seconds=1), lasts)
    assert [emergency.is_open(NOON + each) for each in moments] == [False, True, True, False]
    assert "…" not in repr(emergency)


@pytest.mark.parametrize(
    ("reason", "minutes", "wrong"),
    [
        ("", 30, {"/reason"}),
        ("          curious   ", 30, {"/reason"}),
        ("x" * 501, 30, {"/reason"}),
        ("a patient cannot speak", 14, {"/minutes"}),
        ("a patient cannot speak", 61, {"/minutes"}),
        ("why", 0, {"/reason", "/minutes"}),
    ],
)
def test_an_emergency_without_reason_or_end_is_refused(reason: str, minutes: int, wrong: set[str]) -> None:
    with pytest.raises(BadInput) as refused:
        check_terms(reason, minutes)

    assert refused.value.errors.keys() == wrong


@pytest.mark.parametrize("conditions", [*product([True, False], repeat=3)], ids=str)
def test_the_door_is_open_only_where_nobody_and_nothing_real_is_behind_it(
    conditions: tuple[bool, bool, bool],
) -> None:
    simulated, loopback, known = conditions
    door = Door(simulated=simulated, loopback=loopback, is_anybody_known=lambda: known)

    assert door.is_open() is (simulated and loopback and not known)


def test_once_somebody_was_given_access_the_door_stays_shut() -> None:
    answers = iter([False, True, False])
    door = Door(simulated=True, loopback=True, is_anybody_known=lambda: next(answers))

    assert [door.is_open() for _ in range(3)] == [True, False, False]


def test_a_key_lives_until_it_expires_or_is_revoked() -> None:
    key = ApiKey("key_1", "nightly", "vk_abcdef", frozenset({Scope.READ}), EVERY, NOON, NOON + MINUTE)
    revoked = ApiKey("key_2", "old", "vk_ghijkl", frozenset(), EVERY, NOON, NOON + MINUTE, revoked_at=NOON)

    assert [key.is_alive(NOON), key.is_alive(NOON + MINUTE), revoked.is_alive(NOON)] == [True, False, False]
