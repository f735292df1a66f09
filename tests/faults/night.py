"""A night for tests and measurements: payers that are simulated, a roster, workers and a schedule to kill.

Everybody on the roster is a scenario of their own, so that the simulator's ledger tells how often each was
asked about, and paid for.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from payers.simulator.scenarios import SHIPPED, Fault, Scenario, load_scenarios
from payers.simulator.server import Simulator
from verifier.house import House, open_house
from verifier.model.audit import Context
from verifier.model.inquiry import Inquiry, Member
from verifier.model.program import Program, Weekday
from verifier.model.reverification import Progress, RunState
from verifier.model.roster import Entry
from verifier.settings import Settings
from verifier.store.database.tables.runs import items
from verifier.store.database.tables.verifications import verifications

OPERATOR = Context("operator:test", "req_test", "test")
MARK = "NIGHT_MARK"  # a variable of all processes of one program and those they start
START = "from verifier.bootstrap import command_line; command_line()"
PROGRAM = Program("H0015", date(2026, 12, 7), (Weekday.MON, Weekday.WED), weeks=2)


FindFault = Callable[[int, int], Fault | None]


def no_fault(_: int, __: int) -> Fault | None:
    """Let nothing go wrong."""
    return None


def member_id(payer: int, number: int) -> str:
    return f"NGT{payer:02}{number:06}"


def write_payers(path: Path, payers: int) -> Path:
    """Write a payer directory of so many payers, each of which answers several services in one question."""
    rows = (
        f'[[payer]]\nid = "night-{payer}"\nname = "Night Plan {payer}"\nprogram = "commercial"\n'
        f"multiple_service_types = true\n"
        f'routes = [{{ connection = "simulator", payer_id = "NIGHT{payer}" }}]\nsource = "invented, 2026"\n'
        for payer in range(payers)
    )
    path.write_text("\n".join(rows))
    return path


def invent(payers: int, people: int, find_fault: FindFault = no_fault) -> list[Scenario]:
    """Invent *people*, shared out among *payers*; *find_fault* says what goes wrong, by payer and person."""
    usual = next(each for each in load_scenarios(SHIPPED) if each.name == "fully_covered")
    return [
        replace(
            usual,
            name=member_id(number % payers, number),
            payer=f"NIGHT{number % payers}",
            person=replace(usual.person, id=member_id(number % payers, number), last_name=f"PERSON{number}"),
            dependents=(),
            numbers=(),
            match=("birth_date",),
            fault=find_fault(number % payers, number),
        )
        for number in range(people)
    ]


def enroll(house: House, scenarios: Sequence[Scenario]) -> None:
    """Put everybody on the roster of the first facility, without an event for each."""
    facility = next(iter(house.nightly.night.facilities))
    today = house.nightly.night.today
    for each in scenarios:
        person = each.person
        member = Member(
            person.last_name, date.fromisoformat(f"{person.birth_date}"), person.first_name, person.id
        )
        payer = f"night-{each.payer.removeprefix('NIGHT')}"
        inquiry = Inquiry(payer, member, PROGRAM, facility=facility)
        house.nightly.night.roster.add(Entry(f"rst_{person.id}", facility, inquiry, today))


def children_of(pid: int) -> list[int]:
    """List the processes that *pid* started and that live."""
    with suppress(OSError):
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(each) for task in tasks for each in (task / "children").read_text().split()]
    return []


def find_marked(mark: str) -> list[int]:
    """List the processes that were started with *mark*; a number alone may be another's by now."""
    words, found = f"{MARK}={mark}".encode(), []
    for each in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if words in (each / "environ").read_bytes().split(b"\0"):
                found.append(int(each.name))
    return found


