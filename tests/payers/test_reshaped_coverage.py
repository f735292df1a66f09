# ruff: noqa: E501 - a reason stands beside what it is the reason of
"""The same member over X12, FHIR, Availity and Stedi's redesigned answer: what these carry is unchanged.

What they cannot carry is listed here, with the reason; everything else has to be the same.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from payers.channels.availity import Availity, AvailitySettings
from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.channels.fhir import Fhir, FhirSettings
from payers.channels.stedi import REDESIGNED, Stedi, StediSettings
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.faults import OUTCOMES
from payers.simulator.scenarios import Scenario, load_scenarios
from payers.simulator.server import Simulator
from verifier.errors import BadReply, PayerFault, PayerRefused, PayerTimeout
from verifier.model.coverage import Benefit, BenefitKind, Coverage, CoverageStatus, CoveredPerson
from verifier.model.inquiry import Member, Patient, Relationship
from verifier.model.question import Question
from verifier.testing.people import QUESTION

SLOW: Final = frozenset({"slow", "drip", "huge"})
SERVICES: Final = ("30", "CJ", "CH", "MH")


def is_answered(scenario: Scenario) -> bool:
    """Leave out members whose payer fails."""
    return scenario.fault is None or (scenario.fault.kind in OUTCOMES and scenario.fault.kind not in SLOW)


def is_comparable(scenario: Scenario) -> bool:
    """Leave out rows written as raw X12, too: FHIR and Availity are not rendered from X12."""
    return is_answered(scenario) and not any(row.raw for row in scenario.benefits)


def strike_always(scenario: Scenario) -> Scenario:
    """Let a fault strike every wire, and not only the first."""
    return replace(scenario, fault=replace(scenario.fault, times=0)) if scenario.fault else scenario


COMPARABLE: Final = [scenario for scenario in load_scenarios() if is_comparable(scenario)]


@dataclass(frozen=True)
class Limits:
    """What a wire cannot carry.

    *kinds* are the benefits it has a word for. *row* takes from a row what the wire cannot say of it. *is_said* tells
    which of a payer's rows have a place on the wire; *is_own* which rows of the wire's own no row of a 271 is.
    """

    kinds: frozenset[BenefitKind]
    row: Callable[[Benefit], tuple[object, ...]]
    is_said: Callable[[Benefit], bool]
    is_own: Callable[[Benefit], bool]


def show_fhir(row: Benefit) -> tuple[object, ...]:
    """FHIR items have no EB04 and EB05, no place of service, no HSD, no dates, no entities; messages are one text."""
    numbers = (row.amount, row.rate, row.quantity, row.unlimited)
    # only a number of visits has a unit: HL7 has a benefit type for it and none for other quantities
    return (
        row.kind,
        row.level,
        row.network,
        row.period,
        *numbers,
        row.authorization,
        row.procedure,
        "; ".join(row.messages),
    )


def show_availity(row: Benefit) -> tuple[object, ...]:
    """Availity has no procedure of a row, and a range of dates comes as two days."""
    kept = (row.quantity_qualifier, row.insurance_type, row.plan_text, row.messages, row.places_of_service)
    numbers = (row.amount, row.rate, row.quantity, row.unlimited)
    delivery = tuple(each._replace(text="") for each in row.delivery)
    entities = tuple((each.role, each.name, each.id, each.contacts) for each in row.entities)
    return (
        row.kind,
        row.level,
        row.network,
        row.period,
        *numbers,
        row.authorization,
        *kept,
        delivery,
        entities,
    )


PRICED: Final = frozenset(
    {
        BenefitKind.ACTIVE,
        BenefitKind.COPAY,
        BenefitKind.COINSURANCE,
        BenefitKind.DEDUCTIBLE,
        BenefitKind.OUT_OF_POCKET,
        BenefitKind.LIMITATION,
        BenefitKind.NOT_COVERED,
    }
)
FHIR: Final = Limits(
    kinds=PRICED,  # an inactive period inside an active plan, whom to ask, other payers: there is no word for them
    row=show_fhir,
    is_said=lambda _: True,
    is_own=lambda _: False,
)
AVAILITY: Final = Limits(
    kinds=PRICED
    | {
        BenefitKind.INACTIVE,
        BenefitKind.COVERAGE_BASIS,
        BenefitKind.DESCRIPTION,
        BenefitKind.EXCLUSION,
        BenefitKind.CONTACT,
    },
    row=show_availity,
    is_said=lambda row: bool(row.services),  # a Benefit is that of one service type
    is_own=lambda row: row.source.pointer == "/plans/0/statusCode",
)


def show_plans(row: Benefit) -> tuple[object, ...]:
    """Stedi's redesigned answer lists a benefit under its plan, so each has that name; days are written otherwise."""
    nowhere: Any = None
    bare = row._replace(
        services=(),
        plan_text=None,
        source=nowhere,
        dates=tuple(each._replace(text="") for each in row.dates),
        entities=tuple(each._replace(source=nowhere) for each in row.entities),
    )
    return tuple(bare)


