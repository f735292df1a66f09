"""The composition root: the one file that sees every room and puts them together."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4
from wsgiref.types import WSGIApplication

from payers.directory import directory
from payers.following import Following
from payers.gateway import Gateway
from payers.listing import Listed, Listing
from payers.opening import open_gateway, open_outside
from payers.programs.tricare import loading
from payers.programs.tricare.shelf import Shelf
from payers.replies import Replies
from payers.simulator.server import Simulator
from schemas import snapshot
from verifier.access.house import Access
from verifier.access.principal import Kind
from verifier.access.staffing import Staffing
from verifier.answering.acting import NOBODY
from verifier.answering.consent_gate import ConsentGate
from verifier.answering.departure import Departure
from verifier.answering.freshness import Life
from verifier.cli.main import main
from verifier.clock import Clock, SystemClock
from verifier.contracts import Sheet, read_rates
from verifier.custody import Custody
from verifier.desk import Desk, Office
from verifier.model.audit import Action, Context
from verifier.model.coverage import Coverage
from verifier.model.rule_tables import RuleLoad, RuleYear
from verifier.ports import AuditOffice, CallLog, Consents, CoverageCache
from verifier.reception import open_access, open_door, open_staffing
from verifier.service import Limits, Verifier
from verifier.serving import run
from verifier.settings import Settings
from verifier.spans import Spans, TracedCalls
from verifier.store import opening
from verifier.store.cache import EncryptedCache
from verifier.store.call_log import SharedCallLog
from verifier.store.call_state import SharedCallState
from verifier.store.connection import Connection
from verifier.store.database.consents import DatabaseConsents
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.facilities import DatabaseFacilities
from verifier.store.database.intakes import DatabaseIntakes
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.rotation import Rotation
from verifier.store.database.upgrade import upgrade
from verifier.store.sealed import Codec
from verifier.telemetry.opening import open_spans
from verifier.web.app import create_app
from verifier.web.limits import Rate
from verifier.web.observation import json_log

DISTRIBUTION: Final = "benefits-verifier"
SNAPSHOTS: Final = Codec(snapshot.dump_snapshot, snapshot.load_snapshot)
VERIFICATIONS: Final = Codec(snapshot.dump_verification, snapshot.load_verification)
CONSENTS: Final = Codec(snapshot.dump_consent, snapshot.load_consent)
INTAKES: Final = Codec(snapshot.dump_intake, snapshot.load_intake)


@dataclass(frozen=True, slots=True)
class House:
    """One process's rooms, put together."""

    office: Office
    payers: Listing
    access: Access
    connection: Connection
    database: Database
    spans: Spans

    def readiness(self) -> Mapping[str, bool]:
        """Name each part needed and whether it is there; the cache may be away."""
        return {"service": True, "database": self.database.is_there()}


@contextmanager
def open_house(settings: Settings, *, clock: Clock | None = None) -> Iterator[House]:
    """Put the rooms together for as long as the context lasts.

    Raises:
        NotConfigured: a setting, the payer directory or a plug-in cannot be used; the text says what to do.
    """
    clock = clock or SystemClock()
    with ExitStack() as stack:
        connection = stack.enter_context(opening.open_cache(settings))
        archive = stack.enter_context(opening.open_archive(settings, clock, NOBODY))
        database, keys, audit = archive.database, archive.keys, archive.audit
        spans = stack.enter_context(open_spans(settings))
        calls = TracedCalls(SharedCallLog(connection, clock=clock), spans)
        state = SharedCallState(connection, keys)
        gateway = stack.enter_context(open_gateway(settings, clock, state))
        records, consents = _open_records(archive), DatabaseConsents(database, keys, CONSENTS)
        cache = EncryptedCache(connection, keys, SNAPSHOTS)
        verifier = stack.enter_context(_build_verifier(archive, gateway, calls, cache, consents, records))
        ask = stack.enter_context(open_outside(settings))
        office = Office(verifier, consents, records, audit, clock, _open_intakes(archive))
        listing = Listing(gateway, calls=calls, breaker=gateway.tell_condition)
        access = open_access(settings, database, open_staffing(database, keys, audit, clock), ask)
        yield House(office, listing, access, connection, database, spans)


