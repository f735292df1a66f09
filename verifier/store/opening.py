"""Cache, database, its keys and the audit trail in it, opened as the settings say."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from verifier.clock import Clock
from verifier.errors import NotConfigured
from verifier.model.audit import Context
from verifier.ports import Audit, KeyService
from verifier.settings import Settings
from verifier.store.audit_anchor import AnchorFile
from verifier.store.connection import Connection
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.audit_watch import AnchoredTrail, AuditWatch
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.upgrade import is_current, upgrade
from verifier.store.embedded import EmbeddedServer
from verifier.store.encryption import KeyRing, load_keys
from verifier.store.key_service import HeldMasterKey, MasterKeyFile, find_key_service


@contextmanager
def open_cache(settings: Settings) -> Iterator[Connection]:
    """Connect to the Redis that is configured, or to an embedded server, started if none runs yet."""
    with ExitStack() as stack:
        url = settings.redis_url or stack.enter_context(EmbeddedServer.attach(settings.data)).url
        yield stack.enter_context(closing(Connection(url)))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the database in its present form; a file is brought there, a server only when told.

    Raises:
        NotConfigured: it is of another version, or no database.
    """
    with closing(Database.open(settings.records_at)) as database:
        if database.is_sqlite:
            upgrade(database)
        elif not is_current(database):
            raise NotConfigured("The database is of another version; run `verifier admin database upgrade`.")
        yield database


@dataclass(frozen=True, slots=True)
class Archive:
    """The database with its keys, and the audit trail in it, without which nothing is done."""

    settings: Settings
    clock: Clock
    database: Database
    keys: DataKeys
    audit: Audit


@contextmanager
def open_archive(settings: Settings, clock: Clock, context: Context) -> Iterator[Archive]:
    """Open the archive on behalf of *context*.

    Raises:
        NotConfigured: the database is of another version, or none.
    """
    with open_database(settings) as database:
        keys = open_keys(settings, database)
        with AnchoredTrail(open_watch(settings, database, keys, clock, context)) as audit:
            yield Archive(settings, clock, database, keys, audit)


def open_keys(settings: Settings, database: Database) -> DataKeys:
    """Use the keys in *database*, wrapped by the master key of the environment, a file or a service."""
    return DataKeys.open(database, key_service(settings))


def key_service(settings: Settings) -> KeyService:
    """Return what holds the master key."""
    if settings.key_service:
        return find_key_service(settings.key_service, settings.key_service_options)
    return HeldMasterKey(KeyRing.of(settings.keys)) if settings.keys else MasterKeyFile(settings.key_file)


def open_watch(
    settings: Settings, database: Database, keys: DataKeys, clock: Clock, context: Context
) -> AuditWatch:
    """Watch over the trail in *database*; its anchors are signed by a key of their own."""
    anchors = AnchorFile(
        settings.audit_anchors or settings.data / "audit.anchors", load_keys(settings.data / "anchor.key")[0]
    )
    return AuditWatch(DatabaseTrail(database, keys), anchors, clock, context)
