import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from payers.directory.directory import load
from payers.gateway import Gateway
from payers.kit.deadline import Deadline
from payers.kit.http import refuse
from payers.kit.program import Destination
from payers.programs.commercial import Commercial
from verifier.errors import (
    BadInput,
    BadReply,
    NotConfigured,
    NotFound,
    PayerHeld,
    PayerRefused,
    PayerTimeout,
    PayerUnreachable,
)
from verifier.model.coverage import Coverage, PayerName, unknown_coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.published import Published
from verifier.model.verification import Answer, Outcome
from verifier.model.vocabulary import CoverageStatus, RejectionClass
from verifier.ports import PayerGateway
from verifier.store.call_state import LocalCallState
from verifier.testing.people import FACILITY, INQUIRY, find_secrets
from verifier.testing.program_contract import ScriptedChannel, active, rejection

PAYERS = """
[[payer]]
id = "plain"
name = "Plain Plan"
program = "commercial"
routes = [{ connection = "away", payer_id = "A1" }, { connection = "here", payer_id = "H1" }]

[[payer]]
id = "particular"
name = "Particular Plan"
program = "commercial"
service_types = ["A4", "30"]
multiple_service_types = true
requires = ["member.id", "member.sex", "member.ssn"]
routes = [{ connection = "here", payer_id = "H2" }]

[[payer]]
id = "unreachable"
name = "Unreachable Plan"
program = "commercial"

[[payer]]
id = "unconnected"
name = "Unconnected Plan"
program = "commercial"
routes = [{ connection = "caqh_core", payer_id = "C1" }]

[[payer]]
id = "foreign"
name = "Foreign Plan"
program = "lunar"
routes = [{ connection = "here", payer_id = "H3" }]
"""


REGIONS = """
[[payer]]
id = "regional"
name = "Regional Plan"
program = "regional"
regions = { north = "northern", south = "southern" }

[[payer]]
id = "northern"
name = "Northern Plan"
program = "regional"
routes = [{ connection = "here", payer_id = "N1" }]

[[payer]]
id = "southern"
name = "Southern Plan"
program = "regional"
routes = [{ connection = "here", payer_id = "S1" }]
"""


class Regional(Commercial):
    """A program whose payers serve a state each."""

    name = "regional"

    def choose_region(self, _inquiry: Inquiry, facility: Facility) -> str | None:
        return {"FL": "south", "AK": "beyond"}.get(facility.state or "")


class Lunar(Commercial):
    """A program with published rules."""

    name = "lunar"

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published:
        return Published(f"{self.name} {inquiry.payer} {facility.id} {coverage.status}")


class Stellar(Lunar):
    """A program whose proof the desk holds."""

    name = "stellar"

    def answer_alone(self, payer: str) -> Answer:
        return Answer(unknown_coverage(payer=PayerName(payer)))


@pytest.fixture(name="channel")
def _channel() -> ScriptedChannel:
    return ScriptedChannel(active)


@pytest.fixture(name="gateway")
def _gateway(tmp_path: Path, channel: ScriptedChannel) -> Iterator[Gateway]:
    path = tmp_path / "payers.toml"
    path.write_text(PAYERS)
    gateway = Gateway(
        directory=load([path]), channels={"here": channel}, programs={"commercial": Commercial()}
    )
    yield gateway
    gateway.close()


def ask(gateway: PayerGateway, payer: str) -> Answer:
    return gateway.ask(replace(INQUIRY, payer=payer), FACILITY, deadline=5)


def test_the_first_configured_route_is_taken_under_the_id_the_payer_has_there(
    gateway: Gateway, channel: ScriptedChannel
) -> None:
    answer = ask(gateway, "plain")

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert {(question.payer_name, question.payer_id) for question in channel.questions} == {
        ("Plain Plan", "H1")
    }


def test_the_program_learns_what_the_directory_knows(gateway: Gateway, channel: ScriptedChannel) -> None:
    member = replace(INQUIRY.member, sex="F", ssn="123456789")

    gateway.ask(replace(INQUIRY, payer="particular", member=member), FACILITY, deadline=5)

    assert [question.service_types for question in channel.questions] == [("A4", "30")]