def _build_verifier(  # noqa: PLR0913, PLR0917 - each a room that stands already
    archive: opening.Archive,
    gateway: Gateway,
    calls: CallLog,
    cache: CoverageCache,
    consents: Consents,
    records: DatabaseRecords,
) -> Verifier:
    settings, clock = archive.settings, archive.clock
    gate = ConsentGate(consents, clock, required=settings.consent_required)
    by = partial(Departure, gate=gate, audit=archive.audit, clock=clock)
    facilities = DatabaseFacilities(archive.database)
    facilities.seed(settings.facilities)
    return Verifier(
        gateway=Following(gateway, by=by, calls=calls, clock=clock),
        cache=cache,
        records=records,
        replies=Replies(),
        facilities=facilities.listing(),
        clock=clock,
        gate=gate,
        rulebook=gateway,
        contracts=DatabaseContracts(archive.database),
        life=Life(settings.fresh, settings.stale, settings.negative),
        limits=Limits(payer_deadline=settings.payer_deadline.total_seconds()),
    )


def _open_records(archive: opening.Archive) -> DatabaseRecords:
    kept = archive.settings.retention
    return DatabaseRecords(archive.database, archive.keys, VERIFICATIONS, clock=archive.clock, retention=kept)


def _open_intakes(archive: opening.Archive) -> DatabaseIntakes:
    kept = archive.settings.retention
    return DatabaseIntakes(archive.database, archive.keys, INTAKES, clock=archive.clock, retention=kept)


def _at_terminal() -> Context:
    """Describe whoever uses the command line, by the number this machine knows them by."""
    return Context(f"{Kind.OPERATOR}:{os.getuid()}", uuid4().hex, "verifier", "payment")


def build(environ: Mapping[str, str]) -> WSGIApplication:
    """Build the WSGI application from the environment; its rooms last as long as the process.

    Raises:
        NotConfigured: a setting cannot be used; the text names the variable.
    """
    settings = Settings.from_environ(environ)
    stack = ExitStack()
    house = stack.enter_context(open_house(settings))
    app = create_app(
        house.office,
        house.payers,
        house.access,
        version=version(DISTRIBUTION),
        answer_wait=settings.answer_wait.total_seconds(),
        hosts=settings.hosts,
        proxies=settings.proxies,
        readiness=house.readiness,
        rate=Rate(settings.rate, house.connection.url),
        log=json_log(settings.log_level),
        spans=house.spans,
        framers=settings.form_on,
    )
    app.extensions["house"] = stack  # closed by whoever ends the process in order
    return app


def build_from_environment() -> WSGIApplication:
    """Build the application for a server that can pass no arguments."""
    return build(os.environ)


