import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from payers.directory.directory import load
from payers.gateway import Gateway
from payers.kit.deadline import Deadline
from payers.kit.program import Destination
from payers.programs.commercial import Commercial
from verifier.errors import BadInput, NotConfigured, NotFound
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Answer
from verifier.model.vocabulary import CoverageStatus
from verifier.ports import PayerGateway
from verifier.testing.people import FACILITY, INQUIRY, find_secrets
from verifier.testing.program_contract import ScriptedChannel, active

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