@dataclass
class Running:
    """One process tree of ours, in a session of its own."""

    arguments: Sequence[str]
    environ: dict[str, str]
    before: Sequence[str] = ()
    process: "subprocess.Popen[bytes] | None" = None
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    def start(self) -> None:
        command = [*self.before, sys.executable, "-c", START, *self.arguments]
        quiet = subprocess.DEVNULL if not os.environ.get("NIGHT_LOUD") else None
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            env=os.environ | self.environ | {MARK: self.mark},
            start_new_session=True,
            stdout=quiet,
            stderr=quiet,
        )

    @property
    def engines(self) -> list[int]:
        """List the processes it started: the task engine, or the schedule."""
        assert self.process
        return children_of(self.process.pid)

    @property
    def turns(self) -> list[int]:
        """List the processes of which each takes turns: those that the engine started."""
        return [turn for engine in self.engines for turn in children_of(engine)]

    def kill(self) -> None:
        """Kill the first process alone; whatever it started is left to find out."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def kill_all(self) -> None:
        """Kill it, and what it and earlier ones that were killed left behind, wherever they are by now."""
        while found := find_marked(self.mark):
            for pid in found:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        if self.process:
            self.process.wait()


@dataclass
class Site:
    """Where a night takes place: its environment, and what its rooms say."""

    environ: dict[str, str]
    simulator: Simulator
    scenarios: Sequence[Scenario]
    programs: list[Running] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings.from_environ(self.environ)

    @contextmanager
    def house(self) -> Iterator[House]:
        with open_house(self.settings) as house:
            yield house

    def revive(self) -> None:
        """Start again what ended by itself, as whoever manages processes does."""
        for program in self.programs:
            if program.process and program.process.poll() is not None:
                program.start()

    def start(self, *arguments: str, before: Sequence[str] = (), **environ: str) -> Running:
        program = Running(arguments, self.environ | environ, before)
        program.start()
        self.programs.append(program)
        return program


@contextmanager
def night(  # noqa: PLR0913 - what differs from night to night, by name
    folder: Path,
    redis_url: str,
    *,
    payers: int,
    people: int,
    latency: tuple[float, float],
    find_fault: FindFault = no_fault,
    others: int = 0,
    **environ: str,
) -> Iterator[Site]:
    """Set a night up: simulator, roster, environment; whatever was started is killed at the end.

    Payers know so many *others*, who are on no roster.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scenarios = invent(payers, people + others, find_fault)
    with Simulator(scenarios=scenarios, latency=latency) as simulator:
        ours = {
            "VERIFIER_DATA": str(folder),
            "VERIFIER_SIMULATOR_URL": simulator.url,
            "VERIFIER_PAYERS": str(write_payers(folder / "payers.toml", payers)),
            "VERIFIER_NIGHTLY_FROM": "00:00",
            "VERIFIER_NIGHTLY_PER_MINUTE": "6000",
            "REDIS_URL": redis_url,
        } | environ
        site = Site(ours, simulator, scenarios)
        with site.house() as house:
            enroll(house, scenarios[:people])
        try:
            yield site
        finally:
            for program in site.programs:
                program.kill_all()


@dataclass(frozen=True)
class Found:
    """What a run left behind."""

    states: Counter[str]
    answers: int  # verifications kept
    distinct: int  # ids of answers that items name
    paid: Counter[str]  # calls paid for, by person
    repeats: dict[str, int]  # calls that may have been made twice, by person
    attempts: dict[str, int]  # how often each was asked about, by what is written down

    @property
    def repeated(self) -> int:
        return sum(number - 1 for number in self.paid.values())

    @property
    def unflagged(self) -> list[str]:
        """Name who was paid for more often than their item admits."""
        return [who for who, number in self.paid.items() if number - 1 > self.repeats.get(who, 0)]


def find(site: Site) -> Found:
    with site.house() as house, house.database.read() as connection:
        rows = connection.execute(
            select(
                items.c.entry_id, items.c.state, items.c.repeats, items.c.attempts, items.c.verification_id
            )
        )
        found = rows.all()
        answers = connection.scalar(select(func.count()).select_from(verifications)) or 0
    calls = site.simulator.ledger.calls
    return Found(
        Counter(state for _, state, *_ in found),
        answers,
        len({answer for *_, answer in found}),
        Counter(call.scenario for call in calls if call.scenario and call.outcome == "answered"),
        {entry.removeprefix("rst_"): repeats for entry, _, repeats, *_ in found},
        {entry.removeprefix("rst_"): attempts for entry, _, _, attempts, _ in found},
    )


def is_over(progress: Progress) -> bool:
    return progress.state is RunState.FINISHED