class CommandRooms:
    """The house as the commands enter it; fulfils `verifier.cli.rooms.Rooms`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read settings from *environ* when a command needs them."""
        self._environ = environ

    def normalize(self, reply: bytes) -> Sequence[Coverage]:
        """Read a payer's reply."""
        return Replies().read(reply)

    def search_payers(self, text: str, limit: int) -> Sequence[Listed]:
        """Find payers, best match first."""
        with open_gateway(Settings.from_environ(self._environ), SystemClock()) as gateway:
            return Listing(gateway).search(text, limit)

    @contextmanager
    def verifier(self, payers_at: str | None = None) -> Iterator[Desk]:
        """Open the whole service; over the simulator at *payers_at* it keeps nothing when it closes."""
        with ExitStack() as stack:
            environ = dict(self._environ)
            if payers_at:
                data = stack.enter_context(TemporaryDirectory(prefix="verifier-"))
                environ = {"VERIFIER_DATA": data, "VERIFIER_SIMULATOR_URL": payers_at}
            yield stack.enter_context(open_house(Settings.from_environ(environ))).office.desk(_at_terminal())

    def load_rules(self, content: bytes) -> RuleLoad:
        """Load a TRICARE cost table, on the word of whoever is signed in to this machine."""
        with self._archive("admin rules load") as (archive, context):
            shelf, now = Shelf(archive.settings.data), archive.clock.now()
            return loading.load_table(content, shelf, archive.audit, context, now)

    def list_rules(self) -> Sequence[RuleYear]:
        """List the TRICARE cost tables."""
        return list(loading.list_years(Shelf(Settings.from_environ(self._environ).data)))

    def simulate(self, host: str, port: int) -> AbstractContextManager[Simulator]:
        """Run the payer simulator."""
        return Simulator(host=host, port=port)

    @contextmanager
    def audit(self) -> Iterator[AuditOffice]:
        """Open the audit trail; payers and cache stay closed."""
        settings = Settings.from_environ(self._environ)
        with opening.open_database(settings) as database:
            keys = opening.open_keys(settings, database)
            yield opening.open_watch(settings, database, keys, SystemClock(), _at_terminal())

    @contextmanager
    def staffing(self, command: str) -> Iterator[tuple[Staffing, Context]]:
        """Open what gives people and programs access, for *command*."""
        with self._archive(command) as (archive, context):
            yield open_staffing(archive.database, archive.keys, archive.audit, archive.clock), context

    @contextmanager
    def custody(self, where: str) -> Iterator[Custody]:
        """Open the records for what a command does with them as a whole."""
        with self._archive(where) as (archive, context):
            records, intakes = _open_records(archive), _open_intakes(archive)
            yield Custody(records, archive.audit, archive.clock, context, intakes)

    @contextmanager
    def _archive(self, command: str) -> Iterator[tuple[opening.Archive, Context]]:
        """Open the archive for *command*, on the word of whoever is signed in to this machine."""
        context = replace(_at_terminal(), where=f"verifier {command}", why=None)
        settings = Settings.from_environ(self._environ)
        with opening.open_archive(settings, SystemClock(), context) as archive:
            yield archive, context

    def upgrade_database(self) -> None:
        """Bring the database to its present form."""
        with closing(Database.open(Settings.from_environ(self._environ).records_at)) as database:
            upgrade(database)

    def rotate_keys(self, tell: Callable[[str, int, int], None]) -> int:
        """Seal everything by a new key, cache entries too, and count the old keys destroyed."""
        settings = Settings.from_environ(self._environ)
        service = opening.key_service(settings)
        with opening.open_database(settings) as database, opening.open_cache(settings) as connection:
            keys = DataKeys.open(database, service)
            cache = EncryptedCache(connection, keys, SNAPSHOTS)
            rotate = partial(Rotation(database, keys, service).run, tell, cache.seal_anew)
            with self.custody("admin keys rotate") as custody:
                return custody.record(Action.KEY, "rotation of data keys", rotate)

    def import_rates(self, content: bytes) -> Sheet:
        """Keep the contract rates of a CSV file, but for the rows that cannot be used."""
        settings = Settings.from_environ(self._environ)
        payers = {payer.id for payer in directory.load((directory.SHIPPED, *settings.payers))}
        with opening.open_database(settings) as database:
            facilities = DatabaseFacilities(database)
            facilities.seed(settings.facilities)
            sheet = read_rates(content, facilities=facilities.listing(), is_payer=payers.__contains__)
            keep = partial(DatabaseContracts(database).keep, sheet.rates)
            with self.custody("admin rates import") as custody:
                custody.record(Action.RULE_CHANGE, f"{len(sheet.rates)} contract rates", keep)
        return sheet

    def address(self) -> tuple[str, int]:
        """Tell host and port that the settings name."""
        settings = Settings.from_environ(self._environ)
        return settings.http_host, settings.http_port

    def is_open(self, host: str) -> bool:
        """Tell whether the service, listening on *host*, would ask nobody for credentials."""
        settings = replace(Settings.from_environ(self._environ), http_host=host)
        settings.require_names()
        with opening.open_database(settings) as database:
            return open_door(settings, database).is_open()

    def serve(self, host: str, port: int, workers: int) -> None:
        """Run the API until interrupted; its processes share one simulator."""
        settings = Settings.from_environ(self._environ)
        os.environ["VERIFIER_HTTP_HOST"] = host  # the processes that serve judge by it who may come in
        with ExitStack() as stack:
            if settings.simulated and not settings.simulator_url:
                os.environ["VERIFIER_SIMULATOR_URL"] = stack.enter_context(Simulator()).url
            run(f"{__name__}:{build_from_environment.__name__}", host, port, workers)


def command_line() -> None:
    """Run the `verifier` command."""
    main(obj=CommandRooms(os.environ))
