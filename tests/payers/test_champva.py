"""The CHAMPVA program: the shipped contract, its rules to the cent, and the simulator behind it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from payers.kit.plug import Tools
from payers.kit.program import Program
from payers.programs.champva.program import Champva, plug
from payers.programs.champva.rules import publish
from payers.simulator.server import Simulator
from schemas.inquiry import load_inquiry
from verifier.bootstrap import CommandRooms
from verifier.estimation.published import estimate_published
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate
from verifier.model.findings import FigureStatus, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.payment import Cover, OtherPlan, PlanKind
from verifier.model.program import WEEKDAYS
from verifier.model.program import Program as Sessions
from verifier.model.verification import Verification
from verifier.model.vocabulary import CoverageStatus
from verifier.service import Verifier
from verifier.testing.people import INQUIRY
from verifier.testing.program_contract import ProgramContract


class TestChampvaKeepsTheContract(ProgramContract):
    @pytest.fixture(name="program")
    def _program(self) -> Iterator[Program]:
        program = Champva()
        yield program
        program.close()


def test_the_plug_builds_the_program() -> None:
    program = plug.build(Tools(sender=None))  # type: ignore[arg-type]
    program.close()

    assert program.name == plug.name == "champva"


def plan(start: date, sessions: int, allowed: str = "325.00") -> Inquiry:
    """A program on every day of the week."""
    program = Sessions("H0015", start, WEEKDAYS, sessions=sessions, allowed_amount=Decimal(allowed))
    return replace(INQUIRY, program=program)


def price(inquiry: Inquiry) -> Estimate:
    return estimate_published(publish(inquiry), inquiry.program, Coverage(CoverageStatus.ACTIVE))


@pytest.mark.parametrize(
    ("inquiry", "owed", "total"),
    [
        # 50.00 and a quarter of the 275.00 left, then a quarter of 325.00
        (plan(date(2026, 3, 2), 3), ["118.75", "81.25", "81.25"], "281.25"),
        # a session under the deductible
        (plan(date(2026, 3, 2), 3, "30.00"), ["30.00", "22.50", "7.50"], "60.00"),
        # the family's cap of 3,000.00: 118.75, thirty-five times 81.25, then 37.50
        (plan(date(2026, 3, 2), 40), ["118.75", *["81.25"] * 35, "37.50", "0.00", "0.00", "0.00"], "3000.00"),
        # the deductible begins anew with the year
        (plan(date(2025, 12, 30), 4), ["118.75", "81.25", "118.75", "81.25"], "400.00"),
    ],
)
def test_a_deductible_then_a_quarter_up_to_the_familys_cap(
    inquiry: Inquiry, owed: list[str], total: str
) -> None:
    found = price(inquiry)

    assert [f"{session.shares.patient}" for session in found.sessions] == owed
    assert found.low == found.expected == found.high == Decimal(total)
    assert not found.incomplete


@pytest.mark.parametrize(("start", "unpriced"), [(date(2026, 12, 30), 2), (date(2024, 12, 30), 2)])
def test_a_year_that_is_not_loaded_has_no_figures_of_another(start: date, unpriced: int) -> None:
    found = price(plan(start, 4))

    assert [session.shares.patient for session in found.sessions].count(Decimal(0)) == unpriced
    assert found.incomplete
    assert "RULE_YEAR_NOT_LOADED" in [assumption.code for assumption in found.assumptions]
    assert any("va.gov" in assumption.text for assumption in found.assumptions)


def test_nobody_is_asked_for_more_than_champva_allows() -> None:
    inquiry = plan(date(2026, 3, 2), 1)
    billed = replace(inquiry, program=replace(inquiry.program, billed_amount=Decimal("950.00")))

    assert price(billed).totals.balance == 0


def test_every_figure_says_its_year_its_status_and_where_it_stands() -> None:
    rules = [step.rule for step in price(plan(date(2025, 12, 30), 4)).steps if step.rule]

    assert {(rule.program, rule.year, rule.status) for rule in rules} == {
        ("champva", 2025, FigureStatus.UNCONFIRMED),
        ("champva", 2026, FigureStatus.UNCONFIRMED),
    }
    assert all("not official" in rule.source for rule in rules)


def test_other_coverage_is_asked_for_until_somebody_named_it() -> None:
    named = replace(INQUIRY, other_coverage=(OtherPlan(Cover(PlanKind.MEDICARE)),))

    assert [question.code for question in publish(INQUIRY).questions] == [
        "champva_other_coverage",
        "covered",
        "authorization",
    ]
    assert [question.code for question in publish(named).questions] == ["covered", "authorization"]


@pytest.fixture(name="service", scope="module")
def _service() -> Iterator[Verifier]:
    with Simulator() as simulator, CommandRooms({}).verifier(simulator.url) as service:
        yield service


OTTILIE = {"id": "900200012", "first_name": "Ottilie", "last_name": "Marrowby", "birth_date": "1979-05-23"}
LEOPOLD = {"id": "900200023", "first_name": "Leopold", "last_name": "Fenwright", "birth_date": "1968-10-02"}
ENDED = {"id": "900200034", "first_name": "Wilhelmina", "last_name": "Ashcombe", "birth_date": "1990-01-30"}
PROGRAM = {
    "code": "H0015",
    "start_date": "2026-03-02",
    "weekdays": ["mon", "wed", "fri"],
    "sessions": 6,
    "allowed_amount": "325.00",
}


def verify(service: Verifier, member: dict[str, str], **more: Any) -> Verification:  # noqa: ANN401 - JSON
    inquiry = {"payer": "sim-champva", "member": member, "program": PROGRAM, **more}
    return service.verify(load_inquiry(inquiry))


def test_a_reply_that_says_active_is_priced_by_the_rules(service: Verifier) -> None:
    found = verify(service, OTTILIE)

    assert found.coverage
    assert found.coverage.status is CoverageStatus.ACTIVE
    assert found.estimate
    assert found.estimate.expected == Decimal("525.00")  # 118.75 and five times 81.25
    assert [unknown.code for unknown in found.unknowns] == [
        "champva_other_coverage",
        "covered",
        "authorization",
        "deductible_remaining",
        "out_of_pocket_remaining",
    ]
    assert found.decision
    assert found.decision.verdict is Verdict.CAUTION
    assert not [reason for reason in found.decision.reasons if "network" in reason]


def test_what_the_reply_says_is_left_wins_over_the_whole_limits(service: Verifier) -> None:
    found = verify(service, LEOPOLD)

    assert found.estimate
    assert [str(session.shares.patient) for session in found.estimate.sessions] == [
        *["81.25"] * 4,
        "75.00",
        "0.00",
    ]
    assert [step.what for step in found.estimate.steps if step.source] == [
        "deductible, individual, remaining",
        "out-of-pocket maximum, family, remaining",
    ]


def test_a_coverage_that_ended_is_not_priced_and_a_person_not_found_is_no_no(service: Verifier) -> None:
    ended = verify(service, ENDED)
    lost = verify(service, {**OTTILIE, "id": "900299999"})

    assert ended.decision
    assert lost.decision
    assert (ended.estimate, ended.decision.verdict) == (None, Verdict.STOP)
    assert lost.decision.verdict is Verdict.CAUTION


def test_after_medicare_champva_pays_the_difference(service: Verifier) -> None:
    medicare = {"kind": "medicare", "terms": {"coinsurance": "0.20"}}
    found = verify(service, OTTILIE, other_coverage=[medicare])

    assert [(turn.position, turn.kind, turn.rule) for turn in found.payment_order] == [
        (1, "medicare", "medicare_before_champva"),
        (2, "champva", "medicare_before_champva"),
    ]
    assert found.after_primary
    assert (found.after_primary.expected, found.after_primary.high) == (0, 0)


def test_with_tricare_there_is_no_champva_to_bill(service: Verifier) -> None:
    found = verify(service, OTTILIE, other_coverage=[{"kind": "tricare"}])

    assert [(turn.kind, turn.is_billed, turn.rule) for turn in found.payment_order] == [
        ("tricare", True, "only_plan"),
        ("champva", False, "champva_without_tricare"),
    ]
    assert found.after_primary is None
    assert found.decision
    assert "This plan is not billed. Who is eligible for TRICARE has no CHAMPVA (38 USC 1781(a))." in (
        found.decision.reasons
    )
