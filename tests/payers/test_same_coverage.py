"""One payer, one member, every wire that carries all of X12: each says the same, whenever there is an answer.

Those that reshape it - FHIR, Availity, Stedi's redesigned answer without the X12 beside it - are held against
the same in `test_reshaped_coverage`, with what they have no place for.

May differ: where in the reply something was read (``source``), the numbers that tie reply and question
together (``trace``, ``extras``) and who carried it (``answered_by``). Nothing else.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.channels.optum import Optum, OptumSettings
from payers.channels.stedi import REDESIGNED, Stedi, StediSettings
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
    core = CoreSettings(f"{url}/core/mime", "VERIFIER", "SIMULATED", user, secret)
    stedi = StediSettings(secret, f"{url}/stedi")
    return {
        "core mime": CaqhCore(core, tools),
        "core soap": CaqhCore(replace(core, url=f"{url}/core/soap", envelope="soap"), tools),
        "stedi v3": Stedi(stedi, tools),
        "stedi v3 without x12": Stedi(replace(stedi, url=f"{url}/stedi-without-x12"), tools),
        "stedi 2026-06-01": Stedi(replace(stedi, version=REDESIGNED), tools),
        "optum": Optum(OptumSettings(user, secret, f"{url}/optum"), tools),
    }


@pytest.mark.parametrize("scenario", ANSWERING, ids=lambda scenario: scenario.name)
def test_every_wire_gives_the_same_coverage(scenario: Scenario, wires: dict[str, Channel]) -> None:
    question = ask_about(scenario)

    told = {name: compare(channel.ask(question, Deadline.after(10))) for name, channel in wires.items()}

    expected = told.pop("core mime")
    assert told == dict.fromkeys(told, expected)
