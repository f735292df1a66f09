"""Payers over real HTTP: simulators, the channel to each, and the gateway that asks them."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Self

from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.directory.directory import Directory, Payer, Route
from payers.gateway import Gateway
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.programs.commercial import Commercial
from payers.simulator.inquiries import Person
from payers.simulator.scenarios import Fault, Row, Scenario
from payers.simulator.server import PASSWORD, USER_NAME, Simulator
from verifier.calls import CallState
from verifier.model.inquiry import Inquiry, Member
from verifier.model.verification import Answer
from verifier.store.call_state import LocalCallState
from verifier.testing.faulty_server import closed_port
from verifier.testing.people import FACILITY, INQUIRY

DAY = date(2026, 11, 2)
PERSON = Person("SNAIL", "MOLLY", "SIM700001", date(1990, 1, 1), "F")
ROWS = (Row(kind="active", level="individual", services=["30"]),)


def play(kind: str, **settings: object) -> Scenario:
    """Write the scenario of one member whose calls, all or the first *times*, end in a fault."""
    return Scenario(
        "played", "A fault.", PERSON, benefits=ROWS, fault=Fault(kind, **settings)  # type: ignore[arg-type]
    )  # fmt: skip


NOBODY = None  # a payer that is not there
WELL = Scenario("well", "An answer.", PERSON, benefits=ROWS)


@dataclass
class Watch:
    """The wall clock stands, and the clock of breakers and bulkheads can be moved on."""

    skipped: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 18, tzinfo=UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def shared(self) -> float:
        return time.monotonic() + self.skipped


def open_channel(url: str, sender: HttpSender) -> CaqhCore:
    settings = CoreSettings(f"{url}/core/mime", "SENDER", "RECEIVER", USER_NAME, PASSWORD)
    return CaqhCore(settings, Tools(sender))


@dataclass
class Rooms:
    """One payer, ``routed``, with a route to each of *payers* in order."""

    payers: Sequence[Scenario | None]
    settings: Mapping[str, object] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    state: CallState | None = None

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.simulators = [self._start(each) for each in self.payers]
        urls = [each.url if each else closed_port() for each in self.simulators]
        sender = HttpSender(pause=lambda _: None)
        self._stack.callback(sender.close)
        routes = tuple(Route(f"route-{number}", "SIMULATED") for number, _ in enumerate(urls))
        payer = Payer("routed", "Routed Plan", "commercial", multiple_service_types=True, routes=routes)
        self.state = self.state or LocalCallState(self.watch.shared)
        self.gateway = Gateway(
            directory=Directory({payer.id: payer}),
            channels={f"route-{number}": open_channel(url, sender) for number, url in enumerate(urls)},
            programs={"commercial": Commercial(self.watch)},
            state=self.state,
            **self.settings,  # type: ignore[arg-type]
        )
        self._stack.callback(self.gateway.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self, payer: Scenario | None) -> Simulator | None:
        return self._stack.enter_context(Simulator(scenarios=[payer])) if payer else None

    def ask(self, number: int = 0, *, seconds: float = 10.0) -> Answer:
        """Ask about the member, each *number* (up to 28) on a day of its own: another question."""
        return self.gateway.ask(write_inquiry(number), FACILITY, deadline=seconds)

    def count(self, route: int = 0) -> int:
        """Tell how many calls the payer at the end of *route* received."""
        simulator = self.simulators[route]
        assert simulator
        return simulator.ledger.received


def write_inquiry(number: int) -> Inquiry:
    member = Member(PERSON.last_name, PERSON.birth_date, PERSON.first_name, PERSON.id)
    program = replace(INQUIRY.program, start_date=DAY + timedelta(days=number))
    return replace(INQUIRY, payer="routed", member=member, program=program)