def test_fields_a_payer_requires_are_named_by_pointer_before_it_is_asked(
    gateway: Gateway, channel: ScriptedChannel
) -> None:
    with pytest.raises(BadInput) as refusal:
        ask(gateway, "particular")

    assert refusal.value.errors == dict.fromkeys(("/member/sex", "/member/ssn"), "is required by this payer")
    assert channel.questions == []


def test_an_unknown_payer_comes_with_those_that_resemble_it(gateway: Gateway) -> None:
    with pytest.raises(NotFound, match=r"Perhaps: plain \(Plain Plan\)"):
        ask(gateway, "plian plan")


def test_an_unknown_payer_that_resembles_nothing_is_not_repeated(gateway: Gateway) -> None:
    with pytest.raises(NotFound) as refusal:
        ask(gateway, "W55500001")

    assert find_secrets(refusal.value.detail) == []


@pytest.mark.parametrize(
    ("payer", "words"),
    [
        ("unreachable", r"add a \[\[route\]\]"),
        ("unconnected", "set VERIFIER_CAQH_CORE_URL"),
        ("foreign", "program 'lunar', which is not installed"),
    ],
)
def test_a_payer_that_cannot_be_asked_says_what_is_missing(gateway: Gateway, payer: str, words: str) -> None:
    with pytest.raises(NotConfigured, match=words):
        ask(gateway, payer)


def test_reachable_is_a_payer_with_a_route_and_a_program(gateway: Gateway) -> None:
    reachable = {payer.id for payer in gateway.directory if gateway.is_reachable(payer.id)}

    assert reachable == {"plain", "particular"}


def test_the_deadline_in_seconds_becomes_one_moment_for_the_program(gateway: Gateway) -> None:
    seen: list[Deadline] = []

    class Watching:
        name = "commercial"

        def ask(
            self, _inquiry: Inquiry, _facility: Facility, _destination: Destination, deadline: Deadline
        ) -> Answer:
            seen.append(deadline)
            return Answer(Coverage(CoverageStatus.ACTIVE))

        def close(self) -> None:
            pass

    watching = Gateway(
        directory=gateway.directory,
        channels={"here": ScriptedChannel(active)},
        programs={"commercial": Watching()},
    )
    started = time.monotonic()

    ask(watching, "plain")

    assert 5 <= seen[0].at - started < 5.5


def test_no_real_payer_is_answered_for_by_the_simulator() -> None:
    simulated = ScriptedChannel(active)
    gateway = Gateway(
        directory=load(), channels={"simulator": simulated}, programs={"commercial": Commercial()}
    )

    with pytest.raises(NotConfigured):
        ask(gateway, "aetna")
    gateway.close()

    assert simulated.questions == []


ROUTED = """
[[payer]]
id = "routed"
name = "Routed Plan"
program = "commercial"
multiple_service_types = true
routes = [{ connection = "first", payer_id = "F1" }, { connection = "second", payer_id = "S2" }]
"""

Routed = Callable[..., tuple[Answer, ScriptedChannel, ScriptedChannel]]


@pytest.fixture(name="ask_routed")
def _ask_routed(tmp_path: Path) -> Iterator[Routed]:
    """Ask over two routes: the first plays its parts, the second answers."""
    path = tmp_path / "routed.toml"
    path.write_text(ROUTED)
    program = Commercial()

    def ask_routed(
        *plays: Exception | Coverage, times: int = 1, **settings: object
    ) -> tuple[Answer, ScriptedChannel, ScriptedChannel]:
        first, second = ScriptedChannel(*plays), ScriptedChannel(active)
        channels = {"first": first, "second": second}
        gateway = Gateway(
            directory=load([path]), channels=channels, programs={"commercial": program}, **settings
        )  # type: ignore[arg-type]
        answers = [ask(gateway, "routed") for _ in range(times)]
        return answers[-1], first, second

    yield ask_routed
    program.close()


