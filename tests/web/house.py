"""The web over the real service, real records and real access; only the payer is played."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry
from structlog.testing import CapturingLogger

from schemas.snapshot import dump_consent, dump_intake, load_consent, load_intake
from tests.access import OPERATOR, Reception, open_reception
from tests.store.support import (
    ACTIVE,
    FACILITY,
    MASTER,
    NOON,
    OTHER_FACILITY,
    SNAPSHOTS,
    VERIFICATIONS,
    MemoryClaims,
    ScriptedGateway,
    SilentReplies,
)
from tests.web.conftest import FakePayers
from verifier.answering.consent_gate import ConsentGate
from verifier.desk import Office
from verifier.model.verification import Exchange
from verifier.service import Verifier
from verifier.store.cache import EncryptedCache
from verifier.store.connection import Connection
from verifier.store.database.consents import DatabaseConsents
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.intakes import DatabaseIntakes
from verifier.store.database.records import DatabaseRecords
from verifier.store.sealed import Codec
from verifier.web.app import create_app

OWN, OTHER = FACILITY.id, OTHER_FACILITY.id
WIRE = (Exchange("caqh_core", NOON, b"ISA*asked", b"ISA*answered"),)
INTAKES = Codec(dump_intake, load_intake)
NO_CACHE = "unix:///nowhere/valkey.sock"


@dataclass
class WebHouse:
    """An application and what lies behind it."""

    app: Flask
    reception: Reception
    verifier: Verifier
    office: Office
    payer: ScriptedGateway

    def session(self, user_id: str) -> dict[str, str]:
        """Return the headers of a new session of theirs, with its token against forged requests."""
        access = self.reception.access
        user = access.gate.users.find(user_id)
        assert user
        token = access.sign_in._begin(user, None, OPERATOR).token
        return {"Cookie": f"__Host-verifier-session={token}", "X-CSRF-Token": access.gate.csrf(token)}


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
    consents = DatabaseConsents(reception.database, keys, Codec(dump_consent, load_consent))
    with closing(Connection(NO_CACHE)) as connection:
        records = DatabaseRecords(
            reception.database, keys, VERIFICATIONS, clock=reception.clock, retention=retention
        )
        payer = ScriptedGateway(replace(ACTIVE, exchanges=WIRE))
        with Verifier(
            gateway=payer,
            cache=EncryptedCache(connection, keys, SNAPSHOTS),
            records=records,
            replies=SilentReplies(),
            facilities={OWN: FACILITY, OTHER: OTHER_FACILITY},
            clock=reception.clock,
            gate=ConsentGate(consents, reception.clock, required=consent),
        ) as verifier:
            registry, log = CollectorRegistry(), CapturingLogger()
            kept = timedelta(days=365)
            intakes = DatabaseIntakes(
                reception.database, keys, INTAKES, clock=reception.clock, retention=kept
            )
            office = Office(verifier, consents, MemoryClaims(), reception.audit, reception.clock, intakes)
            app = create_app(office, FakePayers(), reception.access, registry=registry, log=log)
            yield WebHouse(app, reception, verifier, office, payer)
    reception.database.close()
