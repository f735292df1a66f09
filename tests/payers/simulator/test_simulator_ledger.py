"""The ledger counts every call once, and the server carries many at a time."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from payers.simulator.ledger import Call
from payers.simulator.scenarios import Fault
from payers.simulator.server import Simulator
from tests.payers.simulator.calls import SCENARIOS, FixedClock, ask, call, get
from verifier.errors import NotConfigured

DEMO = SCENARIOS["coinsurance_after_deductible"]


def test_fifty_callers_at_once_are_all_counted_and_none_twice() -> None:
    names = ["coinsurance_after_deductible", "not_found", "http_503", "envelope_error", "acknowledgement_999"]
    with Simulator(clock=FixedClock()) as simulator, ThreadPoolExecutor(50) as callers:
        calls = [(names[number % 5], f"{number:09}") for number in range(200)]
        list(
            callers.map(
                lambda it: call(simulator.url, "mime", ask(SCENARIOS[it[0]], trace=it[1], control=it[1])),
                calls,
            )
        )
        ledger = simulator.ledger

    assert Counter(entry.outcome for entry in ledger.calls) == {
        "answered": 40,
        "rejected": 40,
        "http": 40,
        "envelope": 40,
        "acknowledgement": 40,
    }
    assert sorted((entry.scenario, entry.interchange, entry.trace) for entry in ledger.calls) == sorted(
        (name, number, number) for name, number in calls
    )
    assert (ledger.received, ledger.paid) == (200, 80)


def test_fifty_slow_calls_take_as_long_as_one() -> None:
    slow = replace(DEMO, fault=Fault("slow", seconds=0.5))
    with Simulator(scenarios=[slow], clock=FixedClock()) as simulator, ThreadPoolExecutor(50) as callers:
        began = time.monotonic()
        pages = list(callers.map(lambda _: call(simulator.url, "soap", ask(DEMO), timeout=30), range(50)))
        took = time.monotonic() - began

    assert {page.fields["ErrorCode"] for page in pages} == {"Success"}
    assert took < 15  # one after the other would be 25


def test_the_ledger_keeps_one_call_as_it_was() -> None:
    with Simulator(clock=FixedClock()) as simulator:
        call(simulator.url, "soap", ask(DEMO, ["CJ^AI", "30"]))
        call(simulator.url, "mime", ask(DEMO), Password="wrong")

    assert simulator.ledger.calls == (
        Call(
            "2026-11-24T12:30:00+00:00",
            "soap",
            "answered",
            "coinsurance_after_deductible",
            "000000101",
            "TRACE0001",
            ("CJ", "AI", "30"),
        ),
        Call("2026-11-24T12:30:00+00:00", "mime", "UnAuthorized"),
    )


def test_the_ledger_page_holds_counts_and_numbers_and_nothing_of_the_member() -> None:
    with Simulator(clock=FixedClock()) as simulator:
        call(simulator.url, "mime", ask(DEMO))
        page = get(f"{simulator.url}/ledger")

    assert page == {
        "received": 1,
        "paid": 1,
        "outcomes": {"answered": 1},
        "scenarios": {"coinsurance_after_deductible": 1},
        "calls": [
            {
                "time": "2026-11-24T12:30:00+00:00",
                "wire": "mime",
                "outcome": "answered",
                "scenario": "coinsurance_after_deductible",
                "interchange": "000000101",
                "trace": "TRACE0001",
            }
        ],
    }
    person = DEMO.person
    assert not [word for word in (person.id, person.last_name, "19880412", "CJ") if word in json.dumps(page)]


def test_latency_is_drawn_from_the_seed_and_waited_for() -> None:
    with Simulator(clock=FixedClock(), latency=(0.1, 0.11)) as simulator:
        began = time.monotonic()
        call(simulator.url, "mime", ask(DEMO))
        took = time.monotonic() - began

    assert took >= 0.1


def test_it_starts_and_stops_again_and_again_without_leaving_threads() -> None:
    threads = set(threading.enumerate())
    simulator = Simulator(clock=FixedClock())
    for _ in range(3):
        with simulator:
            assert call(simulator.url, "mime", ask(DEMO)).status == 200
    simulator.stop()

    assert not set(threading.enumerate()) - threads
    assert simulator.ledger.paid == 3


def test_a_port_in_use_is_said_in_plain_words() -> None:
    with Simulator() as simulator:
        port = int(simulator.url.rpartition(":")[2])
        second = Simulator(port=port)

        with pytest.raises(NotConfigured, match="port is taken"):
            second.start()
