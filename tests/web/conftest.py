"""The web over rooms written by hand: every method of the service, with answers that can be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from tests.access import Reception, bearing, open_reception
from tests.store.support import open_office
from verifier.access.house import Access
from verifier.errors import NotFound, UnreadableReply
from verifier.model.coverage import Coverage
from verifier.model.estimate import Confidence, Estimate, Milestones, Shares, Terms
from verifier.model.health import CallWindow, PayerHealth, RouteHealth
from verifier.model.inquiry import Inquiry, Member
from verifier.model.program import Program, Weekday
from verifier.model.verification import Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus, Network
from verifier.ports import ANY, Wanted
from verifier.web.app import create_app

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def an_inquiry() -> Inquiry:
    program = Program("H0015", date(2026, 12, 7), (Weekday.MON,), weeks=1)
    member = Member(last_name="Exampleton", first_name="Marigold", birth_date=date(1991, 6, 30), id="XQZ44")
    return Inquiry(payer="sim-commercial", member=member, program=program)


def an_estimate(expected: str = "40.00") -> Estimate:
    amount = Decimal(expected)
    return Estimate(
        amount,
        amount,
        amount,
        Confidence(100),
        Shares(),
        (),
        (),
        (),
        Milestones(),
        collectable_by_provider=amount,
    )


@dataclass
class FakeService:
    """Keeps what it is given; answers at once unless the caller would not wait."""

    kept: dict[str, Verification] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    fault: Exception | None = None

    def submit(self, inquiry: Inquiry, *, wait: float, as_id: str | None = None) -> Verification:
        if self.fault:
            raise self.fault
        self.waits.append(wait)
        status = VerificationStatus.COMPLETE if wait else VerificationStatus.PENDING
        coverage = Coverage(CoverageStatus.ACTIVE) if wait else None
        own_id = as_id or f"ver_{len(self.kept):03}"
        verification = Verification(own_id, status, inquiry, NOON, coverage=coverage)
        self.kept[verification.id] = verification
        return verification

    def find(self, verification_id: str) -> Verification:
        if verification_id not in self.kept:
            raise NotFound("No verification has this id; list them with GET /v1/verifications.")
        return self.kept[verification_id]

    def recent(
        self, *, limit: int, before: str | None = None, wanted: Wanted = ANY
    ) -> Sequence[Verification]:
        assert wanted == ANY
        newest_first = sorted(self.kept, reverse=True)
        older = [key for key in newest_first if before is None or key < before]
        return [self.kept[key] for key in older[:limit]]

    def refresh(self, verification_id: str, *, wait: float | None = None) -> Verification:
        self.waits.append(wait or 0)
        done = replace(self.find(verification_id), status=VerificationStatus.COMPLETE)
        self.kept[verification_id] = done
        return done

    def normalize(self, reply: bytes) -> Sequence[Coverage]:
        if not reply.startswith(b"ISA"):
            raise UnreadableReply("Nothing in it looks like a payer's reply; send an X12 271.")
        return [Coverage(CoverageStatus.INACTIVE)] * reply.count(b"ST*271")

    def estimate(self, terms: Terms, program: Program) -> Estimate:
        return an_estimate(str((terms.copay.amount if terms.copay else Decimal(0)) * program.session_count))

    def estimate_verification(
        self, verification_id: str, program: Program, *, network: Network | None = None
    ) -> Estimate:
        assert network is None
        self.find(verification_id)
        return an_estimate(f"{program.session_count}.00")


class FakePayers:
    """Two payers, one of which can be asked."""

    rows = tuple(
        SimpleNamespace(
            id=payer_id,
            name=name,
            program="commercial",
            aliases=(),
            card_texts=("SIMULATED PPO",),
            payer_ids=("SIM1",),
            requires=("member.id",),
            service_types=("MH",),
            line="commercial",
            states=("OH",),
            routes=(SimpleNamespace(connection="simulator", payer_id="SIM1", source=None),),
            behavioral_health=SimpleNamespace(
                payer="far-away", source=SimpleNamespace(text="a list", year=2026, confirmed=False)
            ),
        )
        for payer_id, name in (("sim-commercial", "Simulated Commercial"), ("far-away", "Far Away Health"))
    )

    def search(self, text: str, limit: int) -> Sequence[SimpleNamespace]:
        row = self.rows[0]
        match = SimpleNamespace(id=row.id, name=row.name, score=93.75, matched_on=text, reachable=True)
        return [match] * min(limit, 2)

    def find(self, payer_id: str) -> SimpleNamespace:
        for row in self.rows:
            if row.id == payer_id:
                return row
        raise NotFound("No payer has this id; search with GET /v1/payers?q=.")

    def listing(self) -> Sequence[SimpleNamespace]:
        return self.rows

    def is_reachable(self, payer_id: str) -> bool:
        return payer_id == "sim-commercial"

    def health(self, payer_id: str) -> PayerHealth:
        few = CallWindow(timedelta(minutes=15), 4)
        rates = Decimal("0.97"), Decimal("0.02")
        many = CallWindow(timedelta(hours=24), 212, *rates, p50=1.8189, p95=5.551)
        routes = (RouteHealth("caqh_core", (few, many), "open"),)
        return PayerHealth(self.find(payer_id).id, (few, many), routes)


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def log() -> structlog.testing.CapturingLogger:
    return structlog.testing.CapturingLogger()


@pytest.fixture
def reception(tmp_path: Path) -> Reception:
    return open_reception(tmp_path)


@pytest.fixture
def access(reception: Reception) -> Access:
    return reception.access


@pytest.fixture
def app(service: FakeService, access: Access, log: structlog.testing.CapturingLogger) -> Flask:
    registry = CollectorRegistry()
    return create_app(open_office(service), FakePayers(), access, version="1.2.3", log=log, registry=registry)


@pytest.fixture
def client(app: Flask, reception: Reception) -> FlaskClient:
    """A client that may do everything, by its key."""
    return bearing(app.test_client(), reception.key())
