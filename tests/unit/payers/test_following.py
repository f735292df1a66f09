"""Payers that name each other, over the real gateway; only the wire is written by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from payers.directory.directory import load
from payers.following import Following
from payers.gateway import Gateway
from payers.kit.deadline import Deadline
from payers.programs.commercial import Commercial
from verifier.errors import NotFound, PayerTimeout
from verifier.model.coverage import (
    ActualPayer,
    Benefit,
    CarveOut,
    Contact,
    Coverage,
    Entity,
    OtherCoverage,
    PayerName,
    Source,
)
from verifier.model.health import PayerHealth
from verifier.model.question import Question
from verifier.model.verification import Answer, Outcome
from verifier.model.vocabulary import BenefitKind, CoverageStatus, RejectionClass
from verifier.testing.builders import benefit
from verifier.testing.people import FACILITY, INQUIRY, find_secrets
from verifier.testing.program_contract import rejection

PAYERS = """
[[payer]]
id = "medical"
name = "Medical Plan"
program = "commercial"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "MED" }]

[[payer]]
id = "behavioral"
name = "Behavioral Administrator"
program = "commercial"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "BHA" }]

[[payer]]
id = "second"
name = "Second Administrator"
program = "commercial"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "SEC" }]

[[payer]]
id = "third"
name = "Third Administrator"
program = "commercial"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "THI" }]

[[payer]]
id = "same-id"
name = "Same Office"
program = "commercial"
routes = [{ connection = "wire", payer_id = "MED" }]

[[payer]]
id = "unreachable"
name = "Unreachable Administrator"
program = "commercial"

[[payer]]
id = "particular"
name = "Particular Administrator"
program = "commercial"
requires = ["member.ssn"]
routes = [{ connection = "wire", payer_id = "PAR" }]

[[payer]]
id = "with-administrator"
name = "Plan with an Administrator"
program = "commercial"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "WIT" }]
behavioral_health = { payer = "behavioral" }

[[payer]]
id = "federal"
name = "Federal Medicare"
program = "commercial"
line = "medicare"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "FED" }]

[[payer]]
id = "state"
name = "State Medicaid"
program = "commercial"
line = "medicaid"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "STA" }]

[[payer]]
id = "managed"
name = "Managed Care of Ours"
program = "commercial"
line = "medicaid"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "MCO" }]
"""
REGIONS = """
[[payer]]
id = "both"
name = "Both Regions"
program = "commercial"
line = "tricare"
regions = { east = "east", west = "west" }

[[payer]]
id = "east"
name = "Region East"
program = "commercial"
line = "tricare"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "EAST" }]

