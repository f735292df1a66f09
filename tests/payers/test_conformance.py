"""Every channel against every scenario, over real HTTP: no traceback, no wrong answer, no fault as a no."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from payers.kit import retry
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.ledger import PAID
from payers.simulator.scenarios import Scenario, load_scenarios
from payers.simulator.server import Simulator
from tests.payers.checks import ask_about
from tests.payers.expectations import FAULTY, RENAMED, TABLE, WIRES, Outcome, Row
from tests.payers.wires import OPENING, pause
from verifier.errors import PayerFault
from verifier.model.coverage import Coverage
from verifier.model.question import Question
from verifier.model.vocabulary import BenefitKind, CoverageStatus
from verifier.testing.faulty_server import FaultyServer, reply

SCENARIOS = {scenario.name: scenario for scenario in load_scenarios()}
CASES = [pytest.param(wire, name, id=f"{wire}-{name}") for wire, name in product(WIRES, sorted(TABLE))]


class Rooms:
    """For each wire a simulator of its own, as faults that strike once strike each wire once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._opened: dict[str, tuple[Simulator, Channel]] = {}
        self.elsewhere = stack.enter_context(FaultyServer(reply(b"{}")))
        self._sender = HttpSender(pause=pause)
        stack.callback(self._sender.close)

    def open(self, wire: str) -> tuple[Simulator, Channel]:
        if wire not in self._opened:
            simulator = self._stack.enter_context(
                Simulator(scenarios=list(map(self._send_elsewhere, SCENARIOS.values())))
            )
            self._opened[wire] = simulator, OPENING[wire](simulator.url, Tools(self._sender))
        return self._opened[wire]

    def _send_elsewhere(self, scenario: Scenario) -> Scenario:
        """Let a redirect lead to a server that would note it."""
        fault = scenario.fault
        if fault is None or "Location" not in fault.headers:
            return scenario
        return replace(scenario, fault=replace(fault, headers={"Location": self.elsewhere.url}))


@pytest.fixture(name="rooms", scope="module")
def _rooms() -> Iterator[Rooms]:
    with ExitStack() as stack:
        yield Rooms(stack)


@pytest.mark.parametrize(("wire", "name"), CASES)
def test_every_wire_makes_of_every_scenario_what_is_right(wire: str, name: str, rooms: Rooms) -> None:
    simulator, channel = rooms.open(wire)
    scenario, row = SCENARIOS[name], TABLE[name]

    outcomes = tuple(ask(channel, scenario, row) for _ in row.expect(wire))

    paid = sum(call.scenario == name and call.outcome in PAID for call in simulator.ledger.calls)
    assert outcomes == row.expect(wire)
    assert paid <= len(outcomes)
    assert rooms.elsewhere.requests == []


def ask(channel: Channel, scenario: Scenario, row: Row) -> Outcome:
    question = ask_about(scenario)
    try:
        coverage = channel.ask(question, Deadline.after(row.seconds))
    except PayerFault as fault:
        require_discretion(str(fault), question)
        return Outcome(type(fault), retry.judge_fault(fault).action)
    require_truth(coverage, scenario, question)
    return Outcome(
        coverage.status,
        retry.judge(coverage).action,
        tuple(rejection.code for rejection in coverage.rejections),
    )


def require_discretion(words: str, question: Question) -> None:
    """Words for staff name nobody; a name in capitals, as the payer has it, for some are words as well."""
    member = question.subscriber
    for secret in (member.id, member.last_name, f"{member.birth_date}", f"{member.birth_date:%Y%m%d}"):
        assert secret
        assert secret not in words


def require_truth(coverage: Coverage, scenario: Scenario, question: Question) -> None:
    """An answer is about the patient asked about, and has no amount and no rate but those of the scenario."""
    require_discretion(f"{coverage.warnings}", question)
    if coverage.status not in {CoverageStatus.ACTIVE, CoverageStatus.INACTIVE}:
        assert {row.kind for row in coverage.benefits} <= {BenefitKind.NOT_COVERED}  # "not found", in words
        return
    patient = scenario.dependents[0] if scenario.dependents else scenario.person
    assert coverage.patient
    assert (coverage.patient.last_name, coverage.patient.birth_date) == (
        patient.last_name,
        patient.birth_date,
    )
    amounts = {Decimal(row.amount) for row in scenario.benefits if row.amount}
    rates = {Decimal(row.rate) for row in scenario.benefits if row.rate}
    assert {row.amount for row in coverage.benefits if row.amount is not None} <= amounts
    assert {row.rate for row in coverage.benefits if row.rate is not None} <= rates | {
        rate / 100 for rate in rates
    }


def test_nan_is_no_amount(rooms: Rooms) -> None:
    simulator, channel = rooms.open("core-mime")
    assert simulator.url

    coverage = channel.ask(ask_about(SCENARIOS["not_a_number"]), Deadline.after(10))

    (deductible,) = [row for row in coverage.benefits if row.code == "C"]
    assert (deductible.amount, "NaN" in deductible.source.text) == (None, True)


def test_every_scenario_is_in_the_table_and_every_fault_under_its_name() -> None:
    assert TABLE.keys() == SCENARIOS.keys()
    assert len(TABLE) >= 30
    assert set(RENAMED.values()) <= FAULTY.keys()
    assert set(WIRES) == OPENING.keys()


def test_no_fault_is_expected_as_a_no() -> None:
    expected = {outcome.what for wire, row in product(WIRES, FAULTY.values()) for outcome in row.expect(wire)}

    assert CoverageStatus.INACTIVE not in expected
    assert CoverageStatus.REJECTED not in expected
