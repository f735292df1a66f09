import json
from itertools import pairwise
from random import Random

import pytest

from payers.kit.circuit import Circuit, Condition, Permission

FREE, PROBE, HELD = Permission.FREE, Permission.PROBE, Permission.HELD


def call(circuit: Circuit, now: float, *, failed: bool) -> Circuit:
    circuit, permission = circuit.admit(now, lease=1)
    assert permission is not HELD
    return circuit.record(now, permission, failed=failed)


def permission_at(circuit: Circuit, now: float) -> Permission:
    return circuit.admit(now, lease=1)[1]


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit()
    for _ in range(5):
        circuit = call(circuit, now, failed=True)
    return circuit


def test_five_failures_in_a_row_open_it_and_four_do_not() -> None:
    circuit = Circuit()
    for _ in range(4):
        circuit = call(circuit, 0, failed=True)

    assert permission_at(circuit, 0) is FREE
    assert permission_at(call(circuit, 0, failed=True), 0) is HELD


def test_a_success_breaks_the_row() -> None:
    circuit = Circuit()
    for failed in [True] * 4 + [False] + [True] * 4:
        circuit = call(circuit, 0, failed=failed)

    assert circuit.tell_condition(0) is Condition.CLOSED


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("+-+-+-+-+-", Condition.OPEN),
        ("+-+-+-+-", Condition.CLOSED),
        ("++-+-+-+-+-", Condition.CLOSED),
        ("++++++------", Condition.OPEN),
    ],
    ids=["half of ten", "half of eight", "five of eleven", "five in a row"],
)
def test_half_of_at_least_ten_calls_open_it(calls: str, expected: Condition) -> None:
    circuit = Circuit()
    for each in calls:
        circuit = circuit.record(20, FREE, failed=each == "-")

    assert circuit.tell_condition(20) is expected


def test_failures_older_than_thirty_seconds_are_forgotten() -> None:
    circuit = Circuit()
    for second in range(40):  # every fourth call fails, and early on every second one did
        circuit = call(circuit, second, failed=second % (2 if second < 8 else 4) == 0)

    assert circuit.tell_condition(40) is Condition.CLOSED


def test_what_proves_nothing_changes_nothing() -> None:
    circuit = opened()._replace(probe_at=None)

    assert circuit.record(0, FREE, failed=None) == circuit


def test_an_open_one_lets_one_probe_through_after_ten_seconds() -> None:
    circuit = opened()

    assert permission_at(circuit, 9.9) is HELD
    probing, permission = circuit.admit(10, lease=1)
    assert permission is PROBE
    assert permission_at(probing, 10) is HELD
    assert [circuit.tell_condition(9), probing.tell_condition(10)] == [Condition.OPEN, Condition.HALF_OPEN]


def test_two_successful_probes_close_it_and_start_anew() -> None:
    once = call(opened(), 10, failed=False)

    assert once.tell_condition(10) is Condition.HALF_OPEN
    assert call(once, 10.1, failed=False) == Circuit()


def test_a_success_followed_by_a_failure_opens_it_again() -> None:
    circuit = call(call(opened(), 10, failed=False), 10.1, failed=True)

    assert circuit.tell_condition(10.2) is Condition.OPEN
    assert circuit.successes == 0


def test_pauses_between_probes_grow_to_five_minutes_and_no_further() -> None:
    circuit, now, pauses = opened(), 0.0, []
    for _ in range(8):
        assert circuit.probe_at is not None
        pauses.append(circuit.probe_at - now)
        now = circuit.probe_at
        circuit = call(circuit, now, failed=True)

    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300]


def test_a_probe_that_takes_long_is_the_only_one_until_it_is_given_up() -> None:
    circuit, _ = opened().admit(10, lease=65)

    assert permission_at(circuit, 74) is HELD
    assert permission_at(circuit, 75) is PROBE


def test_a_probe_that_proves_nothing_makes_room_for_another() -> None:
    circuit, permission = opened().admit(10, lease=65)

    assert permission_at(circuit.record(11, permission, failed=None), 11) is PROBE


def test_calls_that_were_under_way_when_it_opened_change_nothing() -> None:
    circuit = opened()

    assert circuit.record(5, FREE, failed=True) == circuit
    assert circuit.record(5, FREE, failed=False) == circuit


def test_a_late_probe_changes_nothing_once_it_is_closed() -> None:
    assert Circuit().record(5, PROBE, failed=True) == Circuit()


def test_a_clock_gone_wrong_does_not_hold_it_open_for_ever() -> None:
    assert permission_at(Circuit(probe_at=1e9), 100) is PROBE


def test_it_travels_as_json() -> None:
    circuit = call(call(Circuit(), 3, failed=True), 4, failed=False)
    back = Circuit(*json.loads(json.dumps(circuit)))

    assert call(back, 5, failed=True) == call(circuit, 5, failed=True)


def test_the_usual_one_failure_in_twenty_never_opens_it() -> None:
    random, circuit = Random(5), Circuit()  # noqa: S311 - no secret
    for number in range(3600):  # an hour at a call a second
        circuit = call(circuit, number, failed=random.random() < 0.05)

    assert circuit.tell_condition(3600) is Condition.CLOSED


def test_while_a_payer_is_down_at_most_one_call_in_ten_seconds_goes_out() -> None:
    circuit, sent = opened(), []
    for tenth in range(6000):
        circuit, permission = circuit.admit(tenth / 10, lease=1)
        if permission is not HELD:
            sent.append(tenth / 10)
            circuit = circuit.record(tenth / 10, permission, failed=True)

    assert sent
    assert all(later - earlier >= 10 for earlier, later in pairwise(sent))
