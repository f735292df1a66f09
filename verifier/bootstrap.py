"""The composition root: the one file that sees every room and puts them together."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from tempfile import TemporaryDirectory
from uuid import uuid4
from wsgiref.types import WSGIApplication

from payers.directory import directory
from payers.listing import Listed, Listing
from payers.opening import open_gateway
from payers.programs.tricare import loading
from payers.programs.tricare.shelf import Shelf
from payers.replies import Replies
from payers.simulator.server import Simulator
from verifier import server
from verifier.access.ports import AuditOffice
from verifier.access.principal import Kind
from verifier.access.staffing import Staffing
from verifier.cli.main import main
from verifier.clock import SystemClock
from verifier.contracts import Sheet
from verifier.custody import Custody
from verifier.desk import Desk
from verifier.house import VERSION, open_house
from verifier.housekeeping import Housekeeping, Premises
from verifier.jobs.beside import Beside, await_signal, exit_with_parent
from verifier.jobs.engine import Bench, Engine, build_engine
from verifier.jobs.running import run_scheduler, run_worker
from verifier.keeping import SNAPSHOTS, open_changes, open_facilities, open_intakes, open_records, publishing
from verifier.model.audit import Action, Context
from verifier.model.coverage import Coverage
from verifier.model.rule_tables import RuleLoad, RuleYear
from verifier.nightly.rooms import NightRooms
from verifier.nightly.runs import RunDesk
from verifier.reception import open_door, open_staffing
from verifier.settings import Settings
from verifier.store import opening
from verifier.store.cache import EncryptedCache
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.rotation import Rotation
from verifier.store.database.upgrade import upgrade
from verifier.store.embedded import keep_embedded
from verifier.web.app import create_app
from verifier.web.limits import Rate
from verifier.web.observation import json_log


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
    told = house.access.staffing, house.office.verifier.facilities
    stack.enter_context(publishing(settings, house.database, house.news, *told))
    app = create_app(
        house.office,
        house.payers,
        house.access,
        version=VERSION,
        answer_wait=settings.answer_wait.total_seconds(),
        hosts=settings.hosts,
        proxies=settings.proxies,
        readiness=house.readiness,
        night=house.nightly,
        rate=Rate(settings.rate, house.connection.url),
        log=json_log(settings.log_level),
        spans=house.spans,
        news=house.news,
        watch=house.watch,
        premises=house.premises,
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
            records = open_records(archive, open_changes(archive))
            yield Custody(records, archive.audit, archive.clock, context, open_intakes(archive))

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

    @contextmanager
    def housekeeping(self, command: str) -> Iterator[Housekeeping]:
        """Open the facilities and what payers allow them, for *command*."""
        with self._archive(command) as (archive, context):
            facilities = open_facilities(archive.settings, archive.database)
            premises = Premises(facilities, DatabaseContracts(archive.database))
            yield Housekeeping(premises, archive.audit, archive.clock, context)

    def import_rates(self, content: bytes) -> Sheet:
        """Keep the contract rates of a CSV file, but for the rows that cannot be used."""
        settings = Settings.from_environ(self._environ)
        payers = {payer.id for payer in directory.load((directory.SHIPPED, *settings.payers))}
        with self.housekeeping("admin rates import") as housekeeping:
            return housekeeping.import_rates(content, payers.__contains__)

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

    @contextmanager
    def reverifications(self, where: str) -> Iterator[RunDesk]:
        """Open the nightly runs for what a command does with them."""
        with open_house(Settings.from_environ(self._environ)) as house:
            yield house.nightly.run_desk(replace(_at_terminal(), where=f"verifier {where}"))

    @contextmanager
    def working(self, processes: int) -> Iterator[None]:
        """Let so many processes ask beside this one; none for 0."""
        with self._beside(processes, Settings.from_environ(self._environ)):
            yield

    def work(self, processes: int, *, schedule: bool, with_parent: bool) -> None:
        """Ask at night, so many questions at once, until told to stop.

        The engine works in a process beside this one, which starts it again should it give up; settings that
        cannot be used end the command before.
        """
        settings = Settings.from_environ(self._environ)
        with _open_engine(settings) as (engine, bench):
            if with_parent:
                exit_with_parent()
                run_worker(engine, bench, processes=processes, level=settings.log_level)
                return
            with self._beside(processes, settings, schedule=schedule):
                await_signal()

    def schedule(self, *, with_parent: bool) -> None:
        """Make the runs, and send for workers, until told to stop."""
        settings = Settings.from_environ(self._environ)
        with _open_engine(settings) as (engine, _):
            if with_parent:
                exit_with_parent()
            run_scheduler(engine, level=settings.log_level)

    def serve(self, host: str, port: int, workers: int, nightly: int) -> None:
        """Run the API until interrupted; its processes share one simulator."""
        settings = Settings.from_environ(self._environ)
        os.environ["VERIFIER_HTTP_HOST"] = host  # the processes that serve judge by it who may come in
        with ExitStack() as stack:
            environ = stack.enter_context(self._with_simulator(settings))
            os.environ["VERIFIER_SIMULATOR_URL"] = environ.get("VERIFIER_SIMULATOR_URL", "")
            stack.enter_context(self._beside(nightly, Settings.from_environ(environ)))
            server.run(f"{__name__}:{build_from_environment.__name__}", host, port, workers)

    @contextmanager
    def _with_simulator(self, settings: Settings) -> Iterator[Mapping[str, str]]:
        """Give the environment of programs that share one simulator, started here unless one runs."""
        environ = {**os.environ, **self._environ}
        if not settings.simulated or settings.simulator_url:
            yield environ
            return
        with Simulator() as simulator:
            yield environ | {"VERIFIER_SIMULATOR_URL": simulator.url}

    @contextmanager
    def _beside(self, processes: int, settings: Settings, *, schedule: bool = True) -> Iterator[None]:
        """Let so many processes ask beside this one, and the schedule too; nothing for 0."""
        if not processes:
            yield
            return
        commands = [["worker", "--processes", str(processes), "--with-parent"]]
        commands += [["scheduler", "--with-parent"]] if schedule else []
        with self._with_simulator(settings) as environ, Beside(commands, environ):
            yield


@contextmanager
def _open_engine(settings: Settings) -> Iterator[tuple[Engine, Bench]]:
    """Open the task engine over the Redis of the settings, or the embedded one, which is kept running.

    The database is brought to its present form before anybody works.
    """
    with ExitStack() as stack:
        stack.enter_context(opening.open_database(settings))
        url = settings.redis_url or stack.enter_context(keep_embedded(settings.data))
        yield build_engine(url, lambda: _open_nightly(settings))


@contextmanager
def _open_nightly(settings: Settings) -> Iterator[NightRooms]:
    with open_house(settings, at_night=True) as house:
        yield house.nightly


def command_line() -> None:
    """Run the `verifier` command."""
    main(obj=CommandRooms(os.environ))