[[payer]]
id = "west"
name = "Region West"
program = "commercial"
line = "tricare"
multiple_service_types = true
routes = [{ connection = "wire", payer_id = "WEST" }]
"""
PHONE = Contact(None, "phone", "5555550140")
SHARE = benefit(kind=BenefitKind.COINSURANCE, services=("CJ",), rate=Decimal("0.15"))
DEDUCTIBLE = benefit(kind=BenefitKind.DEDUCTIBLE, amount=Decimal(1500))


@dataclass
class Payers:
    """A wire on which each payer id gives its own answer; keeps the questions."""

    answers: Mapping[str, Coverage | Exception]
    name: str = "wire"
    questions: list[Question] = field(default_factory=list)

    def ask(self, question: Question, _deadline: Deadline) -> Coverage:
        self.questions.append(question)
        answer = self.answers[question.payer_id]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def asked(self) -> list[str]:
        return [question.payer_id for question in self.questions]


@dataclass
class KeptCalls:
    """A call log that keeps what it is told."""

    calls: list[tuple[str, str, Outcome]] = field(default_factory=list)

    def record(self, payer: str, route: str, outcome: Outcome, seconds: float) -> None:
        assert seconds >= 0
        self.calls.append((payer, route, outcome))

    def health(self, payer: str) -> PayerHealth:
        return PayerHealth(payer, ())


def tell(name: str, *rows: Benefit, **more: Any) -> Coverage:  # noqa: ANN401 - any field of a coverage
    return Coverage(CoverageStatus.ACTIVE, payer=PayerName(name), benefits=rows, **more)


def carve_out(name: str | None, payer_id: str | None = None, services: tuple[str, ...] = ("MH",)) -> CarveOut:
    return CarveOut(name, payer_id, services, (PHONE,), Source(7, f"EB*U {name}"))


@dataclass
class House:
    """A gateway that follows, its wire and its call log."""

    folder: Path
    gateways: list[Gateway] = field(default_factory=list)
    calls: KeptCalls = field(default_factory=KeptCalls)
    wire: Payers = field(init=False)

    def ask(
        self, payer: str, answers: Mapping[str, Coverage | Exception], *, deadline: float = 5.0
    ) -> Answer:
        path = self.folder / "payers.toml"
        path.write_text(PAYERS + REGIONS)
        self.wire = Payers(answers)
        gateway = Gateway(
            directory=load([path]), channels={"wire": self.wire}, programs={"commercial": Commercial()}
        )
        self.gateways.append(gateway)
        following = Following(gateway, calls=self.calls)
        return following.ask(replace(INQUIRY, payer=payer), FACILITY, deadline=deadline)


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    for gateway in house.gateways:
        gateway.close()


def test_the_administrator_a_reply_names_is_asked_and_each_benefit_says_who_answered(house: House) -> None:
    answer = house.ask(
        "medical",
        {
            "MED": tell("MEDICAL", DEDUCTIBLE, carve_outs=(carve_out("THE ENTITY BELOW", "BHA"),)),
            "BHA": tell("BEHAVIORAL", SHARE),
        },
    )

    coverage = answer.coverage
    told = [(row.kind, coverage.answered_by[row.source.answered_by].payer) for row in coverage.benefits]
    assert house.wire.asked == ["MED", "BHA"]
    assert told == [(BenefitKind.DEDUCTIBLE, "MEDICAL"), (BenefitKind.COINSURANCE, "BEHAVIORAL")]
    assert [each.answered_by for each in coverage.carve_outs] == [1]
    assert coverage.open_carve_outs == ()
    assert coverage.warnings == ()
    assert [attempt.payer for attempt in answer.attempts] == ["medical", "behavioral"]


def test_the_member_is_the_same_in_both_questions(house: House) -> None:
    house.ask(
        "medical",
        {"MED": tell("MEDICAL", carve_outs=(carve_out(None, "BHA"),)), "BHA": tell("BEHAVIORAL")},
    )

    assert {question.subscriber for question in house.wire.questions} == {INQUIRY.member}


NOT_FOLLOWED = {
    "nobody knows it": (carve_out("THE ENTITY BELOW"), {}, "does not know it for certain", "call 5555550140"),
    "no route leads to it": (carve_out("Unreachable Administrator"), {}, "no route to it", "'unreachable'"),
    "it needs what is not known": (
        carve_out("Particular Administrator"),
        {},
        "cannot be asked without the fields named",
        "'particular'",
    ),
    "it has the id of the payer asked": (carve_out("Same Office"), {}, "under the same id", "'same-id'"),
    "it does not answer": (
        carve_out("Behavioral Administrator"),
        {"BHA": PayerTimeout("No answer.")},
        "it could not answer",
        "'behavioral'",
    ),
    "it does not find the member": (
        carve_out("Behavioral Administrator"),
        {"BHA": Coverage(CoverageStatus.REJECTED, rejections=(rejection(RejectionClass.MEMBER),))},
        "it refused the question",
        "'behavioral'",
    ),
    "it has no active coverage": (
        carve_out("Behavioral Administrator"),
        {"BHA": Coverage(CoverageStatus.INACTIVE)},
        "its coverage is not active",
        "'behavioral'",
    ),
}


@pytest.mark.parametrize(("named", "answers", "reason", "advice"), NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_an_administrator_without_an_answer_is_a_warning_with_what_to_do(
    house: House, named: CarveOut, answers: dict[str, Coverage | Exception], reason: str, advice: str
) -> None:
    medical = tell("MEDICAL", DEDUCTIBLE, carve_outs=(named,))

    coverage = house.ask("medical", {"MED": medical, **answers}).coverage

    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.benefits == medical.benefits
    assert coverage.open_carve_outs == (named,)
    assert [warning.code for warning in coverage.warnings] == ["CARVE_OUT_NOT_FOLLOWED"]
    assert reason in coverage.warnings[0].text
    assert advice in coverage.warnings[0].text
    assert find_secrets(coverage.warnings[0].text) == []


def test_without_time_left_nobody_more_is_asked(house: House) -> None:
    answer = house.ask(
        "medical",
        {"MED": tell("MEDICAL", carve_outs=(carve_out("Behavioral Administrator"),))},
        deadline=0.9,
    )

    assert house.wire.asked == ["MED"]
    assert "no time left" in answer.coverage.warnings[0].text


@pytest.mark.parametrize(
    "coverage",
    [
        tell("MEDICAL", carve_outs=(carve_out("PHARMACY", "BHA", ("88",)),)),
        tell("MEDICAL", carve_outs=(carve_out(None, None),)),
        tell("MEDICAL", carve_outs=(carve_out("MEDICAL PLAN", "MED"),)),
        Coverage(CoverageStatus.INACTIVE, carve_outs=(carve_out(None, "BHA"),)),
        Coverage(CoverageStatus.REJECTED, carve_outs=(carve_out(None, "BHA"),)),
        Coverage(CoverageStatus.UNKNOWN, carve_outs=(carve_out(None, "BHA"),)),
    ],
    ids=["other services", "nobody named", "the payer itself", "inactive", "refused", "unknown"],
)
def test_there_is_nobody_to_follow(house: House, coverage: Coverage) -> None:
    answer = house.ask("medical", {"MED": coverage})

    assert house.wire.asked == ["MED"]
    assert "CARVE_OUT_NOT_FOLLOWED" not in {warning.code for warning in answer.coverage.warnings}


def test_two_more_payers_are_asked_and_a_third_is_not(house: House) -> None:
    names = ("Behavioral Administrator", "Second Administrator", "Third Administrator")
    answer = house.ask(
        "medical",
        {
            "MED": tell("MEDICAL", carve_outs=tuple(map(carve_out, names))),
            "BHA": tell("BEHAVIORAL", SHARE),
            "SEC": tell("SECOND", SHARE),
        },
    )

    assert house.wire.asked == ["MED", "BHA", "SEC"]
    assert "2 more payers were asked" in answer.coverage.warnings[0].text
    assert [each.answered_by for each in answer.coverage.carve_outs] == [1, 2, None]


def test_payers_that_name_each_other_are_asked_once(house: House) -> None:
    answer = house.ask(
        "medical",
        {
            "MED": tell("MEDICAL", carve_outs=(carve_out("Behavioral Administrator"),)),
            "BHA": tell("BEHAVIORAL", SHARE, carve_outs=(carve_out("Medical Plan"),)),
        },
    )

    assert house.wire.asked == ["MED", "BHA"]
    assert answer.coverage.warnings == ()


def test_the_directory_names_the_administrator_where_the_payer_says_nothing(house: House) -> None:
    answer = house.ask(
        "with-administrator", {"WIT": tell("WITH", DEDUCTIBLE), "BHA": tell("BEHAVIORAL", SHARE)}
    )

    assert house.wire.asked == ["WIT", "BHA"]
    assert answer.coverage.carve_outs == (
        CarveOut(
            "Behavioral Administrator", None, (), (), Source(None, "the payer directory"), answered_by=1
        ),
    )


def test_the_directory_is_not_believed_against_the_payer(house: House) -> None:
    house.ask("with-administrator", {"WIT": tell("WITH", SHARE)})

    assert house.wire.asked == ["WIT"]


ADVANTAGE_AT = Source(4, "EB*R**30*HN")
ADVANTAGE = OtherCoverage(
    "MANAGED CARE OF OURS", "MCO", "payer", "HN", "OTHER-ID", None, None, None, ADVANTAGE_AT
)


def test_a_medicare_advantage_plan_is_the_actual_payer_and_asked_under_its_own_member_id(
    house: House,
) -> None:
    coverage = house.ask(
        "federal",
        {
            "FED": tell("MEDICARE", DEDUCTIBLE, other_coverage=(ADVANTAGE,)),
            "MCO": tell("MANAGED CARE OF OURS", SHARE),
        },
    ).coverage

    assert house.wire.asked == ["FED", "MCO"]
    assert house.wire.questions[1].subscriber == replace(INQUIRY.member, id="OTHER-ID")
    assert coverage.actual_payer == ActualPayer(
        "MANAGED CARE OF OURS",
        "MCO",
        "managed",
        "medicare_advantage",
        ADVANTAGE_AT._replace(reply=1, answered_by=1),
        answered_by=0,
    )
    assert [row.kind for row in coverage.benefits] == [BenefitKind.COINSURANCE]
    assert [row.kind for row in coverage.superseded] == [BenefitKind.DEDUCTIBLE]
    assert coverage.other_coverage == ()


def test_another_payer_beside_a_commercial_plan_is_not_the_actual_one(house: House) -> None:
    coverage = house.ask("medical", {"MED": tell("MEDICAL", other_coverage=(ADVANTAGE,))}).coverage

    assert (coverage.actual_payer, house.wire.asked) == (None, ["MED"])


def test_a_medicaid_plan_that_is_named_beside_active_coverage_is_the_actual_payer(house: House) -> None:
    entity = Entity("payer", "PR", "Managed Care of Ours", None, None, (), None, Source(5, "NM1*PR"))
    active = benefit(kind=BenefitKind.ACTIVE, insurance_type="Medicaid", entities=(entity,))

    coverage = house.ask("medical", {"MED": tell("MEDICAL", active), "MCO": tell("MANAGED", SHARE)}).coverage

    assert coverage.actual_payer
    assert (coverage.actual_payer.payer, coverage.actual_payer.kind) == ("managed", "medicaid_managed_care")


def test_an_actual_payer_nobody_knows_is_reported_all_the_same(house: House) -> None:
    whole = carve_out("COUNTY HEALTH SCHEME", None, ("30",))

    coverage = house.ask("state", {"STA": tell("STATE", DEDUCTIBLE, carve_outs=(whole,))}).coverage

    assert coverage.actual_payer == ActualPayer(
        "COUNTY HEALTH SCHEME", None, None, "medicaid_managed_care", whole.source
    )
    assert [warning.code for warning in coverage.warnings] == ["ACTUAL_PAYER_NOT_ASKED"]
    assert [row.kind for row in coverage.benefits] == [BenefitKind.DEDUCTIBLE]


def test_the_actual_payers_own_administrator_is_followed_too(house: House) -> None:
    coverage = house.ask(
        "state",
        {
            "STA": tell("STATE", carve_outs=(carve_out("Managed Care of Ours", None, ("30",)),)),
            "MCO": tell("MANAGED", DEDUCTIBLE, carve_outs=(carve_out("Behavioral Administrator"),)),
            "BHA": tell("BEHAVIORAL", SHARE),
        },
    ).coverage

    told = [(row.kind, coverage.answered_by[row.source.answered_by].payer) for row in coverage.benefits]
    assert house.wire.asked == ["STA", "MCO", "BHA"]
    assert told == [(BenefitKind.DEDUCTIBLE, "MANAGED"), (BenefitKind.COINSURANCE, "BEHAVIORAL")]
    assert coverage.open_carve_outs == ()


def test_every_call_is_logged_by_payer_and_wire(house: House) -> None:
    house.ask(
        "medical",
        {
            "MED": tell("MEDICAL", carve_outs=(carve_out("Behavioral Administrator"),)),
            "BHA": PayerTimeout("No answer."),
        },
    )

    assert house.calls.calls == [
        ("medical", "wire", Outcome.ANSWERED),
        ("behavioral", "wire", Outcome.TIMEOUT),
    ]


def test_what_the_gateway_refuses_is_refused_here(house: House) -> None:
    with pytest.raises(NotFound):
        house.ask("nobody-at-all", {})

    assert house.calls.calls == []


def say(name: str, payer_id: str, status: CoverageStatus = CoverageStatus.ACTIVE, *rows: Benefit) -> Coverage:
    return Coverage(status, payer=PayerName(name, payer_id), benefits=rows)


def test_the_contractor_that_a_wrong_region_names_is_asked_and_counts(house: House) -> None:
    answers = {
        "EAST": say("REGION WEST", "WEST", CoverageStatus.ACTIVE, DEDUCTIBLE),
        "WEST": say("REGION WEST", "WEST", CoverageStatus.ACTIVE, SHARE),
    }

    coverage = house.ask("east", answers).coverage

    assert house.wire.asked == ["EAST", "WEST"]
    assert [row.kind for row in coverage.benefits] == [BenefitKind.COINSURANCE]
    assert [row.kind for row in coverage.superseded] == [BenefitKind.DEDUCTIBLE]
    assert coverage.actual_payer is not None
    assert (coverage.actual_payer.payer, coverage.actual_payer.kind) == ("west", "tricare_region")
    assert coverage.warnings == ()


def test_a_refusal_that_names_the_other_region_is_followed_and_forgotten(house: House) -> None:
    refusals = (rejection(RejectionClass.MEMBER, "75"),)
    answers = {
        "EAST": replace(say("REGION WEST", "WEST", CoverageStatus.REJECTED), rejections=refusals),
        "WEST": say("REGION WEST", "WEST", CoverageStatus.ACTIVE, SHARE),
    }

    coverage = house.ask("east", answers).coverage

    assert (coverage.status, coverage.rejections) == (CoverageStatus.ACTIVE, ())


@pytest.mark.parametrize(
    ("payer", "answer", "asked"),
    [
        ("east", say("REGION EAST", "EAST"), ["EAST"]),
        ("east", say("TRICARE", "00000"), ["EAST"]),  # nobody the directory knows
        ("east", say("MEDICAL PLAN", "MED"), ["EAST"]),  # nobody of the same line of business
        ("east", say("REGION WEST", "EAST"), ["EAST"]),  # name and id of two payers are doubt
        ("east", say("REGION WEST", "WEST", CoverageStatus.UNKNOWN), ["EAST"]),
        ("medical", say("REGION WEST", "WEST"), ["MED"]),  # only a region names another
    ],
)
def test_no_other_region_is_asked_on_a_doubtful_word(
    house: House, payer: str, answer: Coverage, asked: list[str]
) -> None:
    coverage = house.ask(payer, {"EAST": answer, "MED": answer}).coverage

    assert house.wire.asked == asked
    assert coverage.actual_payer is None
    assert "ACTUAL_PAYER_NOT_ASKED" not in {warning.code for warning in coverage.warnings}


def test_two_regions_that_name_each_other_are_each_asked_once(house: House) -> None:
    answers = {"EAST": say("REGION WEST", "WEST"), "WEST": say("REGION EAST", "EAST")}

    house.ask("east", answers)

    assert house.wire.asked == ["EAST", "WEST"]


def test_of_a_payer_with_regions_one_is_asked_and_named_in_the_attempts(house: House) -> None:
    answer = house.ask("both", {"EAST": say("REGION EAST", "EAST")})

    assert house.wire.asked == ["EAST"]
    assert [attempt.payer for attempt in answer.attempts] == ["east"]
    assert house.calls.calls == [("east", "wire", Outcome.ANSWERED)]
    assert answer.coverage.actual_payer is None