UNSENT = {"no connection": PayerUnreachable("No connection."), "429": refuse(429), "held": PayerHeld("Held.")}
SENT = {
    "time is up": PayerTimeout("No answer in time."),
    "reset": BadReply("Cut off."),
    "an envelope error": PayerRefused("No."),
    "400": refuse(400),
    "401": refuse(401),
    "500": refuse(500),
    "503": refuse(503),
    "AAA 42": Coverage(
        CoverageStatus.UNKNOWN, rejections=(rejection(RejectionClass.PAYER_UNAVAILABLE, "42"),)
    ),
}


@pytest.mark.parametrize("fault", UNSENT.values(), ids=UNSENT)
def test_the_next_route_is_taken_when_nothing_was_sent_and_each_attempt_says_its_route(
    fault: Exception, ask_routed: Routed
) -> None:
    answer, first, second = ask_routed(fault)

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert [question.payer_id for question in (*first.questions, *second.questions)] == ["F1", "S2"]
    assert [(each.detail or "").split(";")[0] for each in answer.attempts] == [
        "by the route first",
        "by the route second",
    ]
    assert answer.coverage.warnings == ()


@pytest.mark.parametrize("end", SENT.values(), ids=SENT)
def test_no_other_route_is_taken_when_the_question_may_have_been_paid_for(
    end: Exception | Coverage, ask_routed: Routed
) -> None:
    answer, _, second = ask_routed(end)

    assert answer.is_fault
    assert len(answer.attempts) == 1
    assert second.questions == []


@pytest.mark.parametrize("end", SENT.values(), ids=SENT)
def test_a_deployment_that_may_pay_twice_goes_on_and_the_answer_says_so(
    end: Exception | Coverage, ask_routed: Routed
) -> None:
    answer, _, second = ask_routed(end, may_pay_twice=True, state=LocalCallState())

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert len(second.questions) == 1
    assert [each.code for each in answer.coverage.warnings] == ["MAY_BE_PAID_TWICE"]
    assert [(each.detail or "").endswith("may have been paid for twice") for each in answer.attempts] == [
        False,
        True,
    ]


@pytest.mark.parametrize("status", [CoverageStatus.INACTIVE, CoverageStatus.REJECTED])
def test_an_answer_is_an_answer_on_the_first_route(status: CoverageStatus, ask_routed: Routed) -> None:
    answer, _, second = ask_routed(Coverage(status), may_pay_twice=True)

    assert answer.coverage.status is status
    assert second.questions == []


def test_when_every_route_fails_all_attempts_are_there(ask_routed: Routed, tmp_path: Path) -> None:
    gateway = Gateway(
        directory=load([tmp_path / "routed.toml"]),
        channels={name: ScriptedChannel(PayerUnreachable("No connection.")) for name in ("first", "second")},
        programs={"commercial": Commercial()},
    )
    answer = ask(gateway, "routed")
    gateway.close()

    assert answer.is_fault
    assert [each.outcome for each in answer.attempts] == [Outcome.UNREACHABLE] * 2


def test_a_breaker_that_opened_sends_the_next_question_over_the_next_route(ask_routed: Routed) -> None:
    answer, first, second = ask_routed(PayerUnreachable("No connection."), times=7, state=LocalCallState())

    assert (len(first.questions), len(second.questions)) == (5, 7)
    assert [each.outcome for each in answer.attempts] == [Outcome.HELD, Outcome.ANSWERED]


def test_a_payer_held_over_every_route_is_answered_for_as_asking_would_and_nothing_goes_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "routed.toml"
    path.write_text(ROUTED)
    first, second = (ScriptedChannel(PayerUnreachable("No connection.")) for _ in range(2))
    gateway = Gateway(
        directory=load([path]),
        channels={"first": first, "second": second},
        programs={"commercial": Commercial()},
        state=LocalCallState(),
    )
    inquiry = replace(INQUIRY, payer="routed")
    before = gateway.find_held(inquiry, FACILITY)
    for _ in range(5):
        ask(gateway, "routed")
    sent = len(first.questions), len(second.questions)
    held, asked = gateway.find_held(inquiry, FACILITY), ask(gateway, "routed")
    gateway.close()

    assert before is None
    assert held is not None
    assert held.coverage == asked.coverage
    assert [replace(each, seconds=0) for each in held.attempts] == [
        replace(each, seconds=0) for each in asked.attempts
    ]
    assert (len(first.questions), len(second.questions)) == sent


