"""The web over the real service, real records and real access; only the payer is played."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from structlog.testing import CapturingLogger

from tests.access import OPERATOR, Reception, open_reception
from tests.store.support import (
    ACTIVE,
    FACILITY,
    MASTER,
    NOON,
    OTHER_FACILITY,
    PAPERS,
    MemoryClaims,
    ScriptedGateway,
    SilentReplies,
)
from tests.web.conftest import FakePayers
from verifier.answering.consent_gate import ConsentGate
from verifier.credentials.webhook_signing import StandardSigning
from verifier.desk import Office
from verifier.housekeeping import Premises
from verifier.keeping import CHANGES, CONSENTS, ENTRIES, INTAKES, SNAPSHOTS, VERIFICATIONS
from verifier.model.inquiry import Inquiry
from verifier.model.payment import PlanKind
from verifier.model.verification import Exchange
from verifier.news.newsroom import News
from verifier.nightly.asking import NightlyAsking
from verifier.nightly.desk import Night
from verifier.nightly.rooms import NightRooms
from verifier.service import Verifier
from verifier.store.audit_anchor import AnchorFile
from verifier.store.cache import EncryptedCache
from verifier.store.call_state import LocalCallState
from verifier.store.connection import Connection
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.audit_watch import AuditWatch
from verifier.store.database.changes import DatabaseChanges
from verifier.store.database.consents import DatabaseConsents
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.facilities import DatabaseFacilities, PresentFacilities
from verifier.store.database.intakes import DatabaseIntakes
from verifier.store.database.lanes import DatabaseLanes
from verifier.store.database.outbox import DatabaseOutbox
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.roster import DatabaseRoster
from verifier.store.database.runs import DatabaseRuns
from verifier.store.database.webhooks import DatabaseWebhooks
from verifier.web.app import create_app

OWN, OTHER = FACILITY.id, OTHER_FACILITY.id
WIRE = (Exchange("caqh_core", NOON, b"ISA*asked", b"ISA*answered"),)
NO_CACHE = "unix:///nowhere/valkey.sock"


class KnownPayers:
    """Payers as the nightly list knows them: every one, of no certain place."""

    def kind(self, payer_id: str) -> PlanKind | None:
        return None if payer_id == "nobody" else PlanKind.COMMERCIAL

    def zone(self, payer_id: str) -> str | None:  # noqa: ARG002 - the port's
        return None

    def count_calls(self, inquiry: Inquiry) -> int:
        return len(inquiry.program.weekdays[:1])


@dataclass
class WebHouse:
    """An application and what lies behind it."""

    app: Flask
    reception: Reception
    verifier: Verifier
    office: Office
    payer: ScriptedGateway
    news: News
    night: NightRooms

    def session(self, user_id: str) -> dict[str, str]:
        """Return the headers of a new session of theirs, with its token against forged requests."""
        access = self.reception.access
        user = access.gate.users.find(user_id)
        assert user
        token = access.sign_in._begin(user, None, OPERATOR).token
        return {"Cookie": f"__Host-verifier-session={token}", "X-CSRF-Token": access.gate.csrf(token)}

    def enter(self, user_id: str) -> FlaskClient:
        """Return a browser in which they are signed in."""
        browser, headers = self.app.test_client(use_cookies=False), self.session(user_id)
        browser.environ_base["HTTP_COOKIE"] = headers["Cookie"]
        browser.environ_base["HTTP_X_CSRF_TOKEN"] = headers["X-CSRF-Token"]
        return browser


@contextmanager
def open_web(
    folder: Path,
    *,
    reception: Reception | None = None,
    retention: timedelta = timedelta(days=365),
    consent: bool = False,
    **parts: Any,  # noqa: ANN401 - those of open_reception
) -> Iterator[WebHouse]:
    """Put the web together for two facilities, `OWN` and `OTHER`, over an empty database or *reception*'s."""
    reception = reception or open_reception(folder, **parts)
    keys = DataKeys.open(reception.database, MASTER)
    consents = DatabaseConsents(reception.database, keys, CONSENTS)
    with closing(Connection(NO_CACHE)) as connection:
        outbox = DatabaseOutbox(reception.database, keys)
        changes = DatabaseChanges(
            reception.database, keys, CHANGES, clock=reception.clock, announce=outbox.announce_within
        )
        records = DatabaseRecords(
            reception.database,
            keys,
            VERIFICATIONS,
            clock=reception.clock,
            retention=retention,
            follower=changes,
        )
        kept = DatabaseFacilities(reception.database, {OWN: FACILITY, OTHER: OTHER_FACILITY})
        kept.seed()
        premises = Premises(kept, DatabaseContracts(reception.database))
        payer = ScriptedGateway(replace(ACTIVE, exchanges=WIRE))
        with Verifier(
            gateway=payer,
            cache=EncryptedCache(connection, keys, SNAPSHOTS),
            records=records,
            replies=SilentReplies(),
            facilities=PresentFacilities(kept),
            clock=reception.clock,
            gate=ConsentGate(consents, reception.clock, required=consent),
            contracts=premises.contracts,
        ) as verifier:
            trail, anchors = (
                DatabaseTrail(reception.database, keys),
                AnchorFile(folder / "anchors", bytes(32)),
            )
            watch = partial(AuditWatch, trail, anchors, reception.clock)
            registry, log = CollectorRegistry(), CapturingLogger()
            roster = DatabaseRoster(reception.database, keys, ENTRIES, clock=reception.clock)
            intakes = DatabaseIntakes(
                reception.database, keys, INTAKES, clock=reception.clock, retention=retention
            )
            office = Office(
                verifier, consents, MemoryClaims(), reception.audit, reception.clock, PAPERS, intakes
            )
            webhooks, hosts = DatabaseWebhooks(reception.database, keys), ("localhost",)
            signing, audit = StandardSigning(), reception.audit
            news = News(changes, webhooks, outbox, records, signing, audit, reception.clock, hosts)
            night = NightRooms(
                Night(roster, KnownPayers(), verifier.facilities, reception.audit, reception.clock),
                DatabaseRuns(reception.database, roster, reception.clock),
                DatabaseLanes(reception.database, roster, reception.clock),
                NightlyAsking(office),
                LocalCallState(reception.clock.monotonic),
            )
            rooms = {"registry": registry, "log": log, "news": news, "night": night, "watch": watch} | {
                "premises": premises
            }
            app = create_app(office, FakePayers(), reception.access, **rooms)
            yield WebHouse(app, reception, verifier, office, payer, news, night)
    reception.database.close()
