"""One payer, one member, four wires: each has to say the same, for every scenario that is answered.

May differ: where in the reply something was read (``source``), the numbers that tie reply and question
together (``trace``, ``extras``) and who carried it (``answered_by``). Nothing else.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.channels.optum import Optum, OptumSettings
from payers.channels.stedi import Stedi, StediSettings
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.faults import OUTCOMES
from payers.simulator.scenarios import Scenario, load_scenarios
from payers.simulator.server import Simulator
from tests.payers.checks import ask_about, compare, open_sender

SLOW = {"slow", "drip"}
ANSWERING = [
    scenario
    for scenario in load_scenarios()
    if scenario.fault is None or (scenario.fault.kind in OUTCOMES and scenario.fault.kind not in SLOW)
]


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    with open_sender() as sender:
        yield sender


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator(scenarios=[_forget_turns(scenario) for scenario in ANSWERING]) as simulator:
        yield simulator


def _forget_turns(scenario: Scenario) -> Scenario:
    """Let a fault strike every wire, and not only the first."""
    return replace(scenario, fault=replace(scenario.fault, times=0)) if scenario.fault else scenario


@pytest.fixture(name="wires")
def _wires(simulator: Simulator, sender: HttpSender) -> dict[str, Channel]:
    tools, url, user, secret = Tools(sender), simulator.url, simulator.user_name, simulator.password
    return {
        "core": CaqhCore(CoreSettings(f"{url}/core/mime", "VERIFIER", "SIMULATED", user, secret), tools),
        "x12 in json": Stedi(StediSettings(secret, f"{url}/stedi"), tools),
        "json": Stedi(StediSettings(secret, f"{url}/stedi-without-x12"), tools),
        "optum": Optum(OptumSettings(user, secret, f"{url}/optum"), tools),
    }


@pytest.mark.parametrize("scenario", ANSWERING, ids=lambda scenario: scenario.name)
def test_every_wire_gives_the_same_coverage(scenario: Scenario, wires: dict[str, Channel]) -> None:
    question = ask_about(scenario)

    told = {name: compare(channel.ask(question, Deadline.after(10))) for name, channel in wires.items()}

    for name in ("x12 in json", "json", "optum"):
        assert told[name] == told["core"], name