PLANS: Final = Limits(
    kinds=frozenset(BenefitKind), row=show_plans, is_said=lambda _: True, is_own=lambda _: False
)


def show_rows(coverage: Coverage, limits: Limits) -> Counter[tuple[object, ...]]:
    """Count the rows, one for each service: both wires part lists of services."""
    return Counter(
        (service, *limits.row(row))
        for row in coverage.benefits
        if row.kind in limits.kinds and limits.is_said(row) and not limits.is_own(row)
        for service in row.services or (None,)
    )


def show_person(person: CoveredPerson | None) -> tuple[object, ...] | None:
    if person is None:
        return None
    return (person.relationship, person.last_name, person.first_name, person.birth_date, person.sex)


def show_rest(coverage: Coverage) -> dict[str, object]:
    """Show what stands outside the benefits.

    Neither wire names the loop of a refusal or a follow-up action; and who is named beside a refusal is a matter of
    the loop it stands in.
    """
    plan = coverage.plan
    refusal = {
        "status": coverage.status,
        "rejections": sorted((each.code or "", each.category) for each in coverage.rejections),
    }
    if coverage.status in {CoverageStatus.REJECTED, CoverageStatus.UNKNOWN}:
        return refusal
    return {
        **refusal,
        "payer": coverage.payer,
        "plan": (plan.name, plan.group_number, plan.group_name, plan.begins, plan.ends),
        "patient": show_person(coverage.patient),
        "subscriber": show_person(coverage.subscriber),
    }


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    sender = HttpSender()
    yield sender
    sender.close()


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator(scenarios=[strike_always(each) for each in COMPARABLE]) as simulator:
        yield simulator


@pytest.fixture(name="core")
def _core(simulator: Simulator, sender: HttpSender) -> CaqhCore:
    return open_core(simulator, sender)


def open_core(simulator: Simulator, sender: HttpSender) -> CaqhCore:
    names = ("VERIFIER", "SIMULATED", simulator.user_name, simulator.password)
    return CaqhCore(CoreSettings(f"{simulator.url}/core/mime", *names), Tools(sender))


def ask_about(scenario: Scenario) -> Question:
    person = scenario.person
    member = Member(person.last_name, person.birth_date, person.first_name, person.id)
    patient = Patient()
    if scenario.dependents:
        child = scenario.dependents[0]
        patient = Patient(
            Relationship(child.relationship), child.first_name, child.last_name, birth_date=child.birth_date
        )
    return replace(
        QUESTION, payer_id=scenario.payer, subscriber=member, patient=patient, service_types=SERVICES
    )


def drop_leading(scenario: Scenario, coverage: Coverage) -> Coverage:
    """Leave out the row that says the plan is active: in FHIR that is ``inforce``, without a service type."""
    leading = next((row for row in coverage.benefits if row.kind is BenefitKind.ACTIVE), None)
    return replace(coverage, benefits=tuple(row for row in coverage.benefits if row is not leading))


@pytest.mark.parametrize("path", ["fhir", "fhir-bundle"])
@pytest.mark.parametrize("scenario", COMPARABLE, ids=lambda scenario: scenario.name)
def test_fhir_carries_what_it_has_a_word_for(
    scenario: Scenario, path: str, core: CaqhCore, simulator: Simulator, sender: HttpSender
) -> None:
    channel = Fhir(FhirSettings(f"{simulator.url}/{path}"), Tools(sender))

    told, expected = ask_both(scenario, channel, core)

    assert show_rest(told) == show_rest(expected)
    told, expected = (drop_leading(scenario, coverage) for coverage in (told, expected))
    assert show_rows(told, FHIR) == show_rows(expected, FHIR)