def test_a_payer_with_one_route_left_is_not_answered_for(tmp_path: Path) -> None:
    path = tmp_path / "routed.toml"
    path.write_text(ROUTED)
    channels = {
        "first": ScriptedChannel(PayerUnreachable("No connection.")),
        "second": ScriptedChannel(active),
    }
    programs = {"commercial": Commercial()}
    gateway = Gateway(directory=load([path]), channels=channels, programs=programs, state=LocalCallState())
    for _ in range(6):
        ask(gateway, "routed")
    gateway.close()

    assert gateway.find_held(replace(INQUIRY, payer="routed"), FACILITY) is None


def test_the_gateway_tells_how_its_breakers_stand(tmp_path: Path) -> None:
    path = tmp_path / "routed.toml"
    path.write_text(ROUTED)
    channels = {
        "first": ScriptedChannel(PayerUnreachable("No connection.")),
        "second": ScriptedChannel(active),
    }
    programs = {"commercial": Commercial()}
    gateway = Gateway(directory=load([path]), channels=channels, programs=programs, state=LocalCallState())
    for _ in range(5):
        ask(gateway, "routed")
    gateway.close()

    told = [gateway.tell_condition("routed", wire) for wire in ("first", "second", "scripted", "other")]
    assert told == ["open", "closed", "open", None]
    assert (
        Gateway(directory=load([path]), channels=channels, programs={}).tell_condition("routed", "first")
        is None
    )


def test_the_rules_are_those_of_the_payers_program_and_ask_nobody(
    tmp_path: Path, channel: ScriptedChannel
) -> None:
    path = tmp_path / "payers.toml"
    path.write_text(PAYERS)
    programs = {"commercial": Commercial(), "lunar": Lunar()}
    gateway = Gateway(directory=load([path]), channels={"here": channel}, programs=programs)
    unknown = Coverage(CoverageStatus.UNKNOWN)

    found = {
        payer: gateway.read(replace(INQUIRY, payer=payer), FACILITY, unknown)
        for payer in ("plain", "foreign", "vanished")
    }
    gateway.close()

    assert found == {"plain": None, "foreign": Published("lunar foreign contract unknown"), "vanished": None}
    assert channel.questions == []


def test_a_program_that_answers_alone_does_so_where_no_route_leads_to_its_payer(
    tmp_path: Path, channel: ScriptedChannel
) -> None:
    path = tmp_path / "payers.toml"
    path.write_text(PAYERS.replace('"lunar"', '"stellar"'))
    connected, alone = (
        Gateway(directory=load([path]), channels=channels, programs={"stellar": Stellar()})
        for channels in ({"here": channel}, {})
    )

    assert ask(connected, "foreign").coverage.status is CoverageStatus.ACTIVE
    asked = len(channel.questions)
    answer = ask(alone, "foreign")
    assert (answer.coverage.payer.name, answer.attempts) == ("Foreign Plan", ())
    assert len(channel.questions) == asked
    assert [gateway.is_reachable("foreign") for gateway in (connected, alone)] == [True, True]
    assert not alone.is_reachable("plain")


@pytest.mark.parametrize(
    ("state", "payer_id"), [("FL", "S1"), (None, "N1"), ("AK", "N1")], ids=["told", "not told", "not served"]
)
def test_of_a_payer_with_regions_the_one_of_the_patients_region_is_asked(
    tmp_path: Path, channel: ScriptedChannel, state: str | None, payer_id: str
) -> None:
    path = tmp_path / "payers.toml"
    path.write_text(REGIONS)
    gateway = Gateway(directory=load([path]), channels={"here": channel}, programs={"regional": Regional()})

    facility = replace(FACILITY, state=state)
    answer = gateway.ask(replace(INQUIRY, payer="regional"), facility, deadline=5)
    reachable = gateway.is_reachable("regional")
    gateway.close()

    assert {question.payer_id for question in channel.questions} == {payer_id}
    expected = "southern" if payer_id == "S1" else "northern"
    assert {attempt.payer for attempt in answer.attempts} == {expected}
    assert reachable
