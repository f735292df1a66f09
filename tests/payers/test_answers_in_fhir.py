"""Every answer of the simulated payer written in FHIR: valid by HL7's definitions, and saying the same."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.coverageeligibilityresponse import CoverageEligibilityResponse

from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.replies import Replies
from payers.simulator.scenarios import Scenario, load_scenarios
from payers.simulator.server import Simulator
from schemas.fhir.response import dump_response
from tests.payers.checks import ask_about, open_sender
from tests.payers.wires import open_core
from tests.store.support import build_benefit, inquire
from verifier.answering.notices import NO_GUARANTEE, PART_2
from verifier.errors import PayerFault
from verifier.model.coverage import Benefit, Coverage, unknown_coverage
from verifier.model.verification import Attempt, Notice, Outcome, Verification, VerificationStatus
from verifier.model.vocabulary import BenefitKind, CoverageStatus, Period

HL7 = "http://terminology.hl7.org/CodeSystem/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCENARIOS = load_scenarios()
NOTICES = (PART_2, NO_GUARANTEE)
OUTCOMES = {"active": "complete", "inactive": "complete", "rejected": "error", "unknown": "error"}


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    with open_sender() as sender:
        yield sender


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator(scenarios=SCENARIOS) as simulator:
        yield simulator


def answer(coverage: Coverage | None, **changes: Any) -> Verification:  # noqa: ANN401 - fields of a verification
    status = VerificationStatus.COMPLETE
    whole = Verification("ver_0001", status, inquire(), NOON, coverage=coverage, notices=NOTICES)
    return replace(whole, **changes)


def judge(verification: Verification) -> dict[str, Any]:
    """Write it, and let HL7's definitions judge what is sent."""
    text = json.dumps(dump_response(verification), allow_nan=False)
    CoverageEligibilityResponse.model_validate_json(text)
    return json.loads(text, parse_float=Decimal)


def deductible(amount: str, period: Period) -> Benefit:
    return build_benefit(BenefitKind.DEDUCTIBLE, code="C", amount=Decimal(amount), period=period)


def amounts(written: dict[str, Any]) -> list[Decimal]:
    found = []
    for insurance in written.get("insurance", []):
        for item in insurance.get("item", []):
            for benefit in item["benefit"]:
                for name in ("allowedMoney", "usedMoney"):
                    if name in benefit:
                        assert benefit[name]["currency"] == "USD"
                        found.append(Decimal(benefit[name]["value"]))
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_scenario_is_written_as_hl7_defines_it(
    scenario: Scenario, simulator: Simulator, sender: HttpSender
) -> None:
    channel = open_core(simulator.url, Tools(sender), "mime")
    try:
        coverage = channel.ask(ask_about(scenario), Deadline.after(1.5 if scenario.fault else 10))
    except PayerFault:
        coverage = unknown_coverage()

    written = judge(answer(coverage))

    insurance = written.get("insurance", [{}])[0]
    in_force = {CoverageStatus.ACTIVE: True, CoverageStatus.INACTIVE: False}
    assert insurance.get("inforce") is in_force.get(coverage.status)
    assert written["outcome"] == OUTCOMES[coverage.status]
    told = [each for each in coverage.benefits for _ in each.services or ("",) if each.amount is not None]
    assert amounts(written) == [each.amount for each in told]
    assert len(written.get("error", [])) >= len(coverage.rejections)


@pytest.mark.parametrize("status", [CoverageStatus.ACTIVE, CoverageStatus.INACTIVE])
def test_our_own_reader_of_fhir_finds_the_same_in_it(status: CoverageStatus) -> None:
    rows = (
        deductible("1500.10", Period.CALENDAR_YEAR),
        deductible("99.99", Period.REMAINING),
        build_benefit(BenefitKind.COINSURANCE, code="A", rate=Decimal("0.125")),
        build_benefit(BenefitKind.COPAY, code="B", amount=Decimal("30.00")),
    )
    text = json.dumps(judge(answer(Coverage(status, benefits=rows))), default=float)

    (read,) = Replies().read(text.encode())

    assert read.status is status
    found = [(each.kind, each.amount, each.rate, each.period) for each in read.benefits if each.services]
    assert found == [(each.kind, each.amount, each.rate, each.period) for each in rows]


@pytest.mark.parametrize(
    ("status", "coverage", "outcome"),
    [
        (VerificationStatus.PENDING, None, "queued"),
        (VerificationStatus.FAILED, None, "error"),
        (VerificationStatus.COMPLETE, unknown_coverage(), "error"),
    ],
)
def test_what_nobody_answered_says_nothing_of_the_coverage(
    status: VerificationStatus, coverage: Coverage | None, outcome: str
) -> None:
    written = judge(answer(coverage, status=status, problem="The service was stopped."))

    assert written["outcome"] == outcome
    assert "inforce" not in json.dumps(written)


def test_an_answer_that_leaves_coverage_open_is_partial() -> None:
    asked = Attempt("lighthouse", (), Outcome.ANSWERED, 0.1)

    assert judge(answer(unknown_coverage(), attempts=(asked,)))["outcome"] == "partial"


def test_the_statement_of_part_2_goes_along_and_labels_the_answer() -> None:
    with_it, without = judge(answer(unknown_coverage())), judge(answer(unknown_coverage(), notices=()))

    assert PART_2.text in with_it["text"]["div"]
    assert {"system": f"{HL7}v3-ActCode", "code": "42CFRPart2"} in with_it["meta"]["security"]
    assert "meta" not in without


def test_words_that_are_markup_are_written_as_words() -> None:
    hostile = Notice("X", '<script>alert("1")</script>&')

    assert "<script" not in judge(answer(unknown_coverage(), notices=(hostile,)))["text"]["div"]


@pytest.mark.parametrize("amount", ["0.00", "0.01", "1500.10", "999999999.99", "99999999999999999.99"])
def test_money_is_exact_to_the_cent(amount: str) -> None:
    row = build_benefit(BenefitKind.DEDUCTIBLE, code="C", amount=Decimal(amount))
    (item,) = judge(answer(Coverage(CoverageStatus.ACTIVE, benefits=(row,))))["insurance"][0]["item"]
    (benefit,) = item["benefit"]

    words = benefit.get("allowedString", "").partition(" ")[0]
    assert Decimal(words or benefit["allowedMoney"]["value"]) == Decimal(amount)