@pytest.mark.parametrize("scenario", COMPARABLE, ids=lambda scenario: scenario.name)
def test_availity_carries_what_it_has_a_place_for(
    scenario: Scenario, core: CaqhCore, simulator: Simulator, sender: HttpSender
) -> None:
    settings = AvailitySettings(f"{simulator.url}/availity/v1", simulator.user_name, simulator.password)
    channel = Availity(settings, Tools(sender), pause=lambda _: None)

    told, expected = ask_both(scenario, channel, core)

    assert show_rest(told) == show_rest(expected)
    assert show_rows(told, AVAILITY) == show_rows(expected, AVAILITY)
    assert [each.administrator for each in told.carve_outs] == [
        each.administrator for each in expected.carve_outs for _ in each.services
    ]
    assert [(each.payer, each.role) for each in told.other_coverage] == [
        (each.payer, each.role) for each in expected.other_coverage
    ]


ANSWERING: Final = [scenario for scenario in load_scenarios() if is_answered(scenario)]


@pytest.fixture(name="everybody", scope="module")
def _everybody() -> Iterator[Simulator]:
    with Simulator(scenarios=[strike_always(each) for each in ANSWERING]) as simulator:
        yield simulator


@pytest.mark.parametrize("scenario", ANSWERING, ids=lambda scenario: scenario.name)
def test_the_redesigned_shape_carries_everything_one_service_an_entry(
    scenario: Scenario, everybody: Simulator, sender: HttpSender
) -> None:
    settings = StediSettings(everybody.password, f"{everybody.url}/stedi-without-x12", REDESIGNED)
    channel = Stedi(settings, Tools(sender))

    told, expected = ask_both(scenario, channel, open_core(everybody, sender))

    assert show_rest(told) == show_rest(expected)
    assert show_rows(told, PLANS) == show_rows(expected, PLANS)
    assert [each.administrator for each in told.carve_outs] == [
        each.administrator for each in expected.carve_outs for _ in each.services
    ]
    assert [(each.payer, each.role) for each in told.other_coverage] == [
        (each.payer, each.role) for each in expected.other_coverage
    ]


def ask_both(scenario: Scenario, channel: Channel, core: CaqhCore) -> tuple[Coverage, Coverage]:
    question = ask_about(scenario)
    return channel.ask(question, Deadline.after(10)), core.ask(question, Deadline.after(10))


# what goes wrong with the payer, over real HTTP: never a coverage, never in more time than there is

MISDEEDS: Final = {
    BadReply: (
        "wrong_member",
        "wrong_trace",
        "truncated",
        "garbage",
        "html_error_page",
        "dropped_connection",
        "hang_up",
        "bomb",
        "endless",
    ),
    PayerRefused: ("http_429", "http_500", "http_503", "redirect", "envelope_error", "soap_fault"),
    PayerTimeout: ("silent", "slow", "drip"),
}
FAILING: Final = [(name, kind) for kind, names in MISDEEDS.items() for name in names]


@pytest.fixture(name="misbehaving", scope="module")
def _misbehaving() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.mark.parametrize("path", ["fhir", "availity", "availity-at-once"])
@pytest.mark.parametrize(("name", "kind"), FAILING, ids=[name for name, _ in FAILING])
def test_a_misdeed_of_the_payer_is_a_named_fault_in_time(
    name: str, kind: type[PayerFault], path: str, misbehaving: Simulator, sender: HttpSender
) -> None:
    scenario = next(each for each in misbehaving.scenarios if each.name == name)
    seconds = 0.5 if kind is PayerTimeout else 10.0
    started = time.monotonic()

    with pytest.raises(kind) as fault:
        open_channel(path, misbehaving, sender).ask(ask_about(scenario), Deadline.after(seconds))

    assert time.monotonic() - started < seconds + 0.25
    assert scenario.person.id not in str(fault.value)
    assert scenario.person.last_name.casefold() not in str(fault.value).casefold()


def open_channel(path: str, simulator: Simulator, sender: HttpSender) -> Channel:
    if path == "fhir":
        return Fhir(FhirSettings(f"{simulator.url}/{path}"), Tools(sender))
    settings = AvailitySettings(f"{simulator.url}/{path}/v1", simulator.user_name, simulator.password)
    return Availity(settings, Tools(sender), pause=lambda _: None)
