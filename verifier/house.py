"""The house put together: every room of one process but web and command line, which stand above."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Final

from payers.following import Following
from payers.gateway import Gateway
from payers.listing import Listing
from payers.opening import open_gateway, open_outside
from payers.replies import Replies
from verifier.access.house import Access
from verifier.access.ports import AuditOffice
from verifier.answering.acting import NOBODY
from verifier.answering.consent_gate import ConsentGate
from verifier.answering.departure import Departure
from verifier.answering.freshness import Life
from verifier.calls import CallLog, CallState
from verifier.changes.compare import compare
from verifier.clock import Clock, SystemClock
from verifier.desk import Office
from verifier.housekeeping import Premises
from verifier.keeping import (
    CONSENTS,
    ENTRIES,
    SNAPSHOTS,
    open_changes,
    open_facilities,
    open_intakes,
    open_news,
    open_records,
)
from verifier.model.audit import Context
from verifier.model.reverification import Run
from verifier.model.roster import Entry
from verifier.model.verification import Verification
from verifier.news.newsroom import News
from verifier.news.webhook import EventType, Message
from verifier.nightly.asking import NightlyAsking
from verifier.nightly.desk import Night
from verifier.nightly.judging import Terms
from verifier.nightly.rooms import NightRooms
from verifier.ports import Consents, CoverageCache
from verifier.press.opening import open_papers
from verifier.reception import open_access, open_staffing
from verifier.service import Limits, Verifier
from verifier.settings import Settings
from verifier.spans import Spans, TracedCalls
from verifier.store.cache import EncryptedCache
from verifier.store.call_log import SharedCallLog
from verifier.store.call_state import SharedCallState
from verifier.store.connection import Connection
from verifier.store.database.consents import DatabaseConsents
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.engine import Database
from verifier.store.database.facilities import PresentFacilities
from verifier.store.database.lanes import DatabaseLanes, Transaction
from verifier.store.database.outbox import DatabaseOutbox
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.roster import DatabaseRoster
from verifier.store.database.runs import DatabaseRuns
from verifier.store.opening import Archive, open_archive, open_cache, open_watch
from verifier.telemetry.opening import open_spans

VERSION: Final = version("benefits-verifier")


@dataclass(frozen=True, slots=True)
class House:
    """One process's rooms, put together."""

    office: Office
    payers: Listing
    access: Access
    connection: Connection
    database: Database
    spans: Spans
    news: News
    nightly: NightRooms
    premises: Premises
    watch: Callable[[Context], AuditOffice]

    def readiness(self) -> Mapping[str, bool]:
        """Name each part needed and whether it is there; the cache may be away."""
        return {"service": True, "database": self.database.is_there()}


@contextmanager
def open_house(settings: Settings, *, clock: Clock | None = None, at_night: bool = False) -> Iterator[House]:
    """Put the rooms together for as long as the context lasts; *at_night* payers are asked after all others.

    Raises:
        NotConfigured: a setting, the payer directory or a plug-in cannot be used; the text says what to do.
    """
    clock = clock or SystemClock()
    with ExitStack() as stack:
        connection = stack.enter_context(open_cache(settings))
        archive = stack.enter_context(open_archive(settings, clock, NOBODY))
        database, keys, audit = archive.database, archive.keys, archive.audit
        spans = stack.enter_context(open_spans(settings))
        calls = TracedCalls(SharedCallLog(connection, clock=clock), spans)
        state = SharedCallState(connection, keys)
        cache = EncryptedCache(connection, keys, SNAPSHOTS)
        night = cache if at_night else None
        gateway = stack.enter_context(open_gateway(settings, clock, state, night=night))
        changes = open_changes(archive)
        records, consents = open_records(archive, changes), DatabaseConsents(database, keys, CONSENTS)
        premises = Premises(open_facilities(settings, database), DatabaseContracts(database))
        verifier = stack.enter_context(
            _build_verifier(archive, gateway, calls, cache, consents, records, premises)
        )
        ask = stack.enter_context(open_outside(settings))
        papers, intakes = open_papers(gateway.directory, VERSION), open_intakes(archive)
        office = Office(verifier, consents, records, audit, clock, papers, intakes)
        yield House(
            office,
            Listing(gateway, calls=calls, breaker=gateway.tell_condition),
            open_access(settings, database, open_staffing(database, keys, audit, clock), ask),
            connection,
            database,
            spans,
            open_news(archive, changes, records),
            _build_nightly(archive, gateway, office, state),
            premises,
            partial(open_watch, settings, database, keys, clock),
        )


def _build_nightly(archive: Archive, gateway: Gateway, office: Office, state: CallState) -> NightRooms:
    settings, clock, database = archive.settings, archive.clock, archive.database
    roster = DatabaseRoster(database, archive.keys, ENTRIES, clock=clock)
    outbox = DatabaseOutbox(database, archive.keys)
    return NightRooms(
        Night(roster, gateway, office.verifier.facilities, archive.audit, clock),
        DatabaseRuns(database, roster, clock),
        DatabaseLanes(database, roster, clock, announce=partial(_announce, outbox)),
        NightlyAsking(office),
        state,
        terms=_nightly_terms(settings),
        opens=settings.night.opens,
        compare=_count_changes,
    )


def _count_changes(before: Verification | None, after: Verification, _: Entry) -> int | None:
    return None if before is None else len(compare(before, after))


def _announce(outbox: DatabaseOutbox, connection: Transaction, run: Run, facility: str) -> None:
    """Tell those who want to know of one facility that a run is finished."""
    message_id, at = f"msg_{secrets.token_urlsafe(16)}", run.finished_at or run.created_at
    ids = {"reverification": run.id}
    message = Message(message_id, EventType.REVERIFICATION_FINISHED, facility, at, ids)
    outbox.announce_within(connection, message)


def _nightly_terms(settings: Settings) -> Terms:
    return Terms(
        window=settings.night.window,
        lease=settings.night.lease,
        per_minute=settings.night.per_minute,
    )


def _build_verifier(  # noqa: PLR0913, PLR0917 - each a room that stands already
    archive: Archive,
    gateway: Gateway,
    calls: CallLog,
    cache: CoverageCache,
    consents: Consents,
    records: DatabaseRecords,
    premises: Premises,
) -> Verifier:
    settings, clock = archive.settings, archive.clock
    gate = ConsentGate(consents, clock, required=settings.consent_required)
    departure = partial(Departure, gate=gate, audit=archive.audit, clock=clock)
    return Verifier(
        gateway=Following(gateway, by=departure, calls=calls, clock=clock),
        cache=cache,
        records=records,
        replies=Replies(),
        facilities=PresentFacilities(premises.facilities),
        clock=clock,
        gate=gate,
        rulebook=gateway,
        hold=gateway.find_held,
        contracts=premises.contracts,
        life=Life(settings.fresh, settings.stale, settings.negative),
        limits=Limits(payer_deadline=settings.payer_deadline.total_seconds()),
    )
